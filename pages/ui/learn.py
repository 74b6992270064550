"""Learn while one looks on: the settings of a run, its buttons, its picture, its result."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import streamlit as st

from attn_core import Scenario, corpus, escape, limits
from attn_core.figures import Description
from attn_core.learning.descent import METHODS, MOMENTUM, Descent
from attn_core.learning.learner import Learner, Snapshot, Task
from attn_core.learning.start import STARTS, Start
from pages.ui import chart, state
from pages.ui.runs import KINDS, Kind, Run

#: Time from picture to picture.
_PERIOD = timedelta(seconds=0.2)
#: Steps from picture to picture.
SPEEDS = (1, 2, 5, 20, 100)
_FIRST_SPEED = 5
STEPS = (50, 150, 300, 1000, 3000)
MAX_SEED = 9999
RATES = (0.001, 0.003, 0.01, 0.03, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)


_TITLES: dict[Kind, str] = {
    "paint": "Paint it",
    "grammar": "From similarity to grammar",
    "views": "Two views",
}


@dataclass(frozen=True, eq=False)
class Lesson:
    """Something to learn, ready to be shown.

    Attributes
    ----------
    kind : {"paint", "grammar", "views"}
    of : hashable
        Tells runs of it from runs of something else.
    task : callable
        Makes the task.
    descent : Descent
    steps : int
    picture : callable
        From the learner, and the moments to show, to the figure and what it tells. The last
        moment is shown, the others can be looked back at.
    picked : callable, optional
        Called when a box of the picture is clicked; see `live.board`.
    after : callable
        Shows what was learned, below the picture.
    sent : callable
        From what was learned to the scenario for the lab.
    """

    kind: Kind
    of: Hashable
    task: Callable[[], Task]
    descent: Descent
    steps: int
    picture: Callable[[Learner, Sequence[Snapshot]], tuple[Description, str]]
    after: Callable[[Run], None]
    sent: Callable[[Snapshot], Scenario]
    picked: Callable[[Any], None] | None = None


@dataclass(frozen=True)
class Settings:
    """How a run goes down, and where from."""

    descent: Descent
    steps: int
    seed: int
    start: Start = "random"


def chosen() -> Kind:
    """Choose what to learn."""
    state.seed("lesson", state.lesson())
    st.segmented_control(
        "What to learn",
        KINDS,
        key="lesson",
        required=True,
        format_func=_TITLES.__getitem__,
        on_change=_choose,
        label_visibility="collapsed",
    )
    return state.lesson()


def _choose() -> None:
    state.choose_lesson(state.widget("lesson"))


def settings(
    kind: Kind, *, rate: float, steps: int, start: Start = "random", seed_is_for: str
) -> Settings:
    """Choose how to go down, where from, and the seed.

    Parameters
    ----------
    kind : str
    rate, steps : float, int
        Learning rate and length of the run at first.
    start : str
        What to start from at first.
    seed_is_for : str
        What the seed decides.
    """
    first = Settings(Descent(learning_rate=rate), steps, 1, start)
    held = _held(kind, first)
    down = held.descent
    # The drawer's own label must stay, or it would close with each change.
    with chart.drawer("How it goes down", f"settings-{kind}") as is_open:
        if is_open:
            _choices(kind, first, seed_is_for)
    begin = "the identity" if held.start == "identity" else "random numbers"
    st.caption(
        f"{down.method}, learning rate {down.learning_rate:g}, momentum {down.momentum:g}, "
        f"{held.steps} steps, from {begin}, seed {held.seed}"
    )
    return held


def _held(kind: Kind, first: Settings) -> Settings:
    """What is chosen, whether the drawer is open or not."""

    def held(name: str, default: Any, options: Iterable[Any] | None = None) -> Any:
        return state.held_view(_key(kind, name), default, options)

    down, (low, high) = first.descent, MOMENTUM
    return Settings(
        Descent(
            held("method", down.method, METHODS),
            held("rate", down.learning_rate, RATES),
            min(high, max(low, held("momentum", down.momentum))),
        ),
        held("steps", first.steps, STEPS),
        held("seed", first.seed, range(MAX_SEED + 1)),
        held("start", first.start, STARTS),
    )


def _key(kind: Kind, name: str) -> str:
    return f"learn-{kind}-{name}"


def _choices(kind: Kind, first: Settings, seed_is_for: str) -> None:
    """The widgets of the settings."""
    down = first.descent
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _one_of("Method", METHODS, _key(kind, "method"), down.method)
        _one_of("Steps", STEPS, _key(kind, "steps"), first.steps)
        if kind != "views":  # nothing is learned there from the identity of two columns
            _one_of("Start from", STARTS, _key(kind, "start"), first.start)
        state.seed_view(_key(kind, "seed"), first.seed)
        st.number_input(
            "Seed",
            0,
            MAX_SEED,
            key=_key(kind, "seed"),
            help=seed_is_for,
            on_change=state.touch,
            width=120,
        )
    rate, momentum = st.columns(2)
    state.seed_view(_key(kind, "rate"), down.learning_rate, RATES)
    rate.select_slider(
        "Learning rate",
        RATES,
        key=_key(kind, "rate"),
        format_func=lambda value: f"{value:g}",
        on_change=state.touch,
        help="How far a step goes. Too large, and the loss rises instead of falling.",
    )
    state.seed_view(_key(kind, "momentum"), down.momentum)
    momentum.slider(
        "Momentum",
        *MOMENTUM,
        step=0.01,
        key=_key(kind, "momentum"),
        on_change=state.touch,
        help="How much of the steps before a step keeps; Adam's β₁.",
    )


def _one_of(label: str, options: Sequence[Any], key: str, first: Any) -> None:
    state.seed_view(key, first, options)
    st.segmented_control(
        label, options, key=key, required=True, format_func=str, on_change=state.touch
    )


def columns(kind: Kind, first: int, help: str) -> int:
    """Choose d_k, the number of columns of W_q and W_k.

    Where a run has come to its end, that with the new d_k is gone through at once.
    """
    low, high = limits.D_K
    key = _key(kind, "d_k")
    state.seed_view(key, first, range(low, high + 1))
    chosen: int = st.slider(
        escape.markdown("d_k, columns of W_q and W_k"),
        low,
        high,
        key=key,
        on_change=_hurry,
        args=(kind,),
        help=help,
    )
    return chosen


def _hurry(kind: Kind) -> None:
    state.touch()
    state.runs().hurry(kind)


def has_corpus() -> bool:
    """Whether the corpus, which anybody may edit, can be read; if not, say why."""
    try:
        corpus.split(seed=0)
    except ValueError as error:
        st.error(f"attn\\_core/corpus.txt can't be read. {escape.markdown(str(error))}")
        return False
    return True


def run(lesson: Lesson) -> None:
    """Buttons, picture and result of a run; while it runs, only this part is run again."""
    now = _run_of(lesson)

    def part() -> None:
        _part(lesson, _run_of(lesson), alone=state.begin_part(_PART))

    st.fragment(part, key=_PART, run_every=_PERIOD if now.is_running else None)()


_PART = "part-learning"


def _run_of(lesson: Lesson) -> Run:
    return state.runs().get(lesson.kind, lesson.of, lesson.task, lesson.descent, lesson.steps)


def _part(lesson: Lesson, now: Run, alone: bool) -> None:
    if now.is_running:
        now.tick(state.held_view(_SPEED, _FIRST_SPEED, SPEEDS))
        if not now.is_running:
            st.rerun()  # to show what there is to look back at, and to end the ticking
        if alone:
            state.only_numbers_change()
    _buttons(lesson, now)
    learner = now.learner
    _progress(learner)
    moments = learner.snapshots[-1:] if now.is_running else learner.moments
    described, alt = lesson.picture(learner, moments)
    chart.chart(described, f"figure-learning-{lesson.kind}", alt, lesson.picked)
    if not now.is_running:
        _result(lesson, now)


def _progress(learner: Learner) -> None:
    """How far a run is; in a frame, what it couldn't do."""
    has_failed = learner.ending in ("diverged", "too large")
    told = escape.markdown(learner.told)
    st.progress(learner.step / learner.steps, None if has_failed else told)
    if has_failed:
        st.warning(told)


