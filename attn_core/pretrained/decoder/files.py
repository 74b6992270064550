"""What a decoder's files say, before its numbers are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..files.checkpoint import Tensors
from ..files.json_file import CONFIG, read_object
from ..files.shards import open_tensors
from ..parts.kinds import kind_of
from ..tokens.tokenizer import Tokenizer
from . import gpt2, llama
from .config import Config

#: What says with which tokens a text ends, where config.json doesn't.
GENERATION = "generation_config.json"


@dataclass(frozen=True, eq=False)
class DecoderFiles:
    """The files of a decoder.

    Attributes
    ----------
    folder : Path
    where : str
        Names in messages what says the settings.
    tensors : mapping
        The name of each tensor to the file that has it.
    config : Config
    family : module
        Knows the names of tensors and reads blocks: `gpt2`, `llama` or `glassllm`.
    tokenizer : callable
        Opens the tokenizer, for a table of embeddings with so many rows.
    ends : frozenset of int
        Tokens that end a text.
    """

    folder: Path
    where: str
    tensors: Mapping[str, Tensors]
    config: Config
    family: Any
    tokenizer: Callable[[int], Tokenizer]
    ends: frozenset[int]


def open_files(folder: Path, tensors: Mapping[str, Tensors] | None = None) -> DecoderFiles:
    """Open the files of a folder.

    Parameters
    ----------
    folder : Path
    tensors : mapping, optional
        The name of each tensor to the file that has it; left out, those of the folder.

    Raises
    ------
    ModelError
        When they can't be read, or the lab doesn't cover the model.
    """
    where = str(folder / CONFIG)
    tensors = open_tensors(folder) if tensors is None else tensors
    said = read_object(folder / CONFIG)
    kind = kind_of(said, tensors, where)
    config, family = _config_of(said, kind, where)
    return DecoderFiles(
        folder,
        where,
        tensors,
        config,
        family,
        lambda vocabulary: Tokenizer(folder, kind, vocabulary),
        _ends(folder, said),
    )


def _config_of(said: dict[str, Any], kind: str, where: str) -> tuple[Config, Any]:
    """Read the settings, and tell whose files these are."""
    if kind == "gpt2":
        return gpt2.config_of(said, where), gpt2
    return llama.config_of(said, kind, where), llama


def _ends(folder: Path, said: dict[str, Any]) -> frozenset[int]:
    """Numbers of the tokens that end a text; the file about generation goes first."""
    path = folder / GENERATION
    given = read_object(path).get("eos_token_id") if path.is_file() else None
    given = said.get("eos_token_id") if given is None else given
    return frozenset(i for i in (given if isinstance(given, list) else [given]) if type(i) is int)
