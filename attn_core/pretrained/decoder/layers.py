"""The equations of a decoder's block in NumPy, float32; softmax, RoPE and mask are the lab's own.

Source: Radford et al., "Language Models are Unsupervised Multitask Learners" (2019), whose
blocks normalise before each of their two parts; Touvron et al., "LLaMA" (2023); and Ainslie
et al., "GQA" (2023), in which several heads of queries share the keys and values of one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ... import positions
from ...attention import softmax
from ...masks import causal
from ..files.checkpoint import Matrix
from ..parts.activations import Activation
from ..parts.heads import Head, of_layer
from ..parts.norms import Norm, RMSNorm
from .cache import LayerCache

#: A linear map; its bias is None where it has none.
Linear = tuple[Matrix, Matrix | None]


def apply(linear: Linear, X: Matrix) -> Matrix:
    """X W + b."""
    W, b = linear
    return X @ W if b is None else X @ W + b


@dataclass(frozen=True, eq=False)
class Attention:
    """What the attention of one block has learned, all heads side by side.

    Attributes
    ----------
    heads, kv_heads : int
        Of queries, and of keys and values; heads / kv_heads of the former share one of these.
    q, k, v, o : tuple of ndarray
        W and b of queries, shape (d_model, heads · d_k); of keys and of values, shape
        (d_model, kv_heads · d_k); of the output, shape (heads · d_k, d_model).
    scale : bool
        Divide the scores by √d_k.
    temperature : float
        Divides them as well.
    q_norm, k_norm : RMSNorm, optional
        Of each head's queries and keys, before RoPE.
    rope : bool
        Rotate queries and keys. Their columns are in the lab's order: pairs side by side.
    frequencies : ndarray, shape (d_k // 2,), optional
        RoPE's, where they aren't the paper's.
    """

    heads: int
    kv_heads: int
    q: Linear
    k: Linear
    v: Linear
    o: Linear
    scale: bool = True
    temperature: float = 1.0
    q_norm: RMSNorm | None = None
    k_norm: RMSNorm | None = None
    rope: bool = False
    frequencies: Matrix | None = None

    @property
    def d_k(self) -> int:
        """Length of a query, a key and a value of one head."""
        return int(self.q[0].shape[1]) // self.heads

    def shared_with(self, head: int) -> int:
        """Which head of keys and values a head of queries has."""
        return head // (self.heads // self.kv_heads)

    def __call__(
        self, X: Matrix, past: LayerCache | None = None, off: Collection[int] = ()
    ) -> tuple[Matrix, Matrix]:
        """Attend from each token to itself and to those before it.

        Parameters
        ----------
        X : ndarray of float32, shape (m, d_model)
            Of the tokens that come after those in the cache; all tokens without one.
        past : LayerCache, optional
            Keys and values of the tokens before, which these are added to.
        off : collection of int
            Heads whose output is replaced by zeros before W_o.

        Returns
        -------
        weights : ndarray, shape (heads, m, n)
        added : ndarray, shape (m, d_model)
            What W_o makes of all heads' outputs.
        """
        Q, K, V = self.projections(X, past.n if past else 0)
        if past:
            K, V = past.extended(K, V)
        weights = self.weights(Q, K)
        shared = weights.reshape(self.kv_heads, -1, K.shape[1])  # (kv_heads, heads/kv_heads·m, n)
        output = (shared @ V).reshape(Q.shape)  # (heads, m, d_k)
        output[[*off]] = 0
        concat_heads = output.swapaxes(0, 1).reshape(len(X), -1)  # (m, heads·d_k)
        return weights, apply(self.o, concat_heads)

    def projections(self, X: Matrix, first: int = 0) -> tuple[Matrix, Matrix, Matrix]:
        """Queries, keys and values, normalised and rotated; (heads or kv_heads, m, d_k).

        Parameters
        ----------
        X : ndarray of float32, shape (m, d_model)
        first : int
            Position of the first of these tokens.
        """
        Q, K, V = (self._split(apply(each, X)) for each in (self.q, self.k, self.v))
        Q = self.q_norm(Q) if self.q_norm else Q
        K = self.k_norm(K) if self.k_norm else K
        if self.rope:
            theta = positions.angles(first + len(X), self.d_k, self.frequencies)[first:]
            Q, K = (positions.rotate(each, theta.astype(np.float32)) for each in (Q, K))
        return Q, K, V

    def _split(self, columns: Matrix) -> Matrix:
        """Give each head its columns; (heads, m, d_k)."""
        return columns.reshape(len(columns), -1, self.d_k).swapaxes(0, 1)

    def weights(self, Q: Matrix, K: Matrix) -> Matrix:
        """Softmax of the scaled and masked scores; shape (heads, m, n)."""
        (m, d_k), n = Q.shape[1:], K.shape[1]
        # Heads that share keys stand below each other, so that one product has them all.
        shared = Q.reshape(self.kv_heads, -1, d_k)  # (kv_heads, heads/kv_heads·m, d_k)
        factor = (1 / math.sqrt(d_k) if self.scale else 1.0) / self.temperature
        scores = (shared @ K.swapaxes(-1, -2)).reshape(self.heads, m, n) * np.float32(factor)
        if m > 1:  # the last token sees all
            scores = np.where(causal(n)[n - m :], scores, np.float32(-np.inf))
        return softmax(scores)


@dataclass(frozen=True, eq=False)
class MLP:
    """The feed-forward part of GPT-2: activate(X W_1 + b_1) W_2 + b_2."""

    up: Linear
    down: Linear
    activate: Activation

    def __call__(self, X: Matrix) -> Matrix:
        """What it adds to each row; shape (m, d_model)."""
        return apply(self.down, self.activate(apply(self.up, X)))


@dataclass(frozen=True, eq=False)
class GatedMLP:
    """The feed-forward part of Llama, whose activation gates another projection.

    Source: Shazeer, "GLU Variants Improve Transformer" (2020), equation 6.
    """

    gate: Linear
    up: Linear
    down: Linear
    activate: Activation

    def __call__(self, X: Matrix) -> Matrix:
        """What it adds to each row; shape (m, d_model)."""
        return apply(self.down, self.activate(apply(self.gate, X)) * apply(self.up, X))


@dataclass(frozen=True, eq=False)
class BlockTrace:
    """What one block computes of its input X, shape (m, d_model).

    Attributes
    ----------
    weights : ndarray, shape (heads, m, n)
    attention, mlp : ndarray, shape (m, d_model)
        What each of the two parts adds to X.
    output : ndarray, shape (m, d_model)
        X + attention + mlp.
    """

    weights: Matrix
    attention: Matrix
    mlp: Matrix
    output: Matrix


@dataclass(frozen=True, eq=False)
class Block:
    """One layer: attention, then the feed-forward part, each of a norm of what there is."""

    norm_1: Norm
    attention: Attention
    norm_2: Norm
    mlp: Callable[[Matrix], Matrix]

    def __call__(
        self, X: Matrix, past: LayerCache | None = None, off: Collection[int] = ()
    ) -> BlockTrace:
        """Compute the layer of what goes into it; see `Attention`."""
        weights, attended = self.attention(self.norm_1(X), past, off)
        middle = X + attended
        fed = self.mlp(self.norm_2(middle))
        return BlockTrace(weights, attended, fed, _finite(middle + fed))


def forward(
    blocks: Sequence[Block],
    X: Matrix,
    past: Sequence[LayerCache] | None = None,
    off: Collection[Head] = (),
    first: int = 0,
) -> Iterator[BlockTrace]:
    """Send rows through all blocks, one after the other.

    Parameters
    ----------
    blocks : sequence of Block
    X : ndarray of float32, shape (m, d_model)
        What goes into the first of them.
    past : sequence of LayerCache, optional
        One for each block, which the rows are added to.
    off : collection of (layer, head)
        Heads whose output is replaced by zeros.
    first : int
        The block to begin with.

    Raises
    ------
    OverflowError
        When numbers leave the range of float32 on the way.
    """
    for i in range(first, len(blocks)):
        trace = blocks[i](X, past[i] if past else None, of_layer(off, i))
        yield trace
        X = trace.output


def _finite(X: Matrix) -> Matrix:
    if not np.isfinite(X).all():
        raise OverflowError("The numbers leave the range of float32.")
    return X
