"""Paint it: the attention that is wanted, and what of it can be learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from attn_core import Scenario, attend, edits, limits
from attn_core.figures import Description, describe
from attn_core.learning import attainable as reach
from attn_core.learning import painted
from attn_core.learning.initial import start
from attn_core.learning.learner import Learner, Snapshot
from attn_core.learning.paint import by_d_k, learned, sent, task
from attn_core.notation.equation import Block, Equation, block
from attn_core.notation.labels import number
from attn_core.scenario import Array
from attn_core.text import escape
from pages.ui.edit import sentence as edit
from pages.ui.edit.matrix import Typed, entered, table
from pages.ui.learn import run as learn
from pages.ui.learn import settings as learn_settings
from pages.ui.learn import show_run as show_learning
from pages.ui.live.chart import chart, clicked, look
from pages.ui.session import state
from pages.ui.session.runs import Kind, Run

KIND: Kind = "paint"
#: Steps of the runs with other d_k at most, for there are eight.
_MOST_STEPS = 500


def _patterns() -> None:
    """Paint a whole pattern at once."""
    st.caption("Paint that each word looks at …")
    with st.container(horizontal=True, vertical_alignment="center"):
        for name in (*painted.PATTERNS, "nothing"):
            st.button(name, key=f"paint-{name}", on_click=_paint, args=(name,))


def _blocked() -> None:
    """How much of what is painted can't be wanted."""
    if count := state.painted_elsewhere():
        st.caption(
            f"Painted boxes of words that aren't here any more: {count}. Undo brings them back."
        )
    if count := painted.blocked(state.painted(), _head()):
        st.caption(f"The mask blocks {count} of the painted boxes; they are left out.")


def _as_table() -> None:
    """What is painted as numbers to type."""
    with st.expander("Paint it as a table", expanded=not state.live()):
        st.caption(
            "Numbers of 0 or more; each row's share 1 between them. Row = query, column = key."
        )
        shown = _as_painted()
        written = [[f"{value:g}" for value in row] for row in shown.values]
        table(shown, written, "painted", st.column_config.TextColumn, _set)


def _as_painted() -> Block:
    return replace(_wanted(), values=state.painted())


def _head() -> Scenario:
    return state.scenario().head(state.head())


def _wanted() -> Block:
    """What is painted, with each row sharing 1."""
    values = painted.shared(painted.open_to(state.painted(), _head()))
    return replace(block(attend(_head()), "weights"), values=values, title="wanted")


def _paint(pattern: str) -> None:
    state.paint(lambda: painted.pattern(pattern, state.scenario()))


def _toggle(box: Any, matrix: int) -> None:
    """A box was clicked; only those of one matrix are painted by it."""
    place = clicked(box)
    if place and place[0] == matrix:
        _, row, column = place
        state.paint(lambda: painted.toggled(state.painted(), _head(), row, column))


def _set(typed: Typed) -> None:
    shown = _as_painted()
    told: list[str] = []

    def edited() -> Array:
        values, left_out = entered(shown, typed)
        kept = painted.entered(values)
        told.extend((left_out, edits.told_of_rounding(values, kept)))
        return kept

    state.paint(edited)
    state.add_note(" ".join(filter(None, told)))
    st.rerun()  # the whole page: what is learned, and a complaint, are outside this part


def lesson() -> learn.Lesson | None:
    """What there is to learn; while nothing is painted, boxes to paint and None."""
    s = _head()
    words, patterns = st.columns([1, 2])
    with words:
        edit.sentence()
    with patterns:
        _patterns()
    size, how = st.columns(2)
    with size:
        d_k = learn_settings.columns(KIND, s.d_k, "Fewer columns can make fewer patterns.")
        if d_k != s.d_k and state.scenario().h > 1:
            does = "cuts off columns of the others" if d_k < s.d_k else "adds zeros to the others"
            st.caption(f"All heads have {s.d_k} columns: sending {d_k} {does}.")
    with how:
        chosen = learn_settings.settings(
            KIND, rate=0.03, steps=150, seed_is_for="Which random numbers to start from."
        )
    try:
        target = painted.wanted_of(state.painted(), s)
        first = learned(s, start(chosen.start, s.d_model, d_k, chosen.seed))
    except ValueError as error:
        _paint_first(str(error))
        return None

    def picture(learner: Learner, moments: Sequence[Snapshot]) -> tuple[Description, str]:
        return _picture(s, target, learner, moments)

    def after(now: Run) -> None:
        _after(s, target, chosen, now)

    return learn.Lesson(
        kind=KIND,
        of=(first, target.tobytes(), chosen.start, chosen.seed, chosen.steps),
        task=lambda: task(s, target, d_k, chosen.start, chosen.seed),
        descent=chosen.descent,
        steps=chosen.steps,
        picture=picture,
        picked=lambda box: _toggle(box, matrix=1),
        after=after,
        sent=lambda best: sent(state.scenario(), best.params, state.head()),
    )


def _paint_first(reason: str) -> None:
    """Boxes alone, to paint the first one of."""
    st.info(escape.markdown(reason))
    drawn = Equation((_wanted(),))
    chart(
        describe(drawn, look=look()),
        "figure-painted",
        lambda: drawn.alt,
        picked=lambda box: _toggle(box, matrix=0),
    )
    _blocked()
    _as_table()


def _picture(
    s: Scenario, target: Array, learner: Learner, moments: Sequence[Snapshot]
) -> tuple[Description, str]:
    return show_learning.picture(
        learner,
        moments,
        lambda params: learned(s, params),
        target,
        lowest=reach.lowest(target),
    )


def _after(s: Scenario, target: Array, chosen: learn_settings.Settings, now: Run) -> None:
    """Whether it was reached, why not, and what other sizes reach."""
    best = now.learner.best
    trace = attend(learned(s, now.learner.moments[-1].params))
    _blocked()
    _as_table()
    if now.learner.step and now.learner.ending != "diverged":  # then the learning rate is why
        st.markdown(escape.markdown(reach.explain(s, target, best)))
    show_learning.way_back(trace, target, KIND)
    if now.learner.ending is not None:
        _by_d_k(s, target, chosen, now)


def _by_d_k(s: Scenario, target: Array, chosen: learn_settings.Settings, now: Run) -> None:
    """The lowest loss with each d_k, as one row of boxes."""
    low, high = limits.D_K
    sizes = range(low, high + 1)
    steps, descent = min(chosen.steps, _MOST_STEPS), now.learner.descent
    alike = learned(s, start(chosen.start, s.d_model, high, chosen.seed))
    found = state.runs().by_d_k(
        (alike, target.tobytes(), steps, descent),
        lambda: by_d_k(s, target, sizes, descent, steps, chosen.start, chosen.seed),
    )
    st.markdown(
        f"The same with each d\\_k, {steps} steps each: how far the lowest loss stays above the "
        f"lowest possible, {number(reach.lowest(target), 3)}."
    )
    drawn = Equation((reach.by_size(target, found, sizes),))
    chart(describe(drawn, look=look()), "figure-by-d_k", lambda: drawn.alt)
