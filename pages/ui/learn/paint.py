"""Paint it: the attention that is wanted, and what of it can be learned."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import streamlit as st

from attn_core import Scenario, attend, limits
from attn_core.figures import Description, describe
from attn_core.learning import diagnostics, fit_target, raw_target
from attn_core.learning.describe_result import describe_result
from attn_core.learning.hyperparameters import Hyperparameters
from attn_core.learning.initial import start
from attn_core.learning.optimizer import Params
from attn_core.learning.trainer import Checkpoint, Task, Trainer
from attn_core.notation.equation import Equation
from attn_core.notation.labels import number
from attn_core.scenario import Array
from attn_core.text import escape
from pages.ui.edit import form
from pages.ui.learn import hyperparameters, show_training
from pages.ui.learn.painting import as_table, head, left_out, paint_first, patterns, toggle
from pages.ui.live.chart import chart, look
from pages.ui.session.runs import Kind, TrainingRun
from pages.ui.session.state import session

#: Steps of the runs with other d_k at most, for there are eight.
_MOST_STEPS = 500


@dataclass(frozen=True, eq=False)
class Paint:
    """One head's sentence, and the weights that it is to have."""

    chosen: Hyperparameters
    d_k: int
    s: Scenario
    target: Array
    first: Scenario
    kind: ClassVar[Kind] = "paint"

    @classmethod
    def choose(cls) -> Paint | None:
        """Choose words, target and hyperparameters; while nothing is painted, boxes and None."""
        s = head()
        words, size, how = st.columns([3, 2, 3])
        with words:
            form.sentence_alone()
        with size:
            d_k = _choose_d_k(s)
        with how:
            chosen = hyperparameters.choose(
                cls.kind, rate=0.03, steps=150, seed_is_for="Which random numbers to start from."
            )
        patterns()
        form.below_sentence()
        try:
            target = raw_target.to_allowed_target(session().painted, s)
            begin = start(chosen.start, s.d_model, d_k, chosen.seed)
            return cls(chosen, d_k, s, target, fit_target.learned(s, begin))
        except ValueError as error:
            paint_first(str(error))
            return None

    @property
    def of(self) -> Hashable:
        """Identifies its runs."""
        chosen = self.chosen
        return self.first, self.target.tobytes(), chosen.start, chosen.seed, chosen.steps

    def task(self) -> Task:
        """Find W_q and W_k that make the target."""
        chosen = self.chosen
        return fit_target.task(self.s, self.target, self.d_k, chosen.start, chosen.seed)

    def picture(
        self, trainer: Trainer, checkpoints: Sequence[Checkpoint]
    ) -> tuple[Description, Callable[[], str]]:
        """Curves over the run, and the weights beside the target."""
        floor = diagnostics.entropy_floor(self.target)
        progress = show_training.progress_of(trainer, lowest=floor)
        return show_training.picture(progress, checkpoints, self._shown, self.target)

    def _shown(self, params: Params) -> Scenario:
        return fit_target.learned(self.s, params)

    def picked(self, box: Any) -> None:
        """Paint a box of the target that was clicked."""
        toggle(box, matrix=1)

    def after(self, run: TrainingRun) -> None:
        """Whether the target was reached, why not, and what other d_k reach."""
        trainer = run.trainer
        best = trainer.best
        left_out()
        as_table()
        if trainer.step and trainer.stop_reason != "diverged":  # then the learning rate is why
            result = describe_result(self.s, self.target, best)
            st.markdown(escape.markdown(result))
        trace = attend(self._shown(trainer.history[-1].params))
        show_training.gradient_boxes(trace, self.target, self.kind)
        if trainer.stop_reason is not None:
            self._by_d_k(trainer)

    def _by_d_k(self, trainer: Trainer) -> None:
        """The lowest loss with each d_k, as one row of boxes."""
        steps = min(self.chosen.steps, _MOST_STEPS)
        chosen = replace(self.chosen, optimizer=trainer.optimizer, steps=steps)
        low, high = limits.D_K
        sizes = range(low, high + 1)
        largest = self._shown(start(chosen.start, self.s.d_model, high, chosen.seed))
        found = session().runs.by_d_k(
            (largest, self.target.tobytes(), chosen),
            lambda: fit_target.by_d_k(self.s, self.target, sizes, chosen),
        )
        st.markdown(
            f"The same with each d\\_k, {steps} steps each: how far the lowest loss stays above "
            f"the lowest possible, {number(diagnostics.entropy_floor(self.target), 3)}."
        )
        drawn = Equation((diagnostics.excess_loss(self.target, found, sizes),))
        chart(describe(drawn, look=look()), "figure-by-d_k", lambda: drawn.alt)

    def sent(self, best: Checkpoint) -> Scenario:
        """The lab's scenario with the learned W_q and W_k in this head."""
        return fit_target.sent(session().scenario, best.params, session().head)


def _choose_d_k(s: Scenario) -> int:
    d_k = hyperparameters.choose_d_k(Paint.kind, s.d_k, "Fewer columns can make fewer patterns.")
    if d_k != s.d_k and session().scenario.h > 1:
        does = "cuts off columns of the others" if d_k < s.d_k else "adds zeros to the others"
        st.caption(f"All heads have {s.d_k} columns: sending {d_k} {does}.")
    return d_k
