"""How each kind of encoder calls its sizes and its matrices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Architecture:
    """How one kind of transformer calls its sizes and its matrices.

    Attributes
    ----------
    sizes : mapping
        Our name of a size to those that config.json may have for it.
    layer : str
        What stands before the names of a layer's tensors; ``{}`` is its number, from 0.
    names : mapping
        Our name of a part of a layer to that of the file.
    activation : str
        How config.json calls the function of the feed-forward part.
    segments : bool
        Whether a vector is added that tells first and second sentence apart.
    epsilon : str
        How config.json calls what LayerNorm adds to a variance; empty where it has no say.
    places_after_padding : bool
        Whether the first word's place is the one behind that of the padding, and not 0.
    """

    sizes: Mapping[str, tuple[str, ...]]
    layer: str
    names: Mapping[str, str]
    activation: str
    segments: bool
    epsilon: str
    places_after_padding: bool = False


_SIZES = {
    "layers": ("num_hidden_layers",),
    "heads": ("num_attention_heads",),
    "d_model": ("hidden_size",),
    "d_ff": ("intermediate_size",),
    "max_tokens": ("max_position_embeddings",),
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
_BERT = Architecture(
    _SIZES, "encoder.layer.{}.", _NAMES, "hidden_act", segments=True, epsilon="layer_norm_eps"
)
_ROBERTA = replace(_BERT, places_after_padding=True)
_DISTILBERT = Architecture(
    {
        "layers": ("n_layers", "num_hidden_layers"),
        "heads": ("n_heads", "num_attention_heads"),
        "d_model": ("dim", "hidden_size"),
        "d_ff": ("hidden_dim", "intermediate_size"),
        "max_tokens": ("max_position_embeddings",),
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
    epsilon="",
)

#: By ``model_type`` of config.json.
ARCHITECTURES: dict[str, Architecture] = {
    "bert": _BERT,
    "distilbert": _DISTILBERT,
    "roberta": _ROBERTA,
    "camembert": _ROBERTA,
    "xlm-roberta": _ROBERTA,
}
