"""A teacher's own task on Share: what is chosen is what is sent, and it can be solved."""

import json
from contextlib import nullcontext
from urllib.parse import parse_qs, urlsplit

import pytest

from attn_core import edits
from attn_core.permalink import decode_text, encode
from attn_core.presets import BY_KEY
from attn_core.tasks import LESSONS, is_solved, read
from attn_core.tasks.document import from_content, to_json
from attn_core.tasks.goals.document import KINDS
from pages.ui.share import goal_form, qr_code, set_task
from tests.pages.test_pages import fine, parameter, scenario, visit

START = BY_KEY["similarity"].scenario
WEIGHT = {"goal": "weight", "query": "suis", "key": "Je", "above": 0.9}


@pytest.fixture(autouse=True)
def _open(monkeypatch):
    monkeypatch.setattr(set_task, "expander", lambda *_: nullcontext(True))


def share(**query):
    return fine(visit("10_Share.py", **({"preset": "similarity"} | query)))


def field(widgets, name):
    """The widget of a task's field, in whatever generation."""
    return next(each for each in widgets if str(each.key).endswith(f"-{name}"))


def make(at):
    return fine(at.button(key="task-make").click().run())


def sent(at):
    """The task of the link on the page."""
    (address,) = (each.value for each in at.code if each.value.startswith("Course?"))
    (link,) = parse_qs(urlsplit(address).query)["task"]
    return read(decode_text(link))


def upload(at, text, name="task.json"):
    uploader = next(each for each in at.file_uploader if "task" in each.label)
    uploader.set_value((name, text.encode(), "application/json"))
    return fine(at.run())


def told(at):
    return " ".join(each.value for each in (*at.error, *at.warning, *at.info))


def test_a_task_is_made_with_nothing_typed():
    at = make(share())
    task = sent(at)
    assert task.start == START
    assert task.text == "The weight suis → Je is 0.31, wanted at least 0.90. Only W_q may move."
    assert task.movable.names == ("W_q",)
    assert is_solved(task, task.solution)
    assert "can be solved" in at.success[0].value


def test_what_is_chosen_is_what_is_sent():
    at = share(s=encode(edits.with_cell(START, "X", 1, 0, 0.7)))
    field(at.selectbox, "0-query").set_value("heureux").run()
    field(at.selectbox, "0-how").set_value("near").run()
    field(at.number_input, "0-value").set_value(0.5).run()
    field(at.number_input, "0-within").set_value(0.02).run()
    field(at.multiselect, "move").set_value(["W_k", "X[heureux]", "temperature"]).run()
    field(at.text_input, "title").set_value("Half *each*").run()
    field(at.text_area, "text").set_value("Give half.").run()
    field(at.text_area, "hints").set_value("One.\n\n Two. \nThree.\nFour.").run()
    field(at.text_input, "debrief").set_value("Well.").run()
    at = make(fine(at))
    task = sent(at)
    assert task.start.X[1, 0] == 0.7
    expected = {"goal": "weight", "query": "heureux", "key": "Je", "near": 0.5, "within": 0.02}
    assert json.loads(to_json(task))["goals"] == [expected]
    assert set(task.movable.names) == {"W_k", "X[heureux]", "temperature"}
    assert (task.title, task.text, task.debrief) == ("Half *each*", "Give half.", "Well.")
    assert task.hints == ("One.", "Two.", "Three.")
    assert "the first ones are taken" in " ".join(each.value for each in at.caption)


def test_several_goals_are_wanted_at_once():
    at = share()
    field(at.get("button_group"), "goals").set_value(2).run()
    field(at.selectbox, "1-kind").set_value("same").run()
    goals = json.loads(to_json(sent(make(fine(at)))))["goals"]
    assert goals == [WEIGHT, {"goal": "same", "matrix": "K"}]


def test_what_is_solved_at_the_start_is_not_sent():
    at = share()
    fine(field(at.number_input, "0-value").set_value(0.2).run())
    assert "There is nothing to do" in told(at)
    assert "task-make" not in {button.key for button in at.button}


