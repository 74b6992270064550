"""The task of one sentence: W_q and W_k that make its weights the target."""

from __future__ import annotations

from dataclasses import replace

from ..edits import with_matrix, with_size
from ..gradients import attention_loss
from ..limits import quantize
from ..scenario import Array, Scenario
from .hyperparameters import Hyperparameters
from .initial import Start, start
from .optimizer import Params
from .trainer import Checkpoint, Task, Trainer


def learned(s: Scenario, params: Params) -> Scenario:
    """One head's scenario with learned W_q and W_k; all else stays."""
    return replace(s, W_q=params["W_q"], W_k=params["W_k"])


def task(s: Scenario, target: Array, d_k: int, kind: Start = "random", seed: int = 1) -> Task:
    """Make the task of a target: W_q and W_k of one sentence.

    Parameters
    ----------
    s : Scenario
        Of one head; its words, mask, positions, scaling and temperature stay.
    target : ndarray, shape (n, n_k)
        From `raw_target.to_target`.
    d_k : int
        Columns that W_q and W_k are to have.
    kind, seed
        Where to start; see `start`.

    Its loss raises ValueError where the mask blocks a part of the target, or the scenario can't
    have so few columns; so does a `Trainer` of it, before the first step.

    Examples
    --------
    >>> import numpy as np
    >>> from attn_core.presets import DEFAULT
    >>> from attn_core.learning.optimizer import Optimizer
    >>> trainer = Trainer(task(DEFAULT.scenario, np.eye(3), d_k=2), Optimizer(), steps=100)
    >>> trainer.advance(100)
    >>> trainer.last.loss < 0.05 < trainer.checkpoints[0].loss
    True
    """
    begin = start(kind, s.d_model, d_k, seed)
    return Task(begin, lambda params: attention_loss(learned(s, params), target))


def by_d_k(
    s: Scenario, target: Array, sizes: range, chosen: Hyperparameters
) -> list[Checkpoint | None]:
    """Train with each d_k.

    Returns
    -------
    list of Checkpoint or None
        The best of each run; None where the scenario can't have so few columns.
    """
    return [_best_with(d_k, s, target, chosen) for d_k in sizes]


def _best_with(d_k: int, s: Scenario, target: Array, chosen: Hyperparameters) -> Checkpoint | None:
    if s.positions == "rope" and d_k < 2:
        return None
    own = task(s, target, d_k, chosen.start, chosen.seed)
    trainer = Trainer(own, chosen.optimizer, chosen.steps)
    trainer.advance(chosen.steps)
    return trainer.best


def sent(s: Scenario, params: Params, head: int) -> Scenario:
    """Put learned W_q and W_k into one head of the lab's scenario.

    Parameters
    ----------
    s : Scenario
    params : dict of ndarray
        Rounded to the lab's grid. With another d_k than the scenario's, all heads get it;
        columns of the others are cut, or filled up with zeros.
    head : int
        From 0.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> sent(DEFAULT.scenario, start("identity", 4, 3, seed=1), head=0).W_k.shape
    (4, 3)
    """
    s = with_size(s, d_k=params["W_q"].shape[1])
    for name in ("W_q", "W_k"):
        s = with_matrix(s, name, quantize(name, params[name]), head)
    return s
