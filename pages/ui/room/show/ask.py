"""What a presenter can ask the room: of a number on the page, or what a lesson asks."""

from __future__ import annotations

import streamlit as st

from attn_core.notation import labels
from attn_core.notation.cells import Cell
from attn_core.notation.graph import graph
from attn_core.tasks.course.prediction import Prediction
from pages.ui.room.rules import about_number, question
from pages.ui.room.rules.question import Question
from pages.ui.room.show import lesson_list, verbs
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.state import session

_LESSON, _WORD = "room-lesson", "room-word"


def offer() -> None:
    """Offer the questions, on any page."""
    with st.popover("Ask the room", icon=":material/contact_support:", type="tertiary"):
        st.markdown("**About the numbers on the stage**")
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
    _, *most = about_number.about(known.scenario, known.head, Cell("weights", row, 0))
    if most:
        _button(most[0], "room-ask-word")
    else:
        st.caption("It attends to two words alike, so there is no right answer.")


def _of_number() -> None:
    """Offer to ask about the number that is inspected."""
    known = session()
    cells = known.inspection.existing(known.scenario)
    if not cells:
        st.caption("Click a number on a page, and you can ask about it here.")
        return
    of = known.scenario, known.head, cells[-1]
    found = (about_number.to_choose(*of), *about_number.about(*of)[:1])
    for i, asked in enumerate(filter(None, found)):
        _button(asked, f"room-ask-number-{i}")
    if not any(found):
        st.caption("The number that is clicked is an input: it is what one sets it to.")


def _button(asked: Question, key: str) -> None:
    how = f" ({', '.join(asked.options)})" if asked.options else " (to type)"
    widgets.button(f"{asked.text}{how}", key=key, on_click=verbs.ask, args=(asked,))


def _of_lesson() -> None:
    """Offer the predictions of a lesson; its numbers go on the stage with them."""
    lesson = lesson_list.choose(_LESSON)
    for i, predicted in enumerate(lesson.page("").predictions):
        st.markdown(predicted.question)
        st.caption(" · ".join(predicted.options) or "A number is asked for.")
        widgets.button("Ask this", key=f"room-ask-{i}", on_click=_ask_lesson, args=(predicted,))


def _ask_lesson(predicted: Prediction) -> None:
    """Put what a lesson asks about on the stage, and ask."""
    known = session()
    known.movable, known.chosen_head = None, 0
    if not state.change(lambda: predicted.scenario, anew=True):
        verbs.ask(question.from_prediction(predicted))
