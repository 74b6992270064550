"""One safetensors file: names and numbers, no code to run."""

from __future__ import annotations

import math
import struct
import weakref
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .error import ModelError, needs
from .json_file import parsed_object

#: Types of numbers that are read, as NumPy calls them; it has no bfloat16, whose 16 bits are
#: the upper half of a float32.
TYPES = {"BF16": "<u2", "F16": "<f2", "F32": "<f4", "F64": "<f8"}


class TensorFile:
    """A safetensors file. It stays open, and is read where it is asked.

    Parameters
    ----------
    path : Path

    Raises
    ------
    ModelError
        When the file is cut, or isn't such a file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        _check_whole(path)
        self._file = open(path, "rb")  # noqa: SIM115 - as long as this object is there
        weakref.finalize(self, self._file.close)
        length = struct.unpack("<Q", self._file.read(8))[0]
        self._begin = 8 + length
        self._header = parsed_object(self._file.read(length), f"{path} (its header)")

    @property
    def names(self) -> Iterable[str]:
        """Names of its tensors."""
        return self._header.keys() - {"__metadata__"}

    def shape(self, name: str) -> tuple[int, ...]:
        """Sizes of a tensor."""
        return tuple(self._header[name]["shape"])

    def kind(self, name: str) -> str:
        """Type of its numbers, as these files call it."""
        return str(self._header[name]["dtype"])

    def read(self, name: str, rows: slice | list[int] = slice(None)) -> NDArray[Any]:
        """Read a tensor of one of `TYPES`, or some rows of it, into memory.

        What is mapped for that is given back, so that a table of tens of thousands of words
        takes no memory but for the rows that are looked up.
        """
        kind, shape = self.kind(name), self.shape(name)
        place = self._begin + self._header[name]["data_offsets"][0]
        if not math.prod(shape):
            return np.zeros(shape, np.float32)[rows]
        mapped = np.memmap(self._file, TYPES[kind], "r", place, shape)
        return _widened(mapped[rows]) if kind == "BF16" else np.array(mapped[rows])


def _widened(values: NDArray[Any]) -> NDArray[Any]:
    """Read bfloat16 as float32.

    Examples
    --------
    >>> _widened(np.array([0x3F80, 0xC000, 0x7F80], np.uint16))
    array([ 1., -2., inf], dtype=float32)
    """
    wide = values.astype(np.uint32)
    wide <<= 16
    return wide.view(np.float32)


def _check_whole(path: Path) -> None:
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError as error:
        raise needs("safetensors", error) from error
    try:
        with safe_open(path, framework="np"):
            pass
    except (OSError, SafetensorError) as error:
        raise ModelError(
            f"{path} isn't a whole safetensors file ({error}). "
            "Was it cut on its way? Fetch it again."
        ) from error
