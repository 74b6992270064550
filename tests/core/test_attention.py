"""Attention against PyTorch's numbers, against hand-computed ones, and as properties."""

import json
import math
import re
from dataclasses import fields, replace
from pathlib import Path

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attn_core import STEPS, AttentionTrace, Scenario, attend, softmax
from attn_core.masks import causal
from tests.core.courses import COURSES

GOLDEN = Path(__file__).parents[1] / "golden"
SINGLE = json.loads((GOLDEN / "single_head.json").read_text())
MULTI = json.loads((GOLDEN / "multi_head.json").read_text())
EXACT = {"rtol": 0, "atol": 1e-9}


#: ALiBi's slopes of so many heads, from the authors' `get_slopes`.
AUTHORS = {1: [1 / 256], 3: [1 / 16, 1 / 256, 1 / 4]}


def words(n):
    return tuple(f"w{i}" for i in range(n))


def random_scenario(dtype=np.float64, seed=0, **given):
    """Sizes are distinct primes, so that a transposed axis can't pass."""
    rng = np.random.default_rng(seed)
    n, d_model, d_k, d_v = 5, 7, 3, 11
    shapes = {"X": (n, d_model), "W_q": (d_model, d_k), "W_k": (d_model, d_k)}
    shapes["W_v"] = (d_model, d_v)
    arrays = {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}
    return Scenario(tokens=words(n), **(arrays | given))


@pytest.mark.parametrize("case", SINGLE, ids=lambda c: f"n{c['n']}-{c['mask']}-{c['scale']}")
def test_single_head_agrees_with_torch(case):
    inputs = {name: case[name] for name in ("X", "W_q", "W_k", "W_v", "scale", "temperature")}
    trace = attend(Scenario(words(case["n"]), mask=case["allowed"], **inputs))
    for name in ("Q", "K", "V", "raw_scores", "scores", "weights", "output"):
        np.testing.assert_allclose(getattr(trace, name), case[name], **EXACT, err_msg=name)


@pytest.mark.parametrize("case", MULTI, ids=lambda c: f"h{c['h']}-causal{c['causal']}")
def test_heads_agree_with_torch(case):
    inputs = {name: case[name] for name in ("X", "W_q", "W_k", "W_v", "W_o")}
    mask = causal(case["n"]) if case["causal"] else None
    trace = attend(Scenario(words(case["n"]), mask=mask, **inputs))
    assert trace.scenario.h == case["h"]
    np.testing.assert_allclose(trace.weights, case["weights"], **EXACT)
    np.testing.assert_allclose(trace.projected, case["projected"], **EXACT)


def test_two_by_two_by_hand():
    """Q = X, K = swapped X: q·k is 1 off the diagonal, 0 on it; d_k = 2 is not scaled."""
    eye, swap = np.eye(2), np.array([[0, 1], [1, 0]])
    trace = attend(Scenario(("a", "b"), X=eye, W_q=eye, W_k=swap, W_v=[[10], [20]], scale=False))
    e = np.e
    np.testing.assert_array_equal(trace.raw_scores, [[0, 1], [1, 0]])
    np.testing.assert_allclose(trace.weights, np.array([[1, e], [e, 1]]) / (1 + e))
    np.testing.assert_allclose(trace.output, np.array([[10 + 20 * e], [10 * e + 20]]) / (1 + e))


@given(
    hnp.arrays(np.float64, (3, 5), elements=st.floats(-1e4, 1e4)),
    st.floats(-1e4, 1e4),
)
def test_softmax_is_a_distribution_and_forgets_a_shift(x, shift):
    weights = softmax(x)
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(axis=-1), 1)
    np.testing.assert_allclose(softmax(x + shift), weights, atol=1e-9)


def test_softmax_at_the_edges():
    np.testing.assert_allclose(softmax(np.array([1, 1])), [0.5, 0.5])  # integers
    np.testing.assert_array_equal(softmax(np.array([1e4, -1e4])), [1, 0])
    np.testing.assert_array_equal(softmax(np.array([-1e4, -1e4])), [0.5, 0.5])
    np.testing.assert_array_equal(softmax(np.array([0.0, -np.inf])), [1, 0])


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.05, 1.0, 10.0]), st.booleans())
def test_nothing_flows_through_a_block(seed, temperature, scale):
    rng = np.random.default_rng(seed)
    mask = rng.random((5, 5)) < 0.5
    mask[np.arange(5), rng.integers(0, 5, 5)] = True
    trace = attend(random_scenario(seed=seed, mask=mask, temperature=temperature, scale=scale))
    assert (trace.weights[~mask] == 0).all()
    np.testing.assert_allclose(trace.weights.sum(axis=-1), 1)
    assert np.isneginf(trace.masked_scores[~mask]).all()
    np.testing.assert_array_equal(trace.masked_scores, trace.scores + trace.attn_mask)


