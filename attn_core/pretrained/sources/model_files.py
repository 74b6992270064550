"""Which files a model has: settings, tokenizer, tensors, and what does in place of them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path

from ..files.error import ModelError
from ..files.json_file import CONFIG
from ..files.shards import INDEX, TENSORS, shards_of
from ..tokens import word_list
from ..tokens.tokenizer import TOKENIZER

#: The files of a model, small ones first; most have these.
FILES = (CONFIG, TOKENIZER, TENSORS)
#: What does as well in place of one of them.
INSTEAD = {
    CONFIG: (),
    TOKENIZER: (word_list.WORD_PIECES, word_list.BYTE_PAIRS),
    TENSORS: ((INDEX,),),
}
#: Files of weights that only a program can read, which may do anything meanwhile, and others.
_OTHER_WEIGHTS = (
    *("pytorch_model.bin", "pytorch_model.bin.index.json"),
    *("tf_model.h5", "flax_model.msgpack", "model.onnx"),
)


def checked(folder: Path) -> Path:
    """Return a folder that has all of a model's files.

    Raises
    ------
    ModelError
        Naming what is missing.
    """
    # os.path's, for those of a Path raise errors at names that can't be.
    if not os.path.isdir(folder):
        there = "a file" if os.path.exists(folder) else "nothing"
        raise ModelError(f"Expected a folder with {', '.join(FILES)}; {folder} is {there}.")
    if missing := missing_files(folder):
        raise ModelError(
            f"{folder} has no {' and no '.join(missing)}. Expected {', '.join(FILES)}, "
            f"as in the repositories of the Hugging Face hub.{_hint(folder, missing)}"
        )
    return folder


def missing_files(folder: Path) -> list[str]:
    """Name the files that a folder lacks, and has nothing in place of."""
    return [
        name
        for name, others in INSTEAD.items()
        if not any(_has(folder, files) for files in ((name,), *others))
    ]


def _has(folder: Path, files: Iterable[str]) -> bool:
    return all(os.path.isfile(folder / file) for file in files)


def is_whole(folder: Path) -> bool:
    """Whether it has them all, with every file that an index names."""
    if missing_files(folder):
        return False
    return _has(folder, (TENSORS,)) or _has(folder, shards_of(folder / INDEX))


def _hint(folder: Path, missing: Collection[str]) -> str:
    """Say what to do with files that the lab doesn't read."""
    others = [name for name in _OTHER_WEIGHTS if os.path.isfile(folder / name)]
    if TENSORS in missing and others:
        return (
            f" The lab doesn't read {others[0]}, for such a file can run code. transformers writes "
            "the other: AutoModel.from_pretrained(folder).save_pretrained(folder)."
        )
    return f" {word_list.HOW_TO_GET_ONE}" if TOKENIZER in missing else ""
