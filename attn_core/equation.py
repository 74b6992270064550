"""A step as a matrix equation: which boxes, with which names, joined by which signs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from . import labels
from .attention import AttentionTrace
from .scenario import Array, Scenario, resized
from .steps import HEADLINE, SOFTMAX_INPUT, Factor, Step, step


@dataclass(frozen=True)
class Outline:
    """Boxes with a line around them; rows and columns as they are drawn.

    `is_asked` parts the number that is asked about from what it is made of.
    """

    rows: range
    columns: range
    is_asked: bool


@dataclass(frozen=True, eq=False)
class Block:
    """A matrix ready to be drawn or tabulated.

    Attributes
    ----------
    step : Step
        Which matrix it is.
    values : ndarray, shape (rows, columns)
        What stands in the boxes, already transposed where `transposed`.
    rows, columns : tuple of str
        Labels, unique along each axis.
    transposed : bool
        Whether it stands transposed in the equation.
    outlines : tuple of Outline
        Which boxes are outlined.
    """

    step: Step
    values: Array
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    transposed: bool = False
    outlines: tuple[Outline, ...] = ()

    @property
    def symbol(self) -> str:
        """Name as drawn, such as ``Kᵀ``."""
        return self.step.symbol + ("ᵀ" if self.transposed else "")

    @property
    def shape(self) -> str:
        """Rows and columns as drawn, such as ``3×4``."""
        return f"{len(self.rows)}×{len(self.columns)}"

    def cell(self, i: int, j: int) -> str:
        """Say what the box in row i, column j is."""
        row, column = self.rows[i], self.columns[j]
        if self.transposed:
            row, column = column, row
        return labels.cell(self.step, row, column)

    def spoken_row(self, i: int) -> str:
        """Say row i with its numbers."""
        numbers = ", ".join(labels.number(value) for value in self.values[i])
        return f"{labels.isolate(self.rows[i])} {numbers}"

    @property
    def cells(self) -> list[list[str]]:
        """`cell` of every box, row by row."""
        return [[self.cell(i, j) for j in range(len(self.columns))] for i in range(len(self.rows))]


@dataclass(frozen=True, eq=False)
class Equation:
    """Blocks and signs from left to right."""

    terms: tuple[Block | str, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The matrices alone."""
        return tuple(term for term in self.terms if isinstance(term, Block))

    @property
    def result(self) -> Block:
        """The matrix on the far right."""
        return self.blocks[-1]

    @property
    def alt(self) -> str:
        """A sentence with the true values, for a reader who can't see the picture."""
        signs = " ".join(
            f"{term.symbol} ({term.shape})" if isinstance(term, Block) else term
            for term in self.terms
        )
        rows = "; ".join(self.result.spoken_row(i) for i in range(len(self.result.rows)))
        return f"{signs}. {self.result.symbol}: {rows}."


def block(trace: AttentionTrace, name: str, transposed: bool = False, head: int = 0) -> Block:
    """One matrix of a trace with its labels.

    Parameters
    ----------
    trace : AttentionTrace
    name : str
        A name from `INPUTS` or `STEPS`.
    transposed : bool
        Swap rows and columns.
    head : int
        Which head, where the matrix has a head axis.

    Raises
    ------
    ValueError
        When the trace has no such matrix (`projected` and `W_o` without W_o).

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> keys = block(attend(DEFAULT.scenario), "K", transposed=True)
    >>> keys.symbol, keys.shape, keys.columns
    ('Kᵀ', '4×3', ('Je', 'suis', 'heureux'))
    """
    which = step(name)
    values = getattr(trace, name)
    if values is None:
        raise ValueError(f"This scenario has no {name}: it has no W_o.")
    if values.ndim == 3:
        values = values[head]
    rows, columns = (labels.axis(trace.scenario, axis) for axis in which.axes)
    if transposed:
        return Block(which, values.T, columns, rows, transposed=True)
    return Block(which, values, rows, columns)


