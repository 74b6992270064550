"""Sentences say what the numbers are."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core import Scenario, attend, edits, masks
from attn_core.explain.describe import describe_step
from attn_core.masks import causal
from attn_core.notation.graph import graph
from attn_core.notation.labels import isolate, number, unique
from attn_core.notation.steps import STEPS, step
from attn_core.presets import BY_KEY, DEFAULT, PRESETS
from attn_core.text import escape
from tests.cases import for_each
from tests.core.courses import COURSES, STEPS_TAKEN, made, of_head

TOLD = [(key, name) for key, name in STEPS_TAKEN if step(name) in STEPS]


def explain(key, name, **changes):
    return describe_step(attend(replace(BY_KEY[key].scenario, **changes)), name)


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


@given(st.sampled_from(PRESETS), st.integers(0, 99), st.sampled_from(("X", *edits.PROJECTIONS)))
def test_every_look_that_is_told_is_true(preset, seed, name):
    s = preset.scenario
    head = seed % s.h
    s = edits.with_matrix(s, name, edits.random(s, name, seed), head)
    trace = attend(s).head(head)
    names = unique(s.tokens)
    for who, how, at, weight in re.findall(
        r"(\S+) looks (mostly|most) at (\S+), (\d\.\d\d)", describe_step(trace, "weights")
    ):
        row = trace.weights[names.index(who)]
        j = names.index(who if at == "itself" else at)
        assert row[j] == row.max()
        assert number(row[j]) == weight
        assert (row[j] > 0.5) == (how == "mostly") or abs(row[j] - 0.5) < 0.01


def read(told):
    return float(told.replace("−", "-"))


def told_steps(scenario):
    return [name for name in graph(scenario) if step(name) in STEPS]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda p: p.key)
def test_every_step_of_every_preset_is_told(preset):
    for name in told_steps(preset.scenario):
        well_said(describe_step(attend(preset.scenario), name))


def well_said(told):
    assert told.endswith(".")
    assert not told.endswith("..")
    assert "nan" not in told
    assert "-0.00" not in told
    assert "  " not in told


@for_each(TOLD)
def test_every_step_of_every_course_is_told(key, name):
    s = COURSES[key]
    for head in {0, s.h - 1}:
        told = describe_step(attend(s), name, head=head)
        well_said(told)
        if s.is_cross:
            assert "itself" not in told
            assert "its own" not in told
        if name not in ("concat_heads", "projected"):
            assert told == describe_step(attend(s.head(head)), name)


def test_what_a_scenario_lacks_is_not_told():
    for name in ("X_pos", "rotated_K", "biased_scores", "concat_heads", "projected", "X"):
        with pytest.raises(ValueError, match=name):
            describe_step(attend(DEFAULT.scenario), name)


def courses_with(name):
    return pytest.mark.parametrize("key", [key for key, each in TOLD if each == name])


@pytest.mark.parametrize(
    ("key", "name"), [(key, name) for key, name in TOLD if name in ("X_pos", "Z_pos")]
)
def test_what_places_move(key, name):
    trace, s = attend(COURSES[key]), COURSES[key]
    before, words = (s.X, s.tokens) if name == "X_pos" else (s.Z, s.context)
    after = getattr(trace, name)
    moved = [np.sqrt(((b - a) ** 2).sum()) for a, b in zip(before, after, strict=True)]
    told = describe_step(trace, name)
    who, length, f, old, new = re.search(
        r"(?:row of|that of) (\w+) .*length ([\d.]+); .*(x\d) from (\S+) to (\S+)\.$"
        if "equally" not in told
        else r"(?=.*that of (\w+)).*length ([\d.]+); .*(x\d) from (\S+) to (\S+)\.$",
        told,
    ).groups()
    i, j = words.index(who), s.features.index(f)
    assert (number(before[i, j]), number(after[i, j])) == (old, new)
    assert abs(after[i, j] - before[i, j]) == abs(after[i] - before[i]).max()
    assert moved[i] == pytest.approx(max(moved), abs=0.005)
    assert length == number(moved[i])
    assert ("equally" in told) == (max(moved) - min(moved) < 0.005)


@pytest.mark.parametrize("name", ["Q", "K"])
@pytest.mark.parametrize("key", [key for key in COURSES if "rope" in key])
def test_what_is_turned_most(key, name):
    trace, s = attend(COURSES[key]), COURSES[key]
    head = s.h - 1
    told = describe_step(trace, f"rotated_{name}", head=head)
    who, angle, pair, column, old, new, still = re.search(
        r"(?:query|key) of (\w+) is turned most, by (\S+) radians in (.+): its (\S+) goes "
        r"from (\S+) to (\S+)\. That of (\w+), in the first place, stays as it is\.$",
        told,
    ).groups()
    i, letter = s.tokens.index(who), name.lower()
    assert (i, still) == (s.n - 1, s.tokens[0])
    assert read(angle) == i  # the first pair turns by a radian a place
    assert (pair, column) == (f"{letter}₁ and {letter}₂", f"{letter}₁")
    values = of_head(trace, name, head)
    assert (read(old), read(new)) == pytest.approx(
        (values[i, 0], (complex(*values[i, :2]) * np.exp(1j * i)).real), abs=0.0051
    )
    np.testing.assert_array_equal(of_head(trace, f"rotated_{name}", head)[0], values[0])


@courses_with("biased_scores")
def test_what_distance_takes_off(key):
    trace, s = attend(COURSES[key]), COURSES[key]
    told = describe_step(trace, "biased_scores", head=s.h - 1)
    slope, key_word, query, apart, old, new = re.search(
        r"takes (\S+) off a score; (\w+) and (\w+) are (\d+) words apart, so the score of "
        r"\3 for \2 goes from (\S+) to (\S+)\.$",
        told,
    ).groups()
    i, j = s.tokens.index(query), s.tokens.index(key_word)
    assert int(apart) == i - j == s.n - 1
    assert read(slope) == pytest.approx(1 / 4 if s.slope is None else s.slope**s.h)
    assert old == number(of_head(trace, "scores", s.h - 1)[i, j])
    assert read(new) == pytest.approx(read(old) - read(slope) * (i - j), abs=0.0101)


RULES = {
    "none": (None, "every word may look at every word"),
    "causal": (masks.causal(5), "no word sees what comes after it"),
    "window 1": (masks.window(5, 1), "no word sees more than 1 word away"),
    "window 2": (masks.window(5, 2), "no word sees more than 2 words away"),
    "itself": (masks.window(5, 0), "every word sees itself alone"),
    "padding 4": (masks.padding(5, 5, 4), "the last word is padding"),
    "padding 3": (masks.padding(5, 5, 3), "the last 2 words are padding"),
    "custom": (np.eye(5, dtype=bool) | (np.arange(5) == 2), "as chosen"),
}


@pytest.mark.parametrize(("mask", "rule"), RULES.values(), ids=RULES)
def test_the_rule_of_a_mask(mask, rule):
    assert rule in describe_step(attend(made(mask=mask)), "masked_scores")


def test_the_rule_of_a_mask_on_a_second_sentence():
    told = [
        describe_step(attend(made(context=11, mask=mask)), "masked_scores")
        for mask in (None, masks.padding(5, 11, 10), masks.padding(5, 11, 4))
    ]
    assert "may look at every word of the second sentence" in told[0]
    assert "the last word of the second sentence is padding" in told[1]
    assert "the last 7 words of the second sentence are padding" in told[2]


@pytest.mark.parametrize("key", [key for key, s in COURSES.items() if s.mask is not None])
def test_what_a_mask_hides(key):
    s = COURSES[key]
    blocked, pairs, who, hidden = re.search(
        r"blocks (\d+) of (\d+) pairs.*: (\w+) can't look at (.*)\.$",
        describe_step(attend(s), "masked_scores"),
    ).groups()
    assert (int(blocked), int(pairs)) == ((~s.mask).sum(), s.mask.size)
    keys, i = s.context or s.tokens, s.tokens.index(who)
    names = [who if name == "itself" else name for name in re.split(", | and ", hidden)]
    assert names == [k for k, may in zip(keys, s.mask[i], strict=True) if not may]


@pytest.mark.parametrize("key", COURSES)
def test_where_words_look_and_what_becomes_of_them(key):
    s = COURSES[key]
    trace, head = attend(s), s.h - 1
    A, V = of_head(trace, "weights", head), of_head(trace, "V", head)
    keys = s.context or s.tokens
    looks = describe_step(trace, "weights", head=head).rstrip(".").split("; ")
    for who, at, weight in (
        re.match(r"(\S+) .*?(?:look)s?.* at (\S+?),? (?:.* )?(\d\.\d\d)$", look).groups()
        for look in looks
        if "no other" not in look
    ):
        i = s.tokens.index(who)
        row = A[i]
        assert number(row.max()) == weight
        if at not in ("all", "all that"):
            assert row[keys.index(who if at == "itself" else at)] > row.max() - 0.005
    who, share, origin, column, value = re.match(
        r"(\S+) becomes .*rows, (\d+) % of it (.*); its strongest number is v(.) = (\S+)\.$",
        describe_step(trace, "output", head=head),
    ).groups()
    i = s.tokens.index(who)
    j = i if origin == "its own value" else keys.index(origin.rpartition(" ")[2])
    assert A[i, j] == A.max()
    assert share == number(100 * A[i, j], 0)
    mixed = sum(A[i, k] * V[k] for k in range(s.n_k))
    c = "₁₂".index(column)
    assert abs(mixed[c]) == pytest.approx(abs(mixed).max())
    assert read(value) == pytest.approx(mixed[c], abs=0.0051)


@pytest.mark.parametrize("name", ["Q", "K", "V"])
@pytest.mark.parametrize("key", COURSES)
def test_the_largest_part_with_its_place(key, name):
    s = COURSES[key]
    trace, head = attend(s), s.h - 1
    is_query = name == "Q"
    X, words = (s.X, s.tokens) if is_query or not s.is_cross else (s.Z, s.context)
    P = 0
    if s.positions in ("sinusoidal", "learned"):
        P = trace.P if is_query or not s.is_cross else trace.P_context
    seen, W = X + P, of_head(trace, f"W_{name.lower()}", head)
    told = describe_step(trace, name, head=head)
    who, column, value, f, x, w = re.search(
        r"is (\w+) · \w(.) = (\S+); .*feature (\w+): (\S+) × (\S+)\.$", told
    ).groups()
    i, c, k = words.index(who), "₁₂₃₄₅".index(column), s.features.index(f)
    parts = seen[i] * W[:, c]
    assert read(value) == pytest.approx(parts.sum(), abs=0.0051)
    assert (x, w) == (number(seen[i, k]), number(W[k, c]))
    assert parts[k] * np.sign(parts.sum()) == pytest.approx((parts * np.sign(parts.sum())).max())


@courses_with("projected")
def test_which_head_brings_most(key):
    s = COURSES[key]
    trace = attend(s)
    told = describe_step(trace, "projected")
    who, f, value, source, part = re.search(
        r"is (\w+) · (\w+) = (\S+); its largest part comes from (.+): (.+)\.$", told
    ).groups()
    i, j = s.tokens.index(who), s.features.index(f)
    outputs = trace.output if trace.output.ndim == 3 else trace.output[None]
    d_v = s.d_v
    by_head = [outputs[k, i] @ s.W_o[k * d_v : (k + 1) * d_v, j] for k in range(s.h)]
    assert read(value) == pytest.approx(sum(by_head), abs=0.0051)
    if s.h == 1:
        a, w = map(read, part.split(" × "))
        parts = outputs[0, i] * s.W_o[:, j]
        assert a * w == pytest.approx(max(parts, key=lambda p: p * np.sign(sum(parts))), abs=0.05)
    else:
        names = [isolate(name) for name in s.heads]
        most = max(range(s.h), key=lambda k: by_head[k] * np.sign(sum(by_head)))
        assert source == names[most]
        assert part == number(by_head[most])


@courses_with("concat_heads")
def test_the_strongest_number_of_all_heads(key):
    s = COURSES[key]
    trace = attend(s)
    told = describe_step(trace, "concat_heads")
    value = read(re.search(r"= (\S+)\.$", told)[1])
    assert abs(value) == pytest.approx(np.abs(trace.output).max(), abs=0.0051)
    if s.h > 1:
        head = np.unravel_index(np.abs(trace.output).argmax(), trace.output.shape)[0]
        assert re.search(rf"· v. {isolate(s.heads[head])} = ", told)
        assert f"{s.h} heads" in told


def test_nothing_to_tell():
    """Zeros and single words have sentences of their own."""
    zero = replace(made(positions="learned"), P=np.zeros((5, 7)))
    assert describe_step(attend(zero), "X_pos") == "P is 0 for these places, so no row changes."
    rope = made(positions="rope")
    still = attend(replace(rope, W_q=np.zeros((7, 3))))
    assert "nothing to turn" in describe_step(still, "rotated_Q")
    alone = {kind: made(n=1, positions=kind) for kind in ("rope", "learned", "sinusoidal")}
    assert "isn't turned" in describe_step(attend(alone["rope"]), "rotated_K")
    for kind in ("learned", "sinusoidal"):
        assert "Its place moves the row of word0 by" in describe_step(attend(alone[kind]), "X_pos")
    one = attend(made(n=1, positions="alibi", slope=0.5))
    assert "nothing is taken off" in describe_step(one, "biased_scores")
    empty = replace(COURSES["heads"], W_o=np.zeros((26, 7)))
    assert "is 0" in describe_step(attend(empty), "projected")
    empty = replace(COURSES["heads"], W_v=np.zeros((13, 7, 2)))
    assert describe_step(attend(empty), "concat_heads").endswith("every number of it is 0.")


def test_one_key():
    s = made(context=1)
    assert describe_step(attend(s), "weights") == "Every word can only look at key0, 1.00."
    single = made(n=1, context=3)
    for name in told_steps(single):
        well_said(describe_step(attend(single), name))


def test_a_second_sentence_of_the_same_words():
    """A word may look at its like in the other sentence, which isn't itself."""
    s = COURSES["cross"]
    same = Scenario(s.tokens, s.X, s.W_q, s.W_k, s.W_v, context=s.tokens, Z=s.X)
    own = replace(same, context=(), Z=None)
    for name in ("weights", "output", "masked_scores"):
        cross, alone = (describe_step(attend(each), name) for each in (same, own))
        assert "itself" not in cross and "own" not in cross
        assert ("itself" in alone or "own" in alone) == (name != "masked_scores")


