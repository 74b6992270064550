"""What a session knows of learning: its runs of gradient descent, and what is painted."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from attn_core import Scenario
from attn_core.learning import raw_target
from attn_core.learning.optimizer import Optimizer
from attn_core.learning.trainer import Checkpoint, Task, Trainer
from attn_core.scenario import Array

#: What there is to learn.
Kind = Literal["paint", "grammar", "views"]
KINDS: tuple[Kind, ...] = get_args(Kind)

#: Steps from checkpoint to checkpoint at most, so that a curve is one however fast it is drawn.
_BETWEEN = 5
#: How many checkpoints of a run that is gone through at once are kept.
_CHECKPOINTS = 50
#: What a newcomer finds painted.
FIRST = "the word before"


@dataclass
class TrainingRun:
    """A run of gradient descent, and whether it goes on by itself.

    Attributes
    ----------
    of : hashable
        What it is a run of; another one needs another run.
    trainer : Trainer
    is_running : bool
    sent : Scenario or None
        What went to the lab last.
    """

    of: Hashable
    trainer: Trainer
    is_running: bool = False
    sent: Scenario | None = None

    def finish(self) -> None:
        """Go through the whole run at once, with checkpoints to look back at."""
        while self.trainer.stop_reason is None:
            self.trainer.advance(max(1, self.trainer.steps // _CHECKPOINTS))

    def advance(self, steps: int) -> None:
        """Go on by some steps, with checkpoints between; a run that is over doesn't run."""
        for taken in range(0, steps, _BETWEEN):
            self.trainer.advance(min(_BETWEEN, steps - taken))
        self.is_running = self.is_running and self.trainer.stop_reason is None


@dataclass
class Runs:
    """One run of each kind at most."""

    _runs: dict[Kind, TrainingRun] = field(default_factory=dict)
    #: The run of each kind that another one has taken the place of.
    _before: dict[Kind, TrainingRun] = field(default_factory=dict)
    #: What the best with 1, 2, … columns are of, and these.
    _by_d_k: tuple[Hashable, list[Checkpoint | None]] = (None, [])
    #: The kind whose next run is gone through at once.
    _fast_forwarded: Kind | None = None

    def get(
        self, kind: Kind, of: Hashable, task: Callable[[], Task], optimizer: Optimizer, steps: int
    ) -> TrainingRun:
        """Return the run of a kind; another one if what it is of has changed.

        That may be the one before, as after an undo, or a new one.
        """
        run = self._runs.get(kind)
        if run is None or run.of != of:
            before = self._before.get(kind)
            if run is not None and run.trainer.step:
                self._before[kind], run.is_running = run, False
            is_back = before is not None and before.of == of
            run = (
                before if before and is_back else TrainingRun(of, Trainer(task(), optimizer, steps))
            )
            self._runs[kind] = run
            if kind == self._fast_forwarded and not is_back:
                run.finish()
        if kind == self._fast_forwarded:
            self._fast_forwarded = None
        run.trainer.follow(optimizer)
        return run

    def has_another(self, kind: Kind) -> bool:
        """Whether a run of other words, numbers or settings is kept beside the present one."""
        before = self._before.get(kind)
        return before is not None and before is not self._runs.get(kind)

    def fast_forward(self, kind: Kind) -> None:
        """Where a run has come to its end, go through the next one at once."""
        run = self._runs.get(kind)
        if run is not None and run.trainer.stop_reason is not None:
            self._fast_forwarded = kind

    def by_d_k(
        self, of: Hashable, learn: Callable[[], list[Checkpoint | None]]
    ) -> list[Checkpoint | None]:
        """Return the best with each number of columns, learned anew if what they are of changed."""
        if self._by_d_k[0] != of:
            self._by_d_k = (of, learn())
        return self._by_d_k[1]

    def forget(self, kind: Kind) -> None:
        """Take a run away, so that the next one is new."""
        self._runs.pop(kind, None)


@dataclass
class Painting:
    """What is painted, and of which words; it fits itself to other words."""

    _values: Array | None = None
    _words: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    def of(self, s: Scenario) -> Array:
        """What is painted for the words of a scenario; shape (n, n_k)."""
        words = (s.tokens, s.context or s.tokens)
        if self._values is None:
            return raw_target.PATTERNS[FIRST](s.n, s.n_k)
        # What was painted of other words waits for them: an undo brings both back.
        if words == self._words:
            return self._values
        return raw_target.remap(self._values, self._words, s)

    def lost(self, s: Scenario) -> int:
        """How many of the painted boxes are of words that a scenario doesn't have."""
        if self._values is None:
            return 0
        return int(np.count_nonzero(self._values) - np.count_nonzero(self.of(s)))

    def set(self, values: Array, s: Scenario) -> None:
        """Paint the words of a scenario anew."""
        self._values, self._words = np.array(values), (s.tokens, s.context or s.tokens)

    def text(self, s: Scenario) -> str:
        """What an address says of it; nothing of what a newcomer finds."""
        return raw_target.to_text(self.of(s)) if self._values is not None else ""

    def load_from_url(self, text: str, s: Scenario) -> None:
        """Take up what an address says, if it makes sense for these words."""
        values = raw_target.from_text(text)
        if text != self.text(s) and values is not None and values.shape == (s.n, s.n_k):
            self.set(values, s)
