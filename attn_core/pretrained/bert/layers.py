"""The equations of a BERT layer in NumPy, float32; attention is our own `attend`.

Source: Vaswani et al., "Attention Is All You Need" (2017), and Devlin et al., "BERT:
Pre-training of Deep Bidirectional Transformers" (2019), whose layers normalise after each
of their two parts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ...attention import attend
from ...scenario import Scenario
from ..files.checkpoint import Checkpoint, Matrix
from ..parts.activations import Activation
from ..parts.heads import Head, of_layer
from ..parts.linear import BIAS, read_linear, with_bias, with_ones
from ..parts.norms import LayerNorm, read_layer_norm
from .config import Config


@dataclass(frozen=True, eq=False)
class LayerTrace:
    """What one layer computes of its input X; all of shape (n, d_model).

    Attributes
    ----------
    attention : ndarray
        What attention adds to X.
    middle : ndarray
        The norm of X + attention.
    mlp : ndarray
        What the feed-forward part adds to that.
    output : ndarray
        The norm of middle + mlp.
    """

    attention: Matrix
    middle: Matrix
    mlp: Matrix
    output: Matrix


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer: attention of all heads, then the feed-forward part.

    Attributes
    ----------
    attention : Scenario
        Of all heads, over a word of zeros. It has d_model + 1 features: the last is 1 in
        every word that is read, and its row in each projection is the projection's bias.
        Nothing is added to it, so the last column of W_o is 0.
    b_o : ndarray, shape (d_model,)
    norm_1, norm_2 : LayerNorm
    W_1, W_2 : ndarray, shape (d_model, d_ff), (d_ff, d_model)
    b_1, b_2 : ndarray, shape (d_ff,), (d_model,)
    activate : callable
        What stands between them.
    """

    attention: Scenario
    b_o: Matrix
    norm_1: LayerNorm
    W_1: Matrix
    b_1: Matrix
    W_2: Matrix
    b_2: Matrix
    norm_2: LayerNorm
    activate: Activation

    def scenario(self, tokens: tuple[str, ...], X: Matrix) -> Scenario:
        """The attention of this layer to a text, as a scenario of all its heads.

        Parameters
        ----------
        tokens : sequence of str, length n
        X : ndarray of float32, shape (n, d_model)
            What goes into the layer.
        """
        return self.attention.with_words(tokens, with_ones(X))

    def __call__(self, tokens: tuple[str, ...], X: Matrix, off: Collection[int] = ()) -> LayerTrace:
        """Compute the layer of what goes into it.

        Parameters
        ----------
        tokens : sequence of str, length n
        X : ndarray of float32, shape (n, d_model)
        off : collection of int
            Heads whose output is replaced by zeros before W_o.
        """
        s = self.scenario(tokens, X)
        assert s.W_o is not None
        # Head by head: the scores of all at once, at each step, take a hundred MB in a long text.
        outputs = np.stack([attend(s.head(i)).output for i in range(s.h)])
        outputs[[*off]] = 0
        projected: Matrix = (np.concatenate(outputs, axis=-1) @ s.W_o)[:, :-1]
        attended = projected + self.b_o
        middle = self.norm_1(X + attended)
        hidden = self.activate(middle @ self.W_1 + self.b_1)
        fed = hidden @ self.W_2 + self.b_2
        return LayerTrace(attended, middle, fed, _finite(self.norm_2(middle + fed)))


def forward(
    layers: Sequence[Layer],
    tokens: tuple[str, ...],
    X: Matrix,
    off: Collection[Head] = (),
    first: int = 0,
) -> Iterator[LayerTrace]:
    """Send a sentence through all layers, one after the other.

    Parameters
    ----------
    layers : sequence of Layer
    tokens : sequence of str, length n
    X : ndarray of float32, shape (n, d_model)
        What goes into the first of them.
    off : collection of (layer, head)
        Heads whose output is replaced by zeros.
    first : int
        The layer to begin with.

    Raises
    ------
    OverflowError
        When numbers leave the range of float32 on the way.
    """
    X = _finite(X)
    for i in range(first, len(layers)):
        trace = layers[i](tokens, X, of_layer(off, i))
        yield trace
        X = trace.output


def _finite(X: Matrix) -> Matrix:
    if not np.isfinite(X).all():
        raise OverflowError("The numbers leave the range of float32.")
    return X


def read_layer(file: Checkpoint, config: Config, i: int) -> Layer:
    """Read layer i, from 0, of a model's file."""
    before = config.architecture.layer.format(i)
    names = {ours: before + theirs for ours, theirs in config.architecture.names.items()}
    W_o, b_o = read_linear(file, names["W_o"], config.d_model, config.d_model)
    W_1, b_1 = read_linear(file, names["W_1"], config.d_model, config.d_ff)
    W_2, b_2 = read_linear(file, names["W_2"], config.d_ff, config.d_model)
    return Layer(
        attention=_attention(file, names, config, W_o),
        b_o=b_o,
        norm_1=read_layer_norm(file, names["norm_1"], config.d_model, config.epsilon),
        W_1=W_1,
        b_1=b_1,
        W_2=W_2,
        b_2=b_2,
        norm_2=read_layer_norm(file, names["norm_2"], config.d_model, config.epsilon),
        activate=config.activate,
    )


def _projection(file: Checkpoint, name: str, config: Config) -> Matrix:
    """Read a projection of all heads, its bias as the last row; (h, d_model + 1, d_k)."""
    W, b = read_linear(file, name, config.d_model, config.d_model)
    return with_bias(W, b).reshape(-1, config.heads, config.d_k).swapaxes(0, 1)


def _attention(file: Checkpoint, names: dict[str, str], config: Config, W_o: Matrix) -> Scenario:
    W_q, W_k, W_v = (_projection(file, names[each], config) for each in ("W_q", "W_k", "W_v"))
    nothing = np.zeros((1, config.d_model + 1), np.float32)
    features = (*(f"x{i}" for i in range(1, config.d_model + 1)), BIAS)
    W_o = np.pad(W_o, ((0, 0), (0, 1)))
    return Scenario(("0",), nothing, W_q, W_k, W_v, W_o=W_o, features=features)
