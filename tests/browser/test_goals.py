"""The goals of a task follow the hand, and what it locks doesn't move."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page

from attn_core import Scenario, document
from attn_core.tasks import Task, check, goals
from attn_core.tasks.bound import Bound
from attn_core.tasks.goals import ONE_WORD, Goal
from attn_core.tasks.movable import Movable
from benchmarks.serve import serving
from pages.ui.live.goal_bar import plain
from tests.browser.conftest import ROOT
from tests.export.scenarios import random

PAGE = ROOT / "tests" / "task_page.py"
#: Import files as the page has them, and measure goals of scenarios.
MEASURE = """async (cases) => {
  const own = performance.getEntriesByType("resource").map((file) => file.name);
  const folder = own.find((name) => name.endsWith("/boxes.js")).replace("boxes.js", "");
  const [{ attend }, { measured }] = await Promise.all(
    ["attend", "measure"].map((name) => import(`${folder}${name}.js`)));
  return cases.map(({ goal, scenario }) =>
    measured(goal, { ...scenario, ...attend(scenario) }));
}"""
BAR = """() => [...document.querySelectorAll(".lab-goals li")].map((line) => [
    line.querySelector(".lab-goal").textContent, "met" in line.dataset,
    Number(line.querySelector("[role=progressbar]").getAttribute("aria-valuenow"))])"""
#: Press keys in a box, and return what the bar says before an answer can come.
PRESS = f"""(box, keys) => {{
    for (const key of keys)
        box.dispatchEvent(new KeyboardEvent("keydown", {{ key, bubbles: true }}));
    return ({BAR})();
}}"""


@pytest.fixture(scope="module")
def task_page() -> Iterator[str]:
    with serving(PAGE, settings={"PYTHONPATH": str(ROOT)}) as served:
        yield f"http://127.0.0.1:{served.port}/?preset=similarity"


def every_goal(s) -> Iterator[Goal]:
    """Goals of every kind, about numbers that a scenario has and about those that it lacks."""
    above, below, near = Bound(low=0.4), Bound(high=0.3), Bound(0.2, 0.6)
    for bound in (above, below, near):
        for head in (0, s.h - 1):
            yield goals.Cell(bound, "weights", s.n - 1, 0, head)
            yield goals.Cell(bound, "masked_scores", 0, s.n_k - 1, head)
            yield goals.Cell(bound, "X", 1, s.d_model - 1)
            yield goals.Cosine(bound, "Q", (0, s.n - 1), head)
            yield goals.Cosine(bound, "X", (0, 1))
            yield goals.Ahead(bound, s.n - 1, 1, head)
            yield goals.Largest(bound, head)
            yield from (goals.Pattern(bound, name, head) for name in ONE_WORD)
        yield goals.Heads(bound, (0, 1))
        yield goals.Order(bound)
    for matrix in ("K", "X", "masked_scores", "P", "projected"):
        yield goals.Same(Bound(high=0), matrix)
        yield goals.Cell(above, matrix, 99, 0)
    yield goals.Row(Bound(high=0.05), "Q", 1, (0.5,) * s.d_k, s.h - 1)
    yield goals.Row(Bound(high=0.05), "output", 1, (0.5,) * (s.d_v + 1))
    yield goals.Moved(Bound(high=2))
    yield goals.Shape(Bound(high=0), "scores", (s.n, s.n_k))
    yield goals.Blocked(Bound(high=0), 0, 1)


def pairs():
    """Starts, and what hands have made of them."""
    sizes = {"n": 5, "d_model": 7, "d_k": 3, "d_v": 2}
    courses = [{}, {"h": 2, "W_o": True}, {"positions": "alibi", "h": 3}, {"positions": "rope"}]
    courses += [{"positions": "learned", "mask": np.tri(5, dtype=bool)}, {"n_k": 4}]
    for seed, options in enumerate(courses):
        start = random(seed, **sizes, **options)
        yield start, start
        moved = random(seed + 50, **sizes, **options)
        yield start, moved
        yield start, random(seed + 99, **{**sizes, "n": 2, "d_k": 4}, **_of_two_words(options))


def _of_two_words(options):
    return {**options, "mask": np.tri(2, dtype=bool)} if "mask" in options else options


def differences(page: Page, cases: list[tuple[Task, Scenario]]) -> list[str]:
    """List where the browser measures goals otherwise than the core."""
    goals_of = [(task, now, plain(goal, task)) for task, now in cases for goal in task.goals]
    told = [{"goal": goal, "scenario": document.content(now)} for _, now, goal in goals_of]
    results = [each for task, now in cases for each in check(task, now)[:-1]]
    wrong, measured = [], 0
    for (*_, goal), own, result in zip(
        goals_of, page.evaluate(MEASURE, told), results, strict=True
    ):
        assert (own is None) == ("kind" not in goal)
        measured += own is not None
        if own and (own["value"] != result.value or abs(own["fraction"] - result.fraction) > 1e-9):
            wrong.append(f"{goal}: {own} for {result}")
    assert measured
    return wrong


def test_every_kind_of_goal_is_measured_as_in_the_core(visit):
    cases = [
        (Task("", "", start, Movable(start, ("W_q",)), tuple(every_goal(start))), now)
        for start, now in pairs()
    ]
    kinds = {type(goal) for task, _ in cases for goal in task.goals if "kind" in plain(goal, task)}
    # A hand on boxes changes no shape and no mask; of the reversed words only Python knows.
    assert kinds == {*Goal.__subclasses__()} - {goals.Shape, goals.Blocked, goals.Order}
    assert not differences(visit(), cases)
