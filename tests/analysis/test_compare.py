"""Comparisons line up what is alike, and the causes that are told are the true ones."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attn_core import Scenario, attend, edits, limits, positions
from attn_core.analysis import causes
from attn_core.analysis.changes import NumberChange, SizeChange, changes, with_change
from attn_core.analysis.compare import compare, steps_of_both
from attn_core.analysis.describe_causes import describe_causes
from attn_core.analysis.what_if import BY_KEY as WHAT_IF
from attn_core.analysis.what_if import VARIANTS, what_if
from attn_core.edits import heads
from attn_core.masks import causal
from attn_core.notation.equation import block
from attn_core.notation.graph import graph
from attn_core.notation.labels import number
from attn_core.notation.steps import INPUTS, STEPS
from attn_core.presets import BY_KEY, DEFAULT
from attn_core.text import escape

A = BY_KEY["verb-subject"].scenario
#: Of a second sentence, whose words are others than those of the first.
CONTEXT = tuple("lmnopqrstuv")
#: All that holds numbers, in the order in which changes are told.
MATRICES = ("X", "Z", "P", "W_q", "W_k", "W_v")
#: A sentence about a cause, taken apart.
TOLD = re.compile(
    r"(?P<input>.+?) alone (?P<verb>raises|lowers) the (?P<what>weight of (?P<query>\S+) for "
    r"(?P<key>\S+)|output (?P<word>\S+) · (?P<value>v.)) from (?P<before>\S+) to (?P<alone>\S+?)"
    r"(?: \(all changes together: to (?P<after>\S+)\))?\."
)


def scenarios(
    seed, n=3, d_model=5, d_k=2, d_v=7, spread=1.0, context=(), positions="none", slope=None
):
    """Random numbers in distinct prime sizes."""
    rng = np.random.default_rng(seed)
    options = {"context": context, "positions": positions}
    shapes = {
        "X": (n, d_model),
        "W_q": (d_model, d_k),
        "W_k": (d_model, d_k),
        "W_v": (d_model, d_v),
    }
    if context:
        shapes["Z"] = (len(context), d_model)
    if positions == "learned":
        shapes["P"] = (max(n, len(context)), d_model)
    if positions == "alibi":
        options["slope"] = slope or 0.25
    arrays = {name: rng.normal(size=shape) * spread for name, shape in shapes.items()}
    return limits.validate(Scenario(tokens=tuple("abcdefghijkl"[:n]), **arrays, **options))


def mixed(a, b, rng, many):
    """A with some inputs of B, and its positions."""
    kept = a.P if a.positions == b.positions else b.P
    mixed = replace(a, positions=b.positions, slope=b.slope, P=kept)
    for name in MATRICES:
        if (old := getattr(mixed, name)) is not None:
            chosen = rng.random(old.shape) < many
            mixed = replace(mixed, **{name: np.where(chosen, getattr(b, name), old)})
    return mixed


@st.composite
def pairs(draw):
    """Two scenarios of one sentence; up to all inputs differ."""
    rng = np.random.default_rng(draw(st.integers(0, 9999)))
    context = draw(st.sampled_from([(), CONTEXT]))
    kinds = [k for k in positions.KINDS if not context or k not in ("rope", "alibi")]
    kind = draw(st.sampled_from(kinds))
    other = draw(st.sampled_from([kind, *kinds]))
    a = scenarios(rng, context=context, positions=kind)
    slope = draw(st.sampled_from([0.25, 1.0]))
    b = scenarios(rng, context=context, positions=other, slope=slope)
    b = mixed(a, b, rng, draw(st.sampled_from([0.0, 0.03, 0.2, 1.0])))
    b = replace(b, scale=draw(st.booleans()), temperature=draw(st.sampled_from([0.5, 1.0, 3.0])))
    mask = np.tri(3, a.n_k, dtype=bool)
    return a, replace(b, mask=draw(st.sampled_from([None, mask])))


def singles(a, b):
    """A with each single input of B, and what the sentence calls the input; by brute force."""
    names = {"X": a.tokens, "Z": a.context, "P": [str(i) for i in range(1, 12)]}
    names |= dict.fromkeys(("W_q", "W_k", "W_v"), a.features)
    columns = dict.fromkeys(("X", "Z", "P"), a.features)
    for name in ("W_q", "W_k", "W_v"):
        columns[name] = [name[-1] + "₁₂₃₄₅₆₇"[j] for j in range(getattr(a, name).shape[1])]
    for name, rows in names.items():
        join = " → " if name.startswith("W") else " · "
        if getattr(a, name) is None or getattr(b, name) is None:
            continue
        for i, j in np.ndindex(getattr(a, name).shape):
            old, new = getattr(a, name)[i, j], getattr(b, name)[i, j]
            if old != new:
                values = np.array(getattr(a, name))
                values[i, j] = new
                label = f"{name} {rows[i]}{join}{columns[name][j]}"
                yield label, replace(a, **{name: values})
    if a.scale != b.scale:
        yield "The scaling", replace(a, scale=b.scale)
    if a.temperature != b.temperature:
        yield "The temperature", replace(a, temperature=b.temperature)
    if a.positions != b.positions:
        with_them = replace(a, positions=b.positions, P=b.P, slope=b.slope)
        yield "The kind of positions", with_them
    elif a.slope != b.slope:
        yield "ALiBi's slope", replace(a, slope=b.slope)
    if not np.array_equal(a.allowed, b.allowed):
        yield "The mask", replace(a, mask=b.mask)


# Sides and differences


@given(pairs())
def test_a_difference_is_b_minus_a(pair):
    a, b = map(attend, pair)
    c = compare(*pair)
    assert c.same_words
    names = [set(graph(s)) for s in pair]
    assert (c.describe_gaps() == ()) == (names[0] == names[1])
    for name in {step.name for step in (*INPUTS, *STEPS)} - (names[0] & names[1]):
        assert c.blocks(name) is c.equation(name) is None
        assert len(c.equations(name)) == (name in names[0]) + (name in names[1])
    for name in names[0] & names[1]:
        old, new, difference = c.blocks(name)
        np.testing.assert_array_equal(old.values, getattr(a, name))
        np.testing.assert_array_equal(new.values, getattr(b, name))
        with np.errstate(invalid="ignore"):
            expected = np.nan_to_num(
                getattr(b, name) - getattr(a, name), posinf=np.inf, neginf=-np.inf
            )
        np.testing.assert_array_equal(difference.values, expected)
        assert difference.step.kind == ("weight change" if name == "weights" else "signed")
        assert (difference.rows, difference.columns) == (new.rows, new.columns)
        assert c.equation(name).alt.startswith(f"{new.symbol} ({new.shape}) − {old.symbol}")


def test_blocked_in_one_only():
    c = compare(DEFAULT.scenario, replace(DEFAULT.scenario, mask=causal(3)))
    assert c.blocks("attn_mask")[2].describe_row(0) == "Je 0.00, −∞, −∞"
    back = compare(c.b.scenario, c.a.scenario)
    assert back.blocks("masked_scores")[2].describe_row(0) == "Je 0.00, ∞, ∞"


@pytest.mark.parametrize(
    ("old", "new", "shared", "said"),
    [
        ("Je suis heureux", "Je suis heureux", ([0, 1, 2], [0, 1, 2]), []),
        (
            "dog saw dog",
            "dog saw a dog dog",
            ([0, 1, 2], [0, 1, 3]),
            ["Words only in B: a and dog₃."],
        ),
        (
            "a b c",
            "c a b",
            ([0, 1], [1, 2]),
            ["Not compared, for the order of A and B differs: c."],
        ),
        (
            "a b c d",
            "d e a b",
            ([0, 1], [2, 3]),
            ["Words only in A: c. Words only in B: e.", "Not compared, for the order .*: d."],
        ),
        ("a b", "c d e", ([], []), ["A and B have no word in common, so nothing .*"]),
    ],
)
def test_words_are_lined_up(old, new, shared, said):
    a, b = (edits.with_sentence(DEFAULT.scenario, sentence) for sentence in (old, new))
    c = compare(a, b)
    assert c.words == shared
    assert len(c.describe_gaps()) == len(said)
    for sentence, expected in zip(c.describe_gaps(), said, strict=True):
        assert re.fullmatch(expected, sentence)
    if not shared[0]:
        assert c.blocks("weights") is c.equation("Q") is None
        assert c.blocks("W_q")[2].values.shape == (4, 4)
        return
    _, B, difference = c.blocks("weights")
    expected = c.b.weights[np.ix_(shared[1], shared[1])] - c.a.weights[np.ix_(shared[0], shared[0])]
    np.testing.assert_array_equal(difference.values, expected)
    assert B.rows == B.columns == tuple(block(c.b, "weights").rows[j] for j in shared[1])


def test_sizes_and_features_are_lined_up():
    b = edits.with_features(A, ("noun", "feeling", "pronoun"))
    b = edits.with_size(b, d_k=7, d_v=1)
    c = compare(A, b)
    assert c.describe_gaps() == (
        "Features only in A: verb and first person. Features only in B: noun.",
        "d_k is 2 in A and 7 in B: of queries and keys the first 2 numbers are compared.",
        "d_v is 3 in A and 1 in B: of values and outputs the first number is compared.",
    )
    old, new, difference = c.blocks("W_q")
    assert old.rows == new.rows == ("feeling", "pronoun")
    assert difference.columns == ("q₁", "q₂")
    np.testing.assert_array_equal(old.values, A.W_q[[A.features.index(f) for f in old.rows]])
    np.testing.assert_array_equal(new.values, b.W_q[1:, :2])
    assert c.blocks("output")[2].shape == "3×1"
    *moved, last = describe_causes(c)
    assert last.startswith("A and B differ in their words or features")
    change = attend(b).weights - attend(A).weights
    largest = np.unravel_index(np.abs(change).argmax(), change.shape)
    assert moved[0].startswith(
        f"The weight of {A.tokens[largest[0]]} for {A.tokens[largest[1]]} goes from "
    )
    with pytest.raises(ValueError, match="the same words"):
        changes(A, b)


def test_second_sentences_are_lined_up():
    a = edits.with_context(A, "I am happy here")
    b = edits.with_context(A, "now I happy am")
    c = compare(a, b)
    assert not c.same_words
    assert c.describe_gaps() == (
        "Keys only in A: here. Keys only in B: now.",
        "Not compared, for the order of A and B differs: happy.",
    )
    assert c.keys == ([0, 1], [1, 3])
    old, new, difference = c.blocks("weights")
    assert (difference.rows, difference.columns) == (("Je", "suis", "heureux"), ("I", "am"))
    np.testing.assert_array_equal(old.values, attend(a).weights[:, [0, 1]])
    np.testing.assert_array_equal(new.values, attend(b).weights[:, [1, 3]])
    assert c.blocks("Z")[2].rows == c.blocks("V")[2].rows == ("I", "am")
    assert c.blocks("Q")[2].rows == A.tokens
    assert describe_causes(c)[-1].startswith("A and B differ in their words")
    with pytest.raises(ValueError, match="the same words"):
        changes(a, b)


def test_a_second_sentence_in_one_only():
    b = edits.with_context(A, "Je dors")
    c = compare(A, b)
    assert c.describe_gaps() == (
        "B looks at a second sentence, A at its own: "
        "of keys and values those of the same word are compared.",
        "Keys only in A: suis and heureux. Keys only in B: dors.",
        "Only B has Z.",
    )
    assert c.blocks("Z") is None
    assert c.blocks("K")[2].rows == ("Je",)
    assert c.blocks("weights")[2].shape == "3×1"
    assert "A looks at a second sentence, B at its own" in compare(b, A).describe_gaps()[0]
    apart = compare(A, edits.with_context(A, "I am"))
    assert "A and B have no key in common" in apart.describe_gaps()[1]
    assert apart.blocks("weights") is None
    assert apart.blocks("output")[2].shape == "3×3"
    assert len(describe_causes(apart)) == 1


def test_steps_of_one_only_are_named():
    a, b = (edits.with_positions(A, kind) for kind in ("sinusoidal", "rope"))
    c = compare(a, b)
    assert c.describe_gaps() == ("Only A has P and X′.", "Only B has Θ, Q′ and K′.")
    assert [e.result.symbol for e in c.equations("rotated_Q")] == ["Q′ of B"]
    assert steps_of_both(a, b) == tuple(
        step.name
        for step in STEPS
        if step.name
        not in (
            *("X_pos", "Z_pos", "rotated_Q", "rotated_K", "biased_scores"),
            *("concat_heads", "projected"),
        )
    )


@pytest.mark.parametrize("kind", ["none", "sinusoidal", "learned", "rope", "alibi"])
def test_one_head_of_several_is_compared(kind):
    s = edits.with_positions(heads.added(A), kind)
    c = compare(s.head(0), s.head(1))
    np.testing.assert_array_equal(
        c.blocks("weights")[2].values, attend(s).weights[1] - attend(s).weights[0]
    )
    slopes = [change for change in changes(s.head(0), s.head(1)) if change.name == "slope"]
    assert [(each.before, each.after) for each in slopes] == (
        [(1 / 16, 1 / 256)] if kind == "alibi" else []
    )
    assert set(steps_of_both(s, A)) <= set(graph(s.head(1)))


@pytest.mark.parametrize("side", [0, 1])
def test_heads_are_refused(side):
    heads = replace(A, W_q=A.W_q[None], W_k=A.W_k[None], W_v=A.W_v[None])
    with pytest.raises(ValueError, match="Only single heads"):
        compare(*((heads, A) if side else (A, heads)))


def test_words_and_features_are_quoted():
    b = replace(
        edits.with_sentence(DEFAULT.scenario, "Je *suis* heureux"), features=("<b>", *"xyz")
    )
    for sentence in compare(DEFAULT.scenario, b).describe_gaps(escape.markdown):
        assert not re.search(r"(?<!\\)[*<]", sentence)
    X = b.X.copy()
    X[0, 0] += 2
    (told, *_) = describe_causes(compare(b, replace(b, X=X)), escape.markdown)
    assert "X Je · \\<b\\> +2.00 alone" in told


# Causes


@settings(max_examples=200)
@given(pairs())
def test_causes_are_the_true_ones(pair):
    a, b = pair
    single = dict(singles(a, b))
    found = changes(a, b)
    assert len(found) == len(single)
    for change, (label, s) in zip(found, single.items(), strict=True):
        assert with_change(a, b, change) == s
        assert not isinstance(change, NumberChange) or label == f"{change.name} {change.label}"
    old, new = attend(a), attend(b)
    moved = "weights" if np.abs(new.weights - old.weights).max() >= 0.005 else "output"
    sizes = np.sort(np.abs(getattr(new, moved) - getattr(old, moved)), axis=None)[::-1][:3]
    told = [s for s in describe_causes(compare(a, b)) if " the weight" in s or " the output" in s]
    assert len(told) == (sizes >= 0.005).sum()
    for sentence, size in zip(told, sizes[: len(told)], strict=True):
        check(sentence, size, moved, (old, new), single)


def check(sentence, size, moved, traces, single):
    """Compute all numbers of one sentence anew, each input by itself."""
    old, new = (getattr(trace, moved) for trace in traces)
    keys = traces[0].scenario.context or "abc"
    if sentence.startswith("No single"):
        i, j = place(re.search(r"(\S+) (?:for|·) (\S+) that way", sentence).groups(), keys)
        assert all(
            effect(old, new, getattr(attend(s), moved))[i, j] < 0.005 for s in single.values()
        )
        return
    told = TOLD.fullmatch(sentence)
    i, j = place((told["query"] or told["word"], told["key"] or told["value"]), keys)
    assert abs(new[i, j] - old[i, j]) == size
    assert told["verb"] == ("raises" if new[i, j] > old[i, j] else "lowers")
    (named,) = [label for label in single if told["input"].startswith(label)]
    alone = getattr(attend(single[named]), moved)
    digits = len(told["before"].partition(".")[2])
    assert told["before"] == number(old[i, j], digits) != told["alone"]
    assert told["alone"] == number(alone[i, j], digits)
    assert (told["after"] or told["alone"]) == number(new[i, j], digits)
    best = max(effect(old, new, getattr(attend(s), moved))[i, j] for s in single.values())
    assert effect(old, new, alone)[i, j] == pytest.approx(best, abs=1e-12)


def place(labels, keys):
    row, column = labels
    return "abc".index(row), keys.index(column) if column in keys else "₁₂₃₄₅₆₇".index(column[1])


def effect(old, new, alone):
    return (alone - old) * np.sign(new - old)


def test_a_cause_by_hand():
    # suis asks with 3 (verb), Je answers with 3 (pronoun): score 9 / √2.
    b = edits.with_cell(edits.with_cell(A, "W_q", 1, 0, 0), "W_q", 0, 0, 0.1)
    first = describe_causes(compare(A, b))[0]
    assert first.startswith(
        "W_q verb → q₁ −3.00 alone lowers the weight of suis for Je from 1.00 to 0.33."
    )


def test_numbers_that_look_alike_get_a_third_decimal():
    """1 / (1 + e^−0.181) = 0.5451 and 1 / (1 + e^−0.202) = 0.5503; changes are told likewise."""
    W_q, features = [[1], [0]], ("x", "y")
    a = Scenario(("a", "b"), np.eye(2), W_q, [[0], [0.181]], W_v=W_q, features=features)
    told = describe_causes(compare(a, replace(a, W_k=[[0], [0.202]])))
    assert told[0] == "W_k y → k₁ +0.021 alone raises the weight of a for b from 0.545 to 0.550."
    told = describe_causes(compare(a, replace(a, W_k=[[0], [0.681]])))
    assert told[0] == "W_k y → k₁ +0.50 alone raises the weight of a for b from 0.55 to 0.66."


def test_projections_of_another_size_are_changed_whole():
    a, b = BY_KEY["similarity"].scenario, BY_KEY["verb-subject"].scenario
    assert (a.tokens, a.features) == (b.tokens, b.features)
    assert a.d_k != b.d_k
    (pair, values) = [change for change in changes(a, b) if isinstance(change, SizeChange)]
    assert with_change(a, b, pair) == replace(a, W_q=b.W_q, W_k=b.W_k)
    assert with_change(a, b, values) == replace(a, W_v=b.W_v)
    new = attend(b).weights[1, 0]
    assert describe_causes(compare(a, b))[0] == (
        "W_q and W_k of B, 2 columns for 4, alone raise the weight of suis for Je "
        f"from {attend(a).weights[1, 0]:.2f} to {new:.2f}."
    )


def test_values_of_another_size_move_no_output_that_both_have():
    """Of d_v = 7 and 2 there is one change, and nothing that it could be told of."""
    for sizes in ((7, 2), (2, 7)):
        a, b = (scenarios(np.random.default_rng(5), d_v=d_v) for d_v in sizes)
        b = replace(a, W_v=b.W_v)
        c = compare(a, b)
        (whole,) = changes(a, b)
        assert whole == SizeChange("W_v", *sizes)
        assert with_change(a, b, whole) == b
        assert causes.causes(c) == ()
        (told,) = describe_causes(c)
        assert told.startswith("1 input differs, but no weight")
        # Another one moves the weights, and there the values have no part.
        hot = replace(b, temperature=0.3)
        assert all(each.change.name == "temperature" for each in causes.causes(compare(a, hot)))
        assert len(causes.causes(compare(a, hot))) == causes.MOST_CELLS


@pytest.mark.parametrize("back", [False, True])
def test_rope_comes_with_its_columns(back):
    a = edits.with_size(A, d_k=1)
    b = edits.with_positions(A, "rope")
    a, b = (b, a) if back else (a, b)
    (pair,) = [change for change in changes(a, b) if isinstance(change, SizeChange)]
    assert with_change(a, b, pair) == replace(a, W_q=b.W_q, W_k=b.W_k, positions=b.positions)
    columns = "1 column for 2" if back else "2 columns for 1"
    start = f"W_q, W_k and the positions of B, {columns}, alone "
    for sentence in describe_causes(compare(a, b)):
        assert sentence.startswith((start + "raise ", start + "lower "))


def test_inputs_that_only_act_together():
    a = Scenario(("a", "b"), X=np.eye(2), W_q=[[0], [0]], W_k=[[0], [0]], W_v=np.eye(2))
    b = replace(a, W_q=[[3], [0]], W_k=[[3], [0]])
    c = compare(a, b)
    assert set(describe_causes(c)) == {
        "No single change moves the weight of a for a that way by as much as the boxes show; "
        "all changes together raise it from 0.50 to 1.00.",
        "No single change moves the weight of a for b that way by as much as the boxes show; "
        "all changes together lower it from 0.50 to 0.00.",
    }


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"scale": False}, "The scaling, switched off, alone"),
        ({"temperature": 3.5}, "The temperature, 1 → 3.5, alone"),
        ({"mask": causal(3)}, "The mask, added, alone"),
        ({"positions": "sinusoidal"}, "The kind of positions, None → Sinusoidal, alone"),
        ({"positions": "rope"}, "The kind of positions, None → RoPE, alone"),
        (
            {"positions": "alibi", "slope": 0.5},
            "The kind of positions, None → ALiBi, alone",
        ),
    ],
)
def test_settings_are_causes(change, told):
    b = replace(DEFAULT.scenario, **change)
    there, back = (
        describe_causes(compare(*p)) for p in ((DEFAULT.scenario, b), (b, DEFAULT.scenario))
    )
    assert all(sentence.startswith(told) for sentence in there)
    assert all(TOLD.fullmatch(sentence) for sentence in (*there, *back))
    assert not set(there) & set(back)


def test_slopes_are_one_change_where_they_differ_as_numbers():
    """The authors' slope for one head is 1/256, whoever set it."""
    own = edits.with_positions(A, "alibi")
    for set_to, told in ((0.5, "0.00390625 → 0.5"), (1 / 256, None)):
        b = replace(own, slope=set_to)
        found = changes(own, b)
        assert [(each.name, each.before, each.after) for each in found] == (
            [("slope", 1 / 256, set_to)] if told else []
        )
        if told:
            assert with_change(own, b, found[0]) == b
            assert with_change(b, own, changes(b, own)[0]) == own
            first = describe_causes(compare(own, b))[0]
            assert first.startswith(f"ALiBi's slope, {told}, alone ")


