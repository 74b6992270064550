"""What may move, and changes as a person writes them."""

from dataclasses import replace

import numpy as np
import pytest

from attn_core import edits
from attn_core.edits.heads import added
from attn_core.presets import BY_KEY, DEFAULT
from attn_core.tasks import TaskError
from attn_core.tasks.movable import SETTINGS, Movable
from attn_core.tasks.moves import with_moves
from attn_core.tasks.places import Place, read_place

S = BY_KEY["verb-subject"].scenario
FOUR = BY_KEY["four-views"].scenario
LEARNED = edits.with_positions(S, "learned")


def test_places_are_read():
    v = edits.block_of(FOUR, "W_o").rows[0]  # "v₁" with the name of its head behind it
    read = [
        read_place(each, FOUR) for each in ("X", "X[am]", "W_k[noun, k₂]", "W_q/3", f"W_o[{v}]")
    ]
    assert read == [
        Place("X"),
        Place("X", None, 1),
        Place("W_k", None, 2, 1),
        Place("W_q", 2),
        Place("W_o", None, 0),
    ]


@pytest.mark.parametrize(
    ("names", "before", "after", "refused"),
    [
        (("W_q",), S, edits.with_cell(S, "W_q", 1, 0, 2), ""),
        (("W_q[verb]",), S, edits.with_cell(S, "W_q", 1, 1, 2), ""),
        (("W_q[verb]",), S, edits.with_cell(S, "W_q", 0, 1, 2), "W_q[pronoun, q₂]"),
        (("W_q[verb, q₁]",), S, edits.with_cell(S, "W_q", 1, 1, 2), "W_q[verb, q₂]"),
        (("W_q",), S, edits.with_cell(S, "W_k", 1, 1, 2), "W_k[verb, k₂]"),
        (("W_q/2",), FOUR, edits.with_cell(FOUR, "W_q", 0, 0, 2, head=1), ""),
        (
            ("W_q/2",),
            FOUR,
            edits.with_cell(FOUR, "W_q", 0, 0, 2, head=2),
            "W_q[pronoun, q₁] of head 3",
        ),
        (("W_q",), FOUR, edits.with_cell(FOUR, "W_o", 0, 0, 2, head=2), "W_o"),
        (("W_q",), S, replace(S, temperature=2), "The temperature"),
        (("temperature",), S, replace(S, temperature=2), ""),
        (("W_q",), S, replace(S, scale=False), "The scale"),
        (("W_q",), S, edits.with_mask_kind(S, "causal"), "The mask"),
        (("mask",), S, edits.with_mask_kind(S, "causal"), ""),
        (("W_q",), S, edits.with_positions(S, "rope"), "The choice of positions"),
        (("positions",), S, LEARNED, ""),
        (("W_q",), LEARNED, edits.with_cell(LEARNED, "P", 0, 0, 2), "P[1, pronoun]"),
        (("W_q",), S, edits.with_sentence(S, "Tu es heureux"), "The sentence"),
        (("sentence",), S, edits.with_sentence(S, "Tu es"), ""),
        (("sentence",), S, edits.with_context(S, "Tu es"), ""),
        (("W_q",), S, edits.with_size(S, d_k=3), "The choice of sizes"),
        (("sizes",), S, edits.with_size(S, d_k=3, d_model=5), ""),
        (("sizes",), S, edits.with_sentence(S, "Tu es"), "The sentence"),
        (("W_q",), S, replace(S, features=("a", "b", "c", "d")), "The choice of features"),
        (("W_q",), S, added(S), "The choice of heads"),
        (("heads",), S, added(S), ""),
        ((), S, edits.with_cell(S, "X", 2, 3, 2), "X[heureux, first person]"),
    ],
)
def test_what_is_locked_is_named(names, before, after, refused):
    said = Movable(before, names).refusal(before, after)
    assert said.startswith(refused)
    assert bool(said) is bool(refused)


