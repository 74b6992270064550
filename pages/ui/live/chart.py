"""A picture on the page: live, or Streamlit's own chart. The only place where one is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from attn_core.figures import NARROW, Description, Look
from pages.ui.live import components
from pages.ui.live.moves import Inputs
from pages.ui.session import state, widgets
from pages.ui.session.state import session

#: Pixels above a picture for its buttons on a phone, as large as a finger needs them. On a
#: wide page they come only under a pointer, and the boxes below would leave the screen.
_BUTTONS = 32


#: Pixels of the window's height that home needs beside its picture; with the projector's letters.
_AROUND, _AROUND_IN_ROOM = 265, 364
#: Pixels of the line that says which room one is in (`room/bar.py`).
_ROOM = 40


def look(margin: int = 0, share: float = 1) -> Look:
    """Say how to draw for this visitor, in a share of the page's width without a margin."""
    # Margins are as wide as letters, and the projector's are 22 pixels for 16 (`frame.py`).
    taken = round(margin * 22 / 16) if session().projector else margin
    width = share * (session().width - taken)
    around = (_AROUND_IN_ROOM if session().projector else _AROUND) + session().around
    around += _ROOM if session().member else 0
    height = max(0, session().height - around)
    return Look(width, state.theme(), session().projector, height or None)


def is_ready() -> bool:
    """Whether the page's width is known; a picture of another width would be sent twice."""
    return session().measured or not session().is_live


def chart(
    described: Description,
    key: str,
    alt: Callable[[], str],
    picked: Callable[[Any], None] | None = None,
    inputs: Inputs | None = None,
) -> None:
    """Show a figure; `components.board` describes the rest."""
    if session().width < NARROW:
        described = described.with_room(_BUTTONS)
    if session().is_live:
        components.board(described, key, alt, picked, inputs)
        return
    figure, config = described.figure(), components.classic_config(described, key)
    with _of_width(round(described.layout["width"]), key):
        st.plotly_chart(figure, width="content", theme=None, config=config, key=key, alt=alt())
    if session().frontend_error:
        st.caption("This browser couldn't load the live picture; this is the plain one.")


@contextmanager
def _of_width(width: int, key: str) -> Iterator[None]:
    """Hold a chart that may be wider than the page; `frame.py` has the outer container scroll.

    Streamlit makes a chart no wider than what it stands in.
    """
    with st.container(key=f"scroll-{key}"), st.container(width=width):
        yield


def parse_click(box: Any) -> tuple[int, int, int] | None:
    """Read the number of the matrix, row and column of a box that was clicked, if it is one.

    See `components.board`; a browser could send anything.
    """
    if isinstance(box, list) and len(box) == 3 and all(type(k) is int for k in box):
        matrix, row, column = box
        return matrix, row, column
    return None


def preload() -> None:
    """Have the browser load what a picture that comes later needs."""
    if session().is_live:
        components.preload()


@contextmanager
def expander(label: str, key: str) -> Iterator[bool]:
    """Show a part of the page that is made and sent only while it is open."""
    box = widgets.expander(label, key=key, type="compact")
    with box:
        yield bool(box.open)
