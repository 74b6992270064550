"""What a model's config.json says: of which kind it is, its sizes, and how it computes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..files.error import ModelError
from ..files.json_file import read_object
from ..parts.activations import Activation
from ..parts.kinds import kind_of
from ..parts.settings import read_activation, read_epsilon, read_size
from .architecture import ARCHITECTURES, Architecture

WORDS = "embeddings.word_embeddings.weight"
PLACES = "embeddings.position_embeddings.weight"
SEGMENTS = "embeddings.token_type_embeddings.weight"
NORM = "embeddings.LayerNorm"


@dataclass(frozen=True)
class Config:
    """Kind and sizes of a model.

    Attributes
    ----------
    kind : str
        One of `ARCHITECTURES`.
    layers, heads, d_model, d_ff : int
        d_ff is the width of the feed-forward part.
    max_tokens : int
        How many tokens there are places for.
    padding : int, optional
        Number of the token that fills texts up, where places are counted from it on.
    epsilon : float
        What LayerNorm adds to a variance.
    activate : callable
        The function of the feed-forward part.
    """

    kind: str
    layers: int
    heads: int
    d_model: int
    d_ff: int
    max_tokens: int
    padding: int | None
    epsilon: float
    activate: Activation

    @property
    def architecture(self) -> Architecture:
        """How its kind calls its matrices."""
        return ARCHITECTURES[self.kind]

    @property
    def d_k(self) -> int:
        """Length of a query, a key and a value of one head."""
        return self.d_model // self.heads

    @property
    def first_place(self) -> int:
        """Row of the first word's place in the table of places."""
        return 0 if self.padding is None else self.padding + 1

    def places(self, ids: Sequence[int]) -> NDArray[np.int64]:
        """Which row of the table of places each token of a text has.

        RoBERTa counts only what isn't padding, and gives all padding one place.
        """
        if self.padding is None:
            return np.arange(len(ids))
        counts = np.asarray(ids) != self.padding
        places: NDArray[np.int64] = self.padding + np.cumsum(counts) * counts
        return places

    @property
    def tensors(self) -> tuple[str, ...]:
        """Name all tensors that it needs, the table of words first."""
        own = (WORDS, PLACES, *([SEGMENTS] if self.architecture.segments else []))
        parts = [NORM]
        for i in range(self.layers):
            before = self.architecture.layer.format(i)
            parts += [before + name for name in self.architecture.names.values()]
        return (*own, *(f"{part}.{what}" for part in parts for what in ("weight", "bias")))


def read_config(path: Path, names: Iterable[str]) -> Config:
    """Read a config.json.

    Parameters
    ----------
    path : Path
    names : iterable of str
        Of the model's tensors, which tell its kind where the file doesn't.

    Raises
    ------
    ModelError
        When the file isn't a model's, or describes another transformer than ours.
    """
    return config_of(read_object(path), names, str(path))


def config_of(said: Mapping[str, Any], names: Iterable[str], where: str) -> Config:
    """Take from a config.json what we need to know, after checking that we can do it.

    Examples
    --------
    >>> sizes = {"num_hidden_layers": 6, "num_attention_heads": 12, "hidden_size": 384}
    >>> sizes |= {"intermediate_size": 1536, "max_position_embeddings": 512}
    >>> config_of({"model_type": "bert", "hidden_act": "gelu", **sizes}, [], "config.json").d_k
    32
    """
    kind = kind_of(said, names, where)
    architecture = ARCHITECTURES[kind]
    for wrong in _other_computing(said):
        raise ModelError(f"{where}: {wrong}. Such a model computes otherwise than this lab does.")
    sizes = {
        ours: read_size(said, ours, names, where) for ours, names in architecture.sizes.items()
    }
    if sizes["d_model"] % sizes["heads"]:
        raise ModelError(
            f"{where}: the heads must share the {sizes['d_model']} numbers of a word equally: "
            f"expected a divisor of it, got {sizes['heads']} heads."
        )
    padding = None
    if architecture.places_after_padding:
        padding = _padding(said, sizes["max_tokens"], where)
        sizes["max_tokens"] -= padding + 1
    return Config(
        kind,
        padding=padding,
        epsilon=read_epsilon(said, architecture.epsilon, where),
        activate=read_activation(said, architecture.activation, where),
        **sizes,
    )


def _padding(said: Mapping[str, Any], places: int, where: str) -> int:
    padding = said.get("pad_token_id", 1)
    if type(padding) is not int or not 0 <= padding < places - 1:
        raise ModelError(
            f"{where}: a word's place comes after pad_token_id, so that must be a whole number "
            f"from 0 to {places - 2}, got {padding!r:.40}."
        )
    return padding


def _other_computing(said: Mapping[str, Any]) -> Iterator[str]:
    """Say what would give other numbers than the model's own; null is nothing."""
    kind = said.get("position_embedding_type") or "absolute"
    if kind != "absolute":
        yield (
            "the model has relative positions: expected position_embedding_type 'absolute', "
            f"got {kind!r:.40}"
        )
    for name, what in _SWITCHES.items():
        if said.get(name):
            yield f"the model {what}: expected {name} False, got {said[name]!r:.40}"
    pruned = said.get("pruned_heads") or {}
    if not isinstance(pruned, dict) or any(pruned.values()):
        yield f"heads of the model were pruned: expected no pruned_heads, got {pruned!r:.80}"


_SWITCHES = {
    "is_decoder": "is a decoder, whose tokens see only those before them",
    "add_cross_attention": "has cross-attention, as decoders have",
}
