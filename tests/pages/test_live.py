"""What goes to the live board and the live boxes; what they do with it is in tests/browser."""

import base64
import json

import numpy as np
import pytest

from attn_core import attend
from attn_core.notation.overview import overview
from attn_core.presets import DEFAULT
from tests.pages.test_pages import NAMES, PAGES, fine, visit


def sent(at, key):
    """The data of a component."""
    (component,) = (c for c in at.get("bidi_component") if c.proto.id.endswith(f"-{key}"))
    return json.loads(component.proto.bytes)


def live(page="dashboard.py", **query):
    return fine(visit(page, classic="0", **query))


def array(written):
    shape = [int(size) for size in written["shape"].split(",")]
    return np.frombuffer(base64.b64decode(written["bdata"]), written["dtype"]).reshape(shape)


def test_the_board_has_the_numbers_of_the_trace_and_says_them():
    data = sent(live(), "figure-headline")
    trace = attend(DEFAULT.scenario)
    names = ("X", "W_q", "Q", "W_k", "K", "W_v", "V", "scores", "weights", "output")
    for name, own in zip(names, data["numbers"], strict=True):
        np.testing.assert_array_equal(array(own["z"]), getattr(trace, name))
    assert data["frame"]["alt"] == overview(trace).alt


def test_boxes_that_move_have_names_and_bounds():
    data = sent(live(), "figure-headline")
    assert data["scenario"]["W_k"] == DEFAULT.scenario.W_k.tolist()
    frame = data["frame"]
    by_name = {step["name"]: step for step in frame["steps"] if "boxes" in step}
    assert list(by_name) == ["X", "W_q", "W_k", "W_v"]
    assert by_name["W_k"]["boxes"][1][0] == "verb → k₁"
    editing = frame["editing"]
    assert (editing["bound"], editing["hard_max"], editing["step"]) == (3, 30, 0.05)


def test_only_inputs_of_the_visitor_move():
    """Not what is computed, nor what is drawn transposed, nor another scenario."""
    page = live("2_Projections.py")
    steps = sent(page, "figure-Q-K-V")["frame"]["steps"]
    moved = [step["name"] for step in steps if "boxes" in step]
    assert moved == ["X", "W_q", "X", "W_k", "X", "W_v"]
    assert "steps" not in sent(page, "figure-identity")["frame"]
    similarity = sent(live("1_Embeddings.py"), "figure-similarity")["frame"]["steps"]
    assert ["boxes" in step for step in similarity] == [True, False, False]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_figure_is_live_on_every_page(page):
    at = live(page.name, preset="verb-subject")
    assert not at.get("plotly_chart")
    boards = [c for c in at.get("bidi_component") if "-figure-" in c.proto.id]
    # Two wait until the browser has told its width; there is none here. A room has its stage.
    assert boards or page.name in ("8_Long_text.py", "9_Real_model.py", "11_Room.py")
    for board in boards:
        data = json.loads(board.proto.bytes)
        points = "-figure-spaces" in board.proto.id
        assert data["frame"]["figure"][0][0]["type"] == ("scatter" if points else "heatmap")
        assert len(data["frame"]["alt"]) > 20


def test_a_change_of_a_setting_reaches_the_board():
    at = live()
    before = sent(at, "figure-headline")
    at.slider(key="temperature").set_value(0.5).run()
    after = sent(fine(at), "figure-headline")
    assert after["numbers"] != before["numbers"]
    assert after["base"] != before["base"]  # it shows scores divided by the temperature
