"""What stands in the residual stream after each layer, and what each part adds to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...scenario import Array
from ..files.checkpoint import Matrix
from .model import DecoderOutput


def logit_lens(encoded: DecoderOutput, token: int = -1) -> Matrix:
    """Read the next token's logits after every layer, as if it were the last.

    Parameters
    ----------
    encoded : DecoderOutput
    token : int
        Of the text, at which the stream is read; left out, the last.

    Returns
    -------
    ndarray, shape (layers + 1, vocabulary)
        Of what goes into each layer, and of what leaves the last: the model's own logits.

    Notes
    -----
    The last norm and the head were trained for what leaves the last layer alone, so early
    layers may speak in directions that they don't know. Source: nostalgebraist,
    "interpreting GPT: the logit lens" (2020); its faults: Belrose et al., "Eliciting Latent
    Predictions from Transformers with the Tuned Lens" (2023).
    """
    if token not in range(-encoded.n, encoded.n):
        raise ValueError(f"token must be one of the text's {encoded.n}, got {token!r:.20}.")
    return encoded.model.logits(encoded.states[:, token])


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


def added_norms(encoded: DecoderOutput) -> AddedNorms:
    """Measure how much attention and MLP of each layer add to each token."""
    attention, mlp = zip(
        *((_lengths(trace.attention), _lengths(trace.mlp)) for trace in encoded.traces()),
        strict=True,
    )
    return AddedNorms(_lengths(encoded.states[:-1]), np.stack(attention), np.stack(mlp))


def _lengths(rows: Matrix) -> Array:
    return np.asarray(np.linalg.norm(rows, axis=-1))
