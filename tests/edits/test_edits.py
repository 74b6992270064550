"""Edits keep what still fits; limits say what they are."""

import re
from dataclasses import replace

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core import Scenario, attend, edits, limits, masks
from attn_core.edits import mask_kinds
from attn_core.presets import BY_KEY, DEFAULT
from attn_core.text.embeddings import embed, unknown
from attn_core.text.vocabulary import FEATURES, WORDS

START = DEFAULT.scenario


def test_a_new_word_leaves_the_edited_ones_alone():
    s = edits.with_cell(START, "X", 2, 1, -1.25)  # heureux · verb
    s = edits.with_sentence(s, "Je ne suis pas heureux")
    assert s.tokens == ("Je", "ne", "suis", "pas", "heureux")
    assert s.X[4, 1] == -1.25
    np.testing.assert_array_equal(s.X[[0, 2]], START.X[:2])
    np.testing.assert_array_equal(s.X[[1, 3]], embed(("ne", "pas"), s.features))
    np.testing.assert_array_equal(s.W_q, START.W_q)


def test_places_follow_the_word():
    s = edits.with_sentence(BY_KEY["previous-word"].scenario, "chat noir dort")
    np.testing.assert_array_equal(s.X, np.eye(3, 4))
    assert mask_kinds.kind(s.mask) == "causal"


def test_a_custom_mask_follows_the_words():
    mask = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1]], bool)
    s = edits.with_sentence(replace(START, mask=mask), "Je ne suis heureux")
    kept = [0, 2, 3]
    np.testing.assert_array_equal(s.mask[np.ix_(kept, kept)], mask)
    assert s.mask[1].all()
    assert s.mask[:, 1].all()


