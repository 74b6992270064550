"""A file of NumPy's arrays (npz), read like a safetensors file."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class ArraysFile:
    """What an npz file holds, all of it in memory.

    Parameters
    ----------
    path : Path
        Where it was read.
    held : bytes
        All that stands there. What only a pickle could hold is refused by NumPy.
    """

    def __init__(self, path: Path, held: bytes) -> None:
        self.path = path
        with np.load(io.BytesIO(held), allow_pickle=False) as arrays:
            self._arrays: dict[str, NDArray[Any]] = dict(arrays)

    @property
    def names(self) -> Iterable[str]:
        """Names of its arrays."""
        return self._arrays.keys()

    def shape(self, name: str) -> tuple[int, ...]:
        """Sizes of an array."""
        return self._arrays[name].shape

    def kind(self, name: str) -> str:
        """Type of its numbers, as safetensors calls it; `F16` for a float16."""
        dtype = self._arrays[name].dtype
        return f"{dtype.kind.upper()}{8 * dtype.itemsize}"

    def read(self, name: str, rows: slice | list[int] = slice(None)) -> NDArray[Any]:
        """Copy an array, or some rows of it."""
        return np.array(self._arrays[name][rows])

    def text(self, name: str) -> str:
        """Read an array that is one text."""
        return str(self._arrays[name])
