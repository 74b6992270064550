"""Sentences say what the numbers are."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core import attend, edits, escape, narrate
from attn_core.labels import axis, cell, isolate, number, unique
from attn_core.masks import causal
from attn_core.presets import BY_KEY, DEFAULT, PRESETS
from attn_core.steps import STEPS, step

TOLD = [s.name for s in STEPS if s.name not in ("concatenated", "projected")]


def explain(key, name, **changes):
    return narrate.explain(attend(replace(BY_KEY[key].scenario, **changes)), name)


@pytest.mark.parametrize(
    ("key", "name", "changes", "said"),
    [
        ("similarity", "similarity", {}, "Je and suis look most alike: .* is 0.60"),
        ("verb-subject", "Q", {}, r"suis · q₁ = 3.00; .* feature verb: 1.00 × 3.00"),
        ("verb-subject", "raw_scores", {}, "query of suis fits the key of Je best: .* 9.00"),
        ("verb-subject", "scores", {}, "√2 = 1.41, the score of suis for Je .* 9.00 to 6.36"),
        ("verb-subject", "scores", {"scale": False}, "Scaling is off"),
        ("similarity", "masked_scores", {}, "Nothing is masked"),
        ("similarity", "masked_scores", {"mask": causal(3)}, "3 of 9 pairs.*Je can't look at suis"),
        ("sharp", "logits", {}, "temperature 0.1 moves the scores apart"),
        ("soft", "logits", {}, "temperature 10 moves the scores closer"),
        ("verb-subject", "weights", {}, "suis looks mostly at Je, 1.00"),
        ("uniform", "weights", {}, "Every word looks at all words equally, 0.25"),
        ("uniform", "raw_scores", {}, "with the same score, 0.00"),
        ("uniform", "Q", {}, "Every number of Q is 0"),
        ("similarity", "weights", {"mask": causal(3)}, "Je can only look at itself, 1.00"),
        ("verb-subject", "output", {}, "suis becomes .* 100 % of it the value of Je; .* v₁ = 1.50"),
    ],
)
def test_told(key, name, changes, said):
    assert re.search(said, explain(key, name, **changes))


@given(st.sampled_from(PRESETS), st.integers(0, 99), st.sampled_from(edits.MATRICES))
def test_every_look_that_is_told_is_true(preset, seed, name):
    s = edits.with_matrix(preset.scenario, name, edits.random(preset.scenario, name, seed))
    trace = attend(s)
    names = unique(s.tokens)
    for who, how, at, weight in re.findall(
        r"(\S+) looks (mostly|most) at (\S+), (\d\.\d\d)", narrate.explain(trace, "weights")
    ):
        row = trace.weights[names.index(who)]
        j = names.index(who if at == "itself" else at)
        assert row[j] == row.max()
        assert number(row[j]) == weight
        assert (row[j] > 0.5) == (how == "mostly") or abs(row[j] - 0.5) < 0.01


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.key)
@pytest.mark.parametrize("name", TOLD)
def test_every_step_of_every_preset_is_told(preset, name):
    told = narrate.explain(attend(preset.scenario), name)
    assert told.endswith(".")
    assert "nan" not in told
    assert "-0.00" not in told


@given(st.integers(0, 999))
def test_the_part_that_is_told_is_the_largest_in_its_direction(seed):
    s = DEFAULT.scenario
    for i, name in enumerate(("X", "W_q")):
        s = edits.with_matrix(s, name, edits.random(s, name, 2 * seed + i))
    trace = attend(s)
    told = narrate.explain(trace, "Q").replace("−", "-")
    total, x, w = map(float, re.search(r"= (\S+); .*: (\S+) × (\S+)\.$", told).groups())
    i, j = np.unravel_index(np.abs(trace.Q).argmax(), trace.Q.shape)
    parts = trace.X[i] * trace.W_q[:, j] * np.sign(trace.Q[i, j])
    assert total == pytest.approx(trace.Q[i, j], abs=0.0051)
    assert x * w * np.sign(total) == pytest.approx(parts.max(), abs=1e-9)


def test_one_word():
    s = edits.with_sentence(DEFAULT.scenario, "Je")
    for name in TOLD:
        assert narrate.explain(attend(s), name).endswith(".")


def test_words_are_quoted():
    s = edits.with_sentence(DEFAULT.scenario, "*a* <b>")
    told = narrate.explain(attend(s), "weights", escape.markdown)
    assert r"\<" in told
    assert "<" not in told.replace(r"\<", "")


@given(st.lists(st.sampled_from(["dog", "dog₁", "dog₂", "cat", "dog #1"]), min_size=1, max_size=9))
def test_labels_are_unique(tokens):
    labels = unique(tokens)
    assert len(set(labels)) == len(labels) == len(tokens)


def test_labels():
    s = DEFAULT.scenario
    assert axis(s, "q") == ("q₁", "q₂", "q₃", "q₄")
    assert cell(step("W_k"), "verb", "k₁") == "verb → k₁"
    assert cell(step("Q"), "suis", "q₁") == "suis · q₁"
    assert isolate("suis") == "suis"
    assert isolate("سلام") == "\u2068سلام\u2069"
    assert [number(v) for v in (0.005, -0.0, -1.5, -np.inf)] == ["0.01", "0.00", "−1.50", "−∞"]


@given(st.text())
def test_markdown_leaves_no_bare_punctuation(text):
    escaped = escape.markdown(text)
    assert re.sub(r"\\(.)", r"\1", escaped, flags=re.S) == text
    assert not re.search(r"(?<!\\)[*_`\[\]<>$:!#|~]", re.sub(r"\\.", "", escaped, flags=re.S))
