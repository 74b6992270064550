"""Gradients against PyTorch's, against finite differences, by hand, and as properties."""

import json
import math
from dataclasses import replace
from pathlib import Path

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core import Scenario, attend, masks
from attn_core.gradients import attention_loss, backward, cross_entropy, readout_loss
from tests.core.courses import COURSES, D_K, N_K, H, N, made

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = json.loads((GOLDEN / "gradients.json").read_text())
EXACT = {"rtol": 0, "atol": 1e-9}


def words(n):
    return tuple(f"w{i}" for i in range(n))


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"n{c['n']}-causal{c['causal']}")
def test_loss_and_gradient_agree_with_torch(case):
    W_v = np.eye(case["d_model"])
    mask = masks.causal(case["n"]) if case["causal"] else None
    s = Scenario(words(case["n"]), case["X"], case["W_q"], case["W_k"], W_v, mask=mask)
    loss, gradient = attention_loss(s, case["target"])
    assert type(loss) is float
    np.testing.assert_allclose(loss, case["loss"], **EXACT)
    assert list(gradient) == ["W_q", "W_k"]
    np.testing.assert_allclose(gradient["W_q"], case["dW_q"], **EXACT)
    np.testing.assert_allclose(gradient["W_k"], case["dW_k"], **EXACT)


def slope(f, W, eps=1e-6):
    """Central finite differences of f by every number of W."""
    found = np.empty(W.shape)
    for place in np.ndindex(W.shape):
        there, back = W.copy(), W.copy()
        there[place] += eps
        back[place] -= eps
        found[place] = (f(there) - f(back)) / (2 * eps)
    return found


def loss_of(s, target):
    """The loss by its definition, from weights that are tested elsewhere."""
    A, T = attend(s).weights, np.asarray(target)
    return -(T[T > 0] * np.log(A[T > 0])).sum() / (T.sum(axis=-1) > 0.5).sum()


def entropy(target):
    return -(target[target > 0] * np.log(target[target > 0])).sum() / target.any(axis=-1).sum()


def drawn_target(s, rng, empty):
    """Wanted weights of each head where the mask allows them; some rows want nothing."""
    shape = attend(s).weights.shape
    T = rng.gamma(0.5, size=shape) * (rng.random(shape) < 0.7) * s.allowed
    T *= rng.random((*shape[:-1], 1)) >= empty
    i, j = np.argwhere(s.allowed)[rng.integers(s.allowed.sum())]
    T[..., i, j] += 0.1
    sums = T.sum(axis=-1, keepdims=True)
    return np.divide(T, sums, out=np.zeros(shape), where=sums > 0)


def assert_slopes(s, target):
    loss, gradient = attention_loss(s, target)
    np.testing.assert_allclose(loss, loss_of(s, target), rtol=1e-12, atol=1e-12)
    assert list(gradient) == ["W_q", "W_k"]
    for name, ours in gradient.items():
        expected = slope(
            lambda W, name=name: loss_of(replace(s, **{name: W}), target), getattr(s, name)
        )
        np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-7, err_msg=name)


@pytest.mark.parametrize("key", COURSES)
def test_every_course_against_finite_differences(key):
    s = COURSES[key]
    if s.h == H:  # thirteen heads take long and show what three do
        s = replace(s, W_q=s.W_q[:3], W_k=s.W_k[:3], W_v=s.W_v[:3], W_o=None, heads=())
    assert_slopes(s, drawn_target(s, np.random.default_rng(1), empty=0.3))


def test_a_second_sentence_as_long_as_the_first_against_finite_differences():
    s = made(context=N)
    assert_slopes(s, drawn_target(s, np.random.default_rng(2), empty=0))


def options():
    """Everything that a scenario may have, in all mixtures that there can be."""
    own = st.sampled_from(["none", "sinusoidal", "learned", "rope", "alibi"])
    of_two = st.sampled_from(["none", "sinusoidal", "learned"])
    common = {
        "mask": st.sampled_from(["none", "causal", "padding", "custom"]),
        "scale": st.booleans(),
        "temperature": st.floats(0.4, 5),
        "h": st.sampled_from([None, 1, 2]),
    }
    alone = st.fixed_dictionaries({**common, "positions": own, "context": st.none()})
    cross = st.fixed_dictionaries(
        {**common, "positions": of_two, "context": st.sampled_from([3, N_K])}
    )
    return st.one_of(alone, cross)


