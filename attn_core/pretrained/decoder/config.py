"""What all decoders' config.json say: sizes, and what the lab doesn't compute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..files.checkpoint import Matrix
from ..files.error import ModelError
from ..parts.activations import Activation


@dataclass(frozen=True, eq=False)
class Config:
    """Sizes of a decoder, and how it computes.

    Attributes
    ----------
    layers, heads, kv_heads, d_model, d_k, d_ff : int
        kv_heads is the number of heads of keys and values, d_ff the width of the MLP.
    max_tokens : int
        Positions that the model was made for.
    epsilon : float
        What a norm adds to a variance.
    activate : callable
        The function of the MLP.
    tied : bool
        Whether the table of embeddings is the head as well.
    scale : bool
        Whether scores are divided by √d_k.
    divides_by_layer : bool
        Whether scores are divided by the number of their layer, from 1, as well.
    biases : frozenset of {"qkv", "o", "mlp"}
        Which linear maps have a bias.
    qk_norm : bool
        Whether queries and keys are normalised before RoPE.
    frequencies : ndarray, optional
        RoPE's, where they aren't the paper's.
    """

    layers: int
    heads: int
    kv_heads: int
    d_model: int
    d_k: int
    d_ff: int
    max_tokens: int
    epsilon: float
    activate: Activation
    tied: bool
    scale: bool
    divides_by_layer: bool
    biases: frozenset[str]
    qk_norm: bool
    frequencies: Matrix | None


#: Under which names a config.json says that numbers are stored in a few bits.
_QUANTIZED = ("quantization_config", "quantization", "compression_config")


def check_covered(said: Mapping[str, Any], where: str) -> None:
    """Refuse what would give other numbers than the model's own; null is nothing.

    Raises
    ------
    ModelError
        Naming it.
    """
    for name in _QUANTIZED:
        if method := said.get(name):
            method = method.get("quant_method", method) if isinstance(method, dict) else method
            raise ModelError(
                f"{where}: the model's numbers are quantized: expected no {name}, got "
                f"{method!r:.40}. Take the model that it was made of, in float32 or bfloat16."
            )
    if said.get("add_cross_attention"):
        raise other(where, "the model has cross-attention: expected add_cross_attention False")
    pruned = said.get("pruned_heads") or {}
    if not isinstance(pruned, dict) or any(pruned.values()):
        got = f"expected no pruned_heads, got {pruned!r:.80}"
        raise other(where, f"heads of the model were pruned: {got}")


def with_defaults(said: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Add what a config.json leaves out; null is nothing where true or false is meant.

    Examples
    --------
    >>> with_defaults({"mlp_bias": None, "head_dim": None}, {"mlp_bias": False, "head_dim": 128})
    {'mlp_bias': False, 'head_dim': None}
    """
    is_flag = {name for name, value in defaults.items() if isinstance(value, bool)}
    given = {name: v for name, v in said.items() if v is not None or name not in is_flag}
    return {**defaults, **given}


def read_flag(said: Mapping[str, Any], name: str, where: str) -> bool:
    """Read true or false."""
    if not isinstance(value := said[name], bool):
        raise ModelError(f"{where}: {name} must be true or false, got {value!r:.40}.")
    return value


def other(where: str, wrong: str) -> ModelError:
    """Tell of a model that computes otherwise than the lab."""
    return ModelError(f"{where}: {wrong}. Such a model computes otherwise than this lab does.")


def check_shared_equally(heads: int, d_model: int, where: str) -> None:
    """Refuse heads among which the numbers of a token can't be shared equally."""
    if d_model % heads:
        raise ModelError(
            f"{where}: the heads must share the {d_model} numbers of a token equally: "
            f"expected a divisor of it, got {heads} heads."
        )
