"""The frame of every page: menu, title, undo, view, what went wrong, and the way on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import streamlit as st

from attn_core import AttentionTrace, attend
from attn_core.text import escape
from pages.ui import menu, page_style
from pages.ui.live import announcer, viewport
from pages.ui.live.slots import slot
from pages.ui.room import bar, follow, listen
from pages.ui.room.show import question_bar
from pages.ui.serving import mend, server
from pages.ui.session import links, state, widget_state, widgets
from pages.ui.session.state import session
from pages.ui.share import transfer
from pages.ui.show import choose_head

NAME = "Self-Attention Lab"


def page(
    title: str,
    *,
    heading: str = "",
    beside: Callable[[], None] | None = None,
    heads: bool = True,
) -> AttentionTrace:
    """Begin a page: read the scenario, draw the frame, compute the trace.

    Parameters
    ----------
    title : str
        What the menu calls it.
    heading : str, optional
        What stands above it instead.
    beside : callable, optional
        Draws what stands on the line of the heading.
    heads : bool
        Offer the heads of the scenario, where it has several.

    Returns
    -------
    AttentionTrace
        Where every number on the page comes from; of the head that is looked at.
    """
    server.note_run()
    state.begin(title, follow.follow)
    follow.turn_to(session().wanted_page)  # the run of the press may have been given up
    session().wanted_page = ""
    st.set_page_config(
        page_title=f"{title} · {NAME}",
        page_icon="🔎",
        layout="wide",
        initial_sidebar_state="collapsed" if session().projector else "auto",
    )
    with mend.on_every_page():
        st.html(page_style.css())
        menu.menu()
    viewport.measure()
    links.keep()
    question_bar.announce()
    announcer.announce()
    _resume()
    follow.keep_up()
    listen.listen()
    is_hidden = question_bar.hides_page()
    _header(heading or title, None if is_hidden else beside)
    bar.bar()
    with st.container(key="complaint"):  # always there, as a `slot`
        if message := session().complaint:
            st.error(escape.markdown(message))
        elif note := session().note:
            st.warning(escape.markdown(note), icon=":material/info:")
    if is_hidden:
        st.stop()
    with slot():
        transfer.without_link()
    if heads:
        choose_head.choose()
    return attend(session().scenario).head(session().head)


def end() -> None:
    """End a page."""
    menu.neighbours(session().page)


def _header(title: str, beside: Callable[[], None] | None) -> None:
    with st.container(key="header", horizontal=True, vertical_alignment="center", gap="small"):
        st.title(title, anchor=False, width="content" if beside else "stretch")
        if beside:
            with st.container(key="beside", width="stretch"):
                beside()
        widgets.button(
            "Undo",
            key="undo",
            type="tertiary",
            icon=":material/undo:",
            on_click=state.undo,
            disabled=not session().history.can_undo,
        )
        widgets.button(
            "Redo",
            key="redo",
            type="tertiary",
            icon=":material/redo:",
            on_click=state.redo,
            disabled=not session().history.can_redo,
        )
        with st.popover("View", icon=":material/tune:", type="tertiary"):
            _view()


def _view() -> None:
    """Choose how pages look and answer."""
    widget_state.seed("projector", session().projector)
    widgets.toggle(
        "Projector",
        key="projector",
        on_change=_set_projector,
        help="Large letters and boxes, to be read from the back of a room.",
    )
    widget_state.seed("classic", session().classic)
    widgets.toggle(
        "Classic sliders",
        key="classic",
        on_change=_set_classic,
        help="Streamlit's own sliders and charts: pictures change when a slider is let go.",
    )
    st.caption("Light or dark: menu ⋮ at the top right.")


@st.fragment(run_every=timedelta(days=1))
def _resume() -> None:
    """Have the page run as soon as its connection is back.

    The browser asks for a run after a reconnect only where something is to run by itself, so
    here is something, empty. Without it a page whose server has died would meet the next
    one with a change, and a session that doesn't know what it is a change of.
    """


def _set_projector() -> None:
    session().projector = widget_state.read("projector", bool, session().projector)


def _set_classic() -> None:
    session().choose_classic(widget_state.read("classic", bool, session().classic))
