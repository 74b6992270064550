"""Forged values of widgets: refused with a reason, and the forger's next move works.

Streamlit checks some values before the app sees them; what it can't read at all it
answers itself, without a word about the inside, and only the forger's session suffers.
"""

import json
import math
from dataclasses import replace
from urllib.parse import parse_qs

import numpy as np
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from attn_core import limits
from attn_core.edits.mask_kinds import kind
from attn_core.permalink import encode
from attn_core.presets import BY_KEY, DEFAULT
from benchmarks.visitor import Visitor
from tests.hostile import read
from tests.hostile.conftest import CLASSIC

BIG = 900_000
DEEP = "[" * 100_000


def forged(identity: str, field: str, value) -> WidgetState:
    """The state of a widget as nobody's browser would send it."""
    state = WidgetState(id=identity)
    if field.endswith("_array_value"):
        getattr(state, field).SetInParent()  # also when nothing is in it
        getattr(state, field).data.extend(value)
    else:
        setattr(state, field, value)
    return state


def legal_move_works(visitor: Visitor) -> None:
    visitor.tab.exceptions.clear()
    visitor.send(WidgetState(id=visitor.tab.widgets["projector"], bool_value=True))
    assert parse_qs(visitor.tab.query)["projector"] == ["1"]
    assert not visitor.tab.exceptions


REFUSED = {
    ("", "preset", "string_value"): [
        ("nothing", "There is no preset 'nothing'. The lab has: similarity"),
        ("x" * BIG, "There is no preset"),
        ("<b>\x00", "There is no preset"),
    ],
    ("", "mask", "string_value"): [("nothing", "mask must be one of"), ("x" * BIG, "mask must")],
    ("", "sentence", "string_value"): [
        ("x" * BIG, "has room for 1000 characters; this one has 900000"),
        ("x" * 41, "has room for 40 characters"),
        ("ab " * 333, "this one has 333"),
        ("a\x07b", "U+0007"),
        ("\u202ea", "U+202E"),
    ],
    ("Embeddings", "features", "string_array_value"): [
        ([], "d_model must be 2 to 8 here, got 0"),
        (["zz"] * 5, "must be 5 different names"),
        ([str(i) for i in range(10_000)], "d_model must be 2 to 8 here, got 10000"),
        (["verb", "<" * 100], "room for 24 characters"),
        (["verb", "a\x07"], "U+0007"),
    ],
}


@pytest.mark.parametrize(("page", "widget", "field"), REFUSED)
def test_a_forged_choice_is_refused_with_a_reason(port, page, widget, field):
    with Visitor(port, page, CLASSIC) as forger:
        forger.load()
        for value, reason in REFUSED[page, widget, field]:
            forger.send(forged(forger.tab.widgets[widget], field, value))
            assert reason in read.complaints(forger)
            assert read.scenario(forger) == DEFAULT.scenario
            assert not forger.tab.exceptions
        legal_move_works(forger)


FLOATS = ([math.nan], [math.inf], [-1e308], [], [0.0] * 10_000)
INTEGERS = (0, 99, 2**62, -(2**62))


@pytest.mark.parametrize(
    ("page", "widget", "field", "values"),
    [
        ("", "X-1-1-0-0", "double_array_value", FLOATS),
        ("", "temperature", "double_array_value", FLOATS),
        ("Projections", "d_model", "int_value", INTEGERS),
        ("Projections", "d_k", "int_value", INTEGERS),
        ("", "scale", "string_value", ("yes", "")),
    ],
)
def test_a_number_out_of_bounds_never_arrives(port, page, widget, field, values):
    """Streamlit takes the widget's least value instead; that is legal, and can be undone."""
    with Visitor(port, page, CLASSIC) as forger:
        forger.load()
        for value in values:
            forger.send(forged(forger.tab.widgets[widget], field, value))
            assert limits.validate(read.scenario(forger)) == read.scenario(forger)
            forger.press("undo")
            assert read.scenario(forger) == DEFAULT.scenario
        assert not forger.tab.exceptions
        legal_move_works(forger)


WIDTHS = [1e999, -5, 1e9, 10**400, math.nan, "<b>", None, True, [1], {"a": 1}]


