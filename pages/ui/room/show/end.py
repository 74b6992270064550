"""The end of a room: its course as a file, and then nothing of it is left."""

from __future__ import annotations

import streamlit as st

from pages.ui.room.member import Member
from pages.ui.room.show import verbs
from pages.ui.session import widgets
from pages.ui.session.state import session

#: In the session's views: the end is asked for; code and course of the room that was ended last.
_ASKED, _ENDED = "room-end-asked", "room-ended"
_HAS = (
    "the scenarios that were shown, what was asked with the counts of the answers, and what was "
    "reached in the tasks; nothing of who did it"
)


def offer(member: Member) -> None:
    """Offer to end the room; it is asked once whether that is meant."""
    views = session().views
    if not views.get(_ASKED):
        widgets.button("End the room", key="room-end", type="tertiary", on_click=_ask, args=(True,))
        return
    with st.container(border=True):
        st.markdown(
            f"**End room {member.code} for all?** You get its course as a file: {_HAS}. Then "
            "all that the server knows of the room is deleted. Everybody goes on alone."
        )
        with st.container(horizontal=True):
            widgets.button(
                "End it, and give me the file", key="room-end-yes", type="primary", on_click=_end
            )
            widgets.button("Not yet", key="room-end-no", on_click=_ask, args=(False,))


def _ask(is_asked: bool) -> None:
    session().views[_ASKED] = is_asked


def _end() -> None:
    """End the room; the file waits in the session of who ended it."""
    member = session().member
    if member is None:
        return
    written = verbs.end()
    session().views[_ASKED] = False
    if written:
        session().views[_ENDED] = member.code, written


def offer_file() -> None:
    """Offer the course of the room that this session has ended last."""
    code, written = session().views.get(_ENDED, ("", ""))
    if not written:
        return
    with st.container(border=True):
        st.markdown(
            f"**Room {code} has ended,** and nothing of it is left on the server. Its course "
            f"is in this page until you leave the lab: {_HAS}."
        )
        widgets.download_button(
            "Save the room’s course",
            written,
            file_name=f"room-{code}.md",
            mime="text/markdown",
            icon=":material/download:",
            key="room-save",
        )
