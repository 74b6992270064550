"""What a run is trained with, apart from its task."""

from __future__ import annotations

from dataclasses import dataclass, field

from .initial import Start
from .optimizer import Optimizer


@dataclass(frozen=True)
class Hyperparameters:
    """The optimizer, and how many steps it takes from where.

    Attributes
    ----------
    optimizer : Optimizer
    steps : int
    seed : int
        Of the random numbers to start from, and of what is held out.
    start : {"random", "identity"}
    """

    optimizer: Optimizer = field(default_factory=Optimizer)
    steps: int = 150
    seed: int = 1
    start: Start = "random"
