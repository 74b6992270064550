"""Words that sentences about numbers share: names of rows, lists of them, and ties."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..notation import labels
from ..notation.graph import graph
from ..notation.steps import Axis
from ..scenario import Array, Scenario

#: Makes a word harmless where the sentence is shown.
Quote = Callable[[str], str]

#: Differences below what the boxes show count as none.
TIE = 0.005


def named(scenario: Scenario, axis: Axis, quote: Quote) -> tuple[str, ...]:
    """Labels along an axis, ready for a sentence."""
    return tuple(quote(labels.isolate(label)) for label in graph(scenario).axis(axis))


def listed(words: Sequence[str]) -> str:
    """Write words one after the other.

    Examples
    --------
    >>> listed(["a", "b", "c"])
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
    count = int((values > values.max() - TIE).sum()) - 1
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


def counted(count: int, what: str) -> str:
    """Write how many there are of something.

    Examples
    --------
    >>> counted(1, "word"), counted(3, "word")
    ('1 word', '3 words')
    """
    return f"{count} {what}{'' if count == 1 else 's'}"
