"""The goals of a task follow the hand, and what it locks doesn't move."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from attn_core import Scenario, document, edits
from attn_core.tasks import LESSONS, Task, check, goals, model_heads
from attn_core.tasks.goals import ONE_WORD, Goal
from attn_core.tasks.goals.bound import Bound
from attn_core.tasks.movable import Movable
from benchmarks.serve import serving
from pages.ui.live.goal_bar import plain
from tests.browser.conftest import ROOT, idle
from tests.browser.test_journey import choose_matrix, thumb
from tests.browser.test_live import centre
from tests.export.scenarios import random
from tests.tasks.test_lessons import OWN

PAGE = Path(__file__).with_name("task_page.py")
#: Import files as the page has them, and measure goals of scenarios.
MEASURE = """async (cases) => {
  const own = performance.getEntriesByType("resource").map((file) => file.name);
  const folder = own.find((name) => name.endsWith("/boxes.js")).replace("boxes.js", "");
  const [{ attend }, { measured }] = await Promise.all(
    ["attend", "measure"].map((name) => import(`${folder}${name}.js`)));
  return cases.map(({ goal, scenario }) =>
    measured(goal, { ...scenario, ...attend(scenario), inputs: scenario }));
}"""
PASTE = """(box, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
}"""
BAR = """() => [...document.querySelectorAll(".lab-goals > ul > li")].map((line) => [
    line.querySelector(".lab-goal").textContent, "met" in line.dataset,
    Number(line.querySelector("[role=progressbar]").getAttribute("aria-valuenow"))])"""
#: Press keys in a box, and return what the bar says before an answer can come.
PRESS = f"""(box, keys) => {{
    for (const key of keys)
        box.dispatchEvent(new KeyboardEvent("keydown", {{ key, bubbles: true }}));
    return ({BAR})();
}}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("task")
    page = shutil.copy(PAGE, folder)
    (folder / ".streamlit").symlink_to(ROOT / ".streamlit")  # a server reads it where its page is
    with serving(Path(page), settings={"PYTHONPATH": str(ROOT)}) as served:
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
        yield goals.Order(bound, s.h - 1)
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
    # A hand on boxes changes no shape and no mask; gradients are asked for, and aren't goals.
    others = {goals.Shape, goals.Blocked, goals.Gradient}
    assert kinds == {*Goal.__subclasses__()} - others
    assert not differences(visit(), cases)


def moved(task: Task, rng: np.random.Generator) -> Scenario:
    """What a hand makes of a task: some of the boxes that may move are elsewhere, by steps."""
    s = task.start
    for name in task.movable.matrices:
        for head in range(s.h if name in edits.PROJECTIONS else 1):
            M, mask = edits.matrix_of(s, name, head), task.movable.mask(s, name, head)
            steps = (rng.integers(-60, 60, M.shape) * 0.05).round(3)
            s = edits.with_matrix(
                s, name, np.where(mask & rng.choice([True, False]), steps, M), head
            )
    return s


def test_the_goals_of_each_lesson_are_measured_as_in_the_core(visit):
    rng = np.random.default_rng(11)
    tasks = [LESSONS[key].variant(seed) for key in OWN for seed in ("", "k3f9", "7")]
    assert len(tasks) >= 3 * 12
    assert not differences(visit(), [(task, moved(task, rng)) for task in tasks for _ in range(3)])


def test_the_goals_of_a_model_s_heads_are_measured_as_in_the_core(visit, encoder):
    tasks = [LESSONS[key].variant("k3f9") for key in LESSONS if key not in OWN]
    heads = [(task, [*task.movable.choices()][7::61]) for task in tasks]
    pairs = [(task, model_heads.scenario(each)) for task, some in heads for each in some]
    assert len(pairs) >= 8
    assert not differences(visit(), pairs)


@pytest.fixture
def task_page(visit: Callable[..., Page], served: str) -> Callable[..., Page]:
    """Open the page with the task."""
    return lambda query="", **options: visit(f"{served}{query}", **options)


def test_the_bar_moves_with_the_hand_and_the_answer_says_the_same(task_page):
    page = task_page()
    start = page.evaluate(BAR)
    assert start == [
        ["The weight suis → Je is 0.31, wanted at least 0.90.", False, 0],
        ["Q[suis, q₁] is 0.00, wanted 0.60 ± 0.10.", False, 0],
        ["K stays as at the start; its largest change is 0.00, wanted 0.", True, 100],
    ]
    box = thumb(page, "W_q-1-0")
    drawn = box.evaluate(PRESS, ["PageUp"])
    idle(page)
    assert drawn == page.evaluate(BAR) != start
    assert drawn[1] == ["Q[suis, q₁] is 0.50, wanted 0.60 ± 0.10.", True, 100]
    drawn = box.evaluate(PRESS, ["PageUp", "ArrowRight"])
    idle(page)
    assert drawn == page.evaluate(BAR)
    assert drawn[1] == ["Q[suis, q₁] is 1.05, wanted 0.60 ± 0.10.", False, 30]


