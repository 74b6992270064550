"""Solutions, by search and by gradient descent; and tasks that have none."""

import json

import numpy as np
import pytest

from attn_core import attend, document, positions
from attn_core.presets import DEFAULT
from attn_core.tasks import UnsolvableError, check, is_solved, read
from attn_core.tasks.choices import MAX_CHOICES, choices
from attn_core.tasks.fill import fill, with_numbers
from attn_core.tasks.moves import with_moves
from attn_core.tasks.solve import solve


def task(*goals, move, start="verb-subject"):
    return read(
        json.dumps(
            {
                "self-attention-lab-task": 1,
                "title": "",
                "text": "",
                "start": start,
                "move": list(move),
                "goals": list(goals),
            }
        )
    )


WEIGHT = {"goal": "weight", "query": "heureux", "key": "Je", "above": 0.8}
SOLVABLE = {
    "one box": ([WEIGHT], ["W_q"], "verb-subject"),
    "two matrices": ([WEIGHT], ["W_q[feeling]", "W_k"], "similarity"),
    "an interval": (
        [
            {"goal": "weight", "query": "suis", "key": "Je", "near": 0.5, "within": 0.03},
            {"goal": "weight", "query": "suis", "key": "heureux", "near": 0.5, "within": 0.03},
        ],
        ["W_q"],
        "similarity",
    ),
    "rows of X": (
        [
            {"goal": "cosine", "rows": ["Je", "suis"], "above": 0.95},
            {"goal": "cosine", "rows": ["Je", "heureux"], "below": 0.2},
        ],
        ["X"],
        "similarity",
    ),
    "a query": (
        [
            {"goal": "row", "matrix": "Q", "row": "suis", "near": [1.5, -0.5], "within": 0.05},
            {"goal": "same", "matrix": "K"},
        ],
        ["W_q"],
        "verb-subject",
    ),
    "an output": (
        [{"goal": "cell", "matrix": "output", "row": "suis", "column": 2, "above": 0.8}],
        ["W_v"],
        "verb-subject",
    ),
    "a lead": (
        [{"goal": "ahead", "query": "heureux", "key": "Je", "by": 3}],
        ["W_k"],
        "verb-subject",
    ),
    "from nothing": (
        [{"goal": "pattern", "pattern": "the next word", "above": 0.7}],
        ["W_q", "W_k"],
        document.content(with_moves(DEFAULT.scenario, ["W_q = zeros", "W_k = zeros"])),
    ),
    "few boxes": ([WEIGHT, {"goal": "moved", "at_most": 2}], ["W_q", "W_k", "X"], "similarity"),
    "temperature": ([{"goal": "largest", "below": 0.6}], ["temperature"], "verb-subject"),
    "scale": (
        [{"goal": "ahead", "query": "suis", "key": "Je", "by": 8}],
        ["scale"],
        "verb-subject",
    ),
    "mask": ([{"goal": "blocked", "query": "heureux", "key": "Je"}], ["mask"], "verb-subject"),
    "mask and boxes": (
        [{"goal": "blocked", "query": "suis", "key": "Je"}, {**WEIGHT, "query": "heureux"}],
        ["mask", "W_q"],
        "verb-subject",
    ),
    "positions": ([{"goal": "order", "above": 0.1}], ["positions"], "word-order"),
    "sizes": (
        [
            {"goal": "shape", "matrix": "scores", "shape": [5, 5]},
            {"goal": "shape", "matrix": "Q", "shape": [5, 3]},
            {"goal": "shape", "matrix": "output", "shape": [5, 2]},
        ],
        ["sentence", "sizes"],
        "similarity",
    ),
    "heads": ([{"goal": "heads", "heads": [1, 2], "above": 0.8}], ["W_q/1", "W_k/1"], "four-views"),
}


@pytest.mark.parametrize("case", SOLVABLE)
def test_a_solution_solves(case):
    goals, move, start = SOLVABLE[case]
    asked = task(*goals, move=move, start=start)
    assert not is_solved(asked, asked.start)
    assert [each.fraction for each in check(asked, asked.solution)] == [1] * (len(goals) + 1)


def test_a_solution_has_few_boxes_on_the_steps_of_a_slider():
    asked = task(WEIGHT, move=["W_q"])
    moved = asked.solution.W_q - asked.start.W_q
    assert np.count_nonzero(moved) <= 2
    assert np.allclose(moved / 0.05, np.rint(moved / 0.05))


@pytest.mark.parametrize(
    ("goals", "move"),
    [
        ([WEIGHT], ["W_v"]),
        ([WEIGHT], ["scale"]),
        ([{"goal": "weight", "query": "suis", "key": "Je", "above": 1.01}], ["W_q"]),
        ([WEIGHT, {"goal": "same", "matrix": "Q"}], ["W_q"]),
        ([WEIGHT], []),
    ],
)
def test_what_has_no_solution_says_how_near_it_comes(goals, move):
    asked = task(*goals, move=move)
    with pytest.raises(UnsolvableError, match=r"No solution was found\. The nearest .*wanted"):
        _ = asked.solution


def test_a_search_ends_with_patience_and_says_so():
    asked = task(WEIGHT, move=["W_q"])
    with pytest.raises(UnsolvableError, match=r"within 0 seconds\. The nearest comes to this: "):
        solve(asked, 0)
    assert is_solved(asked, solve(asked, 60))


def test_numbers_of_traces_are_filled_in():
    asked = task(WEIGHT, move=["W_q"])
    now = attend(asked.solution)
    text = with_numbers("{{start.weights[suis, Je]}} {{ Q[suis] }}", asked.start_trace, now)
    assert text == "1.00 (3.00, 0.00)"
    for wrong in ("{{weights[tu, Je]}}", "{{M[suis]}}", "{{verb}}", "{{weights/2[suis, Je]}}"):
        with pytest.raises(ValueError, match="expected"):
            with_numbers(wrong, now, now)
    with pytest.raises(ValueError, match="expected one of verb"):
        fill("{{noun}}", {"verb": "suis"})


def test_settings_are_tried_as_long_as_a_visitor_waits():
    tokens = " ".join("abcdefghijkl")
    content = {
        **{"self-attention-lab-task": 1, "title": "", "text": ""},
        "start": document.content(with_moves(DEFAULT.scenario, [f"sentence = {tokens}"])),
        "move": ["temperature", "mask", "scale", "positions"],
        "goals": [{"goal": "blocked", "query": "l", "key": "a"}, {"goal": "order", "above": 0.1}],
    }
    task = read(json.dumps(content))
    tried = list(choices(task))
    assert MAX_CHOICES / 4 < len(tried) <= MAX_CHOICES
    assert tried[0] == task.start
    # What is left is spread over all that there is.
    assert {s.positions for s in tried} == set(positions.KINDS)
    temperatures = [s.temperature for s in tried]
    assert min(temperatures) < 0.5 and max(temperatures) > 8
    assert {s.scale for s in tried} == {True, False}
    assert is_solved(task, task.solution)
