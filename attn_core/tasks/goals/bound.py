"""The interval that a goal wants its number in."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isnan

from ...notation.labels import number, short

#: A number on the grid of 0.001 may miss its own decimal by as little as this.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Bound:
    """The smallest and the largest number that meet a goal.

    Attributes
    ----------
    low, high : float
        −∞ and ∞ where there is none.

    Examples
    --------
    >>> Bound(low=0.9).shortfall(0.66), Bound(0.2, 0.4).holds(0.4)
    (0.24, True)
    """

    low: float = -inf
    high: float = inf

    def shortfall(self, value: float) -> float:
        """How far a number is outside; ∞ for none."""
        if isnan(value):
            return inf
        return round(max(self.low - value, value - self.high, 0.0), 12)

    def holds(self, value: float) -> bool:
        """Whether a number meets it."""
        return self.shortfall(value) <= TOLERANCE

    def plain(self) -> dict[str, float]:
        """Return it as a task's file has it."""
        if self.high == inf:
            return {"above": self.low}
        if self.low == -inf:
            return {"below": self.high}
        return {
            "near": _clean((self.low + self.high) / 2),
            "within": _clean((self.high - self.low) / 2),
        }

    def describe(self) -> str:
        """Describe it for a sentence.

        Examples
        --------
        >>> Bound(low=0.9).describe(), Bound(0.47, 0.53).describe()
        ('at least 0.90', '0.50 ± 0.03')
        """
        plain = self.plain()
        if "within" in plain:
            return f"{_written(plain['near'])} ± {_written(plain['within'])}"
        side, value = ("at most", self.high) if self.low == -inf else ("at least", self.low)
        return f"{side} {_written(value)}"


def near(value: float, within: float) -> Bound:
    """Make the bound of what may differ from a number by so much."""
    return Bound(value - within, value + within)


def _clean(value: float) -> float:
    return round(value, 9)


def _written(value: float) -> str:
    """Write at least two decimals, and more where the number has them."""
    two = number(value)
    return two if abs(round(value, 2) - value) < TOLERANCE else short(value)