@pytest.mark.parametrize("given", [np.float16, np.float32, np.float64, np.int64])
def test_type_in_is_type_out(given):
    """Whatever a scenario has; float16 is lifted to float32, integers to float64."""
    dtype = {np.float16: np.float32, np.int64: np.float64}.get(given, given)
    derived = ("P", "P_context", "rotary_angles", "alibi_bias", "similarity", "attn_mask")
    wrong, seen = [], set()
    for key, s in COURSES.items():
        arrays = ("X", "W_q", "W_k", "W_v", "W_o", "Z", "P")
        cast = {name: A.astype(given) for name in arrays if (A := getattr(s, name)) is not None}
        trace = attend(replace(s, **cast))
        for name in (*(field.name for field in fields(AttentionTrace)[1:]), *derived):
            if (array := getattr(trace, name)) is not None:
                seen.add(name)
                wrong += [] if array.dtype == dtype else [(key, name, array.dtype)]
    assert not wrong
    assert {*derived, "projected"} <= seen


def test_heads_are_the_single_head_repeated():
    parts = [random_scenario(seed=seed) for seed in (1, 2)]
    stacked = {name: np.stack([getattr(p, name) for p in parts]) for name in ("W_q", "W_k", "W_v")}
    both = attend(random_scenario(seed=1, **stacked))
    for head, part in enumerate(parts):
        one = attend(random_scenario(seed=1, W_q=part.W_q, W_k=part.W_k, W_v=part.W_v))
        for name in ("Q", "K", "V", "raw_scores", "weights", "output"):
            np.testing.assert_allclose(getattr(both, name)[head], getattr(one, name))
        width = slice(head * 11, (head + 1) * 11)
        np.testing.assert_allclose(both.concat_heads[:, width], one.output)


def test_every_step_is_kept_read_only():
    trace = attend(random_scenario(W_o=np.ones((11, 7))))
    for step in STEPS:
        array = getattr(trace, step.name)
        assert not array.flags.writeable, step.name


#: One matrix after the other is made to leave the range of float32, 3.4e38.
TOO_LARGE = {
    "X_pos": {"positions": "learned", "P": np.full((5, 7), 3e38), "X": np.full((5, 7), 3e38)},
    "Z_pos": {
        **{"positions": "learned", "P": np.full((5, 7), 3e38)},
        **{"context": ("a", "b"), "Z": np.full((2, 7), 3e38)},
    },
    "Q": {"W_q": np.full((7, 3), 1e38), "X": np.full((5, 7), 1e3)},
    "K": {"W_k": np.full((7, 3), 1e38), "X": np.full((5, 7), 1e3)},
    "V": {"W_v": np.full((7, 11), 1e38), "X": np.full((5, 7), 1e3)},
    "raw_scores": {"W_q": np.full((7, 3), 1e30), "W_k": np.full((7, 3), -1e30)},
    "rotated_Q": {
        **{"positions": "rope", "X": np.eye(5, 7), "W_k": np.zeros((7, 3))},
        "W_q": np.full((7, 3), 3e38) * [-1, 1, 1],
    },
    "scores / 0.001": {"W_q": np.full((7, 3), 1e36), "temperature": 0.001},
    "projected": {"W_o": np.full((11, 7), 1e38), "W_v": np.full((7, 11), 1e3)},
}


@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")  # numpy's word for it
@pytest.mark.parametrize("name", TOO_LARGE)
def test_overflow_is_said(name):
    huge = {"X": np.ones((5, 7)), "W_q": np.ones((7, 3)), "W_k": np.ones((7, 3)) * [1, 2, 3]}
    huge = huge | TOO_LARGE[name]
    small = {
        key: A.astype(np.float32) if isinstance(A, np.ndarray) else A for key, A in huge.items()
    }
    s = random_scenario(np.float32, **small)
    said = f"^The numbers of {name} leave the range of float32: expected finite results, got "
    with pytest.raises(OverflowError, match=said):
        attend(s)
    wide = replace(s, X=s.X.astype(np.float64))
    assert np.isfinite(attend(wide).output).all()


