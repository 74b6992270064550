"""glassllm's trained decoders: as Llama's, but kept in files of NumPy's arrays.

Source: Farias, "glassllm" (2026), https://github.com/Oseiasdfarias/glassllm, MIT licence. Of the
package only these files are read, as they were in version 0.1.0; none of its code is run.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ...positions import BASE
from ..files.arrays_file import ArraysFile
from ..files.checkpoint import Checkpoint
from ..files.json_file import parsed_object
from ..files.pinned import read_pinned
from ..parts.activations import ACTIVATIONS
from ..parts.norms import RMSNorm, read_rms_norm
from ..tokens.merges import tokenizer_of
from ..tokens.tokenizer import Tokenizer
from .config import Config
from .files import DecoderFiles
from .layers import Attention, Block, GatedMLP, Linear

#: Of token embeddings, and of the norm after the last block.
TABLE, NORM = "E", "norm_f"
_BLOCK = "blocks.{}."
#: The files of each language, and their SHA-256.
_PINNED = {
    "en": (
        "261ae219ab98caa1f3641e23deb3d9d91b7b7a276f991cbd494f67cfa5abce4d",
        "4cf0830157c45cf7f8c70a8fdcb8378c33330b9ba0c9a312e772d7d6485ca4df",
    ),
    "pt": (
        "597120c1ccf0ba55af6f5aac949be7dbdfbbe7a5f1fc9214473d07f07c580ca2",
        "6e1bc69437adfcbd391d5ffe17d8c75d9931ec2af866992f371d50d272308618",
    ),
}


def open_files(folder: Path, language: str) -> DecoderFiles:
    """Open the files of a language, "en" or "pt".

    Raises
    ------
    ModelError
        When one of them isn't as it was in the package's version 0.1.0.
    """
    paths = folder / f"{language}.npz", folder / f"{language}.tokenizer.json"
    weights, tokens = map(read_pinned, paths, _PINNED[language])
    arrays = ArraysFile(paths[0], weights)
    made = tokenizer_of(parsed_object(tokens, str(paths[1])))
    return DecoderFiles(
        folder,
        str(paths[0]),
        dict.fromkeys(arrays.names, arrays),
        _config(arrays),
        sys.modules[__name__],
        lambda vocabulary: Tokenizer(folder, "glassllm", vocabulary, made),
        frozenset(),  # it never ends a text
    )


def _config(arrays: ArraysFile) -> Config:
    """Take its settings, whose hash says that they are right."""
    said = parsed_object(arrays.text("__config__"), f"{arrays.path} (its settings)")
    assert said["rope_base"] == BASE
    return Config(
        layers=said["n_layers"],
        heads=said["n_heads"],
        kv_heads=said["n_kv_heads"],
        d_model=said["d_model"],
        d_k=said["d_model"] // said["n_heads"],
        d_ff=arrays.shape("blocks.0.ffn.W1")[1],
        max_tokens=said["max_len"],
        epsilon=said["eps"],
        activate=ACTIVATIONS["silu"],
        tied=True,
        scale=True,
        divides_by_layer=False,
        biases=frozenset(),
        qk_norm=False,
        frequencies=None,
    )


def _linears(config: Config) -> dict[str, tuple[int, int]]:
    """Rows and columns of each linear map of a block, by its name in the file."""
    d, d_q, d_kv = config.d_model, config.heads * config.d_k, config.kv_heads * config.d_k
    return {
        "attn.W_Q": (d, d_q),
        "attn.W_K": (d, d_kv),
        "attn.W_V": (d, d_kv),
        "attn.W_O": (d_q, d),
        "ffn.W1": (d, config.d_ff),
        "ffn.W3": (d, config.d_ff),
        "ffn.W2": (config.d_ff, d),
    }


def tensors(config: Config) -> tuple[str, ...]:
    """Name all tensors that it needs but the table, the first layer's first."""
    parts = (*_linears(config), "norm1.weight", "norm2.weight")
    blocks = (_BLOCK.format(i) + part for i in range(config.layers) for part in parts)
    return (*blocks, f"{NORM}.weight")


def read_block(file: Checkpoint, config: Config, i: int) -> Block:
    """Read block i, from 0. The partners that RoPE rotates are side by side, as in the lab."""
    before = _BLOCK.format(i)
    linears: list[Linear] = [
        (file.take(before + name, *size), None) for name, size in _linears(config).items()
    ]
    q, k, v, o, gate, up, down = linears
    attention = Attention(config.heads, config.kv_heads, q, k, v, o, rope=True)
    norm_1, norm_2 = (read_norm(file, config, f"{before}norm{which}") for which in (1, 2))
    return Block(norm_1, attention, norm_2, GatedMLP(gate, up, down, config.activate))


def read_norm(file: Checkpoint, config: Config, name: str = NORM) -> RMSNorm:
    """Read a norm; the one after the last block, if no other is named."""
    return read_rms_norm(file, name, config.d_model, config.epsilon)