def test_nothing_to_tell():
    same = replace(A, mask=np.ones((3, 3), bool))
    assert changes(A, same) == ()
    assert describe_causes(compare(A, same)) == ("A and B have the same inputs.",)
    unseen = edits.with_cell(A, "W_v", 0, 0, A.W_v[0, 0] + 0.001)
    assert describe_causes(compare(A, unseen)) == (
        "1 input differs, but no weight and no output by as much as the boxes show.",
    )
    assert describe_causes(compare(A, edits.with_cell(A, "W_v", 0, 0, -3)))[0] == (
        "No weight changes by as much as the boxes show."
    )


def test_the_largest_scenarios():
    sizes = {"n": 12, "d_model": 8, "d_k": 8, "d_v": 8, "spread": 0.4}
    a, b = scenarios(1, **sizes), scenarios(2, **sizes)
    assert len(changes(a, b)) == 12 * 8 + 3 * 64
    assert len(describe_causes(compare(a, b))) == causes.MOST_CELLS
    sizes |= {"context": CONTEXT, "positions": "learned"}
    a, b = scenarios(1, **sizes), scenarios(2, **sizes)
    assert len(changes(a, b)) == 12 * 8 + 11 * 8 + 12 * 8 + 3 * 64
    assert len(describe_causes(compare(a, b))) == causes.MOST_CELLS