@pytest.mark.parametrize(
    ("page", "widget", "field", "values"),
    [
        ("", "matrix", "string_value", ("nothing", "", "x" * BIG)),
        ("", "view-X", "string_value", ("nothing", "", "x" * BIG)),
        ("", "seed-X", "int_value", (-1, 10**6, 2**62)),
        ("", "figure-headline", "string_value", (DEEP, '{"selection": 5}')),
        ("", "viewport", "json_value", [json.dumps({"width": width}) for width in WIDTHS]),
        ("", "viewport", "json_value", ("[]", "5", "null", '"x"', '{"value": {"width": 300}}')),
        ("", "viewport", "json_trigger_value", ('[{"event": "nothing", "value": 1}]', "{}")),
        ("Projections", "rows-of-W", "double_array_value", FLOATS),
        ("Embeddings", "vectors", "string_array_value", ([], ["nothing"], ["x" * BIG], ["1", "2"])),
    ],
)
def test_what_is_no_part_of_the_scenario_cannot_change_it(port, page, widget, field, values):
    with Visitor(port, page, CLASSIC) as forger:
        forger.load()
        for value in values:
            forger.send(forged(forger.tab.widgets[widget], field, value))
            assert read.scenario(forger) == DEFAULT.scenario
            assert not forger.tab.exceptions
        legal_move_works(forger)


CHOICES = ([], ["nothing"], ["x" * BIG], ["1", "100"])


@pytest.mark.parametrize(
    ("widget", "field", "values"),
    [
        ("lesson", "string_array_value", ([], ["nothing"], ["x" * BIG])),
        ("learn-grammar-method", "string_array_value", CHOICES),
        ("learn-grammar-steps", "string_array_value", CHOICES),
        ("learn-grammar-start", "string_array_value", CHOICES),
        ("learn-speed", "string_array_value", CHOICES),
        ("learn-grammar-seed", "int_value", (-1, 10**6, 2**62, -(2**62))),
        ("learn-grammar-rate", "string_array_value", CHOICES),
        ("learn-grammar-momentum", "double_array_value", FLOATS),
        ("learn-grammar-d_k", "double_array_value", FLOATS),
        ("grammar-sentence", "string_value", ("nothing", "", "x" * BIG)),
    ],
)
def test_a_forged_setting_neither_ends_the_lesson_nor_outgrows_it(port, widget, field, values):
    with Visitor(port, "Learn", f"{CLASSIC}&learn=grammar") as forger:
        forger.load()
        forger.open("How it goes down")
        forger.press("learn-run")
        for value in values:
            forger.send(forged(forger.tab.widgets[widget], field, value))
            forger.send()  # what it left behind is read once more
            assert read.scenario(forger) == DEFAULT.scenario
            assert not forger.tab.exceptions
            assert parse_qs(forger.tab.query)["learn"] == ["grammar"]
            assert "learn-run" in forger.tab.widgets
        legal_move_works(forger)


def test_widgets_that_do_not_exist(port):
    with Visitor(port, query=CLASSIC) as forger:
        forger.load()
        unknown = [forged(f"$$ID-00-{i}", "string_value", "x" * 50) for i in range(10_000)]
        forger.send(*unknown)
        forger.send(
            WidgetState(id="$$ID-00-button", trigger_value=True),
            forged("$$ID-00-component", "json_trigger_value", '[{"event": "click", "value": 1}]'),
            forged(f"{forger.tab.widgets['viewport']}__nothing", "json_trigger_value", "[]"),
            *(forged(name, "string_value", "x") for name in ("session", "sentence", "preset")),
        )
        assert read.scenario(forger) == DEFAULT.scenario
        assert not forger.tab.exceptions
        legal_move_works(forger)


def edited(box) -> str:
    return json.dumps({"edited_rows": {"0": {"0": box}}})


#: What the form of a table sends, and the reason that the page gives.
TABLES = [
    ('{"edited_rows": {"-1": {"0": "1"}}}', "it has no box (0, 1)"),
    ('{"edited_rows": {"99999999999999999999": {"0": "1"}}}', "it has no box"),
    ('{"edited_rows": {"0": {"99": "1"}}}', "it has no box (1, 100)"),
    ('{"edited_rows": {"0": {"-1": "1"}}}', "it has no box (1, 0)"),
    ('{"edited_rows": {"0": {"zz": "1"}}}', "it has no box"),
    ('{"edited_rows": {"0": {"_index": "1"}}}', "it has no box"),
    ('{"edited_rows": {"0": "x"}}', "Row 1 of the table: expected boxes, got 'x'"),
    ('{"edited_rows": {"0": []}}', "Row 1 of the table: expected boxes, got []"),
    ('{"added_rows": 5}', ""),
    ('{"deleted_rows": [99]}', ""),
]
BOXES = [
    (edited([1]), "expected a number such as 1.5 as text, got [1]"),
    (edited({"a": 1}), "expected a number such as 1.5 as text"),
    (edited(5), "expected a number such as 1.5 as text, got 5"),
    (edited(True), "expected a number such as 1.5 as text, got True"),
    (edited(None), "got an empty box"),
    (edited("nan"), "row 1, column 1 is nan"),
    (edited("1e999"), "row 1, column 1 is ∞"),
    (edited("9" * 100_000), "row 1, column 1 is ∞"),
    (edited("<script>"), "expected a number such as 1.5, got “<script>”"),
]


