"""The stage as JSON, and what moves on it."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core import Scenario, attend, edits, limits
from attn_core.edits.heads import added
from attn_core.presets import BY_KEY, PRESETS
from pages.ui.room.rules import stage
from pages.ui.room.rules.limits import MAX_LOOK, MAX_MOVED, MAX_STAGE
from pages.ui.room.rules.stage import Stage, difference, staged
from tests.pages.room.conftest import PAGES, SIMILARITY

VIEWS = BY_KEY["four-views"].scenario


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_a_stage_comes_back_exactly(preset):
    shown = staged("Views", preset.scenario, preset.scenario.h - 1, "weights.1.2", "k=v")
    assert stage.read(shown.to_json(), PAGES) == shown
    assert shown.scenario == preset.scenario


def large(first=0x4E00, last=0x5000):
    """The largest scenario of the lab, whose numbers and words hardly pack."""
    dice = np.random.default_rng(11)

    def drawn(*shape):
        return np.round(dice.uniform(-30, 30, shape), 3)

    def words(count, length):
        rare = dice.integers(first, last, (count, length - 2))
        return ["".join(map(chr, row)) + f"{i:02d}" for i, row in enumerate(rare)]

    return Scenario(
        words(12, 40),
        drawn(12, 8),
        *(drawn(8, 8, 8) for _ in range(3)),
        W_o=drawn(64, 8),
        features=words(8, 24),
        heads=words(8, 24),
        context=words(12, 40),
        Z=drawn(12, 8),
        positions="learned",
        P=drawn(12, 8),
        mask=dice.random((12, 12)) > 0.3,
    )


def test_the_largest_scenario_of_the_lab_has_a_place_on_the_stage():
    s = limits.validate(large())
    shown = staged("Lab", s, look="x" * MAX_LOOK)
    assert stage.read(shown.to_json(), PAGES).scenario == s
    with pytest.raises(ValueError, match="too large for a link"):
        staged("Lab", large(0x20000, 0x2A000))  # 16,049 characters


FINE = json.loads(staged("Lab", SIMILARITY).to_json())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"page": "Admin"}, "Expected a page of Course, Lab, .*; got 'Admin'"),
        ({"page": None}, "“page”: expected str, got None"),
        ({"link": "1forged"}, "link was altered"),
        ({"link": "1" * 17_000}, "has 17000 characters; at most"),
        ({"link": ""}, "link isn't one of this lab"),
        ({"head": 1}, "Expected head 1 to 1, got 2"),
        ({"head": -1}, "Expected head 1 to 1, got 0"),
        ({"head": True}, "“head”: expected int, got True"),
        ({"head": 0.0}, "“head”: expected int"),
        ({"cell": "weights.9.1"}, "no number 'weights.9.1'"),
        ({"cell": "<b>"}, "no number '<b>'"),
        ({"look": "x" * (MAX_LOOK + 1)}, "“look” has room for"),
        ({"token": "x"}, "Not a stage: expected page, link"),
    ],
)
def test_each_part_is_checked(changes, said):
    with pytest.raises(ValueError, match=said):
        stage.read(json.dumps(FINE | changes), PAGES)


@pytest.mark.parametrize("text", ["", "{", "null", '"Lab"', "[1]", '{"page": NaN}', "[" * 9999])
def test_what_is_no_stage_is_refused_in_words(text):
    with pytest.raises(ValueError, match=r"JSON|Numbers must be finite"):
        stage.read(text, PAGES)


def test_an_endless_text_is_not_even_parsed():
    with pytest.raises(ValueError, match="A stage has room for"):
        stage.read(" " * MAX_STAGE + "[]", PAGES)


def carried_out(s, moved):
    """A scenario with moves, as the browser carries them out."""
    arrays = {}
    for each in moved:
        values = arrays.setdefault(each.name, np.array(getattr(s, each.name)))
        at = (each.row, each.column) if values.ndim == 2 else each[1:4]
        values[at] = each.value
    return replace(s, **arrays)


boxes = st.tuples(
    st.sampled_from(["X", "W_q", "W_k", "W_v", "W_o"]),
    *[st.integers(0, 63)] * 3,
    st.integers(-30_000, 30_000).map(lambda x: x / 1000),
)


@given(st.lists(boxes, max_size=5))
def test_what_moved_makes_the_one_stage_of_the_other(moves):
    after = VIEWS
    for name, head, row, column, value in moves:
        head %= VIEWS.h
        rows, columns = edits.matrix_of(VIEWS, name, head).shape
        after = edits.with_cell(after, name, row % rows, column % columns, value, head)
    found = difference(staged("Views", VIEWS), staged("Views", after))
    assert carried_out(VIEWS, found) == after
    assert len(found) <= len(moves)
    assert np.array_equal(attend(carried_out(VIEWS, found)).weights, attend(after).weights)


@pytest.mark.parametrize(
    "other",
    [
        edits.with_sentence(SIMILARITY, "Tu suis heureux"),
        edits.with_sentence(SIMILARITY, "Je suis"),
        edits.with_size(SIMILARITY, d_k=3),
        edits.with_context(SIMILARITY, "I am happy"),
        edits.with_mask_kind(SIMILARITY, "causal"),
        edits.with_positions(SIMILARITY, "sinusoidal"),
        edits.with_positions(SIMILARITY, "learned"),
        edits.with_features(SIMILARITY, ["a", "b", "c", "d"]),
        added(SIMILARITY),
        replace(SIMILARITY, scale=not SIMILARITY.scale),
        replace(SIMILARITY, temperature=2),
    ],
)
def test_more_than_numbers_is_no_move(other):
    assert difference(staged("Lab", SIMILARITY), staged("Lab", other)) is None
    assert difference(staged("Lab", other), staged("Lab", SIMILARITY)) is None


def test_masks_that_differ_are_no_move():
    a, b = (edits.with_mask_kind(SIMILARITY, kind) for kind in ("causal", "padding"))
    assert a.mask.shape == b.mask.shape
    assert difference(staged("Lab", a), staged("Lab", b)) is None


@pytest.mark.parametrize("change", [{"page": "Views"}, {"head": 1}, {"cell": ""}, {"look": "x"}])
def test_another_page_head_or_number_is_no_move(change):
    before = staged("Lab", VIEWS, cell="weights.2.1")
    assert difference(before, before) == ()
    assert difference(before, replace(before, **change)) is None


def test_a_matrix_filled_anew_is_opened_anew():
    before, after = staged("Lab", large()), staged("Lab", edits.with_size(large(), d_k=8))
    assert difference(before, after) == ()
    filled = replace(after.scenario, W_q=-after.scenario.W_q)
    assert filled.W_q.size > MAX_MOVED
    assert difference(before, staged("Lab", filled)) is None


def test_a_room_decodes_its_stage_once():
    shown = staged("Lab", SIMILARITY)
    assert shown.scenario is stage.read(shown.to_json(), PAGES).scenario


def test_numbers_that_are_no_lab_numbers_are_refused():
    wide = Stage("Lab", staged("Lab", replace(SIMILARITY, X=SIMILARITY.X * 1e6)).link)
    with pytest.raises(ValueError, match="X takes numbers from −30 to 30"):
        stage.read(wide.to_json(), PAGES)
