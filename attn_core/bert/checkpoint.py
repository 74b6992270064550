"""The tensors of a model's file, which is mapped into memory and read where it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .error import ModelError, needs

Matrix = NDArray[np.float32]


class Checkpoint:
    """A model.safetensors file: names and numbers, no code to run.

    The file stays mapped, so that a table of tens of thousands of words takes no memory
    but for the rows that are looked up.

    Parameters
    ----------
    path : Path
    prefix : str
        What stands before all names in some files.

    Raises
    ------
    ModelError
        When the file is cut, or isn't such a file.
    """

    def __init__(self, path: Path, prefix: str) -> None:
        try:
            from safetensors import SafetensorError, safe_open
        except ImportError as error:
            raise needs("safetensors", error) from error
        try:
            # Without `with`: it is open as long as this object is there.
            self._file: Any = safe_open(path, framework="np")
        except (OSError, SafetensorError) as error:
            raise ModelError(
                f"{path} isn't a whole safetensors file ({error}). "
                "Was it cut on its way? Fetch it again."
            ) from error
        self._path = path
        # Files of 2018 call the gain and the shift of a LayerNorm gamma and beta.
        self._names = {_plain(name, prefix): name for name in self._file.keys()}  # noqa: SIM118

    def take(self, name: str, *shape: int) -> Matrix:
        """Read a tensor.

        Parameters
        ----------
        name : str
            Without the prefix.
        *shape : int
            What it must be.

        Returns
        -------
        ndarray of float32

        Raises
        ------
        ModelError
            When it isn't there, has another shape or another type, or holds what is no
            number.
        """
        self._check(name, shape)
        return self._finite(name, self._file.get_tensor(self._names[name]))

    def rows(self, name: str, which: Sequence[int]) -> Matrix:
        """Read some rows of a table, whose `length` was asked; shape (len(which), columns).

        Raises
        ------
        ModelError
            When they hold what is no number.
        """
        table = self._file.get_slice(self._names[name])
        return self._finite(name, np.concatenate([table[i : i + 1] for i in which]))

    def length(self, name: str, columns: int) -> int:
        """Count the rows of a table that has so many columns, and a row at least."""
        rows: int = max((1, *self._shape(name)[:1]))
        self._check(name, (rows, columns))
        return rows

    def _finite(self, name: str, values: NDArray[Any]) -> Matrix:
        with np.errstate(over="ignore"):  # what is too large for float32 becomes infinite
            numbers: Matrix = values.astype(np.float32, copy=False)
        if not np.isfinite(numbers).all():
            wrong = values[~np.isfinite(numbers)][0]
            raise ModelError(
                f"{self._path}: {name} must hold finite numbers within float32, got {wrong}. "
                "The file is damaged; fetch it again."
            )
        return numbers

    def _shape(self, name: str) -> tuple[int, ...]:
        if name not in self._names:
            raise ModelError(
                f"{self._path} has no tensor {name}. It is the file of another model, "
                "or its config.json is."
            )
        return tuple(self._file.get_slice(self._names[name]).get_shape())

    def _check(self, name: str, shape: tuple[int, ...]) -> None:
        has = self._shape(name)
        if has != shape:
            raise ModelError(
                f"{self._path}: config.json says that {name} is {shape}, the file has {has}."
            )
        kind = self._file.get_slice(self._names[name]).get_dtype()
        if kind not in ("F16", "F32", "F64"):
            raise ModelError(
                f"{self._path}: {name} has numbers of type {kind}; expected F16, F32 or F64."
            )


def _plain(name: str, prefix: str) -> str:
    name = name.removeprefix(prefix)
    for old, new in ((".gamma", ".weight"), (".beta", ".bias")):
        name = name.removesuffix(old) + new if name.endswith(old) else name
    return name
