"""GPT-2: learned positions, LayerNorm before each part, one fused projection, a tied head.

Source: Radford et al., "Language Models are Unsupervised Multitask Learners" (2019). Its
files keep their matrices as [in, out], and queries, keys and values of all heads in one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..files.checkpoint import Checkpoint
from ..parts.norms import LayerNorm, read_layer_norm
from ..parts.settings import read_activation, read_epsilon, read_size
from .config import Config, check_covered, check_shared_equally, read_flag, with_defaults
from .layers import MLP, Attention, Block, Linear

#: Of token embeddings, of positions, and of the norm after the last block.
TABLE, PLACES, NORM = "wte.weight", "wpe.weight", "ln_f"
_BLOCK = "h.{}."
_PARTS = ("ln_1", "attn.c_attn", "attn.c_proj", "ln_2", "mlp.c_fc", "mlp.c_proj")
#: Where config.json says nothing, as transformers has it.
_DEFAULTS = {
    **{"n_layer": 12, "n_head": 12, "n_embd": 768, "n_inner": None, "n_positions": 1024},
    **{"layer_norm_epsilon": 1e-5, "activation_function": "gelu_new"},
    **{"scale_attn_weights": True, "scale_attn_by_inverse_layer_idx": False},
    **{"tie_word_embeddings": True},
}
_SIZES = {
    "layers": ("n_layer", "num_hidden_layers"),
    "heads": ("n_head", "num_attention_heads"),
    "d_model": ("n_embd", "hidden_size"),
    "d_ff": ("n_inner",),
    "max_tokens": ("n_positions", "max_position_embeddings"),
}


def config_of(said: Mapping[str, Any], where: str) -> Config:
    """Take from a config.json what we need to know, after checking that we can do it.

    Examples
    --------
    >>> config_of({"n_embd": 15, "n_head": 3}, "config.json").d_ff
    60
    """
    check_covered(said, where)
    said = _with_defaults(said)
    sizes = {ours: read_size(said, ours, names, where) for ours, names in _SIZES.items()}
    check_shared_equally(sizes["heads"], sizes["d_model"], where)
    sizes |= {"kv_heads": sizes["heads"], "d_k": sizes["d_model"] // sizes["heads"]}
    return Config(
        **sizes,
        epsilon=read_epsilon(said, "layer_norm_epsilon", where),
        activate=read_activation(said, "activation_function", where),
        tied=read_flag(said, "tie_word_embeddings", where),
        scale=read_flag(said, "scale_attn_weights", where),
        divides_by_layer=read_flag(said, "scale_attn_by_inverse_layer_idx", where),
        biases=frozenset({"qkv", "o", "mlp"}),
        qk_norm=False,
        frequencies=None,
    )


def _with_defaults(said: Mapping[str, Any]) -> dict[str, Any]:
    given = {names[0] for names in _SIZES.values() if any(said.get(name) for name in names)}
    said = with_defaults(said, {name: v for name, v in _DEFAULTS.items() if name not in given})
    d_model = said.get("n_embd") or said.get("hidden_size")
    if said.get("n_inner") is None and isinstance(d_model, int):
        said["n_inner"] = 4 * d_model
    return said


def tensors(config: Config) -> tuple[str, ...]:
    """Name all tensors that it needs but the table and the head, the first layer's first."""
    parts = [*(_BLOCK.format(i) + part for i in range(config.layers) for part in _PARTS), NORM]
    return (*(f"{part}.{what}" for part in parts for what in ("weight", "bias")), PLACES)


def read_block(file: Checkpoint, config: Config, i: int) -> Block:
    """Read block i, from 0, of a model's file."""
    d, before = config.d_model, _BLOCK.format(i)
    q, k, v = _fused(file, f"{before}attn.c_attn", d)
    attention = Attention(
        config.heads,
        config.kv_heads,
        *(q, k, v, _linear(file, f"{before}attn.c_proj", d, d)),
        scale=config.scale,
        temperature=i + 1.0 if config.divides_by_layer else 1.0,
    )
    up = _linear(file, f"{before}mlp.c_fc", d, config.d_ff)
    down = _linear(file, f"{before}mlp.c_proj", config.d_ff, d)
    norm_1, norm_2 = (read_norm(file, config, f"{before}ln_{which}") for which in (1, 2))
    return Block(norm_1, attention, norm_2, MLP(up, down, config.activate))


def read_norm(file: Checkpoint, config: Config, name: str = NORM) -> LayerNorm:
    """Read a norm; the one after the last block, if no other is named."""
    return read_layer_norm(file, name, config.d_model, config.epsilon)


def _linear(file: Checkpoint, name: str, rows: int, columns: int) -> Linear:
    return file.take(f"{name}.weight", rows, columns), file.take(f"{name}.bias", columns)


def _fused(file: Checkpoint, name: str, d: int) -> list[Linear]:
    """Read queries', keys' and values' maps, which stand side by side in one."""
    W, b = file.take(f"{name}.weight", d, 3 * d), file.take(f"{name}.bias", 3 * d)
    return [(W[:, i : i + d], b[i : i + d]) for i in range(0, 3 * d, d)]
