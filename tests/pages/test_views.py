"""Heads on their page: added, named, edited, chosen, switched off; links carry all of it."""

import json

import numpy as np
import pytest

from attn_core import attend, edits, limits
from attn_core.analysis.head_similarity import ablation
from attn_core.edits.heads import added, with_heads
from attn_core.notation.equation import shape_mismatch
from attn_core.permalink import encode
from attn_core.presets import BY_KEY, DEFAULT
from tests.pages.test_pages import PAGES, boxes, fine, parameter, scenario, slider, visit

PAGE = "5_Views.py"
VIEWS = BY_KEY["four-views"].scenario


def press(at, key):
    return fine(at.button(key=key).click().run())


def named(at, kind, key):
    return next(each for each in at.get(kind) if each.key == key)


def weights(at):
    """The small multiples."""
    return boxes(at, 0)


def test_all_heads_stand_side_by_side():
    at = fine(visit(PAGE, preset="four-views"))
    for shown, expected in zip(weights(at), attend(VIEWS).weights, strict=True):
        np.testing.assert_array_equal(shown, expected)
    spec = json.loads(at.get("plotly_chart")[0].proto.spec)
    heatmaps = [trace for trace in spec["data"] if trace["type"] == "heatmap"]
    assert {trace["coloraxis"] for trace in heatmaps} == {"coloraxis2"}  # one colour scale
    assert (spec["layout"]["coloraxis2"]["cmin"], spec["layout"]["coloraxis2"]["cmax"]) == (0, 1)


def test_one_head_is_shown_large_and_its_numbers_are_edited():
    at = fine(visit(PAGE, preset="four-views"))
    named(at, "button_group", "head").set_value(2).run()
    np.testing.assert_array_equal(boxes(fine(at), 1)[1], attend(VIEWS).weights[2])
    assert "## name or not" in [each.value for each in at.markdown]  # no level is skipped
    assert parameter(at, "head") == "3"
    slider(at, "W_q-3-0").set_value(-2.0).run()
    moved = scenario(fine(at))
    assert moved.W_q[2, 3, 0] == -2
    assert (moved.W_q != VIEWS.W_q).sum() == 1
    assert parameter(at, "head") == "3"
    named(at, "button_group", "head").set_value(0).run()
    assert slider(fine(at), "W_q-3-0").value == VIEWS.W_q[0, 3, 0]


@pytest.mark.parametrize("page", [p.name for p in PAGES])
def test_every_page_shows_the_head_of_the_address(page):
    at = fine(visit(page, preset="four-views", s=encode(VIEWS), head="4"))
    assert parameter(at, "head") == "4"
    assert scenario(at) == VIEWS
    if page == "dashboard.py":
        np.testing.assert_array_equal(boxes(at)[-2], attend(VIEWS).weights[3])


def test_a_head_that_is_not_there_is_the_last_one():
    at = fine(visit(PAGE, preset="four-views", head="7"))
    np.testing.assert_array_equal(boxes(at, 1)[1], attend(VIEWS).weights[3])
    assert parameter(at, "head") == "4"
    at = fine(visit(PAGE, head="2"))
    assert "head" not in at.query_params


def test_heads_are_added_copied_named_and_removed():
    at = fine(visit(PAGE))
    assert at.button(key="head-delete").disabled
    at = press(at, "head-add")
    assert scenario(at) == added(DEFAULT.scenario)
    assert parameter(at, "head") == "2"  # the new one is looked at
    at.text_input(key="head-name").set_value("grammar").run()
    assert scenario(fine(at)).heads == ("head 1", "grammar")
    at = press(at, "head-copy_all")
    assert scenario(at).heads == ("head 1", "grammar", "grammar copy")
    named(at, "button_group", "head").set_value(0).run()
    at = press(at, "head-delete")
    assert scenario(at).heads == ("grammar", "grammar copy")
    next(b for b in at.button if b.label == "Undo").click().run()
    assert scenario(fine(at)).heads == ("head 1", "grammar", "grammar copy")


@pytest.mark.parametrize("name", ["", "head 1"])
def test_a_name_that_cannot_be_stays_in_its_field(name):
    at = press(visit(PAGE), "head-add")
    at.text_input(key="head-name").set_value(name).run()
    assert fine(at).error
    assert at.text_input(key="head-name").value == name
    assert scenario(at).heads == ("head 1", "head 2")


