"""A long text is seen as the sentence is, within limits that say what came."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core import Scenario, attend, limits, masks
from attn_core.analysis import long_text
from attn_core.notation.labels import unique
from attn_core.permalink import LinkError, decode_text, encode_text
from attn_core.text.embeddings import embed, known

FEATURES = ("pronoun", "verb", "noun", "animate", "2nd")
TEXT = "The dog saw a blorg, and the dog bites the blorg!"
WORDS = ("The", "dog", "saw", "a", "blorg", ",", "and", "the", "dog", "bites", "the", "blorg", "!")


def scenario(n=3, **changes):
    rng = np.random.default_rng(7)
    s = Scenario(
        tokens=tuple(f"w{i}" for i in range(n)),
        X=rng.normal(size=(n, 5)),
        W_q=rng.normal(size=(5, 2)),
        W_k=rng.normal(size=(5, 2)),
        W_v=rng.normal(size=(5, 7)),
        features=FEATURES,
        temperature=0.7,
    )
    return replace(s, **changes)


def by_hand(s, may, bias=0.0):
    """The weights of TEXT, one score after the other, without matrices."""
    X = [embed(WORDS, FEATURES)[i] for i in range(len(WORDS))]
    queries = [[sum(x * w for x, w in zip(row, c, strict=True)) for c in s.W_q.T] for row in X]
    keys = [[sum(x * w for x, w in zip(row, c, strict=True)) for c in s.W_k.T] for row in X]
    rows = []
    for i, q in enumerate(queries):
        told = [
            math.exp(
                (sum(a * b for a, b in zip(q, k, strict=True)) / math.sqrt(2) - bias * abs(i - j))
                / s.temperature
            )
            if may(i, j)
            else 0.0
            for j, k in enumerate(keys)
        ]
        rows.append([each / sum(told) for each in told])
    return rows


def everywhere(i, j):
    return True


@pytest.mark.parametrize(
    ("changes", "may", "bias"),
    [
        ({}, everywhere, 0),
        ({"mask": masks.causal(3)}, lambda i, j: j <= i, 0),
        ({"mask": masks.window(3, 1)}, lambda i, j: abs(i - j) <= 1, 0),
        ({"mask": masks.padding(3, 3, 2)}, everywhere, 0),
        ({"mask": np.array([[1, 0, 1], [1, 1, 1], [1, 1, 1]], bool)}, everywhere, 0),
        ({"positions": "alibi", "slope": 0.5}, everywhere, 0.5),
        ({"positions": "learned", "P": np.ones((3, 5))}, everywhere, 0),
        ({"context": ("a", "b"), "Z": np.ones((2, 5)), "mask": None}, everywhere, 0),
    ],
)
def test_its_weights(changes, may, bias):
    s = scenario(**changes)
    trace = attend(long_text.scenario_of(s, TEXT))
    assert trace.scenario.tokens == WORDS
    assert not trace.scenario.is_cross
    np.testing.assert_allclose(trace.weights, by_hand(s, may, bias), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("kind", ["sinusoidal", "rope"])
def test_positions_that_have_any_length_are_kept(kind):
    s = scenario(positions=kind)
    long = long_text.scenario_of(s, TEXT)
    assert long.positions == kind
    assert not np.allclose(
        attend(long).weights, attend(long_text.scenario_of(scenario(), TEXT)).weights
    )


def test_a_window_keeps_its_reach():
    s = scenario(n=7, mask=masks.window(7, 3))
    np.testing.assert_array_equal(long_text.scenario_of(s, TEXT).mask, masks.window(len(WORDS), 3))


def test_what_cannot_be_kept_is_told():
    told = " ".join
    assert "mask" in told(long_text.describe_settings(scenario(mask=masks.padding(3, 3, 2))))
    assert "padding" in told(long_text.describe_settings(scenario(mask=masks.padding(3, 3, 2))))
    assert "2 words back" in told(
        long_text.describe_settings(scenario(n=5, mask=masks.window(5, 2)))
    )
    learned = scenario(positions="learned", P=np.ones((3, 5)))
    assert "has 3 rows" in told(long_text.describe_settings(learned))
    cross = scenario(context=("a", "b"), Z=np.ones((2, 5)))
    assert "second sentence" in told(long_text.describe_settings(cross))
    assert "place are 0" in told(long_text.describe_settings(scenario()))
    assert long_text.describe_settings(scenario(), lambda name: f"[{name}]")[0].count("[") == 5


def test_limits_say_what_came():
    assert len(long_text.words_of("je " * limits.MAX_WORDS)) == 512
    for text, told in [
        ("je " * 513, "512 words and signs; this one has 513"),
        ("x" * 10_001, "10000 characters; this one has 10001"),
        ("je " + "x" * 41, "40 characters; xxxxxxxxxx… has 41"),
        (" \n ", "it is empty"),
        ("a\x00b", "control character"),
        (None, "got None"),
    ]:
        with pytest.raises(ValueError, match=re.escape(told)):
            long_text.words_of(text)


def test_the_example_is_long_and_admitted():
    words = long_text.words_of(long_text.EXAMPLE)
    assert 200 <= len(words) <= limits.MAX_WORDS
    assert len([word for word in words if word[0].isalpha()]) >= 200


def test_the_sentence_of_a_row_names_its_largest_weights():
    trace = attend(long_text.scenario_of(scenario(), TEXT))
    names = unique(WORDS)
    for i, row in enumerate(trace.weights):
        told = long_text.describe_row(trace, i)
        if WORDS[i].lower() in (
            "the",
            "and",
            ",",
            "!",
        ):  # none of these features, and so no preference
            assert "equally" in told
            continue
        assert told.startswith(f"{names[i]} looks most at ")
        found = re.findall(r"(\S+) \((\d\.\d{3})\)", told)
        best = sorted(range(13), key=lambda j: -row[j])[:5]
        own = ["itself" if j == i else names[j] for j in best]
        assert [word for word, _ in found] == own
        assert [float(n) for _, n in found] == pytest.approx(row[best], abs=0.0006)
        (share,) = re.findall(r"together (\d+) %", told)
        assert float(share) == pytest.approx(100 * row[best].sum(), abs=0.51)


def test_an_even_row_is_told_as_such():
    even = scenario(W_q=np.zeros((5, 2)), mask=masks.causal(3))
    trace = attend(long_text.scenario_of(even, TEXT))
    assert "equally at all 5 words that it may see, 0.200 each" in long_text.describe_row(trace, 4)
    assert "itself (1.000)" in long_text.describe_row(trace, 0)


def test_the_largest_weight_is_told():
    trace = attend(long_text.scenario_of(scenario(), TEXT))
    i, j = np.unravel_index(trace.weights.argmax(), (13, 13))
    told = long_text.describe_weights(trace, lambda word: f"<{word}>")
    assert f"query <{unique(WORDS)[i]}>, key <{unique(WORDS)[j]}>" in told
    assert f"{trace.weights[i, j]:.3f}" in told


def test_unknown_words_are_counted_and_the_first_named():
    words = ("je", *(f"zz{i}" for i in range(7)), "zz0")
    told = long_text.describe_hashed_words(words)
    assert not any(map(known, words[1:]))
    assert told.startswith("8 of the 9 words and signs")
    assert "zz0, zz1, zz2, zz3, zz4 and 2 others." in told
    assert long_text.describe_hashed_words(("je",)) == ""


@given(st.text(max_size=300))
def test_a_text_comes_back_from_its_link(text):
    if not any("\ud800" <= c <= "\udfff" for c in text):
        link = encode_text(text)
        assert re.fullmatch(r"[A-Za-z0-9_-]+", link)
        assert decode_text(link) == text


@given(st.integers(0, 10**6), st.sampled_from("AzZ9_-"))
def test_an_altered_link_is_refused(place, letter):
    link = encode_text(TEXT)
    place %= len(link)
    altered = link[:place] + letter + link[place + 1 :]
    if altered != link:
        with pytest.raises(LinkError):
            decode_text(altered)
