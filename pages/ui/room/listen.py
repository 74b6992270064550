"""The browser's part in a room: it hears the news beside the pages, and has the room's token."""

from __future__ import annotations

from pages.ui.live import components
from pages.ui.live.serialize import pack
from pages.ui.room import follow
from pages.ui.session import widget_state, widgets
from pages.ui.session.state import session

_KEY = "room-news"

_hear = widgets.component("room", js=components.loader("room"), isolate_styles=False)


def listen() -> None:
    """Have a participant's browser listen, in the run of a whole page.

    A presenter's page looks by itself: what it shows is mostly its own.
    """
    member = session().member
    if member is None or member.presents:
        return
    data = {
        "code": member.code,
        "version": member.version,
        "follows": member.is_following,
        "is_told": member.is_named,
        "hears": member.hears,
    }
    _hear(
        key=_KEY,
        data=pack(data),
        on_hello_change=_hello,
        on_run_change=widgets.rerun,
        on_lost_change=widgets.rerun,  # without its file the page looks by itself
        height=1,
    )


def _hello() -> None:
    """Take in which browser it is, and whether it hears news."""
    told, member = widget_state.event(_KEY, "hello"), session().member
    if member is None or not isinstance(told, dict):
        return
    if not member.is_named:
        member.is_named = follow.use_token(told.get("token"))
    member.hears = told.get("hears") is True
