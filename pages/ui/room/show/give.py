"""What a presenter can give the room to do: the task of a lesson, or one that was set on Share."""

from __future__ import annotations

import streamlit as st

from attn_core import permalink
from pages.ui.room.rules.task_round import TaskRound
from pages.ui.room.show import lesson_list, verbs
from pages.ui.session import widget_state, widgets
from pages.ui.session.address import MAX_ADDRESS, said_in
from pages.ui.session.state import session

_LESSON, _EACH, _LINK = "room-task-lesson", "room-task-each", "room-task-link"


def offer() -> None:
    """Offer the tasks, on any page."""
    with st.popover("Give a task", icon=":material/task_alt:", type="tertiary"):
        st.markdown("**The task of a lesson**")
        _lesson()
        st.markdown("**A task that was set on *Share***")
        widgets.text_input("Its link", key=_LINK, max_chars=MAX_ADDRESS)
        widgets.button("Give this task", key="room-give-link", on_click=_give_link)


def _lesson() -> None:
    lesson = lesson_list.choose(_LESSON)
    st.caption(lesson.variant("").text)
    widget_state.seed_view(_EACH, bool, False)
    widgets.toggle(
        "A variant for each",
        key=_EACH,
        help="Everybody has other words and numbers; a histogram then tells how far all are.",
    )
    widgets.button("Give it to all", key="room-give", on_click=_give)


def _give() -> None:
    """Give what is chosen now: a quick hand presses before the run that shows its choice."""
    is_each = widget_state.read_view(_EACH, bool, False)
    verbs.give(TaskRound(lesson=lesson_list.chosen(_LESSON), is_each=is_each))


def _give_link() -> None:
    """Give the task of a link, which may be the whole address or what stands behind `task=`."""
    typed = widget_state.read(_LINK, str, "").strip()
    try:
        document = permalink.decode_text(said_in(typed, "task"))
    except ValueError as error:
        session().complain(f"This is no link of a task. {error}")
    else:
        verbs.give(TaskRound(document=document))
