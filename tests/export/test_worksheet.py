"""Worksheets: empty boxes to fill in, the right numbers behind them, and nothing else."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from attn_core import attend
from attn_core.export.worksheet import worksheet
from attn_core.presets import BY_KEY
from attn_core.tasks import LESSONS
from attn_core.tasks.course.lesson import LessonPage
from attn_core.tasks.course.prediction import read_prediction
from attn_core.tasks.document import from_content
from attn_core.tasks.moves import with_moves
from tests.tasks.test_lessons import OWN

SEEDS = ("", "k3f9", "a", "0zz")


class Sheet(HTMLParser):
    """Tables of a page by their caption, its words, and the tags and attributes that it has."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.tags, self.words = {}, set(), []
        self._rows, self._classes, self._cell = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags |= {tag, *(name for name, _ in attributes)}
        if tag == "tr":
            self._rows.append([])
        elif tag == "td" and self._rows:
            self._rows[-1].append("")
            self._cell = dict(attributes).get("class", "")
            self._classes.append(self._cell)
        elif tag == "figcaption":
            self._caption = ""

    def handle_endtag(self, tag):
        if tag == "td":
            self._cell = None
        elif tag == "figcaption":
            boxes, classes = self._rows[1:], self._classes[1:]
            self.tables.setdefault(self._caption, []).append((boxes, classes))
            self._rows, self._classes = [], []
            del self._caption

    def handle_data(self, data):
        if self.lasttag != "style":
            self.words.append(data)
        if self._cell is not None:
            self._rows[-1][-1] += data
        if hasattr(self, "_caption"):
            self._caption += data


def sheets(page, about=""):
    text = worksheet(page, about)
    first, solution = text.split('<section id="solution">')
    return Sheet(first), Sheet(solution)


def numbers(boxes):
    return np.array(
        [[float(x.replace("−", "-").replace("∞", "inf")) for x in row] for row in boxes]
    )


def page_of(start, move, goals, predictions=(), **texts):
    task = from_content(
        {"self-attention-lab-task": 1, "title": "Title", "text": "Text", "start": {}, "move": move}
        | {"goals": goals, "start": start}
        | texts
    )
    asked = tuple(read_prediction(each, task.start) for each in predictions)
    return LessonPage("A *story*.", asked, "Many think.", task)


WEIGHT = {"goal": "weight", "query": "suis", "key": "Je", "above": 0.9}


@pytest.mark.parametrize("key", OWN)
def test_every_lesson_is_printed_without_anything_from_elsewhere(key):
    for seed in SEEDS:
        first, solution = sheets(LESSONS[key].page(seed), f"variant {seed}")
        tags = first.tags | solution.tags
        assert tags.isdisjoint({"script", "a", "img", "link", "iframe", "href", "src", "onload"})
        words = "".join(first.words + solution.words)
        assert not re.search(
            r"[$`\\{}]|\*\*", words.partition("</style>")[2] or words.split("}")[-1]
        )
        assert LESSONS[key].title in "".join(first.words)
        assert solution.tables


def test_boxes_are_empty_and_their_solution_is_right():
    page = page_of("similarity", ["W_q[suis]", "W_q"][1:], [WEIGHT])
    first, solution = sheets(page)
    s = page.task.solution
    for symbol in ("Q 3×4", "K 3×4", "V 3×4", "scores 3×3", "weights 3×3", "output 3×4"):
        ((boxes, _),) = first.tables[symbol]
        assert {x for row in boxes for x in row} == {""}, symbol
    # By NumPy alone.
    Q, K, V = s.X @ s.W_q, s.X @ s.W_k, s.X @ s.W_v
    scores = Q @ K.T / 2
    exp = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = exp / exp.sum(axis=1, keepdims=True)
    wanted = {"X 3×4": s.X, "Wq 4×4": s.W_q, "Q 3×4": Q, "K 3×4": K, "V 3×4": V}
    wanted |= {"scores 3×3": scores, "weights 3×3": weights, "output 3×4": weights @ V}
    for symbol, values in wanted.items():
        ((boxes, _),) = solution.tables[symbol]
        assert np.abs(numbers(boxes) - values).max() <= 0.005 + 1e-9, symbol


def test_what_is_yours_and_what_the_solution_moves_is_thick():
    start = BY_KEY["similarity"].scenario
    page = page_of("similarity", ["W_q[verb]", "W_k[pronoun, k₁]"], [WEIGHT])
    first, solution = sheets(page)
    ((boxes, classes),) = first.tables["Wq 4×4"]
    assert np.array_equal(numbers(boxes), start.W_q)
    thick = np.array([each == "yours" for each in classes]).reshape(4, 4)
    assert np.array_equal(thick, np.eye(4)[:, [1] * 4].astype(bool))
    ((_, classes),) = first.tables["Wk 4×4"]
    assert [i for i, each in enumerate(classes) if each] == [0]
    ((_, classes),) = solution.tables["Wq 4×4"]
    moved = np.array([each == "moved" for each in classes]).reshape(4, 4)
    assert np.array_equal(moved, page.task.solution.W_q != start.W_q)
    assert moved.any()


