"""A lesson on the page: the choice of one, the buttons of its run, its picture, its result."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import timedelta
from typing import Any, Protocol

import streamlit as st

from attn_core import Scenario
from attn_core.figures import Description
from attn_core.learning import corpus
from attn_core.learning.describe_run import describe_run
from attn_core.learning.hyperparameters import Hyperparameters
from attn_core.learning.trainer import Checkpoint, Task, Trainer
from attn_core.text import escape
from pages.ui.live import chart
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.runs import KINDS, Kind, TrainingRun
from pages.ui.session.state import session

#: Time from picture to picture.
_PERIOD = timedelta(seconds=0.2)
#: Steps from picture to picture.
SPEEDS = (1, 2, 5, 20, 100)
_FIRST_SPEED = 5

_TITLES: dict[Kind, str] = {
    "paint": "Paint it",
    "grammar": "From similarity to grammar",
    "views": "Two views",
}


class Lesson(Protocol):
    """Something to learn, with what is chosen for it: its task, its picture, its result.

    Attributes
    ----------
    kind : {"paint", "grammar", "views"}
    chosen : Hyperparameters
    of : hashable
        Identifies its runs.
    picked : callable, optional
        Called when a box of the picture is clicked; see `components.board`.
    """

    @property
    def kind(self) -> Kind: ...  # noqa: D102

    @property
    def chosen(self) -> Hyperparameters: ...  # noqa: D102

    @property
    def of(self) -> Hashable: ...  # noqa: D102

    @property
    def picked(self) -> Callable[[Any], None] | None: ...  # noqa: D102

    def task(self) -> Task:
        """What is to be learned, made anew."""

    def picture(
        self, trainer: Trainer, checkpoints: Sequence[Checkpoint]
    ) -> tuple[Description, Callable[[], str]]:
        """The figure, and what gives its numbers in words; while a run goes on nobody asks.

        The last checkpoint is shown, the others can be looked back at.
        """

    def after(self, run: TrainingRun) -> None:
        """Show what was learned, below the picture."""

    def sent(self, best: Checkpoint) -> Scenario:
        """What was learned, as a scenario for the lab."""


def choose_lesson() -> None:
    """Choose what to learn."""
    widget_state.seed("lesson", session().lesson)
    widgets.segmented_control(
        "What to learn",
        KINDS,
        key="lesson",
        required=True,
        format_func=_TITLES.__getitem__,
        on_change=_choose,
        label_visibility="collapsed",
    )


def chosen_lesson() -> Kind:
    """Which lesson is chosen."""
    return session().lesson


def _choose() -> None:
    session().lesson = widget_state.read("lesson", KINDS, session().lesson)


def has_corpus() -> bool:
    """Whether the corpus, which anybody may edit, can be read; if not, say why."""
    try:
        corpus.split(seed=0)
    except ValueError as error:
        st.error(f"attn\\_core/learning/corpus.txt can't be read. {escape.markdown(str(error))}")
        return False
    return True


def show_lesson(lesson: Lesson) -> None:
    """Buttons, picture and result of a run; while it runs, only this part is run again."""
    now = _run_of(lesson)

    def part() -> None:
        _part(lesson, _run_of(lesson), alone=state.begin_fragment(_PART))

    st.fragment(part, key=_PART, run_every=_PERIOD if now.is_running else None)()


_PART = "part-learning"


def _run_of(lesson: Lesson) -> TrainingRun:
    return session().runs.get(
        lesson.kind, lesson.of, lesson.task, lesson.chosen.optimizer, lesson.chosen.steps
    )


def _part(lesson: Lesson, now: TrainingRun, alone: bool) -> None:
    if now.is_running:
        now.advance(widget_state.read_view(_SPEED, SPEEDS, _FIRST_SPEED))
        if not now.is_running:
            st.rerun()  # to show what there is to look back at, and to end the ticking
        if alone:
            session().only_numbers = True
    trainer = now.trainer
    buttons, progress = st.columns([3, 1], vertical_alignment="center")
    with buttons:
        _buttons(lesson, now)
    with progress:
        _progress(trainer)
    if not trainer.step and session().runs.has_another(lesson.kind):
        st.caption(
            "What was learned before belongs to other words, numbers or settings. It comes back "
            "with them; Undo can bring them."
        )
    checkpoints = trainer.checkpoints[-1:] if now.is_running else trainer.history
    described, alt = lesson.picture(trainer, checkpoints)
    chart.chart(described, f"figure-learning-{lesson.kind}", alt, lesson.picked)
    if not now.is_running:
        _result(lesson, now)


def _progress(trainer: Trainer) -> None:
    """How far a run is; a warning if it failed."""
    has_failed = trainer.stop_reason in ("diverged", "too large")
    told = escape.markdown(describe_run(trainer))
    st.progress(trainer.step / trainer.steps, None if has_failed else told)
    if has_failed:
        st.warning(told)


def _buttons(lesson: Lesson, now: TrainingRun) -> None:
    trainer = now.trainer
    is_over, is_new = trainer.stop_reason is not None, trainer.step == 0
    with st.container(horizontal=True, vertical_alignment="center"):
        if now.is_running:
            name, icon, pressed = "Pause", ":material/pause:", _pause
        elif is_over:
            name, icon, pressed = "Learn again", ":material/replay:", _learn_again
        else:
            name = "Learn" if is_new else "Go on"
            icon, pressed = ":material/play_arrow:", _go_on
        # One key for all its names, so that the keyboard stays on it.
        _button("run", name, icon, pressed, lesson, type="primary")
        _button("step", "Step", ":material/skip_next:", _step, lesson, now.is_running or is_over)
        _button("stop", "Stop", ":material/stop:", _stop, lesson, is_over or is_new)
        _button("reset", "Reset", ":material/restart_alt:", _reset, lesson, is_new)
        widget_state.seed_view(_SPEED, SPEEDS, _FIRST_SPEED)
        st.markdown("Steps a picture", width="content")
        widgets.segmented_control(
            "Steps a picture",
            SPEEDS,
            key=_SPEED,
            required=True,
            on_change=_speed,
            label_visibility="collapsed",
        )


_SPEED = "learn-speed"


def _button(
    key: str,
    name: str,
    icon: str,
    pressed: Callable[[Lesson], None],
    lesson: Lesson,
    disabled: bool = False,
    **look: Any,
) -> None:
    widgets.button(
        name,
        key=f"learn-{key}",
        icon=icon,
        on_click=_whole_page,
        args=(pressed, lesson),
        disabled=disabled,
        **look,
    )


def _whole_page(pressed: Callable[[Lesson], None], lesson: Lesson) -> None:
    pressed(lesson)
    st.rerun()  # the whole page: only then the ticking begins or ends


def _speed() -> None:
    st.rerun()


def _go_on(lesson: Lesson) -> None:
    _run_of(lesson).is_running = True


def _pause(lesson: Lesson) -> None:
    _run_of(lesson).is_running = False


def _learn_again(lesson: Lesson) -> None:
    _reset(lesson)
    _go_on(lesson)


def _step(lesson: Lesson) -> None:
    _run_of(lesson).trainer.advance(1)


def _stop(lesson: Lesson) -> None:
    now = _run_of(lesson)
    now.trainer.stop()
    now.is_running = False


def _reset(lesson: Lesson) -> None:
    session().runs.forget(lesson.kind)


def _result(lesson: Lesson, now: TrainingRun) -> None:
    lesson.after(now)
    if now.trainer.step == 0:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        widgets.button(
            "Send to the lab",
            key="learn-send",
            icon=":material/science:",
            on_click=_send,
            args=(lesson,),
            help="The learned numbers, rounded to 0.001, become the lab's own: every page, "
            "link and file has them. Undo takes them back.",
        )
        if now.sent and now.sent == session().scenario:
            st.markdown("Sent: every page shows what was learned.")
            st.page_link("pages/3_Attention.py", label="See it in Attention")


def _send(lesson: Lesson) -> None:
    now = _run_of(lesson)
    if not state.change(lambda: lesson.sent(now.trainer.best), anew=True):
        now.sent = session().scenario
    st.rerun()
