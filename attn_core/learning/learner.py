"""A run of gradient descent that is watched: step by step, with snapshots to look back at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..explain.wording import counted
from ..limits import MAX_ABS
from ..notation.labels import number
from ..scenario import Array
from .optimizer import Descent, Params

#: Takes parameters; returns the loss and its gradient by each of them.
Loss = Callable[[Params], tuple[float, Mapping[str, Array]]]

#: Why a run is over. "too large" are numbers beyond the lab's bound with a loss that fell.
Ending = Literal["finished", "stopped", "diverged", "too large"]

MAX_STEPS = 5000
#: Snapshots that are kept; of more, those go that leave the smallest gaps.
MAX_SNAPSHOTS = 80
#: A loss that has risen to so many times the first one isn't coming back.
_RISEN = 5.0


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be learned.

    Attributes
    ----------
    start : dict of ndarray
        Parameters to begin with.
    loss : callable
        Loss and gradient, on what is learned from.
    accuracy : callable, optional
        From parameters to a part from 0 to 1, on what is held out.
    """

    start: Params
    loss: Loss
    accuracy: Callable[[Params], float] | None = None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Where a run stood after a number of steps.

    Attributes
    ----------
    step : int
    loss : float
    params : dict of ndarray
    accuracy : float or None
        Of what is held out; None where nothing is.
    """

    step: int
    loss: float
    params: Params
    accuracy: float | None


class Learner:
    """One run of gradient descent.

    Parameters
    ----------
    task : Task
    descent : Descent
    steps : int
        How many there are to be, 1 to `MAX_STEPS`.

    Attributes
    ----------
    snapshots : list of Snapshot
        The start, and the state after each `advance`, thinned out where they are many.
    ending : str or None
        Why the run is over; None while it isn't.

    Raises
    ------
    ValueError
        When there are to be too few or too many steps.

    Examples
    --------
    >>> def square(params):
    ...     return float(params["x"] ** 2), {"x": 2 * params["x"]}
    >>> down = Descent("gradient descent", learning_rate=0.25, momentum=0.0)
    >>> learner = Learner(Task({"x": np.array(4.0)}, square), down, steps=3)
    >>> learner.advance(2)
    >>> [(each.step, each.loss) for each in learner.snapshots]
    [(0, 16.0), (2, 1.0)]
    """

    def __init__(self, task: Task, descent: Descent, steps: int) -> None:
        if not 1 <= steps <= MAX_STEPS:
            raise ValueError(f"A run has 1 to {MAX_STEPS} steps, got {steps}.")
        self.task, self.descent, self.steps = task, descent, steps
        self.step = 0
        self.ending: Ending | None = None
        self._params: Params = dict(task.start)
        self._memory = descent.start(self._params)
        self._loss, self._gradient = task.loss(self._params)
        self._best = (0, self._loss, self._params)
        self.snapshots = [self.last]

    @property
    def last(self) -> Snapshot:
        """Where the run stands."""
        return self._snapshot(self.step, self._loss, self._params)

    @property
    def best(self) -> Snapshot:
        """Where the loss was lowest."""
        return self._snapshot(*self._best)

    @property
    def moments(self) -> list[Snapshot]:
        """What there is to look back at: the snapshots, then the best where it is another."""
        is_last = self.ending is None or self._best[0] == self.step
        return self.snapshots if is_last else [*self.snapshots, self.best]

    def advance(self, steps: int) -> None:
        """Take some steps, as far as there are any left, and a snapshot after them."""
        before = self.step
        while self.ending is None and self.step < before + steps:
            self._take_step()
        if self.step > before:
            self._keep(self.last)

    def follow(self, descent: Descent) -> None:
        """Go on with other settings; another method begins with an empty memory.

        A run that is over keeps those that it went down with.
        """
        if self.ending is not None:
            return
        if descent.method != self.descent.method:
            self._memory = descent.start(self._params)
        self.descent = descent

    def stop(self) -> None:
        """End the run; what was learned stays."""
        self.ending = self.ending or "stopped"

    def _take_step(self) -> None:
        params, memory = self.descent.step(self._params, self._gradient, self._memory)
        # Numbers within the bound have a finite loss, and so a finite gradient.
        if not all((np.abs(value) <= MAX_ABS).all() for value in params.values()):
            self.ending = "diverged" if self._loss > self.snapshots[0].loss else "too large"
            return
        self._params, self._memory, self.step = params, memory, self.step + 1
        self._loss, self._gradient = self.task.loss(params)
        if self._loss < self._best[1]:
            self._best = (self.step, self._loss, params)
        if self._loss > _RISEN * max(self.snapshots[0].loss, 1.0):
            self.ending = "diverged"
        elif self.step == self.steps:
            self.ending = "finished"

    def _snapshot(self, step: int, loss: float, params: Params) -> Snapshot:
        accuracy = self.task.accuracy(params) if self.task.accuracy else None
        return Snapshot(step, loss, params, accuracy)

    def _keep(self, snapshot: Snapshot) -> None:
        self.snapshots = [*self.snapshots, snapshot]
        if len(self.snapshots) > MAX_SNAPSHOTS:
            # The start and what is shown now stay; the least missed has the nearest neighbours.
            at = np.array([each.step for each in self.snapshots])
            del self.snapshots[1 + int((at[2:] - at[:-2]).argmin())]

    @property
    def told(self) -> str:
        """How the run goes, or ended, in a sentence or two."""
        first, (best, lowest, _) = self.snapshots[0].loss, self._best
        kept = f"Kept are the numbers of step {best}, with the lowest loss, {number(lowest, 3)}."
        match self.ending:
            case "diverged":
                return (
                    f"It diverges: the loss went from {number(first, 3)} to "
                    f"{number(self._loss, 3)} at step {self.step}. {self._rate_is_blamed} {kept}"
                )
            case "too large":
                largest = max(float(np.abs(value).max()) for value in self._params.values())
                # Numbers that grew near to the bound are no fault of the learning rate.
                blamed = f"{self._rate_is_blamed} " if largest < MAX_ABS / 2 else ""
                return (
                    f"Stopped after step {self.step}: the next one needs numbers beyond "
                    f"±{MAX_ABS:g}, which the lab doesn't hold. {blamed}{kept}"
                )
            case "finished" | "stopped":
                how = "Learned" if self.ending == "finished" else "Stopped"
                return f"{how} after {counted(self.step, 'step')}: {self._fell(first)}"
        return f"Step {self.step} of {self.steps}: loss {number(self._loss, 3)}."

    @property
    def _rate_is_blamed(self) -> str:
        return f"A learning rate of {self.descent.learning_rate:g} is too large here."

    def _fell(self, first: float) -> str:
        best, lowest, _ = self._best
        if best == 0:
            return f"the loss never fell below its first value, {number(first, 3)}."
        at = "" if best == self.step else f" (at step {best}, which is kept)"
        return f"the loss went from {number(first, 3)} to {number(lowest, 3)}{at}."
