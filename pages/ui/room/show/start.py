"""Where no room is open: open one in one tap, or join one by its code."""

from __future__ import annotations

import streamlit as st

from attn_core.text import escape
from pages.ui.room import follow, store
from pages.ui.room.rules.limits import CODE_LENGTH, LIFETIME
from pages.ui.room.show import end, verbs
from pages.ui.session import widget_state, widgets
from pages.ui.session.address import said_in

_CODE = "room-code"
#: Characters of an entry, which may have spaces or be a whole address.
_MAX_ENTRY = 200
_CSS = """<style>
.st-key-room-join input { font: 600 1.3rem "Source Code Pro", monospace; letter-spacing: 0.1em; }
</style>"""


def show() -> None:
    """Offer to open a room and to join one."""
    end.offer_file()
    if why := store.why_none():
        st.error(escape.markdown(why))
        return
    st.html(_CSS)
    presenter, participant = st.columns(2, gap="large")
    with presenter:
        _offer_to_open()
    with participant, st.container(key="room-join"):
        _offer_to_join()
    st.caption(
        "The server keeps a room until its presenter ends it, or has been away for "
        f"{LIFETIME // 3600:.0f} hours: the numbers that are shown, and answers by random tokens. "
        "It keeps no name and no address of anybody."
    )


def _offer_to_open() -> None:
    st.markdown(
        "### You present\n\n"
        "All who come in see your page and your numbers, answer what you ask, and solve "
        "what you give. Nobody needs an account or a name."
    )
    widgets.button(
        "Open a room",
        key="room-open",
        type="primary",
        icon=":material/cast_for_education:",
        on_click=verbs.open_room,
    )


def _offer_to_join() -> None:
    st.markdown("### You take part\n\nType the code that the presenter shows.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        widgets.text_input(
            f"Code, {CODE_LENGTH} letters", key=_CODE, max_chars=_MAX_ENTRY, width=190
        )
        widgets.button("Join", key="room-join-button", on_click=_join)


def _join() -> None:
    follow.join(said_in(widget_state.read(_CODE, str, ""), "room"))