@pytest.mark.parametrize("name", ["X", "mask"])
def test_a_forged_table_is_refused_with_a_reason(port, name):
    opener, value = {"X": ("view-X", "Table"), "mask": ("mask", "custom")}[name]
    with Visitor(port, query=CLASSIC) as forger:
        forger.load()
        forger.set(forged(forger.tab.widgets[opener], "string_value", value))
        before = read.scenario(forger)
        (key,) = (key for key in forger.tab.widgets if key.startswith("table-"))
        table = forger.tab.widgets[key]
        for state, reason in TABLES + (BOXES if name == "X" else []):
            forger.send(forged(table, "string_value", state))
            assert reason in read.complaints(forger)
            assert not read.leaks(forger)
            assert read.scenario(forger) == before
            forger.send(forged(table, "string_value", "{}"))
        legal_move_works(forger)
        assert kind(read.scenario(forger).mask) == kind(before.mask)


def test_a_forged_table_of_what_is_painted_is_refused_with_a_reason(port):
    with Visitor(port, "Learn", f"{CLASSIC}&preset=verb-subject") as forger:
        forger.load()
        (key,) = (key for key in forger.tab.widgets if key.startswith("table-painted-"))
        table = forger.tab.widgets[key]
        below = (edited("-1"), "from 0 to 30: row 1, column 1 is −1")
        for state, reason in [*TABLES[:-2], *BOXES, below]:
            forger.send(forged(table, "string_value", state))
            assert reason in read.complaints(forger)
            assert not read.leaks(forger)
            assert "paint" not in parse_qs(forger.tab.query)
            forger.send(forged(table, "string_value", "{}"))
        forger.send(forged(table, "string_value", edited("1,33333")))
        assert parse_qs(forger.tab.query)["paint"] == ["1.333-0-0_1-0-0_0-1-0"]


@pytest.mark.parametrize(
    ("page", "widget", "field", "value"),
    [
        ("", "preset", "double_array_value", [1.0]),
        ("", "mask", "json_value", "{}"),
        ("", "X-0-0-0-0", "bool_value", True),
        ("", "X-0-0-0-0", "string_value", "x"),
        ("", "scale", "json_value", "{"),
        ("", "viewport", "json_value", "{"),
        ("", "viewport", "json_value", DEEP),
        ("", "", "string_value", ""),
        ("", "sentence", "double_value", math.nan),
        ("Embeddings", "features", "bool_value", True),
        ("Embeddings", "features", "string_value", "x" * BIG),
        ("Projections", "d_k", "double_value", math.nan),
        ("Projections", "d_k", "string_value", "x" * BIG),
        ("Compare", "what-if", "string_array_value", ["x" * BIG]),
        ("Compare", "what-if", "string_array_value", ["without mask", "without scaling"]),
        ("Compare", "what-if", "bool_value", True),
        ("Share", "upload-0", "string_value", "x"),
        ("", "table", "string_value", "{"),
        ("", "table", "string_value", DEEP),
        ("", "table", "string_value", '{"edited_rows": null}'),
        ("", "table", "string_value", '{"edited_rows": {"zz": {"0": "1"}}}'),
    ],
)
def test_a_value_that_is_none_of_the_widgets_kind_tells_the_forger_nothing(
    port, page, widget, field, value
):
    with Visitor(port, page, CLASSIC) as forger:
        forger.load()
        if widget == "table":
            forger.set(forged(forger.tab.widgets["view-X"], "string_value", "Table"))
            (widget,) = (key for key in forger.tab.widgets if key.startswith("table-"))
        identity = forger.tab.widgets[widget] if widget else ""
        forger.send(forged(identity, field, value))
        assert not read.leaks(forger)
        forger.send()
        assert not read.leaks(forger)
        address = forger.tab.query
    with Visitor(port, page, query=address) as again:  # as a reload does
        again.load()
        assert limits.validate(read.scenario(again)) == read.scenario(again)
        legal_move_works(again)


