"""Llama, Qwen2 and Qwen3: RMSNorm, RoPE, shared keys and values, a gated MLP.

Source: Touvron et al., "LLaMA" (2023) and "Llama 2" (2023); Yang et al., "Qwen2 Technical
Report" (2024), with biases of q, k and v; "Qwen3 Technical Report" (2025), with a norm of
each query and key instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import limits
from ..files.checkpoint import Checkpoint
from ..files.error import ModelError
from ..parts.norms import RMSNorm, read_rms_norm
from ..parts.settings import read_activation, read_epsilon, read_size
from .config import Config, check_covered, check_shared_equally, other, read_flag, with_defaults
from .layers import Attention, Block, GatedMLP, Linear
from .rope import frequencies_of

#: Of token embeddings, and of the norm after the last block.
TABLE, NORM = "embed_tokens.weight", "norm"
_BLOCK = "layers.{}."
#: Where config.json says nothing, as transformers has it.
_LLAMA = {
    **{"num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": None},
    **{"hidden_size": 4096, "intermediate_size": 11_008, "max_position_embeddings": 2048},
    **{"head_dim": None, "rms_norm_eps": 1e-6, "hidden_act": "silu"},
    **{"attention_bias": False, "mlp_bias": False, "tie_word_embeddings": False},
}
_QWEN2 = _LLAMA | {
    **{"num_key_value_heads": 32, "intermediate_size": 22_016, "max_position_embeddings": 32_768},
    **{"use_sliding_window": False, "sliding_window": 4096, "max_window_layers": 28},
}
_DEFAULTS = {"llama": _LLAMA, "qwen2": _QWEN2, "qwen3": _QWEN2 | {"head_dim": 128}}
_SIZES = {
    "layers": ("num_hidden_layers",),
    "heads": ("num_attention_heads",),
    "kv_heads": ("num_key_value_heads",),
    "d_model": ("hidden_size",),
    "d_k": ("head_dim",),
    "d_ff": ("intermediate_size",),
    "max_tokens": ("max_position_embeddings",),
}


def config_of(said: Mapping[str, Any], kind: str, where: str) -> Config:
    """Take from a config.json what we need to know, after checking that we can do it.

    Parameters
    ----------
    said : mapping
    kind : {"llama", "qwen2", "qwen3"}
    where : str
        Names the config.json in messages.

    Examples
    --------
    >>> sizes = {"hidden_size": 20, "num_attention_heads": 5, "num_key_value_heads": 1}
    >>> config_of(sizes, "qwen2", "config.json").d_k
    4
    """
    check_covered(said, where)
    said = _with_defaults(said, kind, where)
    sizes = {ours: read_size(said, ours, names, where) for ours, names in _SIZES.items()}
    _check_heads(sizes, where)
    _check_window(said, sizes, where)
    return Config(
        **sizes,
        epsilon=read_epsilon(said, "rms_norm_eps", where),
        activate=read_activation(said, "hidden_act", where),
        tied=read_flag(said, "tie_word_embeddings", where),
        scale=True,
        divides_by_layer=False,
        biases=_biases(said, kind, where),
        qk_norm=kind == "qwen3",
        frequencies=frequencies_of(said, sizes["d_k"], sizes["max_tokens"], where),
    )


def _with_defaults(said: Mapping[str, Any], kind: str, where: str) -> dict[str, Any]:
    said = with_defaults(said, _DEFAULTS[kind])
    heads, d_model = said["num_attention_heads"], said["hidden_size"]
    if said["num_key_value_heads"] is None:
        said["num_key_value_heads"] = heads
    if said["head_dim"] is None and type(heads) is type(d_model) is int and heads > 0:
        check_shared_equally(heads, d_model, where)
        said["head_dim"] = d_model // heads
    return said


def _check_heads(sizes: Mapping[str, int], where: str) -> None:
    if sizes["heads"] % sizes["kv_heads"]:
        raise ModelError(
            f"{where}: the {sizes['heads']} heads must share the heads of keys and values equally: "
            f"expected a divisor of it, got num_key_value_heads {sizes['kv_heads']}."
        )
    if sizes["d_k"] % 2:
        raise ModelError(
            f"{where}: RoPE rotates pairs of columns: expected an even head_dim, "
            f"got {sizes['d_k']}."
        )


def _check_window(said: Mapping[str, Any], sizes: Mapping[str, int], where: str) -> None:
    """Refuse a sliding window that is shorter than the texts that are read."""
    window = said.get("sliding_window") if said.get("use_sliding_window") else None
    kinds = _kinds_of_layers(said, sizes["layers"], window is not None, where)
    strange = [kind for kind in kinds if kind not in ("full_attention", "sliding_attention")]
    if strange:
        raise other(where, f"the model has layers of {strange[0]!r:.40}: expected full_attention")
    read = min(sizes["max_tokens"], limits.most_tokens(sizes["layers"], sizes["heads"]))
    bites = window is None or type(window) is not int or window < read
    if "sliding_attention" in kinds and bites:
        raise other(
            where,
            f"the model has a sliding window: its tokens attend to the last {window!r:.20} alone, "
            f"and texts of up to {read} are read",
        )


def _kinds_of_layers(
    said: Mapping[str, Any], layers: int, has_window: bool, where: str
) -> Sequence[Any]:
    """Name the kind of each layer's attention; a window begins at max_window_layers."""
    kinds, begin = said.get("layer_types"), said.get("max_window_layers")
    if kinds is None and has_window:
        if type(begin) is not int:
            raise ModelError(f"{where}: max_window_layers must be a number, got {begin!r:.40}.")
        kinds = ["sliding_attention" if i >= begin else "full_attention" for i in range(layers)]
    if not isinstance(kinds, list | None):
        raise ModelError(f"{where}: layer_types must be a list of names, got {kinds!r:.40}.")
    return (kinds or ())[:layers]