def test_there_is_room_for_eight():
    s = with_heads(DEFAULT.scenario)
    for _ in range(7):
        s = added(s)
    at = fine(visit(PAGE, s=encode(s)))
    assert at.button(key="head-add").disabled
    assert at.button(key="head-copy_all").disabled
    assert len(weights(at)) == 8


def test_W_o_is_edited_by_the_rows_of_the_head():
    at = fine(visit(PAGE, preset="four-views", head="2"))
    at.radio(key="matrix").set_value("W_o").run()
    slider(fine(at), "W_o-1-0").set_value(1.5).run()
    assert scenario(fine(at)).W_o[3, 0] == 1.5


def test_one_head_without_W_o_is_given_one():
    at = press(visit(PAGE), "give-W_o")
    np.testing.assert_array_equal(scenario(at).W_o, np.eye(4))
    assert any("projected" in chart.proto.alt for chart in at.get("plotly_chart"))


def test_a_head_is_switched_off():
    at = fine(visit(PAGE, preset="four-views"))
    named(at, "button_group", "ablated").set_value([1, 3]).run()
    shown = boxes(fine(at), -1)
    for drawn, block in zip(shown, ablation(attend(VIEWS), [1, 3]).blocks, strict=True):
        np.testing.assert_array_equal(drawn, block.values)
    assert scenario(at) == VIEWS  # it is only asked


def test_a_preset_opens_with_its_first_head():
    at = fine(visit(PAGE, preset="four-views", head="3"))
    at.selectbox(key="preset").set_value("negation").run()
    assert "head" not in fine(at).query_params
    assert scenario(at) == BY_KEY["negation"].scenario


def test_points_and_agreement_have_their_numbers():
    at = fine(visit(PAGE, preset="four-views"))
    specs = [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]
    (points,) = (s for s in specs if s["data"][0]["type"] == "scatter")
    assert [trace["name"] for trace in points["data"][:2]] == ["X′", "V"]
    assert "I, they" in points["data"][1]["text"]
    told = " ".join(m.value for m in at.markdown)
    assert "agree most" in told


# Masks and second sentences


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        (with_heads(DEFAULT.scenario), "Each word as a point: one plot as $X$ has it"),
        (VIEWS, "Each word as a point: one plot as $X'$ has it"),  # positions are learned
        (
            edits.with_context(with_heads(DEFAULT.scenario), "they are"),
            "Each word of the second sentence as a point: one plot as $Z$ has it",
        ),
    ],
)
def test_points_are_told_by_what_they_are_points_of(scenario, told):
    at = fine(visit(PAGE, s=encode(scenario)))
    assert [each.value for each in at.markdown if each.value.startswith(told)]


def test_masks_are_chosen_by_kind_and_size():
    at = fine(visit("3_Attention.py", preset="negation"))
    at.radio(key="mask").set_value("padding").run()
    assert scenario(fine(at)).mask.sum() == 20
    named(at, "button_group", "mask-size").set_value(2).run()
    assert scenario(fine(at)).mask[:, 2:].sum() == 0
    at.radio(key="mask").set_value("window").run()
    named(fine(at), "button_group", "mask-size").set_value(0).run()
    np.testing.assert_array_equal(scenario(fine(at)).mask, np.eye(5, dtype=bool))


def test_padding_that_hides_nothing_is_still_padding():
    at = fine(visit("3_Attention.py", preset="negation"))
    at.radio(key="mask").set_value("padding").run()
    named(at, "button_group", "mask-size").set_value(5).run()
    assert fine(at).radio(key="mask").value == "padding"
    assert scenario(at).mask.all()


def test_a_second_sentence_comes_and_goes():
    at = fine(visit())
    at.toggle(key="cross").set_value(True).run()
    s = scenario(fine(at))
    assert s.context == ("I", "am", "happy")
    at.text_input(key="context").set_value("You are not sad").run()
    s = scenario(fine(at))
    assert s.n_k == 4
    assert [drawn.shape for drawn in boxes(at)[-4:]] == [(4, s.d_v), (3, 4), (3, 4), (3, s.d_v)]
    at.radio(key="matrix").set_value("Z").run()
    slider(fine(at), "Z-2-1").set_value(0.5).run()
    assert scenario(fine(at)).Z[2, 1] == 0.5
    at.toggle(key="cross").set_value(False).run()
    s = scenario(fine(at))
    assert (s.tokens, s.context, s.Z) == (DEFAULT.scenario.tokens, (), None)


