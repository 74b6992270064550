"""The room's task, on every page: the way to it, and for the presenter how far all are."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from attn_core.explain.wording import pluralize
from attn_core.figures import describe_histogram, histogram_alt
from attn_core.notation import labels
from attn_core.tasks import check
from attn_core.text import escape
from pages.ui.live.chart import chart, look
from pages.ui.room import follow, task_mode
from pages.ui.room.member import Member
from pages.ui.room.rules import rooms, task_round, tasks
from pages.ui.room.rules.limits import FEWEST_SHOWN
from pages.ui.room.rules.task_round import Reached, Standing, TaskRound
from pages.ui.room.show import verbs
from pages.ui.room.store import store
from pages.ui.session import widget_state, widgets
from pages.ui.session.state import session

_ONE, _CHOOSING = "room-one", "room-one-choosing"
_CSS = """<style>
.st-key-room-task { gap: 0.4rem; }
.st-key-room-task-verbs { gap: 0.3rem 0.8rem; }
</style>"""


def task_bar() -> None:
    """Show what there is to do with the room's task, if there is one."""
    member = session().member
    if member is None or (given := member.given_task) is None:
        return
    st.html(_CSS)
    with st.container(key="room-task"):
        if member.presents:
            _presenter(member, given)
        elif not (session().page == task_mode.PAGE and task_mode.is_open(member, given)):
            _way_back(member, given)
    verbs.tried(lambda: task_mode.report(member), None)


def _way_back(member: Member, given: TaskRound) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("The room has a **task**.", width="content")
        widgets.button(
            "Go to the task",
            key="room-to-task",
            type="primary",
            on_click=task_mode.go_to,
            args=(member, given),
        )


def _presenter(member: Member, given: TaskRound) -> None:
    task = given.task("")
    said = [f"**Task: {escape.markdown(task.title)}.**"]
    if given.is_each:
        said.append("Everybody has words and numbers of their own.")
    if session().page == follow.BACKSTAGE:
        said.append(escape.markdown(task.text) if given.document else task.text)
    st.markdown(" ".join(said))
    st.fragment(_standing, key="room-standing", run_every=timedelta(seconds=1))(member, given)
    with st.container(key="room-task-verbs", horizontal=True, vertical_alignment="bottom"):
        _show_one(member, given)
        widgets.button(
            "End the task", key="room-task-end", type="secondary", on_click=verbs.end_task
        )


def _show_one(member: Member, given: TaskRound) -> None:
    """Offer to put somebody's scenario on the stage, without a name; or to go back."""
    if given.on_stage:
        st.markdown(f"On the stage: participant {given.on_stage}", width="content")
        widgets.button("Back", key="room-back", type="primary", on_click=verbs.back)
        widgets.button(
            "Dismiss", key="room-dismiss", on_click=verbs.dismiss, args=(given.on_stage,)
        )
        return
    if not session().views.get(_CHOOSING):
        widgets.button("Show me one", key="room-one-choose", on_click=_choose, args=(True,))
        return
    found = verbs.tried(lambda: tasks.results(store(), member.code, given), None)
    if found:
        _chosen(given, found)
    elif found is not None:
        st.markdown("Nobody has begun.", width="content")
    widgets.button("Not now", key="room-one-not", type="tertiary", on_click=_choose, args=(False,))


def _choose(is_choosing: bool) -> None:
    session().views[_CHOOSING] = is_choosing


def _chosen(given: TaskRound, found: dict[str, Reached]) -> None:
    """Offer all, and say how near each is where so many may be seen: those first that are nearest.

    The list stays while one looks through it.
    """
    may_be_seen = task_round.may_be_seen(given, len(found))
    offered = sorted(found, key=lambda label: -found[label].fraction) if may_be_seen else [*found]
    names = {label: f"Participant {label}" for label in offered}
    if may_be_seen:
        names = {label: name + _result(found[label]) for label, name in names.items()}
    widget_state.seed_view(_ONE, offered, offered[0])
    widgets.selectbox("Show me one", offered, key=_ONE, format_func=names.__getitem__, width=260)
    widgets.button(
        "Show it", key="room-one-show", type="primary", on_click=_show_chosen, args=(offered,)
    )


def _show_chosen(offered: list[str]) -> None:
    if verbs.show_one(widget_state.read_view(_ONE, offered, offered[0])):
        _choose(False)


def _result(reached: Reached) -> str:
    number = "" if reached.number is None else f" · {labels.number(reached.number)}"
    return f"{number}{' ✓' * reached.is_solved}"


def _standing(member: Member, given: TaskRound) -> None:
    """Say how many have it, and how near the others are; each second."""
    found = verbs.tried(lambda: tasks.standing(store(), member.code, given), None)
    here = verbs.tried(lambda: rooms.members(store(), member.code), None)
    if found is None or here is None:
        return
    st.markdown(f"**{found.solved}** of {pluralize(here, 'participant')} solved it")
    if session().page == follow.BACKSTAGE:
        _histogram(given, found)


def _histogram(given: TaskRound, found: Standing) -> None:
    """Show what was reached: the number of the first goal, or how far each has come."""
    bars = found.numbers or found.distances
    if not bars:
        if found.reported:
            st.caption(f"How near they are is shown from {FEWEST_SHOWN} participants on.")
            if widgets.button("Show even so few", key="room-task-few", on_click=verbs.show_few):
                st.rerun()  # the whole page, for its histogram
        return
    what = "What each has reached" if found.numbers else "How far each has come"
    st.caption(f"{what}{_wanted(given)}" if found.numbers else what)
    names, counts = [bar.label for bar in bars], {what: [bar.count for bar in bars]}
    right = next((i for i, bar in enumerate(bars) if bar.is_right), None)
    chart(
        describe_histogram(names, counts, right, look=look()),
        "figure-reached",
        lambda: histogram_alt(names, counts),
    )


def _wanted(given: TaskRound) -> str:
    """Say what the numbers are of, and what is wanted of them."""
    task = given.task("")
    first, *_ = check(task, task.start, escape.markdown)
    return f": {first.before}…{first.after}"
