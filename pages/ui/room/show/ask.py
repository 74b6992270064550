"""What a presenter can ask the room: of a number on the page, or what a lesson asks."""

from __future__ import annotations

import streamlit as st

from attn_core.notation import labels
from attn_core.notation.graph import graph
from attn_core.tasks import LESSONS
from pages.ui.room import ready_made
from pages.ui.room.question import Question
from pages.ui.room.show import verbs
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.state import session

_LESSON, _WORD = "room-lesson", "room-word"


def offer() -> None:
    """Offer the questions, on any page."""
    with st.popover("Ask the room", icon=":material/contact_support:", type="tertiary"):
        st.markdown("**On this page**")
        _of_word()
        _of_number()
        st.markdown("**From the lessons**")
        _of_lesson()


def _of_word() -> None:
    """Offer to ask which word a chosen one attends to most."""
    known = session()
    queries = graph(known.scenario).axis("query")
    row = widget_state.seed_view(_WORD, range(len(queries)), min(1, len(queries) - 1))
    widgets.selectbox(
        "Which word is attended to most by",
        range(len(queries)),
        key=_WORD,
        format_func=lambda i: labels.isolate(queries[i]),
    )
    asked = ready_made.attended_most(known.scenario, row, known.head)
    if asked:
        _button(asked, "room-ask-word")
    else:
        st.caption("It attends to two words alike, so there is no right answer.")


def _of_number() -> None:
    """Offer to ask about the number that is inspected."""
    known = session()
    cells = known.inspection.existing(known.scenario)
    if not cells:
        st.caption("Click a number on the page, and you can ask about it here.")
        return
    for i, asked in enumerate(ready_made.about_cell(known.scenario, cells[-1], known.head)):
        _button(asked, f"room-ask-number-{i}")


def _button(asked: Question, key: str) -> None:
    how = "" if asked.options else " (a number)"
    widgets.button(f"{asked.text}{how}", key=key, on_click=verbs.ask, args=(asked,))


def _of_lesson() -> None:
    """Offer the predictions of a lesson; its numbers go on the stage with them."""
    lesson = widget_state.seed_view(_LESSON, list(LESSONS), next(iter(LESSONS)))
    widgets.selectbox(
        "Lesson",
        list(LESSONS),
        key=_LESSON,
        format_func=lambda key: f"{key} · {LESSONS[key].title}",
        label_visibility="collapsed",
    )
    for i, asked in enumerate(ready_made.of_lesson(lesson)):
        st.markdown(asked.text)
        st.caption(" · ".join(asked.options) or "A number is asked for.")
        widgets.button("Ask this", key=f"room-ask-{i}", on_click=_ask_lesson, args=(lesson, i))


def _ask_lesson(lesson: str, i: int) -> None:
    """Put what a lesson asks about on the stage, and ask."""
    known, about = session(), LESSONS[lesson].page("").predictions[i].scenario
    known.movable, known.chosen_head = None, 0
    if not state.change(lambda: about, anew=True):
        verbs.ask(ready_made.of_lesson(lesson)[i])
