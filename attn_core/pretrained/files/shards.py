"""In which files of a folder a model's tensors are: in one, or in several with an index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .error import ModelError
from .json_file import read_object
from .tensor_file import TensorFile

TENSORS, INDEX = "model.safetensors", "model.safetensors.index.json"


def open_tensors(folder: Path) -> dict[str, TensorFile]:
    """Open a model's files; the name of each tensor to the file that has it.

    Raises
    ------
    ModelError
        When a file is missing or damaged, or the index and the files contradict each other.
    """
    if (folder / TENSORS).is_file():
        file = TensorFile(folder / TENSORS)
        return dict.fromkeys(file.names, file)
    index = folder / INDEX
    wanted = _weight_map(index)
    found: dict[str, TensorFile] = {}
    for shard in _opened(folder, wanted):
        for name in shard.names:
            if name in found:
                both = " and ".join(sorted((found[name].path.name, shard.path.name)))
                raise ModelError(f"{folder} has the tensor {name} twice, in {both}.")
            found[name] = shard
    for name, where in wanted.items():
        if name not in found or found[name].path.name != where:
            there = f"{found[name].path.name} has it" if name in found else "no file has it"
            raise ModelError(f"{index} says that {name} is in {where}, but {there}.")
    return found


def _opened(folder: Path, wanted: Mapping[str, str]) -> Iterator[TensorFile]:
    shards = sorted(set(wanted.values()))
    if missing := [shard for shard in shards if not (folder / shard).is_file()]:
        raise ModelError(
            f"{folder} has no {missing[0]}, one of the {len(shards)} files that {INDEX} names. "
            "Fetch it as well."
        )
    return (TensorFile(folder / shard) for shard in shards)


def _weight_map(index: Path) -> dict[str, str]:
    said = read_object(index).get("weight_map")
    if not isinstance(said, dict) or not said:
        raise ModelError(f"{index}: expected a weight_map of names to files, got {said!r:.40}.")
    for name, shard in said.items():
        if not _is_plain(shard):
            raise ModelError(
                f"{index} says that {name} is in {shard!r:.80}; expected the name of a "
                "safetensors file in the same folder, and nothing outside."
            )
    return said


def shards_of(index: Path) -> list[str]:
    """Name the files that an index speaks of."""
    return sorted(set(_weight_map(index).values()))


def _is_plain(shard: Any) -> bool:
    """Whether it is the name of a file, and no way out of the folder.

    Examples
    --------
    >>> [_is_plain(name) for name in ("a.safetensors", "../a.safetensors", "/a.safetensors", 3)]
    [True, False, False, False]
    """
    is_name = isinstance(shard, str) and not set(shard) & set("/\\:\0")
    return is_name and shard.endswith(".safetensors")