# What if


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.key)
@given(pairs())
def test_a_variant_changes_what_is_shown_or_says_why_not(variant, pair):
    s = pair[1]
    if reason := variant.idle(s):
        assert reason.endswith(".")
        with pytest.raises(ValueError, match=re.escape(reason)):
            what_if(s, variant.key)
        np.testing.assert_array_equal(attend(variant.edit(s)).weights, attend(s).weights)
    else:
        assert what_if(s, variant.key) == limits.validate(variant.edit(s)) != s


def test_variants_by_hand():
    s = replace(A, mask=causal(3), temperature=2.5)
    assert what_if(s, "unscaled") == replace(s, scale=False)
    assert what_if(s, "unmasked") == replace(s, mask=None)
    assert what_if(s, "hotter") == replace(s, temperature=5)
    assert what_if(replace(s, temperature=5), "hotter").temperature == limits.TEMPERATURE[1]
    np.testing.assert_array_equal(attend(what_if(s, "as-is")).Q, s.X)
    np.testing.assert_array_equal(attend(what_if(s, "as-is")).V, s.X)
    for kind in ("sinusoidal", "learned", "rope", "alibi"):
        assert what_if(edits.with_positions(s, kind), "placeless") == s


def test_as_is_of_a_second_sentence_and_of_heads():
    s = edits.with_positions(edits.with_context(A, "I am"), "learned")
    s = edits.with_matrix(heads.added(s), "P", np.full((3, 4), 0.125))
    t = attend(what_if(s, "as-is"))
    for i in range(2):
        np.testing.assert_array_equal(t.Q[i], s.X + 0.125)
        np.testing.assert_array_equal(t.K[i], s.Z + 0.125)
        np.testing.assert_array_equal(t.V[i], s.Z + 0.125)
    assert t.projected.shape == (3, 4)
    alone = what_if(s.head(0), "as-is")
    assert WHAT_IF["as-is"].idle(alone).endswith("Q is X′, K and V are Z′.")
    assert WHAT_IF["as-is"].idle(what_if(s, "as-is")).endswith("Q is X′, K and V are Z′.")
    places = edits.with_positions(A, "sinusoidal")
    assert WHAT_IF["as-is"].idle(edits.as_is(places)).endswith("Q, K and V are X′.")


@pytest.mark.parametrize(
    ("key", "changes", "reason"),
    [
        ("unscaled", {"scale": False}, "aren't scaled"),
        ("unscaled", {"W_q": A.W_q[:, :1], "W_k": A.W_k[:, :1]}, "d_k is 1"),
        ("unmasked", {}, "no mask"),
        ("unmasked", {"mask": np.ones((3, 3), bool)}, "no mask"),
        ("as-is", dict.fromkeys(("W_q", "W_k", "W_v"), np.eye(4)), "identity already"),
        ("hotter", {"temperature": 5.05}, "limit of 10"),
        ("hotter", {"context": ("x",), "Z": np.ones((1, 4))}, "one word"),
        ("placeless", {}, "no positions"),
        ("placeless", {"positions": "learned", "P": np.zeros((3, 4))}, "all 0"),
        ("placeless", {"tokens": ("a",), "X": np.ones((1, 4)), "positions": "rope"}, "single word"),
    ],
)
def test_idle_variants(key, changes, reason):
    assert reason in WHAT_IF[key].idle(replace(A, **changes))