def drawn_mask(kind, n_k, rng):
    match kind:
        case "causal":
            return np.tril(np.ones((N, n_k), dtype=bool))
        case "padding":
            return masks.padding(N, n_k, 2)
        case "custom":
            mask = rng.random((N, n_k)) < 0.5
            mask[np.arange(N), rng.integers(0, n_k, N)] = True
            return mask
    return None


@given(options(), st.integers(0, 2**32 - 1), st.sampled_from([0, 0.5, 1]))
def test_every_mixture_against_finite_differences(options, seed, empty):
    rng = np.random.default_rng(seed)
    mask = drawn_mask(options["mask"], options["context"] or N, rng)
    slope = {"slope": 0.6} if options["positions"] == "alibi" else {}
    s = made(seed % 1000, **(options | {"mask": mask} | slope))
    assert_slopes(s, drawn_target(s, rng, empty))


@given(st.integers(0, 2**32 - 1))
def test_readout_against_finite_differences(seed):
    rng = np.random.default_rng(seed)
    n, d_model, d_v, classes = 5, 7, 2, 3
    X = rng.normal(size=(n, d_model))
    params = {
        "W_v": rng.normal(size=(d_model, d_v)),
        "W_r": rng.normal(size=(d_v, classes)),
        "b": rng.normal(size=classes),
    }
    T = rng.dirichlet(np.ones(classes), n)
    T[0] = [0, 1, 0]

    def by_definition(W_v, W_r, b):
        e = np.exp(X @ W_v @ W_r + b)
        return -(T * np.log(e / e.sum(axis=1, keepdims=True))).sum() / n

    loss, gradient = readout_loss(X, **params, target=T)
    assert type(loss) is float
    np.testing.assert_allclose(loss, by_definition(**params))
    assert list(gradient) == ["W_v", "W_r", "b"]
    for name, ours in gradient.items():
        expected = slope(lambda W, name=name: by_definition(**params | {name: W}), params[name])
        np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-7, err_msg=name)


LOG_3 = math.log(3)


def by_hand():
    """Q = I, K = log 3 · I: each word looks at itself with 3/4, at the other with 1/4."""
    return Scenario(
        ("a", "b"), X=np.eye(2), W_q=np.eye(2), W_k=LOG_3 * np.eye(2), W_v=np.eye(2), scale=False
    )


def test_two_by_two_by_hand():
    """Both words are to look at the first: (3/4 − 1)/2 = −1/8 and (1/4 − 1)/2 = −3/8."""
    loss, gradient = attention_loss(by_hand(), [[1, 0], [1, 0]])
    assert loss == pytest.approx((math.log(4 / 3) + math.log(4)) / 2, rel=1e-14)
    dS = np.array([[-1, 1], [-3, 3]]) / 8
    np.testing.assert_allclose(gradient["W_q"], LOG_3 * dS, rtol=1e-14)
    np.testing.assert_allclose(gradient["W_k"], dS.T, rtol=1e-14)


def test_two_by_two_with_a_row_that_wants_nothing_by_hand():
    """One row is left, so that nothing is halved; the other has no part in it."""
    loss, gradient = attention_loss(by_hand(), [[0, 0], [1, 0]])
    assert loss == pytest.approx(math.log(4), rel=1e-14)
    dS = np.array([[0, 0], [-3, 3]]) / 4
    np.testing.assert_allclose(gradient["W_q"], LOG_3 * dS, rtol=1e-14)
    np.testing.assert_allclose(gradient["W_k"], dS.T, rtol=1e-14)


def test_the_way_back_by_hand():
    """Every step is kept; X = I, so Q is W_q and K is W_k."""
    g = backward(attend(by_hand()), [[1, 0], [1, 0]])
    dS = np.array([[-1, 1], [-3, 3]]) / 8
    np.testing.assert_allclose(g.dS, dS, rtol=1e-14)
    np.testing.assert_allclose(g.dQ, LOG_3 * dS, rtol=1e-14)
    np.testing.assert_allclose(g.dK, dS.T, rtol=1e-14)
    loss, gradient = attention_loss(by_hand(), [[1, 0], [1, 0]])
    assert g.loss == loss
    np.testing.assert_array_equal(g.dW_q, gradient["W_q"])
    np.testing.assert_array_equal(g.dW_k, gradient["W_k"])