def test_no_server_is_needed_while_a_hand_moves(task_page):
    page = task_page(alone=True)
    box = thumb(page, "W_q-1-0")
    box.scroll_into_view_if_needed()
    idle(page)
    page.evaluate("WebSocket.prototype.send = () => {}")
    x, y = centre(box)
    page.mouse.move(x, y)
    page.mouse.down()
    said = []
    for step in range(1, 5):
        page.mouse.move(x + 40 * step, y)
        said.append(page.evaluate(BAR)[1])
    assert [line[1] for line in said] == [True, False, False, False]
    assert [line[0][15:19] for line in said] == ["0.50", "1.00", "1.50", "2.00"]


def test_solved_is_told_once(task_page):
    page = task_page()
    state, said = page.locator(".lab-state"), page.locator(".lab-said")
    expect(state).to_have_text("1 of 3 met")
    type_into(page, "W_q-1-0", "0.6")
    expect(said).to_have_text(
        re.compile(r"The weight suis → Je is 0\.\d\d, wanted at least 0\.90\.$")
    )
    expect(state).to_have_text("2 of 3 met")
    type_into(page, "W_q-1-3", "30")
    expect(state).to_have_text("✓ Solved")
    expect(said).to_have_text(re.compile("Solved: all goals are met.$"))
    type_into(page, "W_q-2-2", "2")
    expect(state).to_have_text("✓ Solved")
    expect(said).not_to_contain_text("Solved")


def type_into(page: Page, cell: str, number: str) -> None:
    box = thumb(page, cell)
    box.focus()
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    idle(page)


def test_a_locked_box_says_why_and_stays(task_page):
    page = task_page()
    box = thumb(page, "X-0-0")
    stops = page.locator(".lab-box[tabindex='0']")
    cells = stops.evaluate_all("boxes => boxes.map(({ dataset }) => dataset.cell)")
    assert cells == ["X-1-1", "W_q-0-0", "W_k-0-0", "W_v-0-0"]  # the first that moves, if any
    why = "Locked in this task. Only W_q and X[suis, verb] may move."
    expect(box).to_be_disabled()
    expect(box).to_have_accessible_description(why)
    x, y = centre(box)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y, steps=4)
    page.mouse.up()
    expect(page.locator(".lab-slider > :first-child")).to_have_text(why)
    expect(page.locator(".lab-slider input")).to_be_hidden()
    for key in ("ArrowRight", "End", "5", "Enter"):
        page.keyboard.press(key)
    box.evaluate(PASTE, "7")
    box.dispatch_event("dblclick")
    idle(page)
    expect(box).to_have_text("1.00")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(page.locator(".lab-slider")).to_have_count(0)


def test_classic_sliders_move_the_bar_by_the_server(task_page):
    page = task_page("&classic=1")
    choose_matrix(page, "W_q")
    thumb(page, "W_q-1-0").press("PageUp")
    idle(page)
    expect(page.locator(".lab-goals > ul > li").nth(1)).to_contain_text(
        "Q[suis, q₁] is 0.60, wanted"
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_the_bar_keeps_its_height(task_page, width):
    page = task_page(viewport={"width": width, "height": 800})
    bar, box = page.locator(".lab-goals"), thumb(page, "W_q-1-0")
    heights = {bar.bounding_box()["height"]}
    for key in ("PageUp", "PageUp", "End", "Home"):
        box.evaluate(PRESS, [key])
        heights.add(bar.bounding_box()["height"])
    idle(page)
    assert len(heights | {bar.bounding_box()["height"]}) == 1


def test_the_nearest_goal_stays_in_sight_when_the_bar_is_scrolled_away(task_page):
    page = task_page(viewport={"width": 390, "height": 600})
    reminder = page.locator(".lab-reminder")
    expect(reminder).to_be_hidden()
    box = thumb(page, "W_q-3-0")
    box.evaluate("box => box.scrollIntoView({ block: 'start' })")
    expect(reminder).to_be_visible()
    box.evaluate(PRESS, ["End"])
    expect(reminder).to_contain_text("The weight suis → Je is 0.52, wanted at least 0.90.")
    area = reminder.bounding_box()
    assert 0 <= area["y"] < area["y"] + area["height"] < 70
    page.locator(".lab-goals").evaluate("bar => bar.scrollIntoView()")
    expect(reminder).to_be_hidden()
