"""A run in words: how far it is, or why it ended and what is kept."""

from __future__ import annotations

import numpy as np

from ..explain.wording import pluralize
from ..limits import MAX_ABS
from ..notation.labels import number
from .trainer import Checkpoint, Trainer


def describe_run(trainer: Trainer) -> str:
    """Put the state of a run in a sentence or two.

    Examples
    --------
    >>> from attn_core.learning.optimizer import Optimizer
    >>> from attn_core.learning.trainer import Task
    >>> def square(params):
    ...     return float(params["x"] ** 2), {"x": 2 * params["x"]}
    >>> down = Optimizer("gradient descent", learning_rate=0.25, momentum=0.0)
    >>> trainer = Trainer(Task({"x": np.array(4.0)}, square), down, steps=2)
    >>> describe_run(trainer)
    'Step 0 of 2: loss 16.000.'
    >>> trainer.advance(2)
    >>> describe_run(trainer)
    'Learned after 2 steps: the loss went from 16.000 to 1.000.'
    """
    match trainer.stop_reason:
        case None:
            return f"Step {trainer.step} of {trainer.steps}: loss {number(trainer.last.loss, 3)}."
        case "diverged":
            return f"{_diverged(trainer)} {_rate_is_blamed(trainer)} {_kept(trainer.best)}"
        case "too large":
            return f"{_too_large(trainer)} {_kept(trainer.best)}"
        case "finished" | "stopped" as reason:
            how = "Learned" if reason == "finished" else "Stopped"
            return f"{how} after {pluralize(trainer.step, 'step')}: {_fell(trainer)}"


def _diverged(trainer: Trainer) -> str:
    first, last = trainer.checkpoints[0].loss, trainer.last.loss
    return (
        f"It diverges: the loss went from {number(first, 3)} to {number(last, 3)} "
        f"at step {trainer.step}."
    )


def _too_large(trainer: Trainer) -> str:
    largest = max(float(np.abs(value).max()) for value in trainer.last.params.values())
    # Numbers that grew near to the bound are no fault of the learning rate.
    blamed = f" {_rate_is_blamed(trainer)}" if largest < MAX_ABS / 2 else ""
    return (
        f"Stopped after step {trainer.step}: the next one needs numbers beyond "
        f"±{MAX_ABS:g}, which the lab doesn't hold.{blamed}"
    )


def _rate_is_blamed(trainer: Trainer) -> str:
    return f"A learning rate of {trainer.optimizer.learning_rate:g} is too large here."


def _kept(best: Checkpoint) -> str:
    loss = number(best.loss, 3)
    return f"Kept are the numbers of step {best.step}, with the lowest loss, {loss}."


def _fell(trainer: Trainer) -> str:
    first, best = trainer.checkpoints[0].loss, trainer.best
    if best.step == 0:
        return f"the loss never fell below its first value, {number(first, 3)}."
    at = "" if best.step == trainer.step else f" (at step {best.step}, which is kept)"
    return f"the loss went from {number(first, 3)} to {number(best.loss, 3)}{at}."
