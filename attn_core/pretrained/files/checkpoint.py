"""The tensors that a model needs, each checked before it is handed out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .error import ModelError
from .tensor_file import TYPES
from .tensor_names import found_names, modern

Matrix = NDArray[np.float32]
#: Is told what is under way, and which part of it is done, from 0 to 1.
Progress = Callable[[str, float], None]


class Tensors(Protocol):
    """A file of tensors, such as `TensorFile` and `ArraysFile`."""

    @property
    def path(self) -> Path:
        """Where it is."""

    def shape(self, name: str) -> tuple[int, ...]:
        """Sizes of a tensor."""

    def kind(self, name: str) -> str:
        """Type of its numbers, as safetensors calls it."""

    def read(self, name: str, rows: slice | list[int] = slice(None)) -> NDArray[Any]:
        """Read a tensor, or some rows of it."""


class Checkpoint:
    """Tensors of a model, by the names that it has without a head.

    Parameters
    ----------
    files : mapping
        The name of each tensor to the file that has it; see `shards.open_tensors`.
    needed : sequence of str
        All that will be asked for.
    folder : Path
        Where the files are.

    Raises
    ------
    ModelError
        When one of them isn't there, or two might be meant.
    """

    def __init__(self, files: Mapping[str, Tensors], needed: Sequence[str], folder: Path) -> None:
        self._files = files
        paths = {file.path for file in files.values()}
        where = paths.pop() if len(paths) == 1 else folder
        self._names = found_names(files, needed, str(where))

    def finds(self, name: str) -> bool:
        """Look for one more tensor, whose name may begin earlier, as a head's does.

        Of ``model.layers.0`` the names begin with ``model.``, and that of the head doesn't.
        """
        first = next(iter(self._names))
        before = modern(self._names[first]).removesuffix(first).split(".")
        stored = {modern(each): each for each in self._files}
        for i in reversed(range(len(before))):
            if found := stored.get(".".join([*before[:i], name])):
                self._names[name] = found
                return True
        return False

    def take(self, name: str, *shape: int, rows: slice = slice(None)) -> Matrix:
        """Read a tensor, or the first of its rows.

        Parameters
        ----------
        name : str
        *shape : int
            What it must be.
        rows : slice

        Returns
        -------
        ndarray of float32

        Raises
        ------
        ModelError
            When it has another shape or another type, or holds what is no number.
        """
        self._check(name, shape)
        return self._read(name, rows)

    def rows(self, name: str, which: Sequence[int]) -> Matrix:
        """Read some rows of a table, whose `length` was asked; shape (len(which), columns).

        Raises
        ------
        ModelError
            When they hold what is no number.
        """
        return self._read(name, list(which))

    def size(self, name: str) -> int:
        """Count the numbers of a tensor, which isn't read."""
        file, stored = self._stored(name)
        return math.prod(file.shape(stored))

    def length(self, name: str, columns: int) -> int:
        """Count the rows of a table that has so many columns, and a row at least."""
        file, stored = self._stored(name)
        rows: int = max((1, *file.shape(stored)[:1]))
        self._check(name, (rows, columns))
        return rows

    def _stored(self, name: str) -> tuple[Tensors, str]:
        stored = self._names[name]
        return self._files[stored], stored

    def _read(self, name: str, rows: slice | list[int]) -> Matrix:
        file, stored = self._stored(name)
        values: NDArray[Any] = file.read(stored, rows)
        with np.errstate(over="ignore"):  # what is too large for float32 becomes infinite
            numbers: Matrix = values.astype(np.float32, copy=False)
        if not np.isfinite(numbers).all():
            wrong = values[~np.isfinite(numbers)][0]
            raise ModelError(
                f"{file.path}: {name} must hold finite numbers within float32, got {wrong}. "
                "The file is damaged; fetch it again."
            )
        return numbers

    def _check(self, name: str, shape: tuple[int, ...]) -> None:
        file, stored = self._stored(name)
        if (has := file.shape(stored)) != shape:
            raise ModelError(
                f"{file.path}: config.json says that {name} is {shape}, the file has {has}."
            )
        if (kind := file.kind(stored)) not in TYPES:
            raise ModelError(
                f"{file.path}: {name} has numbers of type {kind}; expected {', '.join(TYPES)}."
            )
