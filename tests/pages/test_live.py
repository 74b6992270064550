"""What goes to the live board and the live boxes; what they do with it is in tests/browser."""

import base64
import json

import numpy as np
import pytest

from attn_core import attend
from attn_core.figures.boxes.colours import PALETTES
from attn_core.notation.overview import overview
from attn_core.presets import BY_KEY, DEFAULT
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


def test_the_boxes_have_the_matrix_with_names_and_bounds():
    at = live()
    at.radio(key="matrix").set_value("W_k").run()
    data = sent(fine(at), "boxes-W_k")
    frame = data["frame"]
    assert data["numbers"]["values"] == DEFAULT.scenario.W_k.tolist()
    assert frame["names"][1][0] == "verb → k₁"
    assert frame["columns"] == ["k₁", "k₂", "k₃", "k₄"]
    assert (frame["bound"], frame["hard_max"], frame["step"]) == (3, 30, 0.05)
    assert frame["scale"] == [list(stop) for stop in PALETTES["light"].signed]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_figure_is_live_on_every_page(page):
    at = live(page.name, preset="verb-subject")
    assert not at.get("plotly_chart")
    boards = [c for c in at.get("bidi_component") if "-figure-" in c.proto.id]
    # These two wait until the browser has told its width; there is none here.
    assert boards or page.name in ("8_Long_text.py", "9_Real_model.py")
    for board in boards:
        data = json.loads(board.proto.bytes)
        points = "-figure-spaces" in board.proto.id
        assert data["frame"]["figure"][0][0]["type"] == ("scatter" if points else "heatmap")
        assert len(data["frame"]["alt"]) > 20
    s = BY_KEY["verb-subject"].scenario
    if editors := [c for c in at.get("bidi_component") if "-boxes-" in c.proto.id]:
        shown = json.loads(editors[0].proto.bytes)
        name = shown["frame"]["name"]
        assert shown["numbers"]["values"] == getattr(s, name).tolist()


def test_a_change_of_a_setting_reaches_the_board():
    at = live()
    before = sent(at, "figure-headline")
    at.slider(key="temperature").set_value(0.5).run()
    after = sent(fine(at), "figure-headline")
    assert after["numbers"] != before["numbers"]
    assert after["base"] != before["base"]  # it shows scores divided by the temperature
