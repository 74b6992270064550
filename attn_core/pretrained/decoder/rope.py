"""How a config.json says by which angles RoPE rotates, in its old and its new spelling."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...positions import BASE
from ...scenario import Array
from ..files.error import ModelError
from .config import other


def frequencies_of(said: Mapping[str, Any], d_k: int, max_tokens: int, where: str) -> Array | None:
    """Compute each pair's angle from one position to the next; None for the paper's own.

    Parameters
    ----------
    said : mapping
        A config.json, with ``rope_theta`` and ``rope_scaling``, or ``rope_parameters``.
    d_k : int
    max_tokens : int
        Positions that the model was made for.
    where : str
        Names the config.json in messages.

    Raises
    ------
    ModelError
        When they are stretched in a way that the lab doesn't compute.

    Examples
    --------
    >>> frequencies_of({"rope_theta": 1e6}, 4, 64, "config.json")
    array([1.   , 0.001])
    >>> frequencies_of({"rope_parameters": {"rope_type": "yarn"}}, 4, 64, "config.json")
    Traceback (most recent call last):
    attn_core.pretrained.files.error.ModelError: config.json: RoPE is stretched by 'yarn': \
expected 'default' or 'llama3'. Such a model computes otherwise than this lab does.
    """
    rope = _parameters(said, where)
    base = _number({"rope_theta": _given("rope_theta", rope, said, BASE)}, "rope_theta", where)
    kind = rope.get("rope_type") or rope.get("type") or "default"
    if kind not in ("default", "llama3"):
        raise other(where, f"RoPE is stretched by {kind!r:.40}: expected 'default' or 'llama3'")
    part = _given("partial_rotary_factor", rope, said, 1)
    if part != 1:
        got = f"expected partial_rotary_factor 1, got {part!r:.40}"
        raise other(where, f"RoPE rotates only a part of the columns: {got}")
    if kind == "default":
        return None if base == BASE else _own(base, d_k)
    stretch = {"original_max_position_embeddings": max_tokens, **rope}
    if (before := said.get("original_max_position_embeddings")) is not None:
        stretch["original_max_position_embeddings"] = before
    return _llama3(_own(base, d_k), stretch, where)


def _parameters(said: Mapping[str, Any], where: str) -> dict[str, Any]:
    rope = said.get("rope_scaling") or said.get("rope_parameters") or {}
    if not isinstance(rope, dict):
        raise ModelError(f"{where}: rope_parameters must be an object, got {rope!r:.80}.")
    if any(isinstance(value, dict) for value in rope.values()):
        raise other(where, f"RoPE has parameters of its own for {', '.join(rope)!r:.80}")
    return rope


def _given(name: str, rope: Mapping[str, Any], said: Mapping[str, Any], default: float) -> Any:
    """What is said of RoPE, by its own parameters first."""
    for each in (rope, said):
        if each.get(name) is not None:
            return each[name]
    return default


def _own(base: float, d_k: int) -> Array:
    return np.asarray(1 / base ** (np.arange(0, d_k, 2) / d_k))


def _llama3(frequencies: Array, said: Mapping[str, Any], where: str) -> Array:
    """Slow down the pairs whose waves are longer than the texts of the first training.

    Source: Grattafiori et al., "The Llama 3 Herd of Models" (2024), section 3.4.2, and
    `apply_scaling` in https://github.com/meta-llama/llama-models.
    """
    names = ("factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings")
    factor, low, high, places = (_number(said, name, where) for name in names)
    if not low < high:
        raise ModelError(
            f"{where}: low_freq_factor must be below high_freq_factor, got {low:g} and {high:g}."
        )
    waves = places * frequencies / (2 * math.pi)  # how many of each pair fit into such a text
    kept = np.clip((waves - low) / (high - low), 0, 1)
    slowed: Array = frequencies * (kept + (1 - kept) / factor)
    return slowed


def _number(said: Mapping[str, Any], name: str, where: str) -> float:
    value = said.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise ModelError(f"{where}: {name} must be a number above 0, got {value!r:.40}.")
    return float(value)