def test_heads_are_the_single_head_repeated():
    """The loss is a mean over all heads' rows, here three of one and five of the other."""
    s = COURSES["heads, without W_o"]
    T = drawn_target(s, np.random.default_rng(0), empty=0)
    T[0, :2] = 0
    loss, gradient = attention_loss(s, T)
    each = [attention_loss(s.head(i), T[i]) for i in range(2)]
    parts = [3 / 8, 5 / 8]
    assert loss == pytest.approx(sum(part * L for part, (L, _) in zip(parts, each, strict=True)))
    for name in ("W_q", "W_k"):
        expected = [part * g[name] for part, (_, g) in zip(parts, each, strict=True)]
        np.testing.assert_allclose(gradient[name], expected)


@pytest.mark.parametrize("key", COURSES)
def test_what_is_there_already_pulls_at_nothing(key):
    s = COURSES[key]
    weights = attend(s).weights
    loss, gradient = attention_loss(s, weights)
    assert loss == pytest.approx(entropy(weights), rel=1e-12)
    for name, pull in gradient.items():
        assert pull.shape == getattr(s, name).shape
        np.testing.assert_allclose(pull, 0, atol=1e-13)


@given(st.sampled_from(sorted(COURSES)), st.integers(0, 2**32 - 1))
def test_no_loss_is_below_the_entropy_of_what_is_wanted(key, seed):
    T = drawn_target(COURSES[key], np.random.default_rng(seed), empty=0.3)
    assert attention_loss(COURSES[key], T)[0] >= entropy(T) - 1e-12


LOGITS = hnp.arrays(np.float64, (3, 5), elements=st.floats(-50, 50))


@given(LOGITS, hnp.arrays(np.float64, (3, 1), elements=st.floats(-1e3, 1e3)))
def test_a_number_added_to_a_row_of_logits_changes_nothing(logits, shift):
    T = np.eye(3, 5, k=1)
    (loss, pull), (same, as_well) = cross_entropy(logits, T), cross_entropy(logits + shift, T)
    np.testing.assert_allclose(same, loss, atol=1e-9)
    np.testing.assert_allclose(as_well, pull, atol=1e-9)
    np.testing.assert_allclose(pull.sum(axis=-1), 0, atol=1e-14)


def test_logits_against_finite_differences():
    rng = np.random.default_rng(0)
    logits, T = rng.normal(size=(2, 3, 5)), rng.dirichlet(np.ones(5), (2, 3))
    T[0, 1] = 0
    expected = slope(lambda x: cross_entropy(x, T)[0], logits)
    np.testing.assert_allclose(cross_entropy(logits, T)[1], expected, atol=1e-9)


@pytest.mark.parametrize("far", [745.2, 1e4, 1e300])
def test_a_weight_that_underflows_has_a_loss_all_the_same(far):
    """exp(−746) is 0 in doubles; its logarithm is −746 all the same."""
    logits, T = np.array([[far, 0.0, -np.inf]]), np.array([[0.0, 1.0, 0.0]])
    loss, pull = cross_entropy(logits, T)
    assert loss == far
    np.testing.assert_allclose(pull, [[1, -1, 0]], atol=1e-300)


def test_extreme_scores_of_a_scenario():
    """q·k is ±900, over a temperature of 0.05: ±18,000 as logits."""
    s = Scenario(("a", "b"), X=[[30], [-30]], W_q=[[1]], W_k=[[1]], W_v=[[1]], temperature=0.05)
    loss, gradient = attention_loss(s, [[0, 1], [1, 0]])
    assert attend(s).weights.tolist() == [[1, 0], [0, 1]]
    assert loss == pytest.approx(36_000)
    # d loss / d W_q = mean of (q·k off − q·k on) / W_q, turned about: 2 · 900 / 0.05.
    np.testing.assert_allclose(gradient["W_q"], [[36_000]])
    np.testing.assert_allclose(gradient["W_k"], [[36_000]])
    assert attention_loss(s, np.eye(2))[0] == 0