@given(st.integers(0, 999))
def test_the_part_that_is_told_is_the_largest_in_its_direction(seed):
    s = DEFAULT.scenario
    for i, name in enumerate(("X", "W_q")):
        s = edits.with_matrix(s, name, edits.random(s, name, 2 * seed + i))
    trace = attend(s)
    told = describe_step(trace, "Q").replace("−", "-")
    total, x, w = map(float, re.search(r"= (\S+); .*: (\S+) × (\S+)\.$", told).groups())
    i, j = np.unravel_index(np.abs(trace.Q).argmax(), trace.Q.shape)
    parts = trace.X[i] * trace.W_q[:, j] * np.sign(trace.Q[i, j])
    assert total == pytest.approx(trace.Q[i, j], abs=0.0051)
    assert x * w * np.sign(total) == pytest.approx(parts.max(), abs=1e-9)


def test_the_largest_part_is_not_the_largest_that_points_against_the_sum():
    """−3 + 4 − 3 = −2: of the negative sum, −3 is the largest part."""
    v = [-3.0, 4, -3]
    s = Scenario(("a",), [[1, 1, 1]], np.c_[v], np.c_[v], np.diag(v), W_o=[[1, -0.5, 0]] * 3)
    heads = replace(
        s, W_q=[s.W_q] * 3, W_k=[s.W_k] * 3, W_v=[[[x], [0], [0]] for x in v], heads=tuple("xyz")
    )
    for scenario, name, said in (
        (s, "Q", "a · q₁ = −2.00; its largest part comes from the feature x1: 1.00 × −3.00."),
        (s, "projected", "a · x1 = −2.00; its largest part comes from v₁: −3.00 × 1.00."),
        (heads, "projected", "a · x1 = −2.00; its largest part comes from x: −3.00."),
    ):
        assert describe_step(attend(scenario), name) == f"The strongest number is {said}"