def test_boxes_that_may_move():
    movable = Movable(FOUR, ("W_q/2[pronoun]", "W_k", "X[am, noun]"))
    assert movable.mask(FOUR, "X", 0).nonzero() == (1, 2)
    assert movable.mask(FOUR, "W_q", 1)[0].all()
    assert movable.mask(FOUR, "W_k", 3).all()
    assert not movable.mask(FOUR, "W_v", 0).any()
    assert movable.allows("W_q", 1, 0, 2)
    refused = [("W_q", 0, 0, 2), ("W_q", 1, 1, 2), ("X", 0, 1, 1), ("W_v", 1, 0, 2)]
    assert not any(movable.allows(*box) for box in refused)
    assert movable.mask(FOUR, "W_q", 1).sum() == FOUR.d_k
    assert not movable.mask(FOUR, "W_q", 0).any()
    assert movable.matrices == ("W_q", "W_k", "X")


def test_every_setting_is_seen():
    assert {*SETTINGS} == {
        "sentence",
        "sizes",
        "scale",
        "temperature",
        "mask",
        "positions",
        "heads",
    }
    assert Movable(S, ("mask", "scale")).describe() == "Only the scale and the mask may move."
    assert Movable(S, ()).describe() == "Nothing may move."


def test_moves_are_carried_out_in_order():
    s = with_moves(
        DEFAULT.scenario,
        [
            "sentence = Tu es content ici",
            "features = pronoun, verb, feeling",
            "d_k = 2",
            "d_v = 5",
            "W_q = zeros",
            "W_k = identity",
            "W_v = random 3",
            "W_q[verb] = 3, −1.5",
            "X[Tu, verb] = 0.25",
            "temperature = 2",
            "scale = off",
            "mask = window 1",
            "positions = sinusoidal",
        ],
    )
    assert s.tokens == ("Tu", "es", "content", "ici")
    assert s.W_q.tolist() == [[0, 0], [3, -1.5], [0, 0]]
    assert s.W_k.tolist() == [[1, 0], [0, 1], [0, 0]]
    assert (s.X[0, 1], s.temperature, s.scale, s.positions, s.d_v) == (
        0.25,
        2,
        False,
        "sinusoidal",
        5,
    )
    assert s.mask[0].tolist() == [True, True, False, False]
    assert with_moves(FOUR, ["W_q = zeros"]).W_q.any() == False  # noqa: E712
    one = with_moves(FOUR, ["W_q/2 = zeros"]).W_q
    assert [head.any() for head in one] == [True, False, True, True]
    assert with_moves(S, ["context = I am"]).context == ("I", "am")


def test_heads_are_added_behind_the_others_and_taken_from_there():
    three = with_moves(S, ["heads = 3", "W_q/3[verb] = 1, 2"])
    assert three.heads == ("head 1", "head 2", "head 3")
    assert np.array_equal(three.head(0).W_q, S.W_q)
    assert three.W_q[2, 1].tolist() == [1, 2]
    assert three.W_o.shape == (3 * S.d_v, S.d_model)
    assert with_moves(FOUR, ["heads = 2"]).heads == FOUR.heads[:2]
    assert np.array_equal(with_moves(three, ["heads = 1"]).head(0).W_q, S.W_q)


@pytest.mark.parametrize(
    ("move", "message"),
    [
        ("temperature", "Expected a change like"),
        ("temperature = ", "Expected a change like"),
        ("W_q[verb, q₁] = much", "expected a number, got 'much'"),
        ("W_q[verb] = 1", "expected 2 numbers, got 1"),
        ("W_q = half", "expected one of identity, zeros, random"),
        ("W_q/2 = zeros", "expected head 1 to 1, got 2"),
        ("mask = some", "expected one of none"),
        ("scale = 1", "expected one of on, off"),
        ("d_k = 9", "d_k must be 1 to 8"),
        ("heads = 9", "h must be 1 to 8"),
        ("heads = 0", "h must be 1 to 8"),
        ("M = 1", "Expected a matrix of X"),
        ("W_q[noun, q₁] = 1", "expected a row of pronoun"),
    ],
)
def test_a_bad_move_is_refused_in_words(move, message):
    with pytest.raises(ValueError, match=message) as caught:
        with_moves(S, [move])
    assert isinstance(caught.value, TaskError) or "must be 1 to 8" in message