@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")
@given(
    *(st.integers(-30, 60) for _ in range(3)),
    st.booleans(),
    st.sampled_from(["none", "rope"]),
    st.sampled_from([None, causal(5)]),
)
@example(0, 62, 62, False, "none", None)  # scores of −2^128 and a temperature of 2^124
@example(20, 50, 50, True, "rope", causal(5))  # the temperature alone is out of range
def test_weights_are_right_or_an_error_says_what_overflowed(a, b, c, scale, kind, mask):
    """Powers of two go through every product exactly, and the temperature takes them out."""
    own = random_scenario(np.float32, scale=scale, positions=kind, mask=mask)
    large = replace(
        own,
        X=np.ldexp(own.X, a),
        W_q=np.ldexp(own.W_q, b),
        W_k=np.ldexp(own.W_k, c),
        W_v=np.ldexp(own.W_v, -a),
        temperature=math.ldexp(1.0, 2 * a + b + c),
    )
    try:
        trace = attend(large)
    except OverflowError:
        assert 2 * a + b + c > 115
    else:
        np.testing.assert_allclose(trace.weights, attend(own).weights, rtol=1e-4, atol=1e-7)
        np.testing.assert_allclose(trace.output, attend(own).output, rtol=1e-4, atol=1e-6)


@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")
def test_a_temperature_out_of_range_is_said():
    for dtype, outside in ((np.float32, ("1e+39", "1e-39")), (np.float64, ("1e-310",))):
        s = random_scenario(dtype)
        for said in outside:
            with pytest.raises(
                OverflowError, match=rf"temperature leaves .*, got {re.escape(said)}\.$"
            ):
                attend(replace(s, temperature=float(said)))
        inside = (float(np.finfo(dtype).tiny), float(np.finfo(dtype).max))
        np.testing.assert_allclose(attend(replace(s, temperature=inside[1])).weights, 0.2)
        with pytest.raises(OverflowError, match=r"numbers of scores / "):
            attend(replace(s, temperature=inside[0]))


@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")
def test_a_score_below_the_range_has_not_the_weight_0():
    """exp(−4) beside 1 is 0.018; in float32 the score would be −inf, and its weight 0."""
    W_q, W_k = np.float32([[2e19], [0]]), np.float32([[0], [-2e19]])
    s = Scenario(("a", "b"), np.eye(2, dtype=np.float32), W_q, W_k, W_v=W_q, temperature=1e38)
    with pytest.raises(OverflowError, match=r"numbers of raw_scores leave .* float32.* got -inf"):
        attend(s)
    right = attend(replace(s, X=np.eye(2)))
    np.testing.assert_allclose(right.weights[0], [1 / (1 + np.exp(-4)), 0.01798621], rtol=1e-6)


def naive(s, head):
    """One head's matrices, number by number in plain Python, from the papers' formulas."""
    d, d_k, d_v = s.d_model, s.d_k, s.d_v
    W_q, W_k, W_v = ((W[head] if W.ndim == 3 else W).tolist() for W in (s.W_q, s.W_k, s.W_v))
    X, n = s.X.tolist(), len(s.tokens)
    Z, n_k = (s.Z.tolist(), len(s.context)) if s.context else (X, n)

    def place(i, f):
        match s.positions:
            case "learned":
                return float(s.P[i, f])
            case "sinusoidal":
                angle = i / 10000 ** ((f - f % 2) / d)
                return math.cos(angle) if f % 2 else math.sin(angle)
        return 0.0

    def rows(count, width, number):
        return [[number(i, j) for j in range(width)] for i in range(count)]

    def product(A, B):
        return rows(len(A), len(B[0]), lambda i, j: sum(a * B[k][j] for k, a in enumerate(A[i])))

    def turned(A):
        if s.positions != "rope":
            return A

        def number(i, c):
            pair = c // 2
            if 2 * pair + 1 == d_k:
                return A[i][c]
            angle = i * 10000 ** (-2 * pair / d_k)
            a, b = A[i][2 * pair], A[i][2 * pair + 1]
            if c % 2:
                return math.sin(angle) * a + math.cos(angle) * b
            return math.cos(angle) * a - math.sin(angle) * b

        return rows(len(A), d_k, number)

    def softmax_row(row):
        powers = [math.exp(x - max(row)) for x in row]
        return [power / sum(powers) for power in powers]

    made = {"X_pos": rows(n, d, lambda i, f: X[i][f] + place(i, f))}
    made["Z_pos"] = rows(n_k, d, lambda i, f: Z[i][f] + place(i, f))
    made["Q"] = product(made["X_pos"], W_q)
    made["K"] = product(made["Z_pos"], W_k)
    made["V"] = product(made["Z_pos"], W_v)
    made["rotated_Q"], made["rotated_K"] = turned(made["Q"]), turned(made["K"])
    keys = [list(column) for column in zip(*made["rotated_K"], strict=True)]
    made["raw_scores"] = raw = product(made["rotated_Q"], keys)
    root = math.sqrt(d_k) if s.scale else 1.0
    made["scores"] = scores = rows(n, n_k, lambda i, j: raw[i][j] / root)
    slope = 0.0 if s.positions != "alibi" else AUTHORS[s.h][head] if s.slope is None else None
    slope = s.slope ** (head + 1) if slope is None else slope
    made["biased_scores"] = biased = rows(n, n_k, lambda i, j: scores[i][j] - slope * abs(i - j))
    made["masked_scores"] = masked = rows(
        n, n_k, lambda i, j: biased[i][j] if s.mask is None or s.mask[i, j] else -math.inf
    )
    made["logits"] = logits = rows(n, n_k, lambda i, j: masked[i][j] / s.temperature)
    made["weights"] = [softmax_row(row) for row in logits]
    made["output"] = product(made["weights"], made["V"])
    assert (len(made["output"]), len(made["output"][0])) == (n, d_v)
    return made


