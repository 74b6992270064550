"""A large head made small: the same attention up to 8 tokens, and near it for more."""

from dataclasses import replace

import numpy as np
import pytest

from attn_core import Scenario, attend, limits, permalink
from attn_core.pretrained import beginning, describe_lab, in_lab, load
from tests.pretrained import decoders

WIDTH, D_K, D_V = 37, 13, 11


def head(n, seed=3, strength=1.0, rank=WIDTH):
    """A head in the form of the model's: the last feature is 1 in every word."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, rank)) @ rng.normal(size=(rank, WIDTH)) / np.sqrt(rank)
    X[:, -1] = 1
    W_q, W_k, W_v = (rng.normal(size=(WIDTH, d)) / 6 for d in (D_K, D_K, D_V))
    tokens = tuple(f"w{i}" for i in range(n))
    return Scenario(tokens, *(a.astype(np.float32) for a in (X, W_q * strength, W_k, W_v)))


@pytest.mark.parametrize("n", [1, 2, 3, 5, 7, 8])
@pytest.mark.parametrize("strength", [0.2, 1, 5])
def test_up_to_eight_tokens_only_rounding_is_lost(n, strength):
    s = head(n, strength=strength)
    real, lab = attend(s), attend(in_lab(s))
    # Numbers of about 2 are rounded to 0.001, which is up to a fiftieth in a score of 100.
    off = 0.004 * strength**0.5 * max(1, np.abs(real.scores).max() / 10)
    np.testing.assert_allclose(lab.scores, real.scores, atol=3 * off)
    np.testing.assert_allclose(lab.weights, real.weights, atol=off)
    np.testing.assert_allclose(lab.V @ lab.V.T, real.V @ real.V.T, atol=0.05)


@pytest.mark.parametrize("n", [2, 3, 7, 11, 12])
def test_it_is_a_scenario_of_the_lab(n):
    small = in_lab(head(n))
    assert limits.validate(small) == small
    assert permalink.decode(permalink.encode(small)) == small
    d = min(n, 8)
    assert (small.d_model, small.d_k, small.d_v) == (d, d, d)
    assert small.features == tuple(f"axis {i}" for i in range(1, d + 1))
    sizes = [np.abs(W).max() for W in (small.X, small.W_q, small.W_k, small.W_v)]
    assert max(sizes) < 10


def test_more_tokens_are_the_same_where_the_scores_need_no_more_axes():
    s = head(11, rank=7)  # and the column of ones is an eighth direction
    np.testing.assert_allclose(attend(in_lab(s)).weights, attend(s).weights, atol=0.004)


@pytest.mark.parametrize("seed", range(5))
def test_of_more_tokens_the_scores_keep_what_eight_directions_can(seed):
    """Nearer to the scores than the directions in which X is longest, projected in float64."""
    s = head(11, seed)
    scores = attend(s).scores

    def left_out(basis):
        P = basis @ basis.T
        return np.linalg.norm(P @ scores @ P - scores)

    longest = np.linalg.svd(s.X)[0][:, :8]
    small = attend(in_lab(s))
    ours = np.linalg.norm(small.scores - scores)
    assert ours < left_out(longest)
    assert ours == pytest.approx(left_out(np.linalg.qr(small.scenario.X)[0]), rel=0.05)


def test_without_scores_every_weight_is_even():
    s = head(5, strength=0)
    np.testing.assert_allclose(attend(in_lab(s)).weights, 0.2)


def test_what_is_told_is_the_largest_difference():
    s = head(11)
    real, lab = attend(s), attend(in_lab(s))
    gaps = np.abs(real.weights - lab.weights)
    i, j = np.unravel_index(gaps.argmax(), gaps.shape)
    assert f"{gaps.max():.4f}, query *w{i}*, key *w{j}*" in describe_lab(real, lab, "*{}*".format)
    few = attend(head(5))
    told = describe_lab(few, attend(in_lab(few.scenario)))
    most = float(told.split()[-1].rstrip("."))
    gap = np.abs(few.weights - attend(in_lab(few.scenario)).weights).max()
    assert gap <= most < gap + 0.0001


def test_what_is_no_single_head_or_too_long_is_refused():
    s = head(5)
    several = Scenario(s.tokens, s.X, *(np.stack([W, W]) for W in (s.W_q, s.W_k, s.W_v)))
    with pytest.raises(ValueError, match="one head's attention"):
        in_lab(several)
    with pytest.raises(ValueError, match="12 words and signs; this one has 13"):
        in_lab(head(13))


@pytest.mark.parametrize("n", [3, 7])
def test_scores_that_are_not_scaled_stay_so(n):
    s = replace(head(n, strength=0.3), scale=False)
    np.testing.assert_allclose(attend(in_lab(s)).weights, attend(s).weights, atol=0.01)


def test_what_is_far_is_not_called_near():
    s = head(12, strength=3)
    real, lab = attend(s), attend(in_lab(s))
    gap = np.abs(real.weights - lab.weights).max()
    assert gap > 0.05
    assert "partly far from the model's" in describe_lab(real, lab)
    near = head(11, rank=7)
    assert "near the model's" in describe_lab(attend(near), attend(in_lab(near)))


def test_a_token_longer_than_a_word_of_the_lab_is_shortened():
    """RoBERTa's vocabulary has lines of 64 hyphens; what is 40 long stays."""
    W = np.eye(2, 3)
    tokens = ("-" * 64, "x" * 40)
    small = in_lab(Scenario(tokens, X=[[1, 2], [2, 1]], W_q=W, W_k=W, W_v=W))
    assert small.tokens == ("-" * 39 + "…", "x" * 40)