def _buttons(lesson: Lesson, now: Run) -> None:
    learner = now.learner
    is_over, is_new = learner.ending is not None, learner.step == 0
    with st.container(horizontal=True, vertical_alignment="bottom"):
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
        state.seed_view(_SPEED, _FIRST_SPEED, SPEEDS)
        st.segmented_control("Steps a picture", SPEEDS, key=_SPEED, required=True, on_change=_speed)


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
    st.button(
        name,
        key=f"learn-{key}",
        icon=icon,
        on_click=_whole_page,
        args=(pressed, lesson),
        disabled=disabled,
        **look,
    )


def _whole_page(pressed: Callable[[Lesson], None], lesson: Lesson) -> None:
    state.touch()
    pressed(lesson)
    st.rerun()  # the whole page: only then the ticking begins or ends


def _speed() -> None:
    state.touch()
    st.rerun()


def _go_on(lesson: Lesson) -> None:
    _run_of(lesson).is_running = True


def _pause(lesson: Lesson) -> None:
    _run_of(lesson).is_running = False


def _learn_again(lesson: Lesson) -> None:
    _reset(lesson)
    _go_on(lesson)


def _step(lesson: Lesson) -> None:
    _run_of(lesson).learner.advance(1)


def _stop(lesson: Lesson) -> None:
    now = _run_of(lesson)
    now.learner.stop()
    now.is_running = False


def _reset(lesson: Lesson) -> None:
    state.runs().forget(lesson.kind)


def _result(lesson: Lesson, now: Run) -> None:
    lesson.after(now)
    if now.learner.step == 0:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Send to the lab",
            key="learn-send",
            icon=":material/science:",
            on_click=_send,
            args=(lesson,),
            help="The learned numbers, rounded to 0.001, become the lab's own: every page, "
            "link and file has them. Undo takes them back.",
        )
        if now.sent and now.sent == state.scenario():
            st.markdown("Sent: every page shows what was learned.")
            st.page_link("pages/3_Attention.py", label="See it in Attention")


def _send(lesson: Lesson) -> None:
    now = _run_of(lesson)
    state.change(lambda: lesson.sent(now.learner.best))
    now.sent = state.scenario()
    st.rerun()