PLACE = {"name": "X", "head": 0, "row": 0, "column": 0, "gesture": "g", "number": "1", "done": True}
MOVES = [
    (PLACE | {"value": math.nan}, "row 1, column 1 is nan"),
    (PLACE | {"value": 1e999}, "row 1, column 1 is ∞"),
    (PLACE | {"value": 31}, "row 1, column 1 is 31"),
    (PLACE | {"value": [1]}, "X, row Je, column pronoun: expected a number, got [1]"),
    (PLACE | {"value": None}, "expected a number, got None"),
    (PLACE | {"value": 10**400}, "row 1, column 1 is ∞"),
    (PLACE | {"text": "<script>"}, "expected a number such as 1.5, got “<script>”"),
    (PLACE | {"text": ["1"]}, "expected a number, got ['1']"),
    (PLACE | {"row": -1, "value": 1}, "X is 3×4; it has no box (-1, 0)"),
    (PLACE | {"column": 99, "value": 1}, "X is 3×4; it has no box (0, 99)"),
    (PLACE | {"row": "0", "value": 1}, "it has no box"),
    (PLACE | {"row": True, "value": 1}, "it has no box"),
    (PLACE | {"name": "V", "value": 1}, "There is no matrix 'V' to move"),
    (PLACE | {"name": "W_o", "value": 1}, "There is no matrix 'W_o' to move"),
    (PLACE | {"name": ["X"], "value": 1}, "There is no matrix ['X'] to move"),
    (PLACE | {"head": 1, "value": 1}, "there is no head 1"),
    (PLACE | {"head": -1, "value": 1}, "there is no head -1"),
    (PLACE | {"head": True, "value": 1}, "there is no head True"),
    ({}, "There is no matrix None to move"),
    ("move", ""),
    ([PLACE], ""),
    (None, ""),
]


def test_a_forged_move_of_a_box_is_refused_with_a_reason(port):
    with Visitor(port) as forger:
        forger.load()
        for move, reason in MOVES:
            forger.trigger("figure-headline", "move", move)
            assert reason in read.complaints(forger)
            assert not read.leaks(forger)
            assert read.scenario(forger) == DEFAULT.scenario
        forger.trigger("figure-headline", "move", PLACE | {"value": 2.5})
        assert read.scenario(forger).X[0, 0] == 2.5
        assert not forger.tab.exceptions


PICKS = [
    [0, 0, 0],
    [99, 0, 0],
    [0, -1, 0],
    [0, 0, 99],
    [0, 0],
    "x",
    None,
    [[0], 0, 0],
    [True, 0, 0],
]


def test_a_forged_click_changes_nothing(port):
    with Visitor(port) as forger:
        forger.load()
        for pick in PICKS:
            forger.trigger("figure-headline", "pick", pick)
            assert read.scenario(forger) == DEFAULT.scenario
        forger.trigger("figure-headline", "stale", {"a": 1})
        forger.trigger("figure-headline", "lost", "<b>" * 1000)
        assert read.scenario(forger) == DEFAULT.scenario
        assert not forger.tab.exceptions
        legal_move_works(forger)


def test_a_forged_click_paints_nothing(port):
    with Visitor(port, "Learn", "preset=verb-subject") as forger:
        forger.load()
        beside = [[0, 0, 1], [2, 0, 1], [1, -1, 0], [1, 0, 2**70], [1, 0.0, 1], [1, True, 1]]
        for pick in [*PICKS[1:], *beside]:  # 0 are the weights, 1 is what is wanted
            forger.trigger("figure-learning-paint", "pick", pick)
            assert "paint" not in parse_qs(forger.tab.query)
            assert not read.leaks(forger)
        forger.trigger("figure-learning-paint", "pick", [1, 3, 0])
        assert "There are 3×3 boxes; there is none at 4, 1" in read.complaints(forger)
        forger.trigger("figure-learning-paint", "pick", [1, 0, 2])
        assert parse_qs(forger.tab.query)["paint"] == ["0-0-1_1-0-0_0-1-0"]
        assert not forger.tab.exceptions


ASKED = {
    "ask-matrix": [
        ("nothing", "There is no matrix 'nothing' here"),
        ("concat_heads", "There is no matrix 'concat_heads' here"),  # a step, but of heads
        ("x" * BIG, "no matrix"),
    ],
    "ask-row": [("zz", "it has no row 'zz'"), ("<script>", "it has no row")],
    "ask-column": [("-1", "it has no column '-1'")],
}