def test_a_blocked_word_beside_the_wanted_one_counts_as_nothing():
    s = replace(by_hand(), mask=masks.causal(2))
    loss, gradient = attention_loss(s, np.eye(2))
    assert loss == pytest.approx(math.log(4 / 3) / 2, rel=1e-14)
    np.testing.assert_allclose(gradient["W_q"][0], 0, atol=1e-16)


def test_float32_is_learned_from_as_well():
    s = by_hand()
    low = replace(s, **{name: getattr(s, name).astype(np.float32) for name in ("X", "W_q", "W_k")})
    low = replace(low, W_v=s.W_v.astype(np.float32))
    (loss, gradient), (exact, expected) = (attention_loss(x, np.eye(2)) for x in (low, s))
    assert loss == pytest.approx(exact, rel=1e-6)
    np.testing.assert_allclose(gradient["W_q"], expected["W_q"], rtol=1e-5, atol=1e-7)


def test_nothing_that_was_given_is_changed():
    s, T = made(seed=3), np.eye(5)
    before = T.copy()
    T.setflags(write=False)
    first, _ = attention_loss(s, T)
    again, _ = attention_loss(s, T.tolist())
    assert first == again
    np.testing.assert_array_equal(T, before)


NAN, INF = float("nan"), float("inf")
WRONG = {
    "another shape": ([[1, 0, 0], [0, 1, 0]], r"shape .*\(2, 2\), got \(2, 3\)"),
    "a vector": ([1, 0], r"\(2, 2\), got \(2,\)"),
    "an axis of heads too many": ([[[1, 0], [0, 1]]], r"\(2, 2\), got \(1, 2, 2\)"),
    "too little": ([[0.5, 0.25], [1, 0]], r"sum to 1.*got rows that sum to \[0\.75, 1\.0\]"),
    "too much": ([[1, 1], [1, 0]], r"sum to 1.*got rows that sum to \[1\.0, 2\.0\]"),
    "below 0": ([[1.5, -0.5], [1, 0]], r"0 or more, got -0\.5"),
    "below 0, and 0 in all": ([[1, -1], [1, 0]], r"0 or more, got -1"),
    "nan": ([[NAN, 1], [1, 0]], r"0 or more, got nan"),
    "infinite": ([[INF, 0], [1, 0]], r"sum to 1.*got rows that sum to \[1\.0, inf\]"),
    "infinite both ways": ([[INF, -INF], [1, 0]], r"0 or more, got -inf"),
    "nothing at all": ([[0, 0], [0, 0]], r"one at least; got rows that sum to \[0\.0\]"),
    "no rectangle": ([[1, 0], [1]], r"rectangular array of numbers: .*inhomogeneous"),
    "words": ([["a", "b"], ["c", "d"]], r"array of numbers: .*'a'"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_target_is_refused(case):
    target, message = WRONG[case]
    with pytest.raises(ValueError, match=f"target must.*{message}"):
        attention_loss(by_hand(), target)


def test_heads_take_a_target_each():
    s = COURSES["heads, without W_o"]
    with pytest.raises(ValueError, match=rf"shape.*\(2, {N}, {N}\), got \({N}, {N}\)"):
        attention_loss(s, np.eye(N))


@pytest.mark.parametrize("heads", [None, 2])
def test_what_the_mask_blocks_cant_be_wanted(heads):
    s = made(mask=masks.causal(N), h=heads)
    T = np.zeros((*(() if heads is None else (heads,)), N, N))
    T[..., 1, 3] = 1
    with pytest.raises(ValueError, match=r"mask blocks .*: word 2 can't look at word 4"):
        attention_loss(s, T)
    T[..., 1, 3], T[..., 3, 1] = 0, 1
    assert attention_loss(s, T)[1]["W_q"].shape == s.W_q.shape
    assert s.d_k == D_K


def test_readout_refuses_a_row_that_wants_nothing():
    given = np.eye(2), np.zeros((2, 1)), np.ones((1, 3)), np.zeros(3)
    with pytest.raises(ValueError, match=r"sum to 1, and one at least; got .*\[0\.0, 1\.0\]"):
        readout_loss(*given, np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]))
    with pytest.raises(ValueError, match=r"shape .*\(2, 3\), got \(2, 2\)\.$"):
        readout_loss(*given, np.eye(2))
    with pytest.raises(ValueError, match=r"got \(3, 2\)\. Is target transposed\?"):
        readout_loss(*given, np.ones((3, 2)))