def test_what_cannot_be_solved_is_said_before_it_is_sent():
    at = share()
    field(at.multiselect, "move").set_value(["W_v"]).run()
    at = make(at)
    assert "No solution was found" in told(at)
    assert "let more move" in told(at)
    assert not [each for each in at.code if "task=" in each.value]
    field(at.multiselect, "move").set_value(["W_k"]).run()
    assert "No solution" not in told(at)  # it was said of another task
    assert is_solved(sent(make(at)), sent(at).solution)


def test_a_task_is_tried_on_the_page_course():
    at = make(share())
    task = sent(at)
    fine(at.button(key="task-try").click().run())
    assert at.session_state["session"].page == "Course"
    assert [each for each in at.button if each.key == "put-away"]
    assert decode_text(parameter(at, "task")) == to_json(task)


def test_a_page_that_was_asked_for_is_turned_to_by_the_next_run():
    """Streamlit gives a run up for what the browser says next, as of its width."""
    at = share()
    known = at.session_state["session"]
    known.wanted_page = "Course"
    fine(at.run())
    assert (known.page, known.wanted_page) == ("Course", "")
    at.switch_page("pages/2_Projections.py").run()
    assert fine(at).session_state["session"].page == "Projections"  # one is free to leave it


def test_a_task_that_was_asked_for_is_made_by_the_next_run():
    at = share()
    at.session_state["session"].views[set_task._ASKED] = True
    task = sent(fine(at.run()))
    field(at.number_input, "value").set_value(0.5).run()
    assert not [each for each in at.code if "Course?" in each.value]  # it is asked for once
    assert task.goals[0].bound.low == 0.9


def test_another_choice_takes_the_link_away():
    at = make(share())
    assert sent(at)
    fine(field(at.number_input, "0-value").set_value(0.8).run())
    assert not [each for each in at.code if "task=" in each.value]


def test_numbers_that_cannot_be_read_are_named():
    at = share()
    field(at.selectbox, "0-kind").set_value("row").run()
    fine(field(at.text_input, "0-target").set_value("1; 2 kg; 0; 0").run())
    assert "expected a number such as 1.5" in told(at).replace("\\", "")
    fine(field(at.text_input, "0-target").set_value("1; 2").run())
    assert "expected a list of 4 numbers" in told(at).replace("\\", "")
    field(at.text_input, "0-target").set_value("1,5; −0.5; 0; 0").run()
    (goal,) = json.loads(to_json(sent(make(fine(at)))))["goals"]
    assert goal["near"] == [1.5, -0.5, 0, 0]


def test_every_kind_of_goal_can_be_chosen():
    assert set(goal_form.KINDS) == set(KINDS)


#: One task for each kind of goal, with the start that it suits.
EXAMPLES = [
    ("similarity", ["W_q"], {**WEIGHT, "query": "heureux", "above": 0.8}),
    ("similarity", ["W_q"], {"goal": "ahead", "query": "heureux", "key": "Je", "by": 1.5}),
    ("similarity", ["W_q", "W_k"], {"goal": "pattern", "pattern": "the word before", "above": 0.6}),
    ("similarity", ["temperature"], {"goal": "largest", "below": 0.4}),
    (
        "similarity",
        ["W_v"],
        {"goal": "cell", "matrix": "output", "row": "suis", "column": "v₃", "below": -0.5},
    ),
    (
        "similarity",
        ["W_q[verb]"],
        {"goal": "row", "matrix": "Q", "row": "suis", "near": [1.5, -0.5, 0, 2], "within": 0.7},
    ),
    ("similarity", ["X"], {"goal": "cosine", "matrix": "X", "rows": ["heureux", "Je"]}
     | {"above": 0.95}),
    ("similarity", ["sizes"], {"goal": "shape", "matrix": "K", "shape": [3, 2]}),
    ("similarity", ["mask"], {"goal": "blocked", "query": "heureux", "key": "suis"}),
    (
        "verb-subject",
        ["W_k"],
        {"goal": "gradient", "pattern": "the next word", "matrix": "W_q", "row": "verb"}
        | {"column": "q₁", "below": 0.5},
    ),
    ("similarity", ["positions"], {"goal": "order", "above": 0.1}),
    ("four-views", ["W_q/1", "W_k/1"], {"goal": "heads", "heads": [1, 2], "below": 0.3}),
    ("four-views", ["W_q/2", "W_k/2"], {"goal": "largest", "above": 0.8, "head": 2}),
]  # fmt: skip