@pytest.mark.parametrize("key", COURSES)
def test_every_step_of_every_course_against_loops(key):
    s, trace = COURSES[key], attend(COURSES[key])
    heads = [naive(s, head) for head in range(s.h)]
    for head, made in enumerate(heads):
        for name, expected in made.items():
            ours = getattr(trace, name)
            ours = ours[head] if ours.ndim == 3 else ours
            np.testing.assert_allclose(ours, expected, atol=1e-12, err_msg=name)
    beside = [[v for made in heads for v in made["output"][i]] for i in range(s.n)]
    np.testing.assert_allclose(trace.concat_heads, beside, atol=1e-12)
    if s.W_o is None:
        assert trace.projected is None
    else:
        columns = s.W_o.T.tolist()
        made = [[sum(map(float.__mul__, row, column)) for column in columns] for row in beside]
        np.testing.assert_allclose(trace.projected, made, atol=1e-12)
    names = {field.name for field in fields(AttentionTrace)[1:]}
    between = {"P", "P_context", "rotary_angles", "alibi_bias"}  # the next test's
    assert names == {*heads[0], "concat_heads", "projected", *between}


@pytest.mark.parametrize("key", COURSES)
def test_what_positions_add(key):
    """P, P_context, angles and bias are what lies between two steps."""
    s, trace = COURSES[key], attend(COURSES[key])
    if s.positions in ("sinusoidal", "learned"):
        np.testing.assert_allclose(trace.P, trace.X_pos - s.X, atol=1e-12)
        if s.is_cross:
            np.testing.assert_allclose(trace.P_context, trace.Z_pos - s.Z, atol=1e-12)
        else:
            assert trace.P_context is None
    else:
        assert trace.P is None
        assert trace.P_context is None
    if s.positions == "alibi":
        np.testing.assert_allclose(trace.alibi_bias, trace.biased_scores - trace.scores, atol=1e-12)
    else:
        assert trace.alibi_bias is None
    assert (trace.rotary_angles is None) == (s.positions != "rope")
    if trace.rotary_angles is not None:
        assert trace.rotary_angles.shape == (s.n, s.d_k // 2)
    for name in ("P", "P_context", "rotary_angles", "alibi_bias"):
        array = getattr(trace, name)
        assert array is None or not array.flags.writeable


@pytest.mark.parametrize("key", COURSES)
def test_a_head_of_a_trace_is_the_trace_of_a_head(key):
    s, trace = COURSES[key], attend(COURSES[key])
    for head in range(s.h):
        cut, alone = trace.head(head), attend(s.head(head))
        assert cut.scenario == alone.scenario
        for field in fields(AttentionTrace)[1:]:
            ours, expected = getattr(cut, field.name), getattr(alone, field.name)
            if expected is None:
                assert ours is None
                continue
            np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-12, err_msg=field.name)
            # No number is computed again.
            assert np.shares_memory(ours, getattr(trace, _whole(field.name))), field.name
        for name in ("P", "P_context", "rotary_angles", "alibi_bias", "attn_mask", "similarity"):
            ours, expected = getattr(cut, name), getattr(alone, name)
            assert (ours is None) == (expected is None)
            if ours is not None:
                np.testing.assert_allclose(ours, expected, rtol=1e-12)
        assert cut.head(0) is cut


def _whole(name):
    """One head's concatenated output is its output."""
    return "output" if name == "concat_heads" else name


def test_rope_sees_distance_alone():
    """Words that are all alike have scores that depend on how far apart they are."""
    s = replace(COURSES["rope, odd"], X=np.ones((5, 7)), mask=None)
    scores = attend(s).scores
    for i in range(4):
        np.testing.assert_allclose(scores[i + 1, 1:], scores[i, :-1])
    assert len(set(scores[:, 0].round(9))) == 5
