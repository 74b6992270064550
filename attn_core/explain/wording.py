"""Words that sentences about numbers share: names of rows, lists of them, and ties."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..notation import labels
from ..notation.graph import graph
from ..notation.steps import Axis
from ..scenario import Array, Scenario

#: Makes a word harmless where the sentence is shown.
Escape = Callable[[str], str]

#: Differences below what the boxes show count as none.
DISPLAY_TOLERANCE = 0.005


def axis_labels(scenario: Scenario, axis: Axis, escape: Escape) -> tuple[str, ...]:
    """Labels along an axis, ready for a sentence."""
    return tuple(escape(labels.isolate(label)) for label in graph(scenario).axis(axis))


def join_words(words: Sequence[str]) -> str:
    """Write words one after the other.

    Examples
    --------
    >>> join_words(["a", "b", "c"])
    'a, b and c'
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def others(values: Array) -> str:
    """Say that the largest value isn't the only one of its size.

    Examples
    --------
    >>> others(np.array([1.0, 3.0, 3.001])), others(np.array([1.0, 3.0]))
    (', and 1 other as much', '')
    """
    count = int((values > values.max() - DISPLAY_TOLERANCE).sum()) - 1
    return f", and {count} other{'s' if count > 1 else ''} as much" if count else ""


def largest(values: Array) -> tuple[int, int]:
    """Row and column of the largest value.

    Examples
    --------
    >>> largest(np.array([[1, 5], [2, 3]]))
    (0, 1)
    """
    i, j = np.unravel_index(int(np.argmax(values)), values.shape)
    return int(i), int(j)


def pluralize(count: int, what: str) -> str:
    """Write how many there are of something.

    Examples
    --------
    >>> pluralize(1, "word"), pluralize(3, "word")
    ('1 word', '3 words')
    """
    return f"{count} {what}{'' if count == 1 else 's'}"