def written(start, move, *goals):
    content = {"self-attention-lab-task": 1, "title": "T", "text": "What?", "start": start}
    texts = {"hints": ["A", "B"], "debrief": "D"}
    return to_json(from_content(content | {"move": move, "goals": list(goals)} | texts))


@pytest.mark.parametrize(("start", "move", "goal"), EXAMPLES, ids=lambda x: str(x)[:30])
def test_a_file_comes_back_as_it_was(start, move, goal):
    task = written(start, move, goal)
    at = upload(share(preset="negation"), task)
    assert scenario(at) == BY_KEY[start].scenario
    assert to_json(sent(make(at))) == task


def test_goals_of_a_file_that_are_met_at_the_start():
    goals = WEIGHT, {"goal": "same", "matrix": "V"}, {"goal": "moved", "at_most": 7}
    task = written("similarity", ["W_q"], *goals)
    at = make(upload(share(preset="negation"), task))
    assert to_json(sent(at)) == task


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "Not a task: Not JSON"),
        ("[1]", "expected a JSON object"),
        (written("similarity", ["W_q"], WEIGHT).replace("0.9", "0.1"), "There is nothing to do"),
        (written("similarity", ["W_q"], WEIGHT).replace("suis", "sum"), "expected one of Je, suis"),
    ],
)
def test_a_file_that_is_no_task_changes_nothing(text, why):
    at = upload(share(preset="negation"), text, name="*x*.json")
    assert why in told(at).replace("\\", "")
    assert scenario(at) == BY_KEY["negation"].scenario


def test_a_file_about_the_model_is_not_taken_apart(encoder):
    at = upload(share(preset="negation"), to_json(LESSONS["13"].variant("")))
    assert "about a pretrained model, which can't be changed here" in told(at).replace("\\", "")
    assert scenario(at) == BY_KEY["negation"].scenario


def test_a_file_is_opened_as_often_as_one_likes():
    first = written("similarity", ["W_q"], WEIGHT)
    at = upload(share(), first)
    field(at.selectbox, "0-query").set_value("heureux").run()
    assert to_json(sent(make(at))) != first
    assert to_json(sent(make(upload(at, first)))) == first


def test_the_code_is_the_link(monkeypatch):
    drawn = []
    monkeypatch.setattr(qr_code, "draw", drawn.append)
    at = make(share())
    assert drawn == []
    fine(at.toggle(key="task-qr").set_value(True).run())
    assert drawn == [each.value for each in at.code if "task=" in each.value]
    assert qr_code.svg(f"https://lab.example/{drawn[0]}")


def test_a_task_too_long_for_a_link_is_a_file(monkeypatch):
    monkeypatch.setattr(set_task, "MAX_ADDRESS", 100)
    at = make(share())
    assert "Send the file" in told(at)
    assert not [each for each in at.code if "task=" in each.value]
    assert "Save the task" in {button.label for button in at.get("download_button")}


def test_words_from_outside_stay_words():
    start = edits.with_sentence(START, "Je *x [y")
    at = make(share(s=encode(start)))
    assert sent(at).start.tokens == ("Je", "*", "x", "[", "y")
    field(at.multiselect, "move").set_value(["W_v"]).run()
    assert r"\*" in told(make(at))
