"""Two views: two heads learn values that tell two things of the same word."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import streamlit as st

from attn_core import Scenario, limits
from attn_core.analysis.projection_2d import project_2d
from attn_core.figures import (
    Description,
    LabelledPoints,
    Space,
    describe_learning_spaces,
    learning_spaces_alt,
)
from attn_core.learning import corpus, linear_probe
from attn_core.learning.hyperparameters import Hyperparameters
from attn_core.learning.linear_probe import CLASSES, Words
from attn_core.learning.trainer import Checkpoint, Task, Trainer
from attn_core.notation.labels import percent
from pages.ui.learn import hyperparameters, show_training
from pages.ui.learn.lesson import has_corpus
from pages.ui.live.chart import look
from pages.ui.session.runs import Kind, TrainingRun
from pages.ui.session.state import session


@dataclass(frozen=True, eq=False)
class TwoViews:
    """The words of the corpus, parted by the seed."""

    chosen: Hyperparameters
    training: Words
    held_out: Words
    kind: ClassVar[Kind] = "views"
    picked: ClassVar[None] = None

    @classmethod
    def choose(cls) -> TwoViews | None:
        """Choose the hyperparameters; None if the corpus can't be read."""
        if not has_corpus():
            return None
        chosen = hyperparameters.choose(
            cls.kind,
            rate=0.05,
            steps=150,
            seed_is_for="Which words are held out, and the numbers to start from.",
        )
        return cls(chosen, *linear_probe.split(Words.of(corpus.sentences()), chosen.seed))

    @property
    def of(self) -> Hashable:
        """Identifies its runs."""
        return self.chosen.seed, self.chosen.steps

    def task(self) -> Task:
        """Make the task of both heads: values, and a linear probe of them."""
        return linear_probe.task(self.training, self.held_out, self.chosen.seed)

    def picture(
        self, trainer: Trainer, checkpoints: Sequence[Checkpoint]
    ) -> tuple[Description, Callable[[], str]]:
        """Curves over the run, and the words as points."""
        spaces = [self._spaces(each) for each in checkpoints]
        baselines = {"most frequent": self._most_frequent}
        progress = show_training.progress_of(trainer, baselines=baselines)
        names = [show_training.named(each) for each in checkpoints]
        described = describe_learning_spaces(progress, spaces, self._points, names, look=look())
        return described, lambda: learning_spaces_alt(progress, spaces[-1], self._points)

    # What is drawn stays the same from picture to picture, so it is laid out once.
    @cached_property
    def _words(self) -> Words:
        return linear_probe.together(self.training, self.held_out)

    @cached_property
    def _points(self) -> LabelledPoints:
        held_out = [False] * len(self.training.tokens) + [True] * len(self.held_out.tokens)
        groups = [self._words.classes(head) for head in CLASSES]
        return LabelledPoints(self._words.tokens, groups, list(CLASSES.values()), held_out)

    @cached_property
    def _most_frequent(self) -> float:
        return linear_probe.baseline(self.held_out)

    def _spaces(self, at: Checkpoint) -> list[Space]:
        values = {head: linear_probe.values(self._words, at.params, head) for head in CLASSES}
        return [Space(f"V of “{head}”", project_2d(V)) for head, V in values.items()]

    def after(self, run: TrainingRun) -> None:
        """How well both heads tell what is held out."""
        params = run.trainer.best.params
        accuracies = [
            f"“{head}” for **{percent(linear_probe.accuracy(self.held_out, params, head))}**"
            for head in CLASSES
        ]
        st.markdown(
            f"Of the {len(self.held_out.tokens)} words that are **held out**, the heads tell "
            f"{' and '.join(accuracies)}. The most frequent class, told of every word, would be "
            f"right for {percent(self._most_frequent)} on average."
        )
        st.caption(
            "Each point is a word of the corpus. The large ones were held out, and have their name "
            "where there is room; the small ones were learned from. What is sent to the lab are "
            "two heads with these $W_v$, over the words of its own sentence; their $W_q$ and $W_k$ "
            "are the identity, for only values are learned here."
        )

    def sent(self, best: Checkpoint) -> Scenario:
        """Two heads with the learned W_v, over the words of the lab."""
        return limits.validate(linear_probe.scenario(session().scenario.tokens, best.params))
