"""The kinds of transformers that are read, and how a model says which it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..files.error import ModelError


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
#: By the names of classes in transformers, as BertForMaskedLM and DistilBertModel.
_CLASSES = {
    "Bert": "bert",
    "DistilBert": "distilbert",
    "Roberta": "roberta",
    "Camembert": "camembert",
    "XLMRoberta": "xlm-roberta",
}
_CLASS = re.compile(rf"(?:TF|Flax)?({'|'.join(_CLASSES)})(?:Model|LMHeadModel|For\w+)")


def kind_of(said: Mapping[str, Any], names: Iterable[str], where: str) -> str:
    """Tell which of `ARCHITECTURES` a model is.

    Parameters
    ----------
    said : mapping
        Its config.json. Where that has no ``model_type``, the names of its classes tell, and
        where it has none either, the names of its tensors.
    names : iterable of str
        Of its tensors.
    where : str
        Names the config.json in messages.

    Raises
    ------
    ModelError
        When it is another, or can't be told.

    Examples
    --------
    >>> kind_of({"architectures": ["XLMRobertaForMaskedLM"]}, [], "config.json")
    'xlm-roberta'
    >>> kind_of({}, ["transformer.layer.0.attention.q_lin.weight"], "config.json")
    'distilbert'
    """
    classes = said.get("architectures") or []
    given = said.get("model_type") or _by_class(classes)
    if given is None and not classes:
        given = _by_names(tuple(names), said.get("type_vocab_size"))
    if given is None and not classes:
        raise ModelError(
            f"{where} says neither model_type nor architectures, and the names of the tensors "
            f"don't tell: write into it which model it is, one of {', '.join(ARCHITECTURES)}."
        )
    if not isinstance(given, str) or given not in ARCHITECTURES:
        got = f"{given!r:.40}" if given else f"architectures {classes!r:.80}"
        got += ", a decoder" if _is_decoder(classes) else ""
        raise ModelError(
            f"{where} is of another architecture: expected model_type "
            f"{', '.join(ARCHITECTURES)}, got {got}."
        )
    return given


def _by_class(classes: Any) -> str | None:
    for each in classes if isinstance(classes, list) else ():
        if isinstance(each, str) and (found := _CLASS.fullmatch(each)):
            return _CLASSES[found[1]]
    return None


def _is_decoder(classes: Any) -> bool:
    """Whether a model's classes say that it goes on with a text, token by token."""
    ends = ("ForCausalLM", "LMHeadModel")
    return isinstance(classes, list) and any(str(each).endswith(ends) for each in classes)


def _by_names(names: Iterable[str], segments: Any) -> str | None:
    """Tell by the names of tensors; BERT's and RoBERTa's without a head are alike.

    RoBERTa was trained on single texts, so that it has one kind of segment, and BERT two.
    """
    parts = {part for name in names for part in name.split(".")}
    if "q_lin" in parts:
        return "distilbert"
    for part in ("roberta", "bert"):
        if part in parts:
            return part
    if "token_type_embeddings" in parts:
        return "roberta" if segments == 1 else "bert" if segments == 2 else None
    return None
