"""One whole layer as equations with its numbers in short, and what its two parts add."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...explain.wording import Escape, say_token
from ...notation.labels import number, percent
from ...scenario import Array
from ..decoder import DecoderOutput
from ..decoder.layers import GatedMLP
from ..encoded import Encoded
from ..files.checkpoint import Matrix
from ..model import EncodedText
from ..parts.heads import of_layer
from ..parts.norms import Norm, RMSNorm


@dataclass(frozen=True, eq=False)
class Part:
    """One step of a layer.

    Attributes
    ----------
    name : str
        What it does.
    equation : str
        In LaTeX.
    values : ndarray, shape (n, d_model)
    """

    name: str
    equation: str
    values: Matrix

    @property
    def lengths(self) -> Array:
        """Length of each row, shape (n,)."""
        return lengths(self.values)

    @property
    def largest(self) -> tuple[int, int]:
        """Row and column of the number that is farthest from 0.

        Examples
        --------
        >>> Part("residual", "X", np.array([[1, -3], [2, 0]])).largest
        (0, 1)
        """
        i, j = np.unravel_index(int(np.abs(self.values).argmax()), self.values.shape)
        return int(i), int(j)


def lengths(rows: Matrix) -> Array:
    """Length of each row.

    Examples
    --------
    >>> lengths(np.array([[3.0, 4.0], [0.0, 2.0]]))
    array([5., 2.])
    """
    return np.asarray(np.linalg.norm(rows, axis=-1))


#: The output of all heads side by side, and what W_o makes of it.
_ATTENTION = r"A = \left[\,O_1 \cdots O_h\right] W_o"
#: Names of the residual stream, and of the two parts that add to it.
ADDED = "residual stream", "attention", "MLP"
_PLAIN, _GATED = r"\sigma({0} W_1)\, W_2", r"\left(\sigma({0} W_g) \odot {0} W_u\right) W_d"


def block_parts(encoded: EncodedText, layer: int) -> tuple[Part, ...]:
    """Compute all steps of a layer: residual stream, norms, attention and MLP.

    Parameters
    ----------
    encoded : Encoded or DecoderOutput
        An encoder normalises after each of the two parts, a decoder before it.
    layer : int
        From 0.
    """
    if isinstance(encoded, DecoderOutput):
        return _pre_norm(encoded, layer)
    assert isinstance(encoded, Encoded)
    return _post_norm(encoded, layer)


def _pre_norm(encoded: DecoderOutput, layer: int) -> tuple[Part, ...]:
    block, X = encoded.model.blocks[layer], encoded.states[layer]
    trace = block(X, off=of_layer(encoded.off, layer))
    Y = X + trace.attention
    mlp = _GATED if isinstance(block.mlp, GatedMLP) else _PLAIN
    first, second = (_name(norm) for norm in (block.norm_1, block.norm_2))
    return (
        Part(ADDED[0], "X", X),
        Part("norm", rf"N = \mathrm{{{first}}}(X)", block.norm_1(X)),
        Part(ADDED[1], _ATTENTION, trace.attention),
        Part("add", "Y = X + A", Y),
        Part("norm", rf"P = \mathrm{{{second}}}(Y)", block.norm_2(Y)),
        Part(ADDED[2], "M = " + mlp.format("P"), trace.mlp),
        Part("add", "X' = Y + M", trace.output),
    )


def _post_norm(encoded: Encoded, layer: int) -> tuple[Part, ...]:
    X = encoded.states[layer]
    trace = encoded.layers[layer](encoded.tokens, X, of_layer(encoded.off, layer))
    return (
        Part(ADDED[0], "X", X),
        Part(ADDED[1], _ATTENTION, trace.attention),
        Part("add, norm", r"Y = \mathrm{LayerNorm}(X + A)", trace.middle),
        Part(ADDED[2], "M = " + _PLAIN.format("Y"), trace.mlp),
        Part("add, norm", r"X' = \mathrm{LayerNorm}(Y + M)", trace.output),
    )


def _name(norm: Norm) -> str:
    return "RMSNorm" if isinstance(norm, RMSNorm) else "LayerNorm"


@dataclass(frozen=True, eq=False)
class AddedNorms:
    """Lengths of what the parts of each layer add to the residual stream.

    Attributes
    ----------
    stream, attention, mlp : ndarray, shape (layers, n)
        |X|, the length of what goes into the layer; |attention| and |MLP|, of what its two
        parts add to that. Row = layer, column = token.
    """

    stream: Array
    attention: Array
    mlp: Array

    @property
    def share(self) -> Array:
        """Attention's share of both lengths, from 0 to 1; shape (layers, n).

        Examples
        --------
        >>> AddedNorms(np.ones((1, 1)), np.full((1, 1), 3.0), np.ones((1, 1))).share
        array([[0.75]])
        """
        whole = self.attention + self.mlp
        return np.asarray(self.attention / np.where(whole, whole, 1))


def added_norms(encoded: EncodedText) -> AddedNorms:
    """Measure how much attention and MLP of each layer add to each token."""
    added = [(lengths(trace.attention), lengths(trace.mlp)) for trace in encoded.traces()]
    attention, mlp = zip(*added, strict=True)
    return AddedNorms(lengths(encoded.states[:-1]), np.stack(attention), np.stack(mlp))


def describe_added(layer: int, lengths: tuple[float, float, float], name: str) -> str:
    """Compare what attention and MLP of a layer add to one token.

    Parameters
    ----------
    layer : int
        From 0.
    lengths : tuple of three float
        Of the token's row as it enters the layer, and of what attention and MLP add.
    name : str
        Of the token, escaped.

    Examples
    --------
    >>> describe_added(0, (4.0, 3.0, 1.0), "suis")
    "The row of suis enters layer 1 with length 4.00; attention adds a vector of length 3.00, and \
the MLP one of 1.00. Attention's share of both lengths is 75 %."
    """
    met, attention, mlp = lengths
    share = attention / (attention + mlp or 1)
    return (
        f"The row of {name} enters layer {layer + 1} with length {number(met)}; attention adds a "
        f"vector of length {number(attention)}, and the MLP one of {number(mlp)}. Attention's "
        f"share of both lengths is {percent(share)}."
    )


def describe_shares(norms: AddedNorms) -> str:
    """Say where attention adds most, and where least.

    Examples
    --------
    >>> norms = AddedNorms(np.ones((2, 1)), np.array([[3.0], [1.0]]), np.ones((2, 1)))
    >>> describe_shares(norms)
    "Attention's share is 63 % in the mean: most in layer 1 (75 %), least in layer 2 (50 %)."
    """
    of_layers = norms.share.mean(axis=1)
    most, least = int(of_layers.argmax()), int(of_layers.argmin())
    told = f"Attention's share is {percent(float(of_layers.mean()))} in the mean"
    if most == least:
        return f"{told}."
    return (
        f"{told}: most in layer {most + 1} ({percent(float(of_layers[most]))}), least in layer "
        f"{least + 1} ({percent(float(of_layers[least]))})."
    )


def describe_largest(part: Part, tokens: tuple[str, ...], escape: Escape = str) -> str:
    """Name the number of a step that is farthest from 0, and where it is.

    Examples
    --------
    >>> describe_largest(Part("residual", "X", np.array([[1.0, -3.0]])), ("suis",))
    '−3.00 (suis, feature 2)'
    """
    i, j = part.largest
    return f"{number(part.values[i, j])} ({say_token(tokens[i], escape)}, feature {j + 1})"
