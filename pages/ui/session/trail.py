"""The number that a visitor asks about, and the way from number to number that led there."""

from __future__ import annotations

from dataclasses import dataclass, field

from attn_core import Scenario
from attn_core.notation.cells import Cell
from attn_core.notation.graph import graph


@dataclass
class Trail:
    """Cells from the first that was asked about to the present one.

    Attributes
    ----------
    cells : list of Cell
        Empty while nothing is asked about.
    picture : str
        Key of the picture below which the answer stands; empty until one has taken it.
    """

    cells: list[Cell] = field(default_factory=list)
    picture: str = ""

    def ask(self, cell: Cell, picture: str) -> None:
        """Begin anew with another number."""
        self.cells, self.picture = [cell], picture

    def follow(self, cell: Cell) -> None:
        """Go on to a number that the present one is made of."""
        self.cells.append(cell)

    def back(self, length: int) -> None:
        """Return to the first `length` cells."""
        del self.cells[length:]

    def standing(self, scenario: Scenario) -> list[Cell]:
        """Return the cells up to the first that a change of sizes has taken away."""
        gone = (i for i, cell in enumerate(self.cells) if not graph(scenario).has_cell(cell))
        return self.cells[: next(gone, len(self.cells))]
