"""What a task locks stays as it is, whatever a browser sends, and the page says why."""

import json
from pathlib import Path

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from attn_core import edits
from attn_core.permalink import encode
from tests.browser.task_page import START
from tests.pages.test_live import sent
from tests.pages.test_pages import fine, scenario, slider

PAGE = Path(__file__).parents[1] / "browser" / "task_page.py"
RULE = "Only W_q and X[suis, verb] may move."
PLACE = {"name": "X", "head": 0, "matrix": 0, "gesture": "g", "number": "1", "done": True}


def visit(**query):
    at = AppTest.from_file(PAGE, default_timeout=30)
    for name, value in {"preset": "similarity", "classic": "0", **query}.items():
        at.query_params[name] = value
    return fine(at.run())


def trigger(at, key, event, value):
    """Let a component tell an event, as a browser does."""
    (component,) = (c for c in at.get("bidi_component") if c.proto.id.endswith(f"-{key}"))
    told = json.dumps([{"event": event, "value": value}])
    name = f"$$STREAMLIT_INTERNAL_KEY_{component.proto.id}__events"
    at._run(WidgetStates(widgets=[WidgetState(id=name, json_trigger_value=told)]))
    return fine(at)


def complaint(at):
    return " ".join(each.value.replace("\\", "") for each in at.error)


def test_boxes_say_which_of_them_move():
    frame = sent(visit(), "figure-headline")["frame"]
    locked = {step["name"]: step["locked"] for step in frame["steps"] if "boxes" in step}
    assert locked.keys() == {"X", "W_q", "W_k", "W_v"}
    suis = [True, False, True, True]
    assert locked["X"] == [[True] * 4, suis, [True] * 4]
    assert locked["W_q"] == [[False] * 4] * 4
    assert locked["W_k"] == locked["W_v"] == [[True] * 4] * 4
    assert frame["editing"]["locked"] == f"Locked in this task. {RULE}"


@pytest.mark.parametrize(
    ("move", "box"),
    [
        ({"name": "X", "row": 0, "column": 1, "value": 2}, "X[Je, verb]"),
        ({"name": "W_k", "row": 3, "column": 2, "text": "2"}, "W_k[first person, k₃]"),
        ({"name": "X", "row": 1, "column": 1, "text": "2\t3", "pasted": True}, "X[suis, feeling]"),
    ],
)
def test_a_forged_move_of_a_locked_box_is_refused_in_words(move, box):
    at = trigger(visit(), "figure-headline", "move", {**PLACE, **move})
    assert complaint(at) == f"{box} is locked in this task. {RULE}"
    assert scenario(at) == START
    at = trigger(at, "figure-headline", "move", {**PLACE, "row": 1, "column": 1, "value": 2})
    assert scenario(at) == edits.with_cell(START, "X", 1, 1, 2)
    assert not at.error


def test_a_locked_setting_stays():
    at = visit()
    at.slider(key="temperature").set_value(0.5).run()
    assert complaint(fine(at)) == f"The temperature is locked in this task. {RULE}"
    assert scenario(at) == START
    assert at.slider(key="temperature").value == 1


def test_classic_sliders_move_what_may_move():
    at = visit(classic="1")
    assert at.radio(key="matrix").options == ["X · embeddings", "W\\_q · projection to queries"]
    assert [each.key for each in at.slider if not each.disabled] == ["temperature", "X-1-1-0-0"]
    assert RULE in " ".join(each.value.replace("\\", "") for each in at.caption)
    assert not [each for each in at.button if each.key == "zeros-X"]
    for cell in ("X-0-1", "X-1-1"):  # forged: the first is disabled
        moved = WidgetState(id=slider(at, cell).proto.id)
        moved.double_array_value.data[:] = [2.0]
        at._run(WidgetStates(widgets=[moved]))
    assert scenario(fine(at)) == edits.with_cell(START, "X", 1, 1, 2)
    at.radio(key="matrix").set_value("W_q").run()
    assert not any(each.disabled for each in at.slider)
    at.button(key="zeros-W_q").click().run()
    assert not scenario(fine(at)).W_q.any()


def test_what_differs_from_the_start_is_said():
    """A link, or undo, may lead out of the task; nothing is taken away for that."""
    other = edits.with_cell(START, "X", 0, 1, 2)
    at = visit(s=encode(other))
    assert scenario(at) == other
    rule = sent(at, "goals")["rule"]
    assert (rule["fraction"], rule["before"]) == (0, f"X[Je, verb] isn’t as at the start. {RULE}")
    at = trigger(at, "figure-headline", "move", {**PLACE, "row": 1, "column": 1, "value": 2})
    assert not at.error
    assert scenario(at) == edits.with_cell(other, "X", 1, 1, 2)


def test_undo_and_redo_lead_out_of_the_task_and_back():
    at, other = visit(), edits.with_cell(START, "X", 0, 1, 2)
    at.session_state["session"].history.push(other)
    at.run()
    at.button(key="undo").click().run()
    assert scenario(fine(at)) == START
    at.button(key="redo").click().run()
    assert scenario(fine(at)) == other
    assert not at.error


def test_without_our_components_the_bar_is_one_of_streamlits():
    at = trigger(visit(), "goals", "lost", "no script")
    assert RULE in " ".join(each.value.replace("\\", "") for each in at.caption)
    told = [each.proto.text.replace("\\", "") for each in at.get("progress")]
    assert told == [
        "○ The weight suis → Je is 0.31, wanted at least 0.90.",
        "○ Q[suis, q₁] is 0.00, wanted 0.60 ± 0.10.",
        "✓ K stays as at the start; its largest change is 0.00, wanted 0.",
    ]
    assert [each.proto.value for each in at.get("progress")] == [0, 0, 100]


def test_other_pages_lock_nothing():
    def script():
        import streamlit as st

        from pages.ui import frame
        from pages.ui.edit import form
        from pages.ui.session.state import session
        from tests.browser.task_page import TASK

        frame.page(st.session_state.setdefault("title", "Lab"))
        if st.session_state.title == "Lab":
            session().movable = TASK.movable
        form.settings()

    at = fine(AppTest.from_function(script, default_timeout=30).run())
    at.slider(key="temperature").set_value(0.5).run()
    assert "The temperature is locked" in complaint(fine(at))
    at.session_state.title = "Share"
    at.run().slider(key="temperature").set_value(0.5).run()
    assert not fine(at).error
    assert scenario(at).temperature == 0.5


def test_a_table_offers_the_columns_that_may_move():
    at = visit(classic="1")
    at.radio(key="view-X").set_value("Table").run()
    columns = json.loads(fine(at).dataframe[0].proto.columns)
    assert [name for name in "0123" if not columns[name].get("disabled")] == ["1"]
    at.radio(key="matrix").set_value("W_q").run()
    at.radio(key="view-W_q").set_value("Table").run()
    columns = json.loads(fine(at).dataframe[0].proto.columns)
    assert not [name for name in "0123" if columns[name].get("disabled")]
