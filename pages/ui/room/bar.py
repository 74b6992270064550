"""The one line on every page of a room: which room it is, and whether one follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import streamlit as st

from attn_core.explain.wording import pluralize
from pages.ui import menu
from pages.ui.room import follow
from pages.ui.room.member import EXPLORE, Member
from pages.ui.room.rules import rooms
from pages.ui.room.rules.limits import PRESENT
from pages.ui.room.show import ask, give, question_bar, task_bar
from pages.ui.room.store import StoreGone, store
from pages.ui.session import widgets
from pages.ui.session.state import session

_CSS = """<style>
.st-key-room-bar {
  gap: 0.1rem 0.9rem; padding-left: 0.7rem; border-left: 3px solid #7a5cd6; min-height: 1.7rem;
}
.st-key-room-bar p { font-size: 0.875rem; }
.st-key-room-bar button { min-height: 1.6rem; padding-block: 0; }
</style>"""
_LOST = "The room can’t be reached just now; your own work is here. Trying again."


def bar() -> None:
    """Draw the line; outside a room there is none."""
    if (member := session().member) is None:
        return
    st.html(_CSS)
    with st.container(key="room-bar", horizontal=True, vertical_alignment="center"):
        if member.lost:
            st.markdown(f"Room **{member.code}** · {_LOST}")
        elif member.presents:
            _presenter(member)
        else:
            _participant(member)
    question_bar.question_bar()
    task_bar.task_bar()


def _presenter(member: Member) -> None:
    st.markdown(f"You present room **{member.code}**", width="content")
    st.fragment(_people, key="room-people", run_every=timedelta(seconds=PRESENT / 3))()
    # Each has its place, or an open one would hand its being open to the next.
    with st.container(width="content"):
        if member.room and not member.room.question:
            ask.offer()
    with st.container(width="content"):
        if member.room and not member.room.task:
            give.offer()
    if session().page != follow.BACKSTAGE:
        menu.link_to(follow.BACKSTAGE, "Code and end")


def _people() -> None:
    """Say how many are here."""
    if (member := session().member) is None:
        return
    try:
        count = rooms.members(store(), member.code)
    except StoreGone:  # the line says so at the next look
        return
    st.markdown(pluralize(count, "participant"), width="content")


def _participant(member: Member) -> None:
    if member.mode == "task":
        st.markdown(
            f"Room **{member.code}** · A task for all. What you had before waits until it ends.",
            width="content",
        )
    elif member.is_following:
        st.markdown(f"Room **{member.code}** · Following the presenter", width="content")
        _button(EXPLORE, "explore", follow.explore)
    else:
        since = f", since {member.why}" if member.why else ""
        st.markdown(f"Room **{member.code}** · On your own{since}", width="content")
        _button("Follow again", "cast", follow.follow_again)


def _button(label: str, icon: str, go: Callable[[], None]) -> None:
    key = f"room-{go.__name__.replace('_', '-')}"
    widgets.button(label, key=key, icon=f":material/{icon}:", on_click=go, type="tertiary")
