"""Attention rollout, against sums over all ways through the layers."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core.attention import softmax
from attn_core.pretrained.rollout import rollout


def weights(layers, heads, n, seed=0):
    return softmax(3 * np.random.default_rng(seed).normal(size=(layers, heads, n, n)))


def by_ways(W, layer):
    """From each token after a layer to each word: the sum over all ways of half steps."""
    n, result = W.shape[-1], np.zeros((W.shape[-1],) * 2)
    mean = W.sum(axis=1) / W.shape[1]
    for way in product(range(n), repeat=layer + 2):  # from the last layer down to the words
        part = 1.0
        for k, (here, there) in enumerate(pairwise(way)):
            part *= 0.5 * mean[layer - k, here, there] + 0.5 * (here == there)
        result[way[0], way[-1]] += part
    return result


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_it_is_the_sum_over_all_ways(layer):
    W = weights(3, 2, 5)
    np.testing.assert_allclose(rollout(W)[layer], by_ways(W, layer), atol=1e-12)


def test_by_hand():
    """Two words; the first layer swaps them, the second looks at the first only."""
    W = np.array([[[[0, 1], [1, 0]]], [[[1, 0], [1, 0]]]], dtype=float)
    np.testing.assert_allclose(rollout(W)[0], [[0.5, 0.5], [0.5, 0.5]])
    W[0] = [[[0.5, 0.5], [0, 1]]]
    # A₁ = ¾ ¼ / 0 1; A₂ = 1 0 / ½ ½.
    np.testing.assert_allclose(rollout(W)[1], [[0.75, 0.25], [0.375, 0.625]])


@given(st.integers(1, 5), st.integers(1, 3), st.integers(1, 7), st.integers(0, 99))
def test_rows_sum_to_1(layers, heads, n, seed):
    result = rollout(weights(layers, heads, n, seed))
    assert result.shape == (layers, n, n)
    assert (result >= 0).all()
    np.testing.assert_allclose(result.sum(axis=-1), 1)


def test_float32_stays():
    assert rollout(weights(2, 3, 5).astype(np.float32)).dtype == np.float32