@pytest.mark.usefixtures("model_packages")
@pytest.mark.parametrize("kind", decoders.KINDS)
def test_a_head_of_a_decoder(kind):
    """Causal, without the RoPE that is in its scores already."""
    model = load(decoders.HOME / kind)
    for text, close in (("a", 0), ("ab ba cab", 0.01), ("c a, cab", 0.01)):
        encoded = model.encode(text)
        for layer, i in ((0, 0), (1, model.heads - 1)):
            s = model.scenario_of(encoded, layer, i)
            small = in_lab(s)
            assert limits.validate(small) == small and small.positions == "none"
            assert permalink.decode(permalink.encode(small)) == small
            lab = attend(small)
            gap = np.abs(lab.weights - encoded.weights[layer, i]).max()
            assert gap <= close
            np.testing.assert_array_equal(small.mask, np.tril(np.ones((s.n, s.n), bool)))
            V = attend(s).V
            np.testing.assert_allclose(lab.V @ lab.V.T, V @ V.T, rtol=0, atol=0.05)


@pytest.mark.usefixtures("model_packages")
@pytest.mark.parametrize("kind", decoders.KINDS)
def test_a_longer_text_of_a_decoder_has_the_same_weights(kind):
    """What the mask blocks leaves more room than twelve tokens need."""
    model = load(decoders.HOME / kind)
    encoded = model.encode("cab bad, dab a ccc")
    assert encoded.n > 8
    for layer, i in np.ndindex(model.layers, model.heads):
        s = model.scenario_of(encoded, layer, i)
        small = in_lab(s)
        assert permalink.decode(permalink.encode(small)) == small
        real, lab = attend(s), attend(small)
        assert np.abs(encoded.weights[layer, i] - lab.weights).max() < 0.01
        assert "what the mask blocks may be anything" in describe_lab(real, lab)


@pytest.mark.parametrize("seed", range(7))
@pytest.mark.parametrize("n", [9, 11, 12])
def test_any_causal_head_of_as_many_tokens_as_the_lab_has(n, seed):
    s = replace(head(n, seed, strength=1 + seed), mask=np.tri(n, dtype=bool))
    small = in_lab(s)
    assert limits.validate(small) == small
    np.testing.assert_allclose(attend(small).weights, attend(s).weights, atol=0.01)


def test_with_another_mask_a_longer_text_is_only_near():
    s = replace(head(12), mask=np.tri(12, k=1, dtype=bool))
    real, lab = attend(s), attend(in_lab(s))
    assert np.abs(real.weights - lab.weights).max() > 0.01
    assert "partly far from the model's" in describe_lab(real, lab)


@pytest.mark.usefixtures("model_packages")
@pytest.mark.parametrize("kind", decoders.KINDS)
def test_the_beginning_of_a_decoder_s_text_stands_for_itself(kind):
    model = load(decoders.HOME / kind)
    s = model.scenario("cab bad, dab a ccc", 1, 1)
    alone = attend(beginning(s, 7))
    np.testing.assert_allclose(alone.weights, attend(s).weights[:7, :7], atol=1e-6)
    np.testing.assert_allclose(attend(in_lab(alone.scenario)).weights, alone.weights, atol=0.01)


@pytest.mark.parametrize("mask", [None, np.tri(3, k=1, dtype=bool)])
def test_no_other_head_has_such_a_beginning(mask):
    with pytest.raises(ValueError, match="Expected a causal mask"):
        beginning(replace(head(3), mask=mask), 2)
