"""Undo and redo: the scenarios of one visitor, and where each started from."""

from __future__ import annotations

from dataclasses import dataclass, field

from attn_core import Scenario

MAX_UNDO = 200

#: A scenario, the key of its preset, and whether the step to or from it swapped A and B.
_Entry = tuple[Scenario, str, bool]


@dataclass
class History:
    """The present scenario with the key of its preset, those before, those undone.

    Attributes
    ----------
    present : Scenario
    preset : str
    revision : int
        Grows with each change, and is part of the keys of sliders: what changes a number in
        another way replaces them. A browser sends all its sliders with every request, also
        those that an Undo on its way has just moved. One of an older revision isn't read.
    """

    present: Scenario
    preset: str
    revision: int = 0
    _past: list[_Entry] = field(default_factory=list)
    _future: list[_Entry] = field(default_factory=list)
    #: The drag that the last change was a part of, so that it is one step of undo.
    _gesture: str = ""
    #: The last step went back.
    is_undone: bool = False

    def push(
        self, following: Scenario, preset: str = "", gesture: str = "", *, swap: bool = False
    ) -> bool:
        """Add a step of undo, if anything changes; return whether it starts from a new preset."""
        if gesture and gesture == self._gesture:
            self.present = following
            return False
        entry = (following, preset or self.preset)
        if entry == (self.present, self.preset):
            return False
        self._past.append((self.present, self.preset, swap))
        del self._past[:-MAX_UNDO]
        self._future.clear()
        is_new_start = entry[1] != self.preset
        self.present, self.preset = entry
        self.is_undone = False
        self._gesture = gesture  # set after a change only: pressing against a bound is none
        self.revision += 1
        return is_new_start

    def amend(self, following: Scenario) -> None:
        """Replace the present scenario without a step of undo."""
        self.present = following
        self.revision += 1

    def end_gesture(self) -> None:
        """End a drag; one that ends where it began is no step of undo."""
        if self._gesture and self._past and self._past[-1][:2] == (self.present, self.preset):
            self._past.pop()
        self._gesture = ""

    def undo(self) -> bool:
        """Go back by one change; return whether it was a swap."""
        self.is_undone = self.can_undo or self.is_undone
        return self._step(self._past, self._future)

    def redo(self) -> bool:
        """Take back an undo; return whether it was of a swap."""
        self.is_undone = self.is_undone and not self.can_redo
        return self._step(self._future, self._past)

    @property
    def before(self) -> Scenario | None:
        """The scenario before the last change, drag or undo; None before any."""
        left = self._future if self.is_undone else self._past
        return left[-1][0] if left else None

    @property
    def is_new_start(self) -> bool:
        """Whether the last change was to a preset."""
        left = self._future if self.is_undone else self._past
        return bool(left) and left[-1][1] != self.preset

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to undo."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is an undo to take back."""
        return bool(self._future)

    def forget(self) -> None:
        """Forget all changes, so that nothing can be undone."""
        self._past.clear()

    def _step(self, source: list[_Entry], target: list[_Entry]) -> bool:
        self._gesture = ""
        if not source:
            return False
        following, preset, swap = source.pop()
        target.append((self.present, self.preset, swap))
        self.present, self.preset = following, preset
        self.revision += 1
        return swap