@pytest.mark.parametrize("widget", ASKED)
def test_a_forged_question_is_refused_with_a_reason(port, widget):
    with Visitor(port, "", "cell=output.2.1") as forger:
        forger.load()
        for value, reason in ASKED[widget]:
            forger.send(forged(forger.tab.widgets[widget], "string_value", value))
            assert reason in read.complaints(forger)
            assert parse_qs(forger.tab.query)["cell"] == ["output.2.1"]
            assert not forger.tab.exceptions
        legal_move_works(forger)


@pytest.mark.parametrize(
    "cell", ["weights.99999.1", "a" * BIG, "X.1.1.1", "<b>.1.1", "weights.9.9"]
)
def test_an_address_that_asks_for_nothing(port, cell):
    with Visitor(port, "", f"cell={cell[:8000]}") as visitor:
        visitor.load()
        assert not visitor.tab.exceptions
        legal_move_works(visitor)


def test_a_forged_click_on_the_heads_changes_nothing(port):
    views = BY_KEY["four-views"].scenario
    with Visitor(port, "Views", "preset=four-views") as forger:
        forger.load()
        for pick in [*PICKS, [4, 0, 0], [-1, 0, 0], [2.0, 0, 0]]:
            forger.trigger("figure-heads", "pick", pick)
            assert read.scenario(forger) == views
        assert not forger.tab.exceptions


def test_a_forged_click_on_a_mask_is_refused_with_a_reason(port):
    mask = np.array([[True, False, True], [True] * 3, [False, True, True]])
    masked = replace(DEFAULT.scenario, mask=mask)
    with Visitor(port, "Attention", f"s={encode(masked)}") as forger:
        forger.load()
        for pick in PICKS[1:]:
            forger.trigger("figure-mask", "pick", pick)
            assert not read.leaks(forger)
            assert read.scenario(forger) == masked
        forger.trigger("figure-mask", "pick", [0, 3, 0])
        assert "The mask is 3×3; it has no box (4, 1)" in read.complaints(forger)
        forger.trigger("figure-mask", "pick", [0, 0, 1])
        assert read.scenario(forger).mask[0].all()
        assert not forger.tab.exceptions


LOOK = "look=1.2.4.3.head"


@pytest.mark.parametrize("name", ["layer", "head", "view", "query", "key"])
def test_a_forged_choice_of_a_model_s_head_changes_nothing(encoder, port, name):
    with Visitor(port, "Real_model", f"{CLASSIC}&{LOOK}") as forger:
        forger.load()
        for value in ("nothing", "", "-1", "99", "x" * BIG):
            forger.send(forged(forger.tab.widgets[f"model-{name}"], "string_value", value))
            assert LOOK in forger.tab.query
            assert not read.leaks(forger)
            assert not forger.tab.exceptions
        legal_move_works(forger)


def test_a_forged_text_for_the_model_is_refused_with_a_reason(encoder, port):
    refused = {
        "": "it is empty",
        "x" * BIG: "has room for 10000 characters",
        "a " * 600: "reads up to 512 tokens; this text has 602",
    }
    with Visitor(port, "Real_model", CLASSIC) as forger:
        forger.load()
        for text, reason in refused.items():
            forger.send(forged(forger.tab.widgets["model-text"], "string_value", text))
            assert reason in read.complaints(forger)
            assert not forger.tab.exceptions
        for text in ("<script>alert(1)</script>", "\x00\x07", "\u202e![x](http://x.example)"):
            forger.send(forged(forger.tab.widgets["model-text"], "string_value", text))
            assert not read.leaks(forger)
            assert not forger.tab.exceptions
        legal_move_works(forger)


def test_a_forged_click_on_a_model_s_pictures_changes_nothing(encoder, port):
    with Visitor(port, "Real_model", LOOK) as forger:
        forger.load()
        forger.send(forged(forger.tab.widgets["viewport"], "json_value", '{"width": 1000}'))
        beside = [[0, -1, 0], [0, 10**9, 0], [0, 0, 10**9], [0, 0.5, 0], [0, "0", 0]]
        pictures = ("figure-model-heads", "figure-model-weights", "figure-model-features")
        for picture in pictures:
            for pick in [pick for pick in (*PICKS[2:], *beside) if pick != [0, 0, 99]]:
                forger.trigger(picture, "pick", pick)
                assert LOOK in forger.tab.query
                assert not forger.tab.exceptions
        forger.trigger("figure-model-weights", "pick", [0, 2, 5])
        assert "look=1.2.3.6.head" in forger.tab.query
