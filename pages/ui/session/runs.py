"""What a session knows of learning: its runs of gradient descent, and what is painted."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from attn_core import Scenario
from attn_core.learning import painted
from attn_core.learning.learner import Learner, Snapshot, Task
from attn_core.learning.optimizer import Descent
from attn_core.scenario import Array

#: What there is to learn.
Kind = Literal["paint", "grammar", "views"]
KINDS: tuple[Kind, ...] = get_args(Kind)

#: Steps from moment to moment at most, so that a curve is one however fast it is drawn.
_BETWEEN = 5
#: How many moments of a run that is gone through at once are kept.
_MOMENTS = 50
#: What a newcomer finds painted.
FIRST = "the word before"


@dataclass
class Run:
    """A run of gradient descent, and whether it goes on by itself.

    Attributes
    ----------
    of : hashable
        What it is a run of; another one needs another run.
    learner : Learner
    is_running : bool
    sent : Scenario or None
        What went to the lab last.
    """

    of: Hashable
    learner: Learner
    is_running: bool = False
    sent: Scenario | None = None

    def finish(self) -> None:
        """Go through the whole run at once, with snapshots to look back at."""
        while self.learner.ending is None:
            self.learner.advance(max(1, self.learner.steps // _MOMENTS))

    def tick(self, steps: int) -> None:
        """Go on by some steps, with moments between; a run that is over doesn't run."""
        for taken in range(0, steps, _BETWEEN):
            self.learner.advance(min(_BETWEEN, steps - taken))
        self.is_running = self.is_running and self.learner.ending is None


@dataclass
class Runs:
    """One run of each kind at most."""

    _runs: dict[Kind, Run] = field(default_factory=dict)
    #: The run of each kind that another one has taken the place of.
    _before: dict[Kind, Run] = field(default_factory=dict)
    #: What the best with 1, 2, … columns are of, and these.
    _by_d_k: tuple[Hashable, list[Snapshot | None]] = (None, [])
    #: The kind whose next run is gone through at once.
    _hurried: Kind | None = None

    def get(
        self, kind: Kind, of: Hashable, task: Callable[[], Task], descent: Descent, steps: int
    ) -> Run:
        """Return the run of a kind; another one if what it is of has changed.

        That may be the one before, as after an undo, or a new one.
        """
        run = self._runs.get(kind)
        if run is None or run.of != of:
            before = self._before.get(kind)
            if run is not None and run.learner.step:
                self._before[kind], run.is_running = run, False
            is_back = before is not None and before.of == of
            run = before if before and is_back else Run(of, Learner(task(), descent, steps))
            self._runs[kind] = run
            if kind == self._hurried and not is_back:
                run.finish()
        if kind == self._hurried:
            self._hurried = None
        run.learner.follow(descent)
        return run

    def has_another(self, kind: Kind) -> bool:
        """Whether a run of other words, numbers or settings is kept beside the present one."""
        before = self._before.get(kind)
        return before is not None and before is not self._runs.get(kind)

    def hurry(self, kind: Kind) -> None:
        """Where a run has come to its end, go through the next one at once."""
        run = self._runs.get(kind)
        if run is not None and run.learner.ending is not None:
            self._hurried = kind

    def by_d_k(
        self, of: Hashable, learn: Callable[[], list[Snapshot | None]]
    ) -> list[Snapshot | None]:
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
            return painted.PATTERNS[FIRST](s.n, s.n_k)
        # What was painted of other words waits for them: an undo brings both back.
        if words == self._words:
            return self._values
        return painted.carried(self._values, self._words, s)

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
        return painted.to_text(self.of(s)) if self._values is not None else ""

    def load_from_url(self, text: str, s: Scenario) -> None:
        """Take what an address says, if it makes sense for these words."""
        values = painted.from_text(text)
        if text != self.text(s) and values is not None and values.shape == (s.n, s.n_k):
            self.set(values, s)