def test_the_word_that_a_mask_hides_most_from_is_told_of():
    mask = np.array([[1, 1, 0], [1, 1, 1], [1, 0, 0]], bool)
    told = explain("similarity", "masked_scores", mask=mask)
    assert told.endswith("blocks 3 of 9 pairs, as chosen: heureux can't look at suis and itself.")


def test_one_word():
    s = edits.with_sentence(DEFAULT.scenario, "Je")
    for name in told_steps(s):
        assert describe_step(attend(s), name).endswith(".")
    assert describe_step(attend(s), "weights") == "Je looks mostly at itself, 1.00."


def weighing(weights):
    """A trace of such weights: queries are the words, and scores their logarithms."""
    eye = np.eye(len(weights))
    tokens = tuple("abcdefgh"[: len(weights)])
    s = Scenario(tokens, X=eye, W_q=eye, W_k=np.log(weights).T, W_v=eye, scale=False)
    np.testing.assert_allclose(attend(s).weights, weights)
    return attend(s)


def test_mostly_is_more_than_half_in_the_boxes():
    trace = weighing([[0.502, 0.3, 0.198], [0.2, 0.508, 0.292], [0.3, 0.28, 0.42]])
    assert describe_step(trace, "weights") == (
        "a looks most at itself, 0.50; b looks mostly at itself, 0.51; "
        "c looks most at itself, 0.42."
    )


