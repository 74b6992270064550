"""Tasks as files: round trips, and bad ones."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core import document
from attn_core.presets import BY_KEY, DEFAULT
from attn_core.tasks import TaskError, check, is_solved, read
from attn_core.tasks.document import content, to_json

GOAL = {"goal": "weight", "query": "suis", "key": "Je", "above": 0.9}
TASK = {
    "self-attention-lab-task": 1,
    "title": "A verb and its subject",
    "text": "Have suis attend to Je.",
    "start": "similarity",
    "move": ["W_q[verb]", "temperature"],
    "goals": [GOAL],
    "hints": ["Look at the row verb."],
    "debrief": "It does.",
}


def written(**changes):
    return json.dumps({**TASK, **changes})


def test_a_task_is_read():
    task = read(json.dumps(TASK))
    assert task.start == DEFAULT.scenario
    assert task.movable.describe() == "Only W_q[verb] and the temperature may move."
    assert task.hints == ("Look at the row verb.",)
    assert [each.fraction for each in check(task, task.start)] == [0, 1]
    assert check(task, BY_KEY["verb-subject"].scenario)[0].fraction == 1


def test_it_is_written_as_it_was_read():
    read_once = read(json.dumps(TASK))
    task = replace(read_once, given=read_once.solution)
    again = read(to_json(task))
    assert content(again) == content(task)
    assert content(task).items() >= TASK.items()
    assert again.solution == task.solution
    assert is_solved(again, again.solution)


def test_a_start_of_its_own_is_written_whole():
    start = replace(DEFAULT.scenario, temperature=2)
    task = read(written(start=document.content(start)))
    assert task.start == start
    assert content(task)["start"]["temperature"] == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Not a task: Not JSON"),
        ("7", "expected a JSON object, got a int"),
        ("{}", 'expected "self-attention-lab-task": 1'),
        (written(**{"self-attention-lab-task": True}), "Not a task of this lab"),
        (written(**{"self-attention-lab-task": 2}), "Not a task of this lab"),
        (written(script="alert(1)"), r"unknown \['script'\]"),
        (json.dumps({k: v for k, v in TASK.items() if k != "goals"}), r"missing \['goals'\]"),
        (written(title=7), "“title”: expected a text, got 7"),
        (written(title="a" * 81), "has room for 80 characters; this one has 81"),
        (written(text="\x07"), "control character"),
        (written(start="nothing"), "“start”: There is no preset 'nothing'"),
        (written(start=[]), "“start”: expected a preset"),
        (written(start={"self-attention-lab": 1}), "“start”: Not a whole scenario"),
        (written(move="W_q"), "“move”: expected a list"),
        (written(move=["W_q[noun]"]), "“move”: .*expected a row of pronoun, verb"),
        (written(move=["all"]), "Or a setting: sentence"),
        (written(goals=[]), "“goals”: expected a list of 1 to 8"),
        (written(goals=[GOAL, {**GOAL, "key": "tu"}]), "“goal 2”: “key”: expected one of Je"),
        (written(goals=[{**GOAL, "above": 0.1}]), "nothing to do"),
        (written(hints=["a"] * 4), "“hints”: expected a list of at most 3"),
        (written(solution="similarity"), "“solution” doesn’t solve the task: The weight suis → Je"),
        (
            written(solution="verb-subject"),
            "“solution” doesn’t solve .*The choice of sizes isn’t as at",
        ),
        ('{"title": 1, "title": 2}', "twice"),
    ],
)
def test_a_bad_task_is_refused_in_words(text, message):
    with pytest.raises(TaskError, match=message):
        read(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=5), each),
        max_leaves=8,
    ),
    st.sampled_from(sorted(TASK)),
)
def test_no_field_raises_anything_else(value, name):
    try:
        read(written(**{name: value}))
    except TaskError as error:
        assert str(error)