def test_a_second_sentence_that_cannot_be_stays_in_its_field():
    at = fine(visit())
    at.toggle(key="cross").set_value(True).run()
    at.text_input(key="context").set_value("x " * 13).run()
    assert "room for 12 words" in fine(at).error[0].value
    assert at.text_input(key="context").value == "x " * 13
    assert scenario(at).context == ("I", "am", "happy")


@pytest.mark.parametrize("page", [p.name for p in PAGES])
def test_every_page_runs_with_a_second_sentence(page):
    s = edits.with_positions(edits.with_context(DEFAULT.scenario, "I am not happy here"), "learned")
    at = fine(visit(page, s=encode(edits.with_mask_kind(s, "padding", 2))))
    assert scenario(at).n_k == 5


@pytest.mark.parametrize(
    ("of", "told"),
    [
        (lambda s: s, "The same $X$ is used three times"),
        (lambda s: edits.with_positions(s, "learned"), "The same $X'$ is used three times"),
        (lambda s: edits.with_context(s, "I am"), "Each word of the second one, a row of $Z$,"),
    ],
)
def test_projections_say_what_is_projected(of, told):
    at = fine(visit("2_Projections.py", s=encode(of(DEFAULT.scenario))))
    assert any(told in each.value for each in at.markdown)


def test_the_shape_rule_has_the_rows_that_are_multiplied():
    s = edits.with_positions(DEFAULT.scenario, "learned")
    at = fine(visit("2_Projections.py", s=encode(s)))
    assert any("one row of $X'$ and one column" in each.value for each in at.markdown)
    np.testing.assert_array_equal(
        shape_mismatch(attend(s), s.d_model + 1).blocks[0].values, s.X + s.P
    )


@pytest.mark.parametrize("page", [p.name for p in PAGES])
def test_every_page_runs_with_positions(page):
    placeless = edits.with_positions(VIEWS, "none")
    bad = []
    for kind in ("sinusoidal", "learned", "rope", "alibi"):
        s = edits.with_positions(placeless, kind)
        at = visit(page, s=encode(s), head="2")
        if at.exception or scenario(at) != s:
            bad.append((kind, at.exception))
    assert not bad


# Links that are too long


def eight(seed=0):
    """As many numbers as the lab admits, which no address has room for."""
    s = edits.with_sentence(
        DEFAULT.scenario, "Je ne suis pas très heureux car le chat noir dort ici"
    )
    s = edits.with_size(s, d_model=8, d_k=8, d_v=8)
    for _ in range(7):
        s = added(s)
    draw = np.random.default_rng(seed)
    for head in range(8):
        for name in ("W_q", "W_k", "W_v", "W_o"):
            shape = edits.matrix_of(s, name, head).shape
            s = edits.with_matrix(s, name, draw.uniform(-30, 30, size=shape), head)
    return limits.validate(s)


def test_so_many_numbers_are_offered_as_JSON_and_not_lost():
    many = eight()
    at = fine(visit(PAGE, s=encode(many), preset="negation"))
    assert "s" not in at.query_params
    (warning,) = [w.value for w in at.warning if "room for 7500 characters" in w.value]
    assert "the scenario would need more" in warning
    assert any(b.proto.label == "Save as JSON" for b in at.get("download_button"))
    assert len(weights(at)) == 8
    # It goes on over pages and changes, and the address has it again when it fits.
    at.switch_page("pages/10_Share.py").run()
    assert "no link to so many numbers" in " ".join(i.value for i in fine(at).info)
    at.switch_page(f"pages/{PAGE}").run()
    np.testing.assert_array_equal(weights(fine(at)), attend(many).weights)
    for _ in range(5):
        press(at, "head-delete")
    assert scenario(at).h == 3
    assert not [w for w in at.warning if "room for" in w.value]


def test_a_pinned_scenario_without_room_stays_pinned():
    many = eight()
    at = fine(visit("7_Compare.py", preset="negation", a=encode(many)))
    assert "A would need more" in " ".join(w.value for w in at.warning)
    assert "a" not in at.query_params
    assert scenario(at) == BY_KEY["negation"].scenario
    at = fine(at.run())
    assert any(b.label == "Unpin" for b in at.button)
