"""Attention against PyTorch's numbers, against hand-computed ones, and as properties."""

import json
from dataclasses import fields
from pathlib import Path

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core import STEPS, AttentionTrace, Scenario, attend, softmax
from attn_core.masks import causal

GOLDEN = Path(__file__).parents[1] / "golden"
SINGLE = json.loads((GOLDEN / "single_head.json").read_text())
MULTI = json.loads((GOLDEN / "multi_head.json").read_text())
EXACT = {"rtol": 0, "atol": 1e-9}


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
    np.testing.assert_array_equal(trace.masked_scores, trace.scores + trace.blocking)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("mask", [None, causal(5)])
def test_type_in_is_type_out(dtype, mask):
    trace = attend(random_scenario(dtype, mask=mask, temperature=0.7, W_o=np.ones((11, 7), dtype)))
    for field in fields(AttentionTrace)[1:]:
        assert getattr(trace, field.name).dtype == dtype, field.name
    assert trace.similarity.dtype == trace.blocking.dtype == dtype


def test_heads_are_the_single_head_repeated():
    parts = [random_scenario(seed=seed) for seed in (1, 2)]
    stacked = {name: np.stack([getattr(p, name) for p in parts]) for name in ("W_q", "W_k", "W_v")}
    both = attend(random_scenario(seed=1, **stacked))
    for head, part in enumerate(parts):
        one = attend(random_scenario(seed=1, W_q=part.W_q, W_k=part.W_k, W_v=part.W_v))
        for name in ("Q", "K", "V", "raw_scores", "weights", "output"):
            np.testing.assert_allclose(getattr(both, name)[head], getattr(one, name))
        width = slice(head * 11, (head + 1) * 11)
        np.testing.assert_allclose(both.concatenated[:, width], one.output)


def test_every_step_is_kept_read_only():
    trace = attend(random_scenario(W_o=np.ones((11, 7))))
    for step in STEPS:
        array = getattr(trace, step.name)
        assert not array.flags.writeable, step.name


@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")  # numpy's word for it
@pytest.mark.parametrize("changes", [{}, {"W_o": np.ones((11, 7))}])
def test_overflow_is_said(changes):
    huge = random_scenario(X=np.full((5, 7), 1e200), **changes)
    with pytest.raises(OverflowError, match="expected finite results"):
        attend(huge)
