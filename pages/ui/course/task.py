"""The task: what is asked, how near one is, what may move, hints one by one, and success."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from attn_core import Scenario, attend
from attn_core.analysis.compare import Comparison, same_head
from attn_core.analysis.why import describe_change
from attn_core.figures import NARROW
from attn_core.tasks import is_solved
from attn_core.text import escape
from pages.ui.course import real_head, receipt
from pages.ui.edit import form, matrix, position_kind
from pages.ui.live.goal_bar import goal_bar
from pages.ui.live.slots import slot
from pages.ui.session import state, widgets
from pages.ui.session.course import SEEN
from pages.ui.session.state import session
from pages.ui.show import choose_head, edit_heads, pictures
from pages.ui.show.fragments import fragment

#: Pixels of the window's height that stand above and below the picture, more than at home.
_AROUND = 150


def begin() -> None:
    """Set the scenario to where the task begins, unless it is under way."""
    known = session()
    before, start = known.scenario, known.course.task.start
    if known.course.is_begun:
        return
    if before != start:
        is_own = before != known.preset.scenario and not known.course.is_attempt(before)
        _set(lambda: start)
        if is_own:
            known.add_note("The task has numbers of its own; Undo brings yours back.")
    known.course.note_begun()  # last: a run may be stopped before, and begins anew


def show() -> None:
    """Show the task with the picture that is to be moved."""
    known = session()
    before = known.scenario
    begin()
    if known.scenario is not before:
        st.rerun()
    solved = is_solved(known.course.task, known.scenario)
    if solved and known.course.note_solved():
        st.rerun()  # what stands above has a mark for it
    known.movable, known.around = known.course.task.movable, _AROUND
    _asked(_solved if solved else _hints)
    if known.movable.texts:
        real_head.show(known.movable)
    else:
        _numbers()
    with slot():
        if solved:
            receipt.offer()


def _numbers() -> None:
    """Show the numbers, and what moves them."""
    choose_head.choose()
    _settings()
    pictures.whole_attention()
    if names := session().course.task.movable.matrices:
        matrix.editor(*names)


def _asked(help_: Callable[[], None]) -> None:
    """Say what is asked, and how near one is; on a phone that stays on the screen."""
    if session().width < NARROW:
        _text()
        help_()
        with st.container(key="goals-on-top"):
            _goals()
        return
    left, right = st.columns([2, 1], gap="medium")
    with left:
        _text()
        _goals()
    with right, st.container(key="help"):
        help_()


def _text() -> None:
    course = session().course
    st.markdown(escape.markdown(course.task.text) if course.foreign else course.task.text)


def _goals() -> None:
    task = session().course.task
    fragment("goals", lambda trace: goal_bar(task, trace.scenario))


def _hints() -> None:
    """Show the hints so far, and offer the next one; behind the last comes the solution."""
    course = session().course
    hints, shown = course.task.hints, course.hints
    with st.container(key="hints"):  # the last one first, for there is room for few
        for hint in reversed(hints[:shown]):
            st.markdown(escape.markdown(hint) if course.foreign else hint)
    with st.container(horizontal=True, vertical_alignment="center"):
        if shown < len(hints):
            label = f"Hint {shown + 1} of {len(hints)}"
            widgets.button(label, key="hint-next", icon=":material/lightbulb:", on_click=_hint)
        else:
            widgets.button("Show the solution", key="solution", on_click=_solve)
        widgets.button("Start again", key="start-again", type="tertiary", on_click=_start_again)


def _hint() -> None:
    session().course.show_hint()


def _solve() -> None:
    """Play the solution, as one step of undo."""
    session().course.show_solution()
    _set(lambda: session().course.task.solution)


def _set(scenario: Callable[[], Scenario]) -> None:
    """Go to numbers of the task, wherever one has gone meanwhile."""
    session().movable = None
    state.change(scenario, anew=True)


def _start_again() -> None:
    _set(lambda: session().course.task.start)


def _solved() -> None:
    """Say calmly that the task is solved, and what did it."""
    course = session().course
    with st.container(key="solved"):
        st.markdown(f"**Solved.** {_why()}")
    with st.container(horizontal=True, vertical_alignment="center"):
        if course.foreign:
            st.markdown(escape.markdown(course.foreign.debrief))
        else:
            widgets.button("What you have seen", key="seen", on_click=_see, type="primary")
        widgets.button("Start again", key="start-again", type="tertiary", on_click=_start_again)


def _see() -> None:
    session().course.step = SEEN


def _why() -> str:
    """Say what the numbers that were moved have done since the start."""
    known = session()
    if known.course.task.movable.texts:
        return real_head.describe(known.course.task.movable, known.scenario)
    start = same_head(known.course.task.start, known.scenario, known.head)
    if start is None:
        return ""
    now = attend(known.scenario).head(known.head)
    return describe_change(Comparison(attend(start), now), escape.markdown)


def _settings() -> None:
    """Offer the settings that may move."""
    settings = session().course.task.movable.settings
    words = [form.sentence_alone] * ("sentence" in settings) + [form.sizes] * ("sizes" in settings)
    if words:
        for place, draw in zip(st.columns(len(words)), words, strict=True):
            with place:
                draw()
    if "positions" in settings:
        position_kind.choose()
    if "heads" in settings:
        edit_heads.buttons()
    if names := settings & {"scale", "temperature", "mask"}:
        form.settings(names=names)
