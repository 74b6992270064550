"""A row of the softmax, computed step by step from its printed numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

from ...attention import AttentionTrace
from ...notation import labels
from ...notation.cells import Cell
from ...notation.graph import graph
from .rounding import Result, bracket_negative, bracketed, rounded_value


@dataclass(frozen=True)
class SoftmaxRow:
    """A row of the softmax; each list is computed from the printed numbers of the one before."""

    digits: int
    scores: list[Decimal]
    largest: Decimal
    differences: list[Decimal]
    powers: list[Decimal]
    total: Decimal
    weights: list[Decimal]

    def written(self, values: Iterable[Decimal]) -> list[str]:
        """Print numbers of this row."""
        return [labels.written(value, self.digits) for value in values]

    def chain(self, k: int) -> str:
        """Write the formula of the weight of key k, without its result."""
        score, largest, power, total = self.written(
            (self.scores[k], self.largest, self.powers[k], self.total)
        )
        powers = bracketed(self.written(self.powers))
        return f"e^({score} − {bracket_negative(largest)}) / {powers} = {power} / {total}"


def softmax_row(trace: AttentionTrace, row: Sequence[Cell], digits: int) -> SoftmaxRow:
    """Compute the softmax of a row of cells from scores with so many decimals."""
    scores = [rounded_value(trace, score, digits) for score in row]
    largest = max(scores)
    differences = [score - largest for score in scores]
    powers = [labels.rounded(difference.exp(), digits) for difference in differences]
    total = sum(powers, Decimal(0))
    weights = [power / total for power in powers]
    return SoftmaxRow(digits, scores, largest, differences, powers, total, weights)


def softmax_table(
    trace: AttentionTrace, row: Sequence[Cell], softmax: SoftmaxRow, results: Sequence[Result]
) -> tuple[tuple[str, ...], ...]:
    """Write a header and a row for each key, with the weights as `results` print them."""
    largest, total = softmax.written((softmax.largest, softmax.total))
    nodes = graph(trace.scenario)
    header = (
        "key",
        nodes[row[0].name].step.symbol,
        f"− largest, {largest}",
        "e^",
        f"÷ sum, {total}",
    )
    columns = map(softmax.written, (softmax.scores, softmax.differences, softmax.powers))
    keys = [nodes[score.name].columns[score.column] for score in row]
    printed = [each.printed for each in results]
    return (header, *zip_longest(keys, *columns, printed, fillvalue=""))
