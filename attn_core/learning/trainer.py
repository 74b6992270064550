"""A run of gradient descent that can be watched: step by step, with checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..limits import MAX_ABS
from ..scenario import Array
from .optimizer import Optimizer, Params

#: Takes parameters; returns the loss and its gradient by each of them.
Loss = Callable[[Params], tuple[float, Mapping[str, Array]]]

#: Why a run is over. "too large" are numbers beyond the lab's bound with a loss that fell.
StopReason = Literal["finished", "stopped", "diverged", "too large"]

MAX_STEPS = 5000
#: Checkpoints that are kept; of more, those that leave the smallest gaps go.
MAX_CHECKPOINTS = 80
#: A loss of so many times the first one has diverged.
_RISEN = 5.0


@dataclass(frozen=True, eq=False)
class Task:
    """Parameters to begin with, and the loss to minimize.

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
class Checkpoint:
    """The state of a run after a number of steps.

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


class Trainer:
    """A run of gradient descent on a task.

    Parameters
    ----------
    task : Task
    optimizer : Optimizer
    steps : int
        How many there are to be, 1 to `MAX_STEPS`.

    Attributes
    ----------
    checkpoints : list of Checkpoint
        The start, and the state after each `advance`, thinned out where they are many.
    stop_reason : str or None
        Why the run is over; None while it isn't.

    Raises
    ------
    ValueError
        When there are to be too few or too many steps.

    Examples
    --------
    >>> def square(params):
    ...     return float(params["x"] ** 2), {"x": 2 * params["x"]}
    >>> down = Optimizer("gradient descent", learning_rate=0.25, momentum=0.0)
    >>> trainer = Trainer(Task({"x": np.array(4.0)}, square), down, steps=3)
    >>> trainer.advance(2)
    >>> [(each.step, each.loss) for each in trainer.checkpoints]
    [(0, 16.0), (2, 1.0)]
    """

    def __init__(self, task: Task, optimizer: Optimizer, steps: int) -> None:
        if not 1 <= steps <= MAX_STEPS:
            raise ValueError(f"A run has 1 to {MAX_STEPS} steps, got {steps}.")
        self.task, self.optimizer, self.steps = task, optimizer, steps
        self.step = 0
        self.stop_reason: StopReason | None = None
        self._params: Params = dict(task.start)
        self._state = optimizer.init(self._params)
        self._loss, self._gradient = task.loss(self._params)
        self._best = (0, self._loss, self._params)
        self.checkpoints = [self._checkpoint(*self._best)]

    @property
    def last(self) -> Checkpoint:
        """The present checkpoint."""
        return self.checkpoints[-1]

    @property
    def best(self) -> Checkpoint:
        """The checkpoint with the lowest loss."""
        return self._checkpoint(*self._best)

    @property
    def history(self) -> list[Checkpoint]:
        """The checkpoints, then the best of a run that ended elsewhere."""
        is_last = self.stop_reason is None or self._best[0] == self.step
        return self.checkpoints if is_last else [*self.checkpoints, self.best]

    def advance(self, steps: int) -> None:
        """Take at most so many steps, and keep a checkpoint after them."""
        before = self.step
        while self.stop_reason is None and self.step < before + steps:
            self._take_step()
        if self.step > before:
            self._keep(self._checkpoint(self.step, self._loss, self._params))

    def follow(self, optimizer: Optimizer) -> None:
        """Go on with another optimizer; another method begins with an empty state.

        A run that is over keeps its own.
        """
        if self.stop_reason is not None:
            return
        if optimizer.method != self.optimizer.method:
            self._state = optimizer.init(self._params)
        self.optimizer = optimizer

    def stop(self) -> None:
        """End the run; what was learned stays."""
        self.stop_reason = self.stop_reason or "stopped"

    def _take_step(self) -> None:
        params, state = self.optimizer.step(self._params, self._gradient, self._state)
        # Numbers within the bound have a finite loss, and so a finite gradient.
        if not all((np.abs(value) <= MAX_ABS).all() for value in params.values()):
            self.stop_reason = "diverged" if self._loss > self.checkpoints[0].loss else "too large"
            return
        self._params, self._state, self.step = params, state, self.step + 1
        self._loss, self._gradient = self.task.loss(params)
        if self._loss < self._best[1]:
            self._best = (self.step, self._loss, params)
        if self._loss > _RISEN * max(self.checkpoints[0].loss, 1.0):
            self.stop_reason = "diverged"
        elif self.step == self.steps:
            self.stop_reason = "finished"

    def _checkpoint(self, step: int, loss: float, params: Params) -> Checkpoint:
        accuracy = self.task.accuracy(params) if self.task.accuracy else None
        return Checkpoint(step, loss, params, accuracy)

    def _keep(self, checkpoint: Checkpoint) -> None:
        self.checkpoints = [*self.checkpoints, checkpoint]
        if len(self.checkpoints) > MAX_CHECKPOINTS:
            # The first and the last stay; the one with the nearest neighbours goes.
            at = np.array([each.step for each in self.checkpoints])
            del self.checkpoints[1 + int((at[2:] - at[:-2]).argmin())]
