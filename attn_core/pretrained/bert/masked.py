"""The head of a masked language model: which token may stand in a place of a text.

Source: Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers" (2019), section
3.1; Liu et al., "RoBERTa" (2019). It compares what leaves the last layer there, once more
transformed, with the vector of each token.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..files.checkpoint import Checkpoint, Matrix
from ..parts.activations import Activation, gelu
from ..parts.linear import read_linear
from ..parts.norms import LayerNorm, read_layer_norm
from .config import WORDS, Config

#: Rows of the table that are in memory at once; the whole would take 94 MB in BERT.
_ROWS = 4096

#: The linear map, the norm, the map to all tokens, and its bias where that stands alone, as it
#: does where the map's table is that of the embeddings.
_Names = tuple[str, str, str, str]
_BERT: _Names = (
    "cls.predictions.transform.dense",
    "cls.predictions.transform.LayerNorm",
    "cls.predictions.decoder",
    "cls.predictions.bias",
)
_DISTILBERT: _Names = (
    *("vocab_transform", "vocab_layer_norm", "vocab_projector"),
    "vocab_projector.bias",
)
_ROBERTA: _Names = ("lm_head.dense", "lm_head.layer_norm", "lm_head.decoder", "lm_head.bias")


@dataclass(frozen=True, eq=False)
class MaskedHead:
    """What the head has learned.

    Attributes
    ----------
    W, b : ndarray, shape (d_model, d_model), (d_model,)
    activate : callable
    norm : LayerNorm
    bias : ndarray, shape (vocabulary,)
    """

    W: Matrix
    b: Matrix
    activate: Activation
    norm: LayerNorm
    bias: Matrix
    _file: Checkpoint
    _table: str

    def logits(self, hidden: Matrix) -> Matrix:
        """How likely each token stands in a place, before softmax; shape (m, vocabulary).

        Parameters
        ----------
        hidden : ndarray of float32, shape (m, d_model)
            What leaves the last layer there.
        """
        transformed = self.norm(self.activate(hidden @ self.W + self.b))
        size = len(self.bias), hidden.shape[1]
        parts = []
        for first in range(0, size[0], _ROWS):
            rows = self._file.take(self._table, *size, rows=slice(first, first + _ROWS))
            parts.append(transformed @ rows.T)
        logits: Matrix = np.concatenate(parts, axis=1) + self.bias
        return logits


def read_masked_head(file: Checkpoint, config: Config, vocabulary: int) -> MaskedHead | None:
    """Read the head of a model's file; None where the file has none.

    Parameters
    ----------
    file : Checkpoint
    config : Config
    vocabulary : int
        Rows of the table of embeddings.
    """
    if not (tensors := masked_tensors(file, config)):
        return None
    dense, norm, decoder, _ = names = _names(config)
    table = f"{decoder}.weight"
    W, b = read_linear(file, dense, config.d_model, config.d_model)
    return MaskedHead(
        W,
        b,
        gelu if names is _ROBERTA else config.activate,
        read_layer_norm(file, norm, config.d_model, config.epsilon),
        file.take(tensors[-1], vocabulary),
        file,
        table if file.finds(table) else WORDS,
    )


def masked_tensors(file: Checkpoint, config: Config) -> tuple[str, ...]:
    """Name what of the head is in memory, the bias of all tokens last; nothing without a head."""
    dense, norm, decoder, bias = _names(config)
    parts = [f"{part}.{what}" for part in (dense, norm) for what in ("weight", "bias")]
    biases = [name for name in (f"{decoder}.bias", bias) if file.finds(name)]
    return (*parts, biases[0]) if biases and all(map(file.finds, parts)) else ()


def _names(config: Config) -> _Names:
    return {"bert": _BERT, "distilbert": _DISTILBERT}.get(config.kind, _ROBERTA)
