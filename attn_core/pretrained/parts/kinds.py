"""The kinds of transformers that are read, and how a model says which it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..files.error import ModelError

#: Encoders, whose tokens attend to each other; and decoders, whose tokens attend to those
#: before them. By ``model_type`` of config.json.
ENCODERS = ("bert", "distilbert", "roberta", "camembert", "xlm-roberta")
DECODERS = ("gpt2", "llama", "qwen2", "qwen3")
KINDS = (*ENCODERS, *DECODERS)
#: By the names of classes in transformers, as BertForMaskedLM and DistilBertModel.
_CLASSES = {
    "Bert": "bert",
    "DistilBert": "distilbert",
    "Roberta": "roberta",
    "Camembert": "camembert",
    "XLMRoberta": "xlm-roberta",
    "GPT2": "gpt2",
    "Llama": "llama",
    "Qwen2": "qwen2",
    "Qwen3": "qwen3",
}
_CLASS = re.compile(
    rf"(?:TF|Flax)?({'|'.join(_CLASSES)})(?:Model|LMHeadModel|DoubleHeadsModel|For\w+)"
)


def kind_of(said: Mapping[str, Any], names: Iterable[str], where: str) -> str:
    """Tell which of `KINDS` a model is.

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
            f"don't tell: write into it which model it is, one of {', '.join(KINDS)}."
        )
    if not isinstance(given, str) or given not in KINDS:
        got = f"{given!r:.40}" if given else f"architectures {classes!r:.80}"
        got += ", a decoder" if _is_decoder(classes) else ""
        raise ModelError(
            f"{where} is of another architecture: expected model_type "
            f"{', '.join(KINDS)}, got {got}."
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
    Of the decoders only GPT-2 tells: many that aren't read have Llama's names.
    """
    parts = {part for name in names for part in name.split(".")}
    if "q_lin" in parts:
        return "distilbert"
    if {"wpe", "c_attn"} <= parts:
        return "gpt2"
    for part in ("roberta", "bert"):
        if part in parts:
            return part
    if "token_type_embeddings" in parts:
        return "roberta" if segments == 1 else "bert" if segments == 2 else None
    return None
