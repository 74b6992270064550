"""The number that a visitor inspects, and the path from number to number that led there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from attn_core import Scenario
from attn_core.notation.cells import Cell
from attn_core.notation.graph import graph


@dataclass
class Inspection:
    """Cells from the first that was inspected to the present one.

    Attributes
    ----------
    path : list of Cell
        Empty while nothing is inspected.
    picture : str
        Key of the picture below which the answer stands; empty until one has taken it.
    """

    path: list[Cell] = field(default_factory=list)
    picture: str = ""

    @property
    def cell(self) -> Cell | None:
        """The number that is inspected."""
        return self.path[-1] if self.path else None

    def inspect(self, cell: Cell, picture: str) -> None:
        """Begin anew with another number; the answer stands below a picture."""
        self.path, self.picture = [cell], picture

    def drill_down(self, cell: Cell) -> None:
        """Go on to a number that the present one is made of."""
        self.path.append(cell)

    def back_to(self, length: int) -> None:
        """Return to the first `length` cells; to none, to stop inspecting."""
        del self.path[length:]

    def owns_answer(self, picture: str, names: Collection[str]) -> bool:
        """Whether the answer stands below a picture with these matrices.

        On another page it moves to the first picture with the number that is inspected.
        """
        if self.path and not self.picture and self.path[-1].name in names:
            self.picture = picture
        return bool(self.path) and self.picture == picture

    def existing(self, scenario: Scenario) -> list[Cell]:
        """Return the cells up to the first that a change of sizes has taken away."""
        gone = (i for i, cell in enumerate(self.path) if not graph(scenario).has_cell(cell))
        return self.path[: next(gone, len(self.path))]
