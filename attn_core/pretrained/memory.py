"""What memory a model takes, told from its files' headers before its numbers are read."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path

from .bert.config import SEGMENTS, WORDS, read_config
from .bert.masked import masked_tensors
from .decoder.cache import ROOM
from .decoder.config import Config
from .decoder.files import DecoderFiles
from .decoder.model import HEAD, MOST_KEPT
from .files.checkpoint import Checkpoint, Progress, Tensors
from .files.json_file import CONFIG
from .files.shards import open_tensors
from .loading import files_of, opened
from .parts.room import Room
from .sources.hub import headers
from .sources.locate import is_at_hand
from .tokens.tokenizer import TOKENIZER
from .tokens.word_list import BYTE_PAIRS, WORD_PIECES

#: Bytes of a number: whatever type the files have, it stands in memory as float32.
_NUMBER = 4
#: Bytes that the package tokenizers takes for each token: of BERT's word pieces, and of pairs
#: of bytes and the like; and at most for each byte of the tokenizer's files.
_WORD_PIECE, _TOKEN, _FILE = 350, 950, 25
#: Bytes that any model takes besides: buffers of matrix products, Python's objects, and pages of
#: its files, of which the system keeps some more or some fewer.
_BESIDES = 12_000_000


def needed(path_or_name: str | os.PathLike[str], progress: Progress | None = None) -> int:
    """Bytes of memory that a model takes, with its longest text, read and written on.

    No numbers are read, only what the files say of their sizes. Further texts that a server
    keeps aren't counted.

    Parameters
    ----------
    path_or_name : str or path
        As for `load`. Of a model on the hub only the small files are fetched.
    progress : callable, optional
        Told how far a download is.

    Raises
    ------
    ModelError
        When the files can't be had or read, or are of a model that the lab doesn't cover.

    Examples
    --------
    With the default model at hand, ``needed(DEFAULT) / 1e6`` are some 90 MB.
    """
    name = os.fspath(path_or_name)
    if is_at_hand(name):
        files = files_of(name)
        if isinstance(files, DecoderFiles):
            return _decoder(files)
        return _encoder(files, open_tensors(files))
    folder, tensors = headers(name, progress)
    files = opened(folder, tensors)
    return _decoder(files) if isinstance(files, DecoderFiles) else _encoder(folder, tensors)


def _decoder(files: DecoderFiles) -> int:
    """Bytes of a decoder, whose table of embeddings is in memory as its head."""
    config, d = files.config, files.config.d_model
    file = Checkpoint(files.tensors, names := files.family.tensors(config), files.folder)
    has_table, has_head = file.finds(files.family.TABLE), file.finds(HEAD)
    table = file.size(files.family.TABLE if has_table else HEAD)
    kept = table + sum(map(file.size, names))
    # A table is there twice while it is read, and besides the head that it is compared with.
    loading = table * (3 if config.tied and has_table and has_head else 2)
    n = Room(config.max_tokens, config.layers, config.heads).max_tokens
    short = min(n, math.isqrt(MOST_KEPT // (config.layers * config.heads)))
    numbers = max(loading, kept + _text(config, n), kept + _text(config, short))
    return _NUMBER * numbers + _tokenizer(files.folder, table // d, _TOKEN) + _BESIDES


def _text(config: Config, n: int) -> int:
    """Numbers of a text that a decoder reads, and writes on with a KV cache.

    The weights of all heads are kept of a short one.
    """
    weights = config.heads * n**2  # of a layer's heads, which are computed at once
    working = max(5 * weights, 2 * weights + 6 * n * config.d_ff)
    kept = config.layers * weights
    kept = kept if kept <= MOST_KEPT else 0
    states = _states(config.layers, n, config.d_model)
    reading = max(working + kept, 2 * kept) + states
    cache = 2 * config.layers * config.kv_heads * (n + ROOM) * config.d_k
    # What went into each layer is there once by then.
    writing = working + kept + states - (config.layers + 1) * n * config.d_model + cache
    return max(reading, writing)


def _encoder(folder: Path, tensors: Mapping[str, Tensors]) -> int:
    """Bytes of an encoder, whose table of words stays in the file."""
    config = read_config(folder / CONFIG, tensors)
    file = Checkpoint(tensors, config.tensors, folder)
    names = *config.tensors, *masked_tensors(file, config)
    kept = sum(file.size(name) for name in names if name not in (WORDS, SEGMENTS))
    n = Room(config.max_tokens, config.layers, config.heads).max_tokens
    reading = 5 * n * config.d_ff + 6 * n**2 + _states(config.layers, n, config.d_model)
    each = _WORD_PIECE if config.kind in ("bert", "distilbert") else _TOKEN
    tokens = _tokenizer(folder, file.size(WORDS) // config.d_model, each)
    return _NUMBER * (kept + reading) + tokens + _BESIDES


def _states(layers: int, n: int, d: int) -> int:
    """Numbers of what goes into each layer, while it is put together, and within a layer."""
    return (2 * (layers + 1) + 8) * n * d


def _tokenizer(folder: Path, vocabulary: int, each: int) -> int:
    """Bytes of a tokenizer."""
    whole = folder / TOKENIZER
    paths = [whole] if whole.is_file() else [folder / name for name in (*WORD_PIECES, *BYTE_PAIRS)]
    held = sum(path.stat().st_size for path in paths if path.is_file())
    return min(each * vocabulary, _FILE * held) if held else each * vocabulary