def equation(trace: AttentionTrace, name: str, head: int = 0) -> Equation:
    """Write a step as what it is made of, ``=``, and the result.

    Examples
    --------
    >>> from attn_core import Scenario, attend
    >>> s = Scenario(("a", "b"), X=[[1], [2]], W_q=[[1]], W_k=[[3]], W_v=[[1]])
    >>> equation(attend(s), "raw_scores").alt
    'Q (2×1) · Kᵀ (1×2) = QKᵀ (2×2). QKᵀ: a 3.00, 6.00; b 6.00, 12.00.'
    """
    return _written(trace, (*step(name).made_of, "=", Factor(name)), head)


def headline(trace: AttentionTrace, head: int = 0) -> Equation:
    """All of attention on one line: softmax(scores) · V = output."""
    return _written(trace, HEADLINE, head, unmasked=trace.scenario.mask is None)


def misfit(trace: AttentionTrace, rows: int) -> Equation:
    """X · W_q with a W_q of any number of rows, to show when the product exists.

    Parameters
    ----------
    trace : AttentionTrace
    rows : int
        Rows of W_q; where they are more than the features of X, the new ones are 0.

    Returns
    -------
    Equation
        ``X · W_q = Q`` where the shapes fit, and ``X · W_q = ?`` where they don't.
    """
    if rows == trace.scenario.d_model:
        return equation(trace, "Q")
    X, W = block(trace, "X"), block(trace, "W_q")
    values = resized(W.values, rows, len(W.columns))
    names = [*W.rows[:rows], *(f"row {i}" for i in range(len(W.rows) + 1, rows + 1))]
    return Equation((X, "·", replace(W, values=values, rows=tuple(names)), "=", "?"))


def formula(scenario: Scenario, name: str) -> str:
    r"""LaTeX of a step, with this scenario's √d_k and temperature in it.

    Examples
    --------
    >>> s = Scenario(("a",), X=[[1]], W_q=[[1, 2]], W_k=[[3, 4]], W_v=[[1]])
    >>> formula(s, "scores")
    '\\mathrm{scores} = \\frac{Q K^\\top}{\\sqrt{2}}'
    """
    which = step(name)
    divisor = rf"\sqrt{{{scenario.d_k}}}" if scenario.scale else "1"
    right = which.formula.replace("{divisor}", divisor)
    right = right.replace("{temperature}", f"{scenario.temperature:g}")
    right = right.replace("{input}", step(softmax_input(scenario, unmasked=False)).symbol)
    return right if right == which.latex else f"{which.latex} = {right}"


def _written(
    trace: AttentionTrace, terms: tuple[Factor | str, ...], head: int, unmasked: bool = False
) -> Equation:
    def written() -> Iterator[Block | str]:
        for term in terms:
            if term is SOFTMAX_INPUT:
                yield block(trace, softmax_input(trace.scenario, unmasked), head=head)
            elif isinstance(term, Factor):
                yield block(trace, term.name, term.transposed, head)
            else:
                yield _sign(trace.scenario, term)

    return Equation(tuple(written()))


def softmax_input(scenario: Scenario, unmasked: bool) -> str:
    """Name the first step with the numbers of the logits, so that no name is needless.

    Parameters
    ----------
    scenario : Scenario
    unmasked : bool
        Whether the mask blocks nothing, so that the scores are what goes in.
    """
    if scenario.temperature != 1:
        return "logits"
    return "scores" if unmasked else "masked_scores"


def same_numbers(scenario: Scenario, name: str) -> str:
    """Name the first step that has the numbers of this one.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> same_numbers(DEFAULT.scenario, "logits")  # no temperature, no mask
    'scores'
    """
    s = scenario
    if name == "logits" and s.temperature == 1:
        name = "masked_scores"
    if name == "masked_scores" and s.mask is None:
        name = "scores"
    return "raw_scores" if name == "scores" and not s.scale else name


def divisor(scenario: Scenario) -> str:
    """Write what the raw scores are divided by: √d_k, as a whole number where it is one.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> divisor(DEFAULT.scenario)
    '2'
    """
    if not scenario.scale:
        return "1"
    root = math.isqrt(scenario.d_k)
    return str(root) if root * root == scenario.d_k else f"√{scenario.d_k}"


def _sign(scenario: Scenario, text: str) -> str:
    return text.format(divisor=divisor(scenario), temperature=f"{scenario.temperature:g}")
