"""The goals of a task, and how near the scenario comes to them; the bars move with the hand."""

from __future__ import annotations

from math import isfinite
from typing import Any

import streamlit as st

from attn_core import Scenario, document
from attn_core.tasks import Result, Task, check
from attn_core.tasks.goals import Goal
from attn_core.tasks.task import unit
from attn_core.text import escape
from pages.ui.live import components
from pages.ui.session.state import session


def goal_bar(task: Task, scenario: Scenario) -> None:
    """Show what may move, and of each goal the sentence with its number and how near it is.

    Called in a fragment, so that Python's answer comes while a hand moves, too.

    Parameters
    ----------
    task : Task
    scenario : Scenario
        The visitor's.
    """
    *results, rule = check(task, scenario)
    if session().frontend_error:
        _plain_bar(rule, *results)
        return
    components.goals(
        {
            "scenario": document.content(scenario),
            "goals": [plain(goal, task) for goal in task.goals],
            "results": [_told(each) for each in results],
            "rule": _told(rule),
            "number": session().announcement.number,
        }
    )


def _plain_bar(rule: Result, *results: Result) -> None:
    """Show the same with Streamlit's own bars, where the browser can't have ours."""
    st.caption(escape.markdown(rule.sentence))
    for each in results:
        mark = "✓" if each.is_met else "○"
        st.progress(each.fraction, f"{mark} {escape.markdown(each.sentence)}")


def _told(result: Result) -> dict[str, Any]:
    parts = ("fraction", "before", "value", "after")
    return {part: getattr(result, part) for part in parts}


def plain(goal: Goal, task: Task) -> dict[str, Any]:
    """Return a goal as the browser measures it; JSON has no ∞."""
    bound = {"low": goal.bound.low, "high": goal.bound.high}
    limits = {name: value if isfinite(value) else None for name, value in bound.items()}
    return {**goal.plain(task.start_trace), **limits, "unit": unit(goal, task.start_trace)}
