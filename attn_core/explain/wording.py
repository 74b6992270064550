"""Wording that sentences about numbers share: labels, lists, counts and ties."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..notation import labels
from ..notation.graph import graph
from ..notation.steps import Axis
from ..scenario import Array, Scenario

#: Escapes a word for the place where the sentence is shown.
Escape = Callable[[str], str]

#: Smaller differences don't show in the boxes, so they count as none.
DISPLAY_TOLERANCE = 0.005


def axis_labels(scenario: Scenario, axis: Axis, escape: Escape) -> tuple[str, ...]:
    """Escape the labels along an axis for a sentence.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> axis_labels(DEFAULT.scenario, "word", str.upper)
    ('JE', 'SUIS', 'HEUREUX')
    """
    return tuple([escape(labels.isolate(label)) for label in graph(scenario).axis(axis)])


def axis_label(scenario: Scenario, axis: Axis, i: int, escape: Escape) -> str:
    """Escape one of the labels along an axis for a sentence.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> axis_label(DEFAULT.scenario, "word", 1, str.upper)
    'SUIS'
    """
    return escape(labels.isolate(graph(scenario).axis(axis)[i]))


def say_token(token: str, escape: Escape = str) -> str:
    """Escape a token for a sentence, a sign in quotes, for it isn't the sentence's own.

    Examples
    --------
    >>> say_token("␣suis"), say_token(",")
    ('␣suis', '“,”')
    """
    said = token if any(map(str.isalnum, token)) else f"“{token}”"
    return escape(labels.isolate(said))


def join_words(words: Sequence[str]) -> str:
    """Join words to a list in a sentence.

    Examples
    --------
    >>> join_words(["a", "b", "c"])
    'a, b and c'
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def describe_ties(values: Array) -> str:
    """Describe how many other values are as large as the largest; empty where none is.

    Examples
    --------
    >>> describe_ties(np.array([1.0, 3.0, 3.001])), describe_ties(np.array([1.0, 3.0]))
    (', and 1 other as much', '')
    """
    count = int((values > values.max() - DISPLAY_TOLERANCE).sum()) - 1
    return f", and {count} other{'s' if count > 1 else ''} as much" if count else ""


def largest(values: Array) -> tuple[int, int]:
    """Find the row and the column of the largest value.

    Examples
    --------
    >>> largest(np.array([[1, 5], [2, 3]]))
    (0, 1)
    """
    i, j = np.unravel_index(int(np.argmax(values)), values.shape)
    return int(i), int(j)


def pluralize(count: int, what: str) -> str:
    """Write a count and its noun.

    Examples
    --------
    >>> pluralize(1, "word"), pluralize(3, "word")
    ('1 word', '3 words')
    """
    return f"{count} {what}{'' if count == 1 else 's'}"
