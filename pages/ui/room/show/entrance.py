"""The page Room: outside a room the ways into one, inside the way in for others."""

from __future__ import annotations

import streamlit as st

from pages.ui import menu
from pages.ui.room import follow
from pages.ui.room.member import Member
from pages.ui.room.show import end, invitation, start
from pages.ui.session import state, widgets
from pages.ui.session.address import Address, RoomAddress, home
from pages.ui.session.state import session


def show() -> None:
    """Show the page."""
    member = session().member
    if member is None:
        start.show()
        return
    invitation.show(member.code, _address(member))
    if member.presents:
        _presenter(member)
    else:
        widgets.button("Leave the room", key="room-leave", type="tertiary", on_click=follow.leave)


def _address(member: Member) -> str:
    """Return the address to come in by, without the presenter's right."""
    return Address(room=RoomAddress(member.code)).at(home(state.page_address("")))


def _presenter(member: Member) -> None:
    with st.container(key="room-onward", horizontal=True, vertical_alignment="center"):
        if member.stage:
            menu.link_to(member.stage.page, f"To the stage: {member.stage.page}")
        end.offer(member)
    st.caption(
        "All who come in see what you show on the stage; this page isn’t on it. Its address has "
        "the right to present. Keep it: whoever opens it presents, also you after a crash, on any "
        "machine. The address above hasn't."
    )
