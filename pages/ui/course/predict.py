"""Ask what a picture will show, and uncover it once that is answered."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from attn_core.notation import labels
from attn_core.tasks.course.prediction import Prediction
from attn_core.text.gloss import gloss_of_each
from pages.ui.course import picture
from pages.ui.session import widget_state, widgets
from pages.ui.session.course import Answer
from pages.ui.session.state import session


def show(i: int) -> None:
    """Show a prediction of the lesson; `i` counts from 0."""
    course = session().course
    asked, is_open = course.page.predictions[i], course.is_answered(i)
    st.markdown(asked.question)
    new_words = [t for t in asked.scenario.tokens if t not in course.task.start.tokens]
    say_in_english(gloss_of_each(new_words))
    if is_open:
        _verdict(asked, i)
    else:
        _answers(asked, i)
    draws = course.page.draws
    if asked.shows or draws:
        key = f"prediction-{i}"
        picture.some(asked.scenario, asked.shows, key, is_covered=not is_open, of=draws)


def say_in_english(meanings: Mapping[str, str]) -> None:
    """Say what French words mean, if there are any."""
    if meanings:
        said = ", ".join(f"*{word}* = {meaning}" for word, meaning in meanings.items())
        st.caption(f"In English: {said}.")


def _answers(asked: Prediction, i: int) -> None:
    """Offer the answers, and to see without one."""
    with st.container(key="answers", horizontal=True, vertical_alignment="bottom"):
        if asked.options:
            for j, option in enumerate(asked.options):
                widgets.button(option, key=f"option-{j}", on_click=_answer, args=(i, j))
        else:
            widgets.number_input(
                "Your number", value=None, key=_NUMBER, step=0.1, format="%.2f", width=150
            )
            widgets.button("That is my answer", key="answer", on_click=_answer_number, args=(i,))
        widgets.button(
            "I’d rather see", key="rather-see", type="tertiary", on_click=_answer, args=(i, None)
        )


_NUMBER = "predicted-number"


def _answer(i: int, answer: Answer) -> None:
    session().complain("")
    course = session().course
    course.answer(i, answer)
    session().announcement.say(_opening(course.page.predictions[i], i).replace("*", ""))


def _answer_number(i: int) -> None:
    number = widget_state.read(_NUMBER, float, None)
    if number is None:
        session().complain("Type a number first, or take “I’d rather see”.")
    else:
        _answer(i, number)


def _verdict(asked: Prediction, i: int) -> None:
    """Say whether the answer was right, which one is, and why."""
    is_right = session().course.was_right(i)
    with st.container(key="verdict" if is_right else "verdict-other"):
        st.markdown(f"{_opening(asked, i)} {asked.why}")


def _opening(asked: Prediction, i: int) -> str:
    course = session().course
    correct, said = _written(asked, asked.answer), course.answered(i)
    if course.was_right(i):
        return f"**Right:** {correct}"
    if course.was_right(i) is None:
        return f"**The answer:** {correct}"
    yours = f" You said: {_written(asked, said)}" if said is not None else ""
    return f"**Not quite.** The answer: {correct}{yours}"


def _written(asked: Prediction, answer: float) -> str:
    """Write an answer as a sentence."""
    text = asked.options[int(answer)] if asked.options else labels.number(answer)
    return text if text.endswith((".", "!", "?")) else f"{text}."
