"""How far a run of gradient descent has come, in numbers and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...notation.labels import number, percent


@dataclass(frozen=True, eq=False)
class Progress:
    """How far a run has come; an entry for each checkpoint.

    Attributes
    ----------
    steps : sequence of int, length m
        The first is 0.
    losses : sequence of float, length m
    accuracies : sequence of float, length m, or None
        Part of what is held out that is right, 0 to 1.
    total : int
        How many steps the run is to have.
    lowest : float or None
        The lowest loss that is possible at all.
    baselines : mapping of str to float
        Accuracies without any learning, by name.

    Raises
    ------
    ValueError
        When there is no checkpoint, the sequences have different lengths, or an accuracy
        isn't 0 to 1.

    Examples
    --------
    >>> Progress([0, 10], [1.5], None, total=200)
    Traceback (most recent call last):
    ValueError: A run has a step, a loss and an accuracy for each checkpoint; got 2 steps, 1 losses.
    """

    steps: Sequence[int]
    losses: Sequence[float]
    accuracies: Sequence[float] | None
    total: int
    lowest: float | None = None
    baselines: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = {"steps": self.steps, "losses": self.losses, "accuracies": self.accuracies}
        counts = {name: len(part) for name, part in parts.items() if part is not None}
        if 0 in counts.values() or len(set(counts.values())) > 1:
            got = ", ".join(f"{count} {name}" for name, count in counts.items())
            raise ValueError(
                f"A run has a step, a loss and an accuracy for each checkpoint; got {got}."
            )
        measured = () if self.accuracies is None else self.accuracies
        if wrong := [each for each in (*measured, *self.baselines.values()) if not 0 <= each <= 1]:
            raise ValueError(f"An accuracy is 0 to 1, got {wrong[0]}.")


def progress_alt(progress: Progress) -> str:
    """Put the curves in words, with their numbers.

    Examples
    --------
    >>> progress_alt(Progress([0], [1.5], None, total=20))
    'Loss: 1.500 at step 0 of 20.'
    """
    loss = _course(progress.steps, [number(each, 3) for each in progress.losses])
    told = f"Loss: {loss} of {progress.total}{_went_on(progress)}"
    if progress.lowest is not None:
        told += f"; the lowest possible is {number(progress.lowest, 3)}"
    if progress.accuracies is not None:
        right = _course(progress.steps, [percent(part) for part in progress.accuracies])
        others = [f"; {name} has {percent(part)}" for name, part in progress.baselines.items()]
        told += f". Held-out accuracy: {right}{''.join(others)}"
    return told + "."


def _course(steps: Sequence[int], values: Sequence[str]) -> str:
    """Name the first value, and the last if there is another."""
    ends = (0, -1) if len(steps) > 1 else (0,)
    return ", ".join(f"{values[i]} at step {steps[i]}" for i in ends)


def _went_on(progress: Progress) -> str:
    """Name the end of the curve if an earlier step, such as the best one, is shown."""
    last = max(range(len(progress.steps)), key=lambda i: progress.steps[i])
    if progress.steps[last] == progress.steps[-1]:
        return ""
    end = number(progress.losses[last], 3)
    return f", after which it went on to {end} at step {progress.steps[last]}"
