"""Sentences about a model: its sizes, and how its attention is designed; Markdown with LaTeX."""

from __future__ import annotations

from ...explain.wording import join_words, pluralize
from ..model import Model


def describe_model(model: Model) -> str:
    """Say what a model is; goes on after its name."""
    kind = "is an encoder" if not model.design.is_causal else "is a decoder"
    return " ".join([f"{kind} with {_sizes(model)}.", *_attention(model), *_inputs(model)])


def describe_score(model: Model) -> str:
    """Say how scores are computed, and which of them are shown."""
    design = model.design
    divided = r" / \sqrt{d_k}" if design.scale else ""
    told = [rf"$\mathrm{{scores}} = Q K^\top{divided}$, before the softmax of each row."]
    if design.rope:
        told.append("$Q$ and $K$ are what RoPE has rotated.")
    if design.by_layer:
        told.append("They are divided by the number of the layer, too, before the softmax.")
    if design.is_causal:
        told.append("In place of those that the mask blocks the softmax gets −∞; they are empty.")
    return " ".join(told)


def describe_features(model: Model) -> str:
    """Say of what products a score is the sum."""
    told = "A score is a sum with one product for each feature of $q$ and $k$"
    if model.design.rope:
        told += ", as RoPE has rotated them: 1 with 2, 3 with 4, and so on"
    return (
        f"{told}. Each row is a key, those with the largest weights; its boxes add up to its score."
    )


def describe_sharing(model: Model, head: int) -> str:
    """Name the heads that have the same keys and values; empty where none has."""
    others = [str(i + 1) for i in model.sharing(head) if i != head]
    if not others:
        return ""
    named = f"head{'s' * (len(others) > 1)} {join_words(others)}"
    return f"This head has its $W_k$ and $W_v$ in common with {named}; in the lab they are its own."


def _sizes(model: Model) -> str:
    return f"{pluralize(model.layers, 'layer')} of {pluralize(model.heads, 'head')}"


def _attention(model: Model) -> list[str]:
    """Who attends to whom, by which numbers."""
    design = model.design
    told = []
    if design.is_causal:
        told.append(
            "It is causal: a token attends to itself and to those before it, and to none after."
        )
    told += _shared(model)
    told.append(f"A token has {model.d_model} numbers, a query and a key {model.d_k};")
    told.append(_divided(model))
    return told


def _shared(model: Model) -> list[str]:
    """Which heads have the same keys and values."""
    kv_heads = model.design.kv_heads
    if (size := model.heads // kv_heads) == 1:
        return []
    if kv_heads == 1:
        return ["All heads of a layer share one $W_k$ and one $W_v$."]
    between = "and" if size == 2 else "to"
    groups = [f"{i + 1} {between} {i + size}" for i in range(0, model.heads, size)]
    rest = ", and so on" if kv_heads > 2 else ""
    return [f"Heads {groups[0]} share one $W_k$ and one $W_v$, and so do {groups[1]}{rest}."]


def _divided(model: Model) -> str:
    design, root = model.design, rf"$\sqrt{{d_k}} = \sqrt{{{model.d_k}}}$"
    if not design.scale:
        by = "the number of their layer" if design.by_layer else "nothing"
        return f"scores are divided by {by}."
    return f"scores are divided by {root}" + (
        ", and by the number of their layer." if design.by_layer else " as always."
    )


def _inputs(model: Model) -> list[str]:
    """What $X$ is, and what is done with queries and keys."""
    design = model.design
    told = []
    if design.qk_norm:
        told.append(
            "Each query and each key is normalised; so $X$ has a token's numbers three times: "
            "divided by the size of its query, by that of its key, and as they are, for the value."
        )
    if design.rope:
        told.append("Queries and keys are rotated by RoPE, which tells places apart.")
    if design.biased:
        told.append(
            "The model's biases are one more row of each $W$, which meets a column of ones in $X$."
        )
    return told
