"""The task: what is asked, how near one is, what may move, hints one by one, and success."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from attn_core import Scenario
from attn_core.figures import NARROW
from attn_core.tasks import Task, is_solved
from attn_core.tasks.outcome import describe_outcome
from attn_core.tasks.solve import solve
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
_AROUND = 140
#: Seconds for which a solution that nobody gave is searched.
_PATIENCE = 2.0


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
    is_shown_to_a_teacher = bool(known.course.receipt_of(known.links.scenario))
    if solved and not is_shown_to_a_teacher and known.course.note_solved():
        st.rerun()  # what stands above has a mark for it
    known.movable, known.around = known.course.task.movable, _AROUND
    help_ = _solved if solved else _hints
    is_narrow = session().width < NARROW
    if is_narrow:
        _asked_on_a_phone()
    else:
        _asked(help_)
    if known.movable.texts:
        real_head.show(known.movable)
    else:
        _numbers()
    if is_narrow:  # so that the picture stays under the finger
        help_()
    if names := known.movable.matrices:
        matrix.editor(*names)
    with slot():
        if solved:
            receipt.offer()


def _numbers() -> None:
    """Show the numbers, and what moves them."""
    choose_head.choose()
    _settings()
    pictures.whole_attention(session().course.draws)


def _asked_on_a_phone() -> None:
    """Say what is asked; how near one is stays on the screen."""
    _text()
    with st.container(key="goals-on-top"):
        _goals()


def _asked(help_: Callable[[], None]) -> None:
    """Say what is asked and how near one is, and help beside it, where it moves nothing."""
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
    with st.container(horizontal=True, vertical_alignment="center"):
        if shown < len(hints):
            label = f"Hint {shown + 1} of {len(hints)}"
            widgets.button(label, key="hint-next", icon=":material/lightbulb:", on_click=_hint)
        else:
            widgets.button("Show the solution", key="solution", on_click=_solve)
        widgets.button("Start again", key="start-again", type="tertiary", on_click=_start_again)
    with st.container(key="hints"):  # the last one first, for there is room for few
        for hint in reversed(hints[:shown]):
            st.markdown(escape.markdown(hint) if course.foreign else hint)


def _hint() -> None:
    session().course.show_hint()


def _solve() -> None:
    """Play the solution, as one step of undo; it is searched only as long as a visitor waits."""
    session().course.show_solution()
    asked = session().course.task
    _set(lambda: asked.given or solve(asked, _PATIENCE))


def _set(scenario: Callable[[], Scenario]) -> None:
    """Go to numbers of the task, wherever one has gone meanwhile."""
    session().movable = None
    state.change(scenario, anew=True)


def _start_again() -> None:
    _set(lambda: session().course.task.start)


def _solved() -> None:
    """Say what the goals' numbers did and why; that the task is solved stands above them."""
    course = session().course
    with st.container(horizontal=True, vertical_alignment="center"):
        if not course.foreign:
            widgets.button("What you have seen", key="seen", on_click=_see, type="primary")
        widgets.button("Start again", key="start-again", type="tertiary", on_click=_start_again)
    with st.container(key="solved"):
        st.markdown(_outcome(course.task, session().scenario))
        if course.foreign:
            st.markdown(escape.markdown(course.foreign.debrief))


def _outcome(solved: Task, scenario: Scenario) -> str:
    """Say what the hand has done; of a model's head, which one it chose."""
    if solved.movable.texts:
        return real_head.describe(solved.movable, scenario)
    return describe_outcome(solved, scenario, escape.markdown)


def _see() -> None:
    session().course.step = SEEN


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
