"""A picture on the page: live, or Streamlit's own chart. The only place where one is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from attn_core.figures import NARROW, Description, Look
from pages.ui.live import components as live
from pages.ui.session import state

#: Pixels above a picture for its buttons on a phone, as large as a finger needs them. On a
#: wide page they come only under a pointer, and the boxes below would leave the screen.
_BUTTONS = 32


def look(margin: int = 0) -> Look:
    """How to draw for this visitor, in the page's width without a margin."""
    # Margins are as wide as letters, and the projector's are 22 pixels for 16 (`frame.py`).
    taken = round(margin * 22 / 16) if state.projector() else margin
    return Look(state.width() - taken, state.theme(), state.projector())


def chart(
    described: Description,
    key: str,
    alt: Callable[[], str],
    picked: Callable[[Any], None] | None = None,
) -> None:
    """Show a figure; `alt` and what `picked` is told are described in `live.board`."""
    if state.width() < NARROW:
        described = described.with_room(_BUTTONS)
    if state.live():
        live.board(described, key, alt, picked)
        return
    figure, config = described.figure(), live.classic_config(described, key)
    st.plotly_chart(figure, width="content", theme=None, config=config, key=key, alt=alt())
    if state.lost():
        st.caption("This browser couldn't load the live picture; this is the plain one.")


def clicked(told: Any) -> tuple[int, int, int] | None:
    """Number of the matrix, row and column of a box that was clicked.

    None for anything else; a browser could tell anything. See `live.board` for what it should.
    """
    if isinstance(told, list) and len(told) == 3 and all(type(k) is int for k in told):
        matrix, row, column = told
        return matrix, row, column
    return None


def prepare() -> None:
    """Get the browser ready for a picture that comes later."""
    if state.live():
        live.warm()


@contextmanager
def drawer(label: str, key: str) -> Iterator[bool]:
    """A part of the page that is made and sent only while it is open."""
    box = st.expander(label, key=key, on_change=state.touch, type="compact")
    with box:
        yield bool(box.open)
