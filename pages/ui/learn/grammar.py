"""From similarity to grammar: marked sentences, and projections that learn from them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from attn_core import attend, limits
from attn_core.figures import Description
from attn_core.learning import corpus, grammar
from attn_core.learning.corpus import Marked
from attn_core.learning.grammar import Batch
from attn_core.learning.learner import Learner, Snapshot
from attn_core.learning.optimizer import Params
from attn_core.notation.labels import percent
from attn_core.scenario import Scenario
from pages.ui.learn import run as learn
from pages.ui.learn import settings as learn_settings
from pages.ui.learn import show_run as show_learning
from pages.ui.live.chart import expander
from pages.ui.session import widget_state, widgets
from pages.ui.session.runs import Kind, Run
from pages.ui.session.state import session

KIND: Kind = "grammar"
#: Columns of W_q and W_k to begin with.
_D_K = 4


def lesson() -> learn.Lesson | None:
    """The corpus, parted by the seed, and a sentence of it to look at; None if it can't be read."""
    if not learn.has_corpus():
        return None
    size, sentence = st.columns(2)
    with size:
        d_k = learn_settings.columns(
            KIND, _D_K, "The corpus is read with 8 features; d_k may be fewer."
        )
    chosen = learn_settings.settings(
        KIND,
        rate=0.05,
        steps=300,
        start="identity",
        seed_is_for="Which sentences are held out, and which random numbers to start from.",
    )
    training, held_out = corpus.split(chosen.seed)
    with sentence:
        looked_at = _sentence(training, held_out)
    baselines = grammar.baselines(Batch.of(held_out), d_k)

    def shown(params: Params) -> Scenario:
        return grammar.scenario(looked_at, params)

    def picture(learner: Learner, moments: Sequence[Snapshot]) -> tuple[Description, str]:
        target = looked_at.target if looked_at.looks else None
        return show_learning.picture(learner, moments, shown, target, baselines=baselines)

    def after(now: Run) -> None:
        _after(looked_at, held_out, baselines, now.learner)
        _unlike(training, held_out, now.learner.best)

    return learn.Lesson(
        kind=KIND,
        of=(d_k, chosen.start, chosen.seed, chosen.steps),
        task=lambda: grammar.task(training, held_out, d_k, chosen.start, chosen.seed),
        descent=chosen.descent,
        steps=chosen.steps,
        picture=picture,
        after=after,
        sent=lambda best: limits.validate(shown(best.params)),
    )


def _sentence(training: Sequence[Marked], held_out: Sequence[Marked]) -> Marked:
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


def _after(
    looked_at: Marked, held_out: Sequence[Marked], baselines: dict[str, float], learner: Learner
) -> None:
    best = learner.best
    st.markdown(
        f"On the {len(held_out)} sentences that are **held out**, so many of the marked words look "
        f"most at the right one: **{percent(best.accuracy or 0)}** "
        f"{'learned' if best.step else 'before learning'}, {percent(baselines['identity'])} by "
        f"likeness (the identity), {percent(baselines['uniform'])} by chance (all weights alike). "
        "By likeness a word looks most at what is like itself, and that isn't what is marked."
    )
    if best.step:
        st.markdown(
            "### What was learned, read from the matrices\n\n"
            "A word with the first feature looks for, or away from, words with the second:"
        )
        show_learning.readings(grammar.scenario(looked_at, best.params))
    if looked_at.looks:
        trace = attend(grammar.scenario(looked_at, learner.moments[-1].params))
        show_learning.way_back(trace, looked_at.target, KIND)
    with expander("Every marked word that was held out", "held-out-words") as is_open:
        if is_open:
            _verdicts(held_out, best)


def _unlike(training: Sequence[Marked], held_out: Sequence[Marked], best: Snapshot) -> None:
    """How well it does where nothing alike was learned from; and where the sentences are."""
    new = grammar.unlike(held_out, training)
    if not new:
        return
    batch = Batch.of(new)
    right = grammar.accuracy(batch, batch.logits(**best.params))
    st.caption(
        f"{len(new)} of the {len(held_out)} held-out sentences are like none of the "
        f"{len(training)} that are learned from, feature by feature; on these alone it is "
        f"{percent(right)}. The sentences, with their marks, are a text file that anybody can "
        "edit: attn\\_core/learning/corpus.txt."
    )


def _verdicts(held_out: Sequence[Marked], best: Snapshot) -> None:
    """Each marked word, where it is to look, and where it looks."""
    import pandas as pd  # takes as long as all else that a cold start's first page does

    found = grammar.verdicts(held_out, best.params)
    rows = [
        {
            "sentence": each.sentence,
            "word": each.word,
            "is to look at": each.wanted,
            "looks at": each.found,
            "weight": each.weight,
            "right": each.is_right,
        }
        for each in found
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt="Marked words that were held out")
