"""From similarity to grammar: marked sentences, and projections that learn from them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import streamlit as st

from attn_core import attend, limits
from attn_core.figures import Description
from attn_core.learning import corpus, grammar
from attn_core.learning.corpus import Marked
from attn_core.learning.grammar import Batch
from attn_core.learning.hyperparameters import Hyperparameters
from attn_core.learning.optimizer import Params
from attn_core.learning.trainer import Checkpoint, Task, Trainer
from attn_core.notation.labels import percent
from attn_core.scenario import Scenario
from pages.ui.learn import hyperparameters, show_training
from pages.ui.learn.lesson import has_corpus
from pages.ui.live.chart import expander
from pages.ui.session import widget_state, widgets
from pages.ui.session.runs import Kind, TrainingRun
from pages.ui.session.state import session

#: Columns of W_q and W_k to begin with.
_D_K = 4


@dataclass(frozen=True, eq=False)
class Grammar:
    """The corpus, parted by the seed, and the sentence whose weights are shown."""

    chosen: Hyperparameters
    d_k: int
    training: Sequence[Marked]
    held_out: Sequence[Marked]
    sentence: Marked
    kind: ClassVar[Kind] = "grammar"
    picked: ClassVar[None] = None

    @classmethod
    def choose(cls) -> Grammar | None:
        """Choose the hyperparameters and the sentence; None if the corpus can't be read."""
        if not has_corpus():
            return None
        size, sentence = st.columns(2)
        with size:
            d_k = hyperparameters.choose_d_k(
                cls.kind, _D_K, "The corpus is read with 8 features; d_k may be fewer."
            )
        chosen = hyperparameters.choose(
            cls.kind,
            rate=0.05,
            steps=300,
            start="identity",
            seed_is_for="Which sentences are held out, and which random numbers to start from.",
        )
        training, held_out = corpus.split(chosen.seed)
        with sentence:
            return cls(chosen, d_k, training, held_out, _choose_sentence(training, held_out))

    @property
    def of(self) -> Hashable:
        """Identifies its runs."""
        return self.d_k, self.chosen.start, self.chosen.seed, self.chosen.steps

    def task(self) -> Task:
        """Find W_q and W_k that look where the marks say."""
        chosen = self.chosen
        return grammar.task(self.training, self.held_out, self.d_k, chosen.start, chosen.seed)

    def picture(
        self, trainer: Trainer, checkpoints: Sequence[Checkpoint]
    ) -> tuple[Description, Callable[[], str]]:
        """Curves over the run, and the weights of the sentence."""
        target = self.sentence.target if self.sentence.looks else None
        progress = show_training.progress_of(trainer, baselines=self._baselines)
        return show_training.picture(progress, checkpoints, self._shown, target)

    def _shown(self, params: Params) -> Scenario:
        return grammar.scenario(self.sentence, params)

    @cached_property
    def _baselines(self) -> dict[str, float]:
        return grammar.baselines(Batch.of(self.held_out), self.d_k)

    def after(self, run: TrainingRun) -> None:
        """How well it does on what is held out, and what was learned."""
        best = run.trainer.best
        self._accuracy(best)
        if best.step:
            st.markdown(
                "### What was learned, read from the matrices\n\n"
                "A word with the first feature looks for, or away from, words with the second:"
            )
            show_training.qk_pairs(self._shown(best.params))
        if self.sentence.looks:
            trace = attend(self._shown(run.trainer.history[-1].params))
            show_training.gradient_boxes(trace, self.sentence.target, self.kind)
        with expander("Every marked word that was held out", "held-out-words") as is_open:
            if is_open:
                _verdicts(self.held_out, best)
        self._unlike(best)

    def _accuracy(self, best: Checkpoint) -> None:
        by_likeness, by_chance = (percent(self._baselines[k]) for k in ("identity", "uniform"))
        st.markdown(
            f"On the {len(self.held_out)} sentences that are **held out**, so many of the marked "
            f"words look most at the right one: **{percent(best.accuracy or 0)}** "
            f"{'learned' if best.step else 'before learning'}, {by_likeness} by likeness (the "
            f"identity), {by_chance} by chance (all weights alike). "
            "By likeness a word looks most at what is like itself, and that isn't what is marked."
        )

    def _unlike(self, best: Checkpoint) -> None:
        """How well it does where nothing alike was learned from; and where the sentences are."""
        new = grammar.unlike(self.held_out, self.training)
        if not new:
            return
        batch = Batch.of(new)
        right = grammar.accuracy(batch, batch.logits(**best.params))
        st.caption(
            f"{len(new)} of the {len(self.held_out)} held-out sentences are like none of the "
            f"{len(self.training)} that are learned from, feature by feature; on these alone it is "
            f"{percent(right)}. The sentences, with their marks, are a text file that anybody can "
            "edit: attn\\_core/learning/corpus.txt."
        )

    def sent(self, best: Checkpoint) -> Scenario:
        """The sentence with the learned W_q and W_k."""
        return limits.validate(self._shown(best.params))


def _choose_sentence(training: Sequence[Marked], held_out: Sequence[Marked]) -> Marked:
    """Choose the sentence whose weights are shown: the lab's own, or one of the corpus."""
    own = Marked(session().scenario.tokens, (), "")
    offered = [*held_out, own, *training]
    titles = [
        *(f"held out · {each.sentence}" for each in held_out),
        f"the lab's · {own.sentence}",
        *(f"learned from · {each.sentence}" for each in training),
    ]
    telling = max(range(len(held_out)), key=lambda k: len(held_out[k].looks))
    chosen = widget_state.seed_view("grammar-sentence", titles, titles[telling])
    widgets.selectbox("Sentence to look at", titles, key="grammar-sentence")
    return offered[titles.index(chosen)]


def _verdicts(held_out: Sequence[Marked], best: Checkpoint) -> None:
    """Each marked word, where it is to look, and where it looks."""
    import pandas as pd  # takes as long as all else that a cold start's first page does

    found = grammar.verdicts(held_out, best.params)
    rows = [
        {
            "sentence": each.sentence,
            "word": each.word,
            "is to look at": each.target,
            "looks at": each.found,
            "weight": each.weight,
            "right": each.is_right,
        }
        for each in found
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt="Marked words that were held out")