def test_a_row_is_never_left_blocked():
    mask = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 1]], bool)
    s = edits.with_sentence(replace(START, mask=mask), "suis heureux")
    np.testing.assert_array_equal(s.mask, [[1, 0], [1, 1]])


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("", "1 to 12 words and signs; it is empty"),
        ("  \n ", "it is empty"),
        (" ".join("abcdefghijklm"), "room for 12 words and signs; this one has 13"),
        ("x" * 200, "room for 40 characters; xxxxxxxxxx… has 200"),
        ("Je \x00 suis", "U+0000"),
        ("a\u202eb", "U+202E"),
    ],
)
def test_sentences_beyond_the_limits(sentence, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        edits.with_sentence(START, sentence)


@pytest.mark.parametrize("n", [1, 12])
def test_sentences_at_the_limits(n):
    assert edits.with_sentence(START, "mot " * n).n == n


@pytest.mark.parametrize(
    ("check", "most"), [(limits.SENTENCE.check, 1000), (limits.LONG_TEXT.check, 10_000)]
)
def test_texts_at_the_limits(check, most):
    check("é" * most)
    with pytest.raises(ValueError, match=f"room for {most} characters; this one has {most + 1}"):
        check("é" * (most + 1))


@given(st.integers(2, 8), st.integers(1, 8), st.integers(1, 8))
def test_sizes_keep_what_fits(d_model, d_k, d_v):
    s = edits.with_size(BY_KEY["verb-subject"].scenario, d_model=5, d_k=3, d_v=3)
    t = edits.with_size(s, d_model=d_model, d_k=d_k, d_v=d_v)
    assert (t.d_model, t.d_k, t.d_v) == (d_model, d_k, d_v)
    m, k, v = min(5, d_model), min(3, d_k), min(3, d_v)
    np.testing.assert_array_equal(t.X[:, :m], s.X[:, :m])
    np.testing.assert_array_equal(t.W_q[:m, :k], s.W_q[:m, :k])
    np.testing.assert_array_equal(t.W_v[:m, :v], s.W_v[:m, :v])
    assert not t.W_k[m:].any()
    np.testing.assert_array_equal(t.X[:, m:], embed(t.tokens, t.features[m:]))


def test_capitals_change_no_vector():
    small, capital = (embed((word,), ("verb", "unheard-of")) for word in ("straße", "STRASSE"))
    np.testing.assert_array_equal(small, capital)


def test_a_size_that_is_not_named_stays():
    s = edits.with_size(START, d_model=7, d_k=3, d_v=5)
    for name in ("d_model", "d_k", "d_v"):
        t = edits.with_size(s, **{name: 2})
        expected = {"d_model": 7, "d_k": 3, "d_v": 5} | {name: 2}
        assert {each: getattr(t, each) for each in expected} == expected


def test_features_are_chosen_by_name():
    s = edits.with_features(BY_KEY["verb-subject"].scenario, ("verb", "noun", "pronoun"))
    assert s.features == ("verb", "noun", "pronoun")
    np.testing.assert_array_equal(s.W_q[0], [3, 0])  # verb brought its row along
    np.testing.assert_array_equal(s.W_q[1], [0, 0])
    np.testing.assert_array_equal(s.X[:, 2], [1, 0, 0])
    with pytest.raises(ValueError, match="d_model must be 2 to 8 here, got 1"):
        edits.with_features(s, ("verb",))


@pytest.mark.parametrize("name", ["X", *edits.PROJECTIONS])
def test_fillings(name):
    s = edits.with_size(START, d_k=3, d_v=5)
    shape = getattr(s, name).shape
    np.testing.assert_array_equal(edits.identity(s, name), np.eye(*shape))
    np.testing.assert_array_equal(edits.zeros(s, name), np.zeros(shape))
    drawn = edits.random(s, name, seed=7)
    np.testing.assert_array_equal(drawn, edits.random(s, name, seed=7))
    assert (drawn != edits.random(s, name, seed=8)).any()
    assert drawn.shape == shape
    np.testing.assert_allclose(drawn * 20, np.round(drawn * 20))
    changed = edits.with_matrix(s, name, drawn)
    back = edits.with_matrix(changed, name, edits.as_started(changed, name, START))
    np.testing.assert_array_equal(getattr(back, name), getattr(s, name))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.ones((4, 3)), "W_q must be (4, 4), got (4, 3)."),
        (np.full((4, 4), 30.01), "from −30 to 30: row 1, column 1 is 30.01"),
        (np.full((4, 4), np.nan), "row 1, column 1 is nan"),
        (np.full((4, 4), -np.inf), "is −∞"),
    ],
)
def test_matrices_beyond_the_limits(values, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        edits.with_matrix(START, "W_q", values)


def test_a_matrix_the_other_way_round_is_asked_about():
    with pytest.raises(ValueError, match=r"X must be \(3, 4\), got \(4, 3\)\. Is X transposed\?"):
        edits.with_matrix(START, "X", np.ones((4, 3)))


@given(hnp.arrays(np.float64, (4, 4), elements=st.floats(-30, 30)))
def test_numbers_land_on_the_grid(values):
    W = limits.validate(edits.with_matrix(START, "W_q", values)).W_q
    np.testing.assert_allclose(W, values, atol=0.00051)
    assert [f"{v:.3f}" for v in W.ravel()] == [f"{float(f'{v:.3f}'):.3f}" for v in W.ravel()]
    assert all(v == float(f"{v:.3f}") for v in W.ravel())


NINE, THREE = np.ones((9, 4, 2)), np.ones((3, 4, 4))


def test_limits_of_a_whole_scenario():
    W, Z = np.ones((4, 9)), np.ones((13, 4))
    low, high = limits.TEMPERATURE
    cases = {
        "room for 12 words and signs; this one has 13": replace(START, context=("b",) * 13, Z=Z),
        "A word has room for 40": replace(START, context=("b" * 41,), Z=Z[:1]),
        "Z takes numbers from −30 to 30: row 2": replace(
            START, context=("a", "b"), Z=[[30] * 4, [31] * 4]
        ),
        "P takes numbers from −30 to 30: row 3": replace(
            START, positions="learned", P=np.diag([1, 2, 31, 0])[:3]
        ),
        "W_k takes numbers from −30 to 30: head 3, row 4, column 2 is −31": replace(
            START, W_q=THREE, W_v=THREE, W_k=-31.0 * (np.arange(48) == 45).reshape(3, 4, 4)
        ),
        "The temperature must be 0.05 to 10, got 0.049": replace(START, temperature=0.049),
        "d_model must be 2 to 8 here, got 1": Scenario(("a",), [[1]], [[1]], [[1]], [[1]]),
        "d_k must be 1 to 8": replace(START, W_q=W, W_k=W),
        "d_v must be 1 to 8": replace(START, W_v=W),
        "The temperature must be 0.05 to 10": replace(START, temperature=11),
        "h must be 1 to 8 here, got 9": replace(START, W_q=NINE, W_k=NINE, W_v=NINE),
        "W_o takes numbers from −30 to 30": replace(START, W_o=31 * np.eye(4)),
        "A feature's name has room for 24": replace(START, features=("a", "b", "c", "d" * 25)),
        "no line break": replace(START, tokens=("Je", "a\nb", "c")),
        "room for 12": Scenario(("a",) * 13, np.ones((13, 4)), *[START.W_q] * 3),
    }
    for message, scenario in cases.items():
        with pytest.raises(ValueError, match=message):
            limits.validate(scenario)
    for T in (low, high):
        assert limits.validate(replace(START, temperature=T)).temperature == T


def test_all_that_is_admitted_lands_on_the_grid():
    """Also what only some scenarios have."""
    third = np.full((3, 4), 1 / 3)
    s = replace(START, positions="learned", P=third, context=("a", "b", "c"), Z=third)
    s = limits.validate(replace(s, temperature=2 / 3, W_o=np.full((4, 4), -1 / 3)))
    assert s.temperature == 0.667
    assert (s.P == 0.333).all() and (s.Z == 0.333).all() and (s.W_o == -0.333).all()


def test_each_head_keeps_its_rows_of_W_o():
    """Rows are cut or filled up in each head, not behind the last."""
    rng = np.random.default_rng(2)
    W, W_v = rng.normal(size=(3, 7, 5)).round(3), rng.normal(size=(3, 7, 2)).round(3)
    W_o = rng.normal(size=(6, 7)).round(3)
    s = Scenario(("a", "b"), X=np.eye(2, 7), W_q=W, W_k=W, W_v=W_v, W_o=W_o)
    wider, narrower = edits.with_size(s, d_v=5), edits.with_size(s, d_v=1)
    as_is = edits.as_is(s)
    for i in range(3):
        own = W_o[2 * i : 2 * i + 2]
        np.testing.assert_array_equal(wider.W_o[5 * i : 5 * i + 5], [*own, *np.zeros((3, 7))])
        np.testing.assert_array_equal(narrower.W_o[i], own[0])
        np.testing.assert_array_equal(as_is.W_o[7 * i : 7 * i + 7], [*own, *np.zeros((5, 7))])
    assert (wider.d_v, narrower.d_v, as_is.d_v) == (5, 1, 7)
    # Values of 0 add nothing, so all the words become what they were.
    np.testing.assert_array_equal(attend(wider).projected, attend(s).projected)


def test_edited_numbers_that_stay_are_not_told_as_gone():
    s = edits.with_cell(START, "X", 0, START.features.index("verb"), 0.5)
    others = [edits.with_features(s, [f for f in s.features if f != name]) for name in s.features]
    told = ["edited numbers of Je in X" in edits.describe_dropped(s, other) for other in others]
    assert told == [name == "verb" for name in s.features]
    placed = edits.with_features(START, ["verb", "1st", "2nd", "3rd"])
    placed = edits.with_cell(placed, "X", 2, 0, 0.25)  # the words' places change, and this doesn't
    for sentence, gone in (("suis heureux", False), ("Je suis", True)):
        told = edits.describe_dropped(placed, edits.with_sentence(placed, sentence))
        assert ("edited numbers of heureux" in told) == gone, told


def test_boxes_that_were_blocked_by_hand_are_told_with_the_words_that_take_them():
    s = replace(START, mask=np.array([[1, 0, 1], [1, 1, 1], [1, 1, 1]], bool))  # Je not suis
    for sentence, gone in {
        "Je suis": "",
        "Nous suis heureux": "Je",
        "Je heureux": "suis",
        "Il dort bien": "Je and suis",
    }.items():
        told = edits.describe_dropped(s, edits.with_sentence(s, sentence))
        assert (
            told.startswith(f"Gone with this change: the blocked boxes of {gone} in the mask.")
            if gone
            else told == ""
        ), (sentence, told)


def test_mask_kinds():
    assert mask_kinds.kind(edits.with_mask_kind(START, "causal").mask) == "causal"
    assert edits.with_mask_kind(START, "none").mask is None
    custom = edits.with_mask_kind(edits.with_mask_kind(START, "causal"), "custom")
    np.testing.assert_array_equal(custom.mask, masks.causal(3))


#: Forms of one verb in all that the vocabulary has: of the first person alone (singular, plural),
#: of other or several persons (singular, plural).
VERBS = """
suis am       | sommes étions     | es est is étais était was | sont êtes are étaient étiez were
ai            | avons             | as a has have             | avez ont
              | aimons            | aime aimes loves          | aimez aiment love
              | détestons         | déteste détestes hates    | détestez détestent hate
              | dormons           | dors dort sleeps          | dormez dorment sleep
              | mangeons          | mange manges eats         | mangez mangent eat
              | buvons            | bois boit drinks          | buvez boivent drink
              | voyons            | vois voit sees            | voyez voient see
              | mordons           | mords mord bites          | mordez mordent bite
              | rêvons            | rêve rêves dreams         | rêvez rêvent dream
              | chantons          | chante chantes sings      | chantez chantent sing
              | dansons           | danse danses dances       | dansez dansent dance
              | courons           | cours court runs          | courez courent run
              | parlons           | parle parles speaks       | parlez parlent speak
              | lisons            | lis lit reads             | lisez lisent read
              |                   | brille shines             | brillent shine
              |                   | plaît pleases             | plaisent please
"""


def test_forms_of_a_verb_differ_in_person_number_and_time_alone():
    wrong = []
    for line in VERBS.strip().splitlines():
        own = set()
        for i, forms in enumerate(line.split("|")):
            for word in forms.split():
                found = dict(WORDS[word])
                theirs = found.pop("first person", 0), found.pop("plural", 0)
                wrong += [] if theirs == ((0.6, 0)[i > 1], (0, 0.6)[i % 2]) else [(word, theirs)]
                if word not in ("as", "a"):  # "as" and "a" are English words, too
                    own.add(tuple((f, v) for f, v in found.items() if f != "past"))
        wrong += [] if len(own) == 1 else [(line, own)]
    assert not wrong


def test_hashed_words_are_the_same_everywhere():
    """The numbers are written down: another machine, day or version must not change them."""
    row = embed(("ornithorynque",), FEATURES[:4])[0]
    # printf 'ornithorynque\0verb' | sha256sum | cut -c1-16, modulo 41, minus 20, over 20
    assert list(row) == [-0.8, 0.75, -0.15, 0.75]
    np.testing.assert_array_equal(embed(("Ornithorynque",), FEATURES[:4])[0], row)
    assert unknown(("Je", "blorg", "suis", "blorg", "xyz")) == ("blorg", "xyz")