def test_each_head_has_its_own():
    goal = {"goal": "weight", "query": "they", "key": "cats", "head": 2, "below": 0.3}
    page = page_of("four-views", ["W_q/2"], [goal])
    first, solution = sheets(page)
    trace = attend(page.task.solution)
    symbol = "weights {}×{}".format(*trace.weights.shape[1:])
    assert len(first.tables[symbol]) == len(solution.tables[symbol]) == trace.scenario.h > 1
    for (boxes, _), values in zip(solution.tables[symbol], trace.weights, strict=True):
        assert np.abs(numbers(boxes) - values).max() <= 0.005 + 1e-9
    thick = [{"yours"} <= set(classes) for _, classes in first.tables["Wq {}×{}".format(
        *trace.scenario.W_q.shape[1:])]]  # fmt: skip
    assert thick == [i == 1 for i in range(trace.scenario.h)]
    assert set(trace.scenario.heads) <= set(first.words)


def test_boxes_that_a_lesson_does_not_draw_are_not_asked_for():
    """Nobody is to calculate an output in a lesson about rows, or one about weights."""
    for key, last in {"1": "X", "4": "scores", "7": "weights", "8": "output"}.items():
        first, solution = sheets(LESSONS[key].page(""))
        *_, caption = first.tables
        assert caption.startswith(f"{last} "), (key, caption)
        assert {*first.tables} <= {*solution.tables}
    _, solution = sheets(LESSONS["7"].page(""))
    assert not [caption for caption in solution.tables if caption.startswith(("V ", "output "))]


@pytest.mark.parametrize("key", [key for key in LESSONS if key not in OWN])
def test_a_head_of_a_model_has_its_weights_to_be_filled_in(encoder, key):
    page = LESSONS[key].page("m1")
    first, solution = sheets(page)
    ((symbol, ((boxes, _),)),) = first.tables.items()
    n = page.task.start.n
    assert symbol == f"weights {n}×{n}"
    assert {x for row in boxes for x in row} == {""}
    for name in ("layer", "head", "text"):
        assert f"Your choice of the {name}: " in first.words
    chosen = page.task.movable.choice(page.task.solution)
    whole = encoder.encode(chosen.text).weights[chosen.layer, chosen.head]
    values = numbers(solution.tables[symbol][-1][0])
    assert np.abs(values - whole).max() <= 0.01 + 1e-9  # a small head is that of the model so far
    said = f"Layer {chosen.layer + 1}, head {chosen.head + 1}, which here reads “{chosen.text}”."
    assert said in solution.words


def test_shapes_are_not_given_away_where_they_are_the_task():
    shape = {"goal": "shape", "matrix": "scores", "shape": [5, 5]}
    page = page_of("similarity", ["sentence", "sizes"], [shape])
    first, solution = sheets(page)
    assert set(first.tables) == {"X 3×4", "Wq 4×4", "Wk 4×4", "Wv 4×4"}
    assert "scores 5×5" in solution.tables


def test_settings_have_room_to_be_written():
    goal = {"goal": "largest", "below": 0.4}
    first, solution = sheets(page_of("similarity", ["temperature"], [goal]))
    assert "Your choice of the temperature: " in first.words
    assert "yours" not in {each for table in first.tables.values() for _, c in table for each in c}
    s = page_of("similarity", ["temperature"], [goal]).task.solution
    assert any(word.endswith(f"/ {s.temperature:g} =") for word in solution.words)


def test_predictions_are_asked_first_and_answered_behind():
    moves = ["W_q[verb, q₁] = 3"]
    options = [
        {"text": "Yes, **it is**", "goals": [WEIGHT]},
        {"text": "No", "goals": [WEIGHT], "not": True},
    ]
    number = {"goal": "weight", "query": "suis", "key": "Je"}
    page = page_of(
        "similarity",
        ["W_q"],
        [WEIGHT],
        [
            {"question": "Enough?", "why": "Why so.", "moves": moves, "options": options}
            | {"shows": ["weights"]},
            {"question": "How much?", "why": "So much.", "number": number, "within": 0.05},
        ],
    )
    first, solution = sheets(page)
    asked, answered = " ".join(first.words), " ".join(solution.words)
    assert "Enough?" in asked and "☐ Yes," in asked.replace("  ", " ") and "Answer:" in asked
    assert "Why so." not in asked and "Why so." in answered
    assert "No" in solution.words
    start = BY_KEY["similarity"].scenario
    assert f"{attend(start).weights[1, 0]:.3g} (± 0.05 is right)" in solution.words
    shown, last = solution.tables["weights 3×3"]
    assert np.allclose(numbers(shown[0]), attend(with_moves(start, moves)).weights, atol=0.0051)
    assert not np.allclose(numbers(shown[0]), numbers(last[0]))


def test_words_of_a_scenario_stay_words():
    start = replace(BY_KEY["similarity"].scenario, tokens=("<b>", "&amp;", "*x*"))
    page = page_of("similarity", ["W_q"], [WEIGHT])
    goal = page.task.goals
    page = replace(page, task=replace(page.task, start=start, goals=goal, movable=replace(
        page.task.movable, start=start)))  # fmt: skip
    first, _ = sheets(page)
    assert {"<b>", "&amp;", "*x*"} <= set(first.words)
    assert "b" not in first.tags


def test_markdown_that_lessons_do_not_use_is_refused():
    page = page_of("similarity", ["W_q"], [WEIGHT], debrief="[x](https://example.org)")
    with pytest.raises(ValueError, match="Markdown that lessons don't use"):
        worksheet(page)