def test_a_sentence_holds_the_four_words_that_are_most_decided():
    weights = np.full((6, 6), 0.05) + np.diag([0.7, 0.1, 0.6, 0.5, 0.2, 0.4])
    told = describe_step(weighing(weights / weights.sum(axis=1, keepdims=True)), "weights")
    assert re.findall(r"(\w) looks", told) == ["a", "c", "d", "f"]
    assert told.endswith("; no other word is more decided.")


@for_each(TOLD)
def test_all_words_go_through_quote(key, name):
    """Whatever isn't one of the lab's own words has been quoted."""
    s = COURSES[key]
    odd = replace(
        s,
        tokens=tuple(f"⟨T{i}" for i in range(s.n)),
        context=tuple(f"⟨Z{i}" for i in range(len(s.context))),
        features=tuple(f"⟨F{i}" for i in range(s.d_model)),
        heads=tuple(f"⟨H{i}" for i in range(len(s.heads))),
    )
    told = describe_step(attend(odd), name, lambda word: word.replace("⟨", "⟪"), head=s.h - 1)
    assert "⟨" not in told


def test_words_are_quoted():
    s = edits.with_sentence(DEFAULT.scenario, "*a* <b>")
    told = describe_step(attend(s), "weights", escape.markdown)
    assert r"\<" in told
    assert "<" not in told.replace(r"\<", "")


@given(st.lists(st.sampled_from(["dog", "dog₁", "dog₂", "cat", "dog #1"]), min_size=1, max_size=9))
def test_labels_are_unique(tokens):
    labels = unique(tokens)
    assert len(set(labels)) == len(labels) == len(tokens)


def test_labels():
    s = DEFAULT.scenario
    assert graph(s).axis("q") == ("q₁", "q₂", "q₃", "q₄")
    assert step("W_k").cell("verb", "k₁") == "verb → k₁"
    assert step("Q").cell("suis", "q₁") == "suis · q₁"
    assert isolate("suis") == "suis"
    assert isolate("سلام") == "\u2068سلام\u2069"
    assert [number(v) for v in (0.005, -0.0, -1.5, -np.inf)] == ["0.01", "0.00", "−1.50", "−∞"]


@given(st.text())
def test_markdown_leaves_no_bare_punctuation(text):
    escaped = escape.markdown(text)
    assert re.sub(r"\\(.)", r"\1", escaped, flags=re.S) == text
    assert not re.search(r"(?<!\\)[*_`\[\]<>$:!#|~]", re.sub(r"\\.", "", escaped, flags=re.S))
