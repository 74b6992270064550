"""What a model's config.json says: which kind of transformer it is, and its sizes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .error import ModelError

#: Larger than any real one, so that a slip doesn't ask for more memory than there is.
_MOST = {"layers": 96, "heads": 128, "d_model": 4095, "d_ff": 65_536, "max_tokens": 8192}


@dataclass(frozen=True)
class Architecture:
    """How one kind of transformer calls its sizes and its matrices.

    Attributes
    ----------
    prefix : str
        What stands before the names of all tensors where there is a head on the model.
    sizes : mapping
        Our name of a size to that of config.json.
    layer : str
        What stands before the names of a layer's tensors; ``{}`` is its number, from 0.
    names : mapping
        Our name of a part of a layer to that of the file.
    activation : str
        How config.json calls the function of the feed-forward part.
    segments : bool
        Whether a vector is added that tells first and second sentence apart.
    places_after_padding : bool
        Whether the first word's place is the one behind that of the padding, and not 0.
    """

    prefix: str
    sizes: Mapping[str, str]
    layer: str
    names: Mapping[str, str]
    activation: str
    segments: bool
    places_after_padding: bool = False


_SIZES = {
    "layers": "num_hidden_layers",
    "heads": "num_attention_heads",
    "d_model": "hidden_size",
    "d_ff": "intermediate_size",
    "max_tokens": "max_position_embeddings",
}
_NAMES = {
    "W_q": "attention.self.query",
    "W_k": "attention.self.key",
    "W_v": "attention.self.value",
    "W_o": "attention.output.dense",
    "norm_1": "attention.output.LayerNorm",
    "W_1": "intermediate.dense",
    "W_2": "output.dense",
    "norm_2": "output.LayerNorm",
}
_BERT = Architecture("bert.", _SIZES, "encoder.layer.{}.", _NAMES, "hidden_act", segments=True)
_ROBERTA = Architecture(
    "roberta.",
    _SIZES,
    "encoder.layer.{}.",
    _NAMES,
    "hidden_act",
    segments=True,
    places_after_padding=True,
)
_DISTILBERT = Architecture(
    "distilbert.",
    {
        "layers": "n_layers",
        "heads": "n_heads",
        "d_model": "dim",
        "d_ff": "hidden_dim",
        "max_tokens": "max_position_embeddings",
    },
    "transformer.layer.{}.",
    {
        "W_q": "attention.q_lin",
        "W_k": "attention.k_lin",
        "W_v": "attention.v_lin",
        "W_o": "attention.out_lin",
        "norm_1": "sa_layer_norm",
        "W_1": "ffn.lin1",
        "W_2": "ffn.lin2",
        "norm_2": "output_layer_norm",
    },
    "activation",
    segments=False,
)

#: By ``model_type`` of config.json.
ARCHITECTURES: dict[str, Architecture] = {
    "bert": _BERT,
    "distilbert": _DISTILBERT,
    "roberta": _ROBERTA,
    "camembert": _ROBERTA,
    "xlm-roberta": _ROBERTA,
}


@dataclass(frozen=True)
class Config:
    """Kind and sizes of a model.

    Attributes
    ----------
    architecture : Architecture
    layers, heads, d_model, d_ff : int
        d_ff is the width of the feed-forward part.
    max_tokens : int
        How many tokens there are places for.
    first_place : int
        Row of the first word's place in the table of places.
    epsilon : float
        What LayerNorm adds to a variance.
    """

    architecture: Architecture
    layers: int
    heads: int
    d_model: int
    d_ff: int
    max_tokens: int
    first_place: int
    epsilon: float

    @property
    def d_k(self) -> int:
        """Length of a query, a key and a value of one head."""
        return self.d_model // self.heads


def read_config(path: Path) -> Config:
    """Read a config.json.

    Raises
    ------
    ModelError
        When the file isn't a model's, or describes another transformer than ours.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(f"{path} can't be read as JSON: {error}. Fetch it again.") from error
    if not isinstance(said, dict):
        raise ModelError(f"{path} isn't a model's config.json: expected an object of JSON.")
    return config_of(said, str(path))


def config_of(said: Mapping[str, Any], where: str) -> Config:
    """Take from a config.json what we need to know, after checking that we can do it.

    Examples
    --------
    >>> sizes = {"num_hidden_layers": 6, "num_attention_heads": 12, "hidden_size": 384}
    >>> sizes |= {"intermediate_size": 1536, "max_position_embeddings": 512}
    >>> config_of({"model_type": "bert", "hidden_act": "gelu", **sizes}, "config.json").d_k
    32
    """
    kind = said.get("model_type")
    if not isinstance(kind, str) or kind not in ARCHITECTURES:
        raise ModelError(
            f"{where} is of another architecture: expected model_type "
            f"{', '.join(ARCHITECTURES)}, got {kind!r:.40}."
        )
    architecture = ARCHITECTURES[kind]
    _check_choices(said, architecture, where)
    sizes = {ours: _size(said, ours, name, where) for ours, name in architecture.sizes.items()}
    if sizes["d_model"] % sizes["heads"]:
        raise ModelError(
            f"{where}: the heads must share the {sizes['d_model']} numbers of a word equally: "
            f"expected a divisor of it, got {sizes['heads']} heads."
        )
    first = 0
    if architecture.places_after_padding:
        first = _first_place(said, sizes["max_tokens"], where)
    sizes["max_tokens"] -= first
    return Config(architecture, first_place=first, epsilon=_epsilon(said, where), **sizes)


def _size(said: Mapping[str, Any], ours: str, name: str, where: str) -> int:
    value = said.get(name)
    if type(value) is not int or not 1 <= value <= _MOST[ours]:
        raise ModelError(
            f"{where}: {name} must be a whole number from 1 to {_MOST[ours]}, got {value!r:.40}."
        )
    return value


def _first_place(said: Mapping[str, Any], places: int, where: str) -> int:
    padding = said.get("pad_token_id", 1)
    if type(padding) is not int or not 0 <= padding < places - 1:
        raise ModelError(
            f"{where}: a word's place comes after pad_token_id, so that must be a whole number "
            f"from 0 to {places - 2}, got {padding!r:.40}."
        )
    return padding + 1


def _epsilon(said: Mapping[str, Any], where: str) -> float:
    value = said.get("layer_norm_eps", 1e-12)
    if type(value) not in (int, float) or not 0 <= value <= 1:
        raise ModelError(f"{where}: layer_norm_eps must be from 0 to 1, got {value!r:.40}.")
    return float(value)


def _check_choices(said: Mapping[str, Any], architecture: Architecture, where: str) -> None:
    """Refuse what would give other numbers than the model's own."""
    expected = {
        architecture.activation: "gelu",
        "position_embedding_type": "absolute",
        "is_decoder": False,
        "add_cross_attention": False,
        "sinusoidal_pos_embds": False,
    }
    for name, value in expected.items():
        if said.get(name, value) != value:
            raise ModelError(
                f"{where}: expected {name} {value!r}, got {said[name]!r:.40}. "
                "Such a model computes otherwise than this lab does."
            )
