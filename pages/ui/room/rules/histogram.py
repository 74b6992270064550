"""Histograms of a room's votes and numbers, with bins that all rounds share."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from attn_core.notation.labels import percent, short

#: Bins that a histogram of numbers has at most, without those of far votes.
MAX_BINS = 10
#: A number that is no farther than this from the others isn't far.
_ROOM = 0.5
_WIDTHS = 1, 2, 5, 10, 20
#: Decimals that count.
_DIGITS = 6


@dataclass(frozen=True)
class Bar:
    """One bar.

    Attributes
    ----------
    label : str
        Markdown where it is an option, else plain.
    count : int
    is_right : bool
        Whether the right answer is in it.
    """

    label: str
    count: int
    is_right: bool = False


def of_choices(votes: Sequence[float], options: Sequence[str], right: float) -> tuple[Bar, ...]:
    """Count the votes for each option.

    Examples
    --------
    >>> [bar.count for bar in of_choices([1, 1, 0], ["Je", "suis", "heureux"], right=1)]
    [1, 2, 0]
    """
    counts = Counter(int(vote) for vote in votes)
    return tuple(Bar(text, counts[i], i == right) for i, text in enumerate(options))


def of_numbers(rounds: Sequence[Sequence[float]], right: float = math.nan) -> list[tuple[Bar, ...]]:
    """Count numbers in bins that all rounds share; their edges are short decimals.

    Parameters
    ----------
    rounds : sequence of sequence of float
        Finite numbers.
    right : float
        The right answer, which is in one of the bins; nan for none.

    Examples
    --------
    >>> before, after = of_numbers([[0.1, 0.4, 0.9], [0.3, 0.31, 0.35]], right=0.31)
    >>> [(bar.label, bar.count) for bar in after if bar.count]
    [('0.3 to 0.4', 3)]
    >>> [bar.label for bar in before if bar.is_right]
    ['0.3 to 0.4']
    """
    rounds = [[round(x, _DIGITS) for x in each] for each in rounds]
    right = round(right, _DIGITS) if math.isfinite(right) else math.nan
    values = sorted(x for each in rounds for x in each)
    inner = [x for x in (*_near(values), right) if math.isfinite(x)]
    if not inner:
        return [() for _ in rounds]
    edges = _edges(min(inner), max(inner))
    has_below = bool(values) and values[0] < edges[0]
    has_above = bool(values) and values[-1] > edges[-1]
    return [_bars(each, edges, right, has_below, has_above) for each in rounds]


def of_fractions(fractions: Sequence[float]) -> tuple[Bar, ...]:
    """Count fractions in tenths, and those that are 1 by themselves.

    Examples
    --------
    >>> [(bar.label, bar.count) for bar in of_fractions([0.95, 0.99, 1.0])][-2:]
    [('90 to 99 %', 2), ('100 %', 1)]
    """
    counts = Counter(int(x * 10) for x in fractions)
    labels = [f"{10 * i} to {10 * i + 9} %" for i in range(10)]
    return tuple(
        Bar(label, counts[i], is_right=i == 10) for i, label in enumerate((*labels, percent(1)))
    )


def _near(values: Sequence[float]) -> Sequence[float]:
    """Leave out far numbers of a sorted list, of which one would squeeze all others into one bin.

    The tenth at each end may be far: as far from the rest as that is wide, at least.
    """
    cut = max(len(values) // 10, 1)
    rest = values[cut:-cut]
    if not rest:
        return values
    room = max(rest[-1] - rest[0], abs(rest[len(rest) // 2]), _ROOM)
    return [x for x in values if rest[0] - room <= x <= rest[-1] + room]


def _edges(low: float, high: float) -> list[float]:
    """Divide an interval at multiples of 1, 2 or 5 of a power of ten."""
    most = max(abs(low), abs(high))
    span = max(high - low, most * 1e-6) if high > low else max(most / 10, 0.1)
    power = math.floor(math.log10(span / MAX_BINS))
    for width in _WIDTHS:
        unit = width * 10.0**power
        first, last = _floor(low / unit), -_floor(-high / unit)
        if last - first <= MAX_BINS:
            break
    last = max(last, first + 1)
    digits = max(-power, 0)
    return [round(i * unit, digits) for i in range(first, last + 1)]


def _floor(x: float) -> int:
    """Round down, but for a number that misses a whole one by as little as floats do."""
    return math.floor(round(x, 9))


def _bars(
    values: Sequence[float], edges: list[float], right: float, has_below: bool, has_above: bool
) -> tuple[Bar, ...]:
    counts = Counter(_bin(x, edges) for x in values)
    inner = [
        Bar(f"{short(a)} to {short(b)}", counts[i], _bin(right, edges) == i)
        for i, (a, b) in enumerate(pairwise(edges))
    ]
    below = [Bar(f"below {short(edges[0])}", counts[-1])] if has_below else []
    above = [Bar(f"above {short(edges[-1])}", counts[len(edges)])] if has_above else []
    return (*below, *inner, *above)


def _bin(x: float, edges: list[float]) -> int | None:
    """Find the bin of a number: −1 below all, and `len(edges)` above all; None for nan."""
    if math.isnan(x):
        return None
    if x < edges[0]:
        return -1
    if x > edges[-1]:
        return len(edges)
    inside = int(np.searchsorted(edges, x, side="right")) - 1
    return min(inside, len(edges) - 2)  # the last bin has its upper edge, too
