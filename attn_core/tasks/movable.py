"""What a task lets one move: boxes, and settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..edits import MatrixName, block_of, editable, matrix_of
from ..explain.wording import join_words
from ..scenario import Scenario
from . import model_heads
from .errors import TaskError
from .model_heads import CHOICES, Choice
from .places import Place, read_place

#: What of a scenario each setting changes, by its name.
SETTINGS: dict[str, Callable[[Scenario], Any]] = {
    "sentence": lambda s: (s.tokens, s.context),
    "sizes": lambda s: (s.d_model, s.d_k, s.d_v),
    "scale": lambda s: s.scale,
    "temperature": lambda s: s.temperature,
    "mask": lambda s: s.allowed.tolist(),
    "positions": lambda s: (s.positions, s.slope),
    "heads": lambda s: (s.h, s.heads, s.W_o is None),
}
#: The matrices and settings that change together with a setting, however they are moved.
_WITH = {
    "sentence": ("X", "Z", "P", "mask", "features"),
    "sizes": ("X", "Z", "P", "W_q", "W_k", "W_v", "W_o", "features"),
    "heads": ("W_q", "W_k", "W_v", "W_o"),
    "positions": ("P",),
}


@dataclass(frozen=True, eq=False)
class Movable:
    """The boxes and settings that may move; all else is locked.

    Attributes
    ----------
    start : Scenario
        What the task begins with.
    names : tuple of str
        Matrices, rows (`X[suis]`), boxes (`W_q[verb, q₁]`) and settings (a key of `SETTINGS`);
        or, of a pretrained model, those of `CHOICES` that may be chosen.
    texts : tuple of str
        That the model may read, the start's among them. With them the start is one of its heads.

    Raises
    ------
    TaskError
        When a name is none of these, or the start is no head of the model for one of the texts.

    Examples
    --------
    >>> from attn_core.presets import BY_KEY
    >>> movable = Movable(BY_KEY["verb-subject"].scenario, ("W_q[verb]", "temperature"))
    >>> movable.describe()
    'Only W_q[verb] and the temperature may move.'
    >>> movable.allows("W_q", 0, 1, 0), movable.allows("W_q", 0, 0, 0)
    (True, False)
    """

    start: Scenario
    names: tuple[str, ...]
    texts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.texts:
            self._check_model()
            return
        for name in self.names:
            if name in SETTINGS:
                continue
            try:
                read_place(name, self.start)
            except TaskError as error:
                raise TaskError(f"{error} Or a setting: {', '.join(SETTINGS)}.") from error

    def _check_model(self) -> None:
        """Refuse what isn't a choice among the model's heads."""
        if not self.names or {*self.names} - {*CHOICES}:
            raise TaskError(f"expected some of {', '.join(CHOICES)}, got {self.names!s:.80}.")
        if model_heads.find(self.start, self.texts) is None:
            raise TaskError("the start is no head of the model for one of the texts.")

    @cached_property
    def settings(self) -> frozenset[str]:
        """The settings that may move."""
        return frozenset((*SETTINGS, *CHOICES)) & {*self.names}

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The matrices, rows and boxes that may move."""
        boxes = (name for name in self.names if name not in self.settings)
        return tuple(read_place(name, self.start) for name in boxes)

    @property
    def matrices(self) -> tuple[MatrixName, ...]:
        """The matrices with a box that may move."""
        return tuple(dict.fromkeys(place.name for place in self.places))

    def allows(self, name: str, head: int, row: int, column: int) -> bool:
        """Whether a box may move; row and column count within one head's share.

        Parameters
        ----------
        name : str
        head, row, column : int
            From 0.
        """
        box = (head, row, column)
        return any(
            place.name == name
            and all(
                want in (None, got)
                for want, got in zip((place.head, place.row, place.column), box, strict=True)
            )
            for place in self.places
        )

    def describe(self) -> str:
        """Describe in a sentence what may move."""
        settings = [f"the {name}" for name in (*SETTINGS, *CHOICES) if name in self.settings]
        names = [name for name in self.names if name not in self.settings]
        if not (names or settings):
            return "Nothing may move."
        return f"Only {join_words([*names, *settings])} may move."

    def refusal(self, before: Scenario, after: Scenario) -> str:
        """Say why a change isn't allowed; empty where it is.

        Examples
        --------
        >>> from attn_core.edits import with_cell
        >>> from attn_core.presets import DEFAULT
        >>> s = DEFAULT.scenario
        >>> Movable(s, ("W_q",)).refusal(s, with_cell(s, "X", 0, 1, 2))
        'X[Je, verb] is locked in this task. Only W_q may move.'
        """
        foreign = self.locked_change(before, after)
        return f"{foreign} is locked in this task. {self.describe()}" if foreign else ""

    def locked_change(self, before: Scenario, after: Scenario) -> str:
        """Name the first thing that differs and may not; empty where there is none."""
        if self.texts:
            return self._locked_choice(before, after)
        free = {*self.settings, *(each for name in self.settings for each in _WITH.get(name, ()))}
        for name, read in SETTINGS.items():
            if name not in free and read(before) != read(after):
                return f"The choice of {name}" if name.endswith("s") else f"The {name}"
        if "features" not in free and before.features != after.features:
            return "The choice of features"
        for matrix in editable(before):
            if matrix not in free and (found := self._locked_box(matrix, before, after)):
                return found
        return ""

    def _locked_choice(self, before: Scenario, after: Scenario) -> str:
        """Name what differs of a head of the model; a scenario has to be one."""
        was = self.choice(before) or self.choice(self.start)
        if (now := self.choice(after)) is None:
            return "What the model has learned"
        free = self.settings
        changed = (name for name in CHOICES if getattr(was, name) != getattr(now, name))
        return next((f"The {name}" for name in changed if name not in free), "")

    def choice(self, s: Scenario) -> Choice | None:
        """Return which head of the model a scenario is, for which of the texts."""
        return model_heads.find(s, self.texts)

    def choices(self) -> Iterator[Choice]:
        """List the heads of the model that may be chosen, those for the start's text first."""
        begin = self.choice(self.start)
        locked = {*CHOICES} - self.settings
        texts = sorted(self.texts, key=lambda text: begin is None or text != begin.text)
        for chosen in model_heads.every(texts):
            if all(getattr(chosen, name) == getattr(begin, name) for name in locked):
                yield chosen

    def _locked_box(self, name: MatrixName, before: Scenario, after: Scenario) -> str:
        """Name the first box of a matrix that differs and may not."""
        if getattr(before, name) is getattr(after, name):
            return ""
        for head in range(before.h if name in ("W_q", "W_k", "W_v", "W_o") else 1):
            moved = matrix_of(before, name, head) != matrix_of(after, name, head)
            foreign = moved & ~self.mask(before, name, head)
            if foreign.any():
                row, column = map(int, np.argwhere(foreign)[0])
                return _box(before, name, head, row, column)
        return ""

    def mask(self, s: Scenario, name: MatrixName, head: int) -> NDArray[np.bool_]:
        """Return which boxes of a matrix may move, in the shape of one head's share."""
        rows, columns = matrix_of(s, name, head).shape
        open_boxes = np.zeros((rows, columns), dtype=bool)
        for place in self.places:
            if place.name == name and place.head in (None, head):
                row = slice(None) if place.row is None else place.row
                column = slice(None) if place.column is None else place.column
                open_boxes[row, column] = True
        return open_boxes


def _box(s: Scenario, name: MatrixName, head: int, row: int, column: int) -> str:
    shown = block_of(s, name, head)
    of = f" of head {head + 1}" if s.h > 1 and name not in ("X", "Z", "P") else ""
    return f"{name}[{shown.rows[row]}, {shown.columns[column]}]{of}"
