"""Boxes in pictures that a visitor moves: which they are, and what a move of one does.

How a move travels is told in `frontend/moves.js`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Literal, TypeGuard

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from attn_core import Scenario, document, edits, limits
from attn_core.edits import MatrixName
from attn_core.notation.equation import Block, Equation
from attn_core.scenario import Array
from attn_core.tasks.movable import Movable
from pages.ui.session import state, widget_state
from pages.ui.session.session import Ack
from pages.ui.session.state import session

SLIDER_BOUND, SLIDER_STEP = 3.0, 0.05
#: How a box is moved, for those who see it and for those who hear it.
HINT = (
    "Drag a framed box sideways, use the arrow keys (Shift: ten steps), or type a number. "
    "Ctrl or Cmd with an arrow key goes to the next box, Tab to the next matrix."
)


@dataclass(frozen=True, eq=False)
class Shown:
    """A matrix in a picture of the visitor's scenario.

    Attributes
    ----------
    block : Block
    head : int
        The head that it is of, from 0.
    minus : ndarray or "own", optional
        Numbers of another scenario, or the visitor's own, that are taken off it.
    is_changed : bool
        Whether it is of the scenario that the picture's changes make of the visitor's.
    """

    block: Block
    head: int
    minus: Array | Literal["own"] | None = None
    is_changed: bool = False


@dataclass(frozen=True, eq=False)
class Inputs:
    """What a picture is computed from, so that its boxes can be moved and it follows at once.

    Attributes
    ----------
    scenario : Scenario
        The visitor's.
    shown : sequence of Shown or None
        The matrices of the picture in order; None for one of another scenario.
    changes : mapping
        Fields of the scenario's document, with their values, in which a variant of it differs;
        None for one that the variant lacks.
    """

    scenario: Scenario
    shown: Sequence[Shown | None]
    changes: Mapping[str, Any] = field(default_factory=dict)

    def plain(self) -> Any:
        """Return the scenario for JSON."""
        return document.content(self.scenario)

    def steps(self) -> list[dict[str, Any] | None]:
        """Say of each matrix which step it shows, and how its boxes are called if they move."""
        return [None if each is None else self._step(each) for each in self.shown]

    def _step(self, shown: Shown) -> dict[str, Any]:
        block = shown.block
        said: dict[str, Any] = {
            "name": block.step.name,
            "head": shown.head,
            "is_transposed": block.transposed,
            "is_weight": block.step.kind == "weight",
            "is_changed": shown.is_changed,
        }
        if isinstance(shown.minus, str):
            said["minus"] = shown.minus
        elif shown.minus is not None:  # JSON has no −∞
            rows = shown.minus.tolist()
            said["minus"] = [[value if isfinite(value) else None for value in row] for row in rows]
        elif not (shown.is_changed or block.transposed) and (
            block.step.name in edits.editable(self.scenario)
        ):
            said |= {"title": f"{block.symbol}, {block.shape}", "boxes": block.cells}
            if movable := session().movable:
                said["locked"] = (~self._boxes_of(movable, block.step.name, shown.head)).tolist()
        return said

    def _boxes_of(self, movable: Movable, name: MatrixName, head: int) -> NDArray[np.bool_]:
        """Say which boxes of a matrix may move; of W_o a picture shows the rows of all heads."""
        heads = range(self.scenario.h) if name == "W_o" else (head,)
        return np.concatenate([movable.mask(self.scenario, name, each) for each in heads])


def inputs_of(*drawn: Equation, before: Sequence[Shown | None] = ()) -> Inputs:
    """Say what equations of the visitor's scenario are computed from.

    Parameters
    ----------
    *drawn : Equation
        Matrices with titles are those of the heads, in order; others are of the selected head.
    before : sequence of Shown or None
        The matrices that are drawn before these.
    """
    blocks = [shown for each in drawn for shown in each.blocks]
    own = [Shown(each, i if each.title else session().head) for i, each in enumerate(blocks)]
    return Inputs(session().scenario, (*before, *own))


#: What all boxes have in common, on any page.
_EDITING = {
    "bound": SLIDER_BOUND,
    "hard_max": limits.MAX_ABS,
    "max_pasted": edits.MAX_PASTED,
    "step": SLIDER_STEP,
    "hint": HINT,
}


def editing() -> dict[str, Any]:
    """Return what all boxes of a picture have in common."""
    return {**_EDITING, "locked": session().locked}


def moved(key: str) -> None:
    """Carry out a move in a picture, acknowledge it, and run again only what shows it."""
    move = widget_state.event(key, "move")
    if not isinstance(move, dict):
        return
    gesture = str(move.get("gesture"))[:100]
    reason = state.change(lambda: edited(session().scenario, move), gesture=gesture)
    refused = move if reason and "text" in move and not move.get("pasted") else None
    session().last_ack = Ack(key, str(move.get("number"))[:100], refused)
    if reason or move.get("done"):
        session().history.end_gesture()
        st.rerun()
    st.rerun(session().start_dragging() or "app")


def edited(s: Scenario, move: dict[str, Any]) -> edits.Noted:
    """Return the scenario with the number of a move, or with cells from its box on.

    A browser could send anything. Of W_o a picture shows the rows of all heads.
    """
    name, head, row, column = (move.get(key) for key in ("name", "head", "row", "column"))
    if name not in edits.editable(s):
        raise ValueError(f"There is no matrix {name!r:.20} to move.")
    if name == "W_o" and type(row) is int:
        head, row = divmod(row, s.d_v)
    if not (type(head) is int and 0 <= head < s.h):
        raise ValueError(f"There are {s.h} heads; there is no head {head!r:.20}.")
    shown = edits.block_of(s, name, head)
    if not (_is_place(row, shown.rows) and _is_place(column, shown.columns)):
        raise ValueError(f"{name} is {shown.shape}; it has no box ({row!r:.20}, {column!r:.20}).")
    entry = move.get("text", move.get("value"))
    if type(entry) not in (str, int, float):
        where = f"{name}, row {shown.rows[row]}, column {shown.columns[column]}"
        raise ValueError(f"{where}: expected a number, got {entry!r:.40}.")
    return edits.with_pasted(s, name, row, column, str(entry), head)


def _is_place(index: Any, labels: Sequence[str]) -> TypeGuard[int]:
    return type(index) is int and 0 <= index < len(labels)