def _biases(said: Mapping[str, Any], kind: str, where: str) -> frozenset[str]:
    """Tell which linear maps have a bias."""
    if kind == "qwen2":
        return frozenset({"qkv"})
    biases = {"qkv", "o"} if read_flag(said, "attention_bias", where) else set()
    if kind == "llama" and read_flag(said, "mlp_bias", where):
        biases.add("mlp")
    return frozenset(biases)


def _linears(config: Config) -> dict[str, tuple[int, int, str]]:
    """Rows, columns and kind of each linear map of a block, by its name in the file."""
    d, d_q, d_kv = config.d_model, config.heads * config.d_k, config.kv_heads * config.d_k
    return {
        "self_attn.q_proj": (d, d_q, "qkv"),
        "self_attn.k_proj": (d, d_kv, "qkv"),
        "self_attn.v_proj": (d, d_kv, "qkv"),
        "self_attn.o_proj": (d_q, d, "o"),
        "mlp.gate_proj": (d, config.d_ff, "mlp"),
        "mlp.up_proj": (d, config.d_ff, "mlp"),
        "mlp.down_proj": (config.d_ff, d, "mlp"),
    }


def tensors(config: Config) -> tuple[str, ...]:
    """Name all tensors that it needs but the table and the head, the first layer's first."""
    linears = _linears(config).items()
    parts = ["input_layernorm.weight", "post_attention_layernorm.weight"]
    parts += [f"{name}.weight" for name, _ in linears]
    parts += [f"{name}.bias" for name, (_, _, kind) in linears if kind in config.biases]
    parts += [f"self_attn.{which}_norm.weight" for which in ("q", "k") if config.qk_norm]
    blocks = (_BLOCK.format(i) + part for i in range(config.layers) for part in parts)
    return (*blocks, f"{NORM}.weight")


def read_block(file: Checkpoint, config: Config, i: int) -> Block:
    """Read block i, from 0, of a model's file."""
    before = _BLOCK.format(i)
    q, k, v, o, gate, up, down = (
        _linear(file, before + name, size, size[2] in config.biases)
        for name, size in _linears(config).items()
    )
    attention = Attention(
        config.heads,
        config.kv_heads,
        *(_in_pairs(q, config.d_k), _in_pairs(k, config.d_k), v, o),
        q_norm=_read_qk_norm(file, config, f"{before}self_attn.q_norm"),
        k_norm=_read_qk_norm(file, config, f"{before}self_attn.k_norm"),
        rope=True,
        frequencies=config.frequencies,
    )
    norm_1 = read_norm(file, config, f"{before}input_layernorm")
    norm_2 = read_norm(file, config, f"{before}post_attention_layernorm")
    return Block(norm_1, attention, norm_2, GatedMLP(gate, up, down, config.activate))


def read_norm(file: Checkpoint, config: Config, name: str = NORM) -> RMSNorm:
    """Read a norm; the one after the last block, if no other is named."""
    return read_rms_norm(file, name, config.d_model, config.epsilon)


def _linear(file: Checkpoint, name: str, size: tuple[int, int, str], biased: bool) -> Linear:
    rows, columns, _ = size
    bias = file.take(f"{name}.bias", columns) if biased else None
    return file.take(f"{name}.weight", columns, rows).T, bias


def _read_qk_norm(file: Checkpoint, config: Config, name: str) -> RMSNorm | None:
    if not config.qk_norm:
        return None
    gain = file.take(f"{name}.weight", config.d_k)
    return RMSNorm(gain[_pairs(config.d_k)], config.epsilon)


def _pairs(d: int) -> NDArray[np.int64]:
    """Order of a head's columns in which the partners that RoPE rotates are side by side.

    These files have the first of all pairs first, then the second of all pairs.

    Examples
    --------
    >>> _pairs(6)
    array([0, 3, 1, 4, 2, 5])
    """
    order: NDArray[np.int64] = np.arange(d).reshape(2, -1).T.ravel()
    return order


def _in_pairs(linear: Linear, d: int) -> Linear:
    """Order each head's columns so; scores are the same, for Q and K are ordered alike."""
    W, b = linear
    order = np.concatenate([_pairs(d) + first for first in range(0, W.shape[1], d)])
    # As [out, in], which it was read as.
    return np.ascontiguousarray(W.T[order]).T, None if b is None else b[order]
