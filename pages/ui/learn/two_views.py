"""Two views: two heads learn values that tell two things of the same word."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from attn_core import limits
from attn_core.analysis.projection_2d import plane
from attn_core.figures import (
    Description,
    LabelledPoints,
    Space,
    describe_learning_spaces,
    learning_spaces_alt,
)
from attn_core.learning import corpus, readout
from attn_core.learning.learner import Learner, Snapshot
from attn_core.learning.readout import CLASSES
from attn_core.notation.labels import percent
from pages.ui.learn import run as learn
from pages.ui.learn import settings as learn_settings
from pages.ui.learn import show_run as show_learning
from pages.ui.live.chart import look
from pages.ui.session import state
from pages.ui.session.runs import Kind, Run

KIND: Kind = "views"


def lesson() -> learn.Lesson | None:
    """The words of the corpus, parted by the seed; None if it can't be read."""
    if not learn.has_corpus():
        return None
    chosen = learn_settings.settings(
        KIND,
        rate=0.05,
        steps=150,
        seed_is_for="Which words are held out, and the numbers to start from.",
    )
    training, held_out = readout.split(readout.Words.of(corpus.sentences()), chosen.seed)
    # What is drawn stays the same from picture to picture, so it is laid out once.
    words = readout.together(training, held_out)
    labelled = [False] * len(training.tokens) + [True] * len(held_out.tokens)
    most_frequent = readout.baseline(held_out)

    def picture(learner: Learner, moments: Sequence[Snapshot]) -> tuple[Description, str]:
        return _picture(words, labelled, most_frequent, learner, moments)

    def after(now: Run) -> None:
        _after(held_out, now.learner)

    return learn.Lesson(
        kind=KIND,
        of=(chosen.seed, chosen.steps),
        task=lambda: readout.task(training, held_out, chosen.seed),
        descent=chosen.descent,
        steps=chosen.steps,
        picture=picture,
        after=after,
        sent=lambda best: limits.admit(readout.scenario(state.scenario().tokens, best.params)),
    )


def _picture(
    words: readout.Words,
    labelled: Sequence[bool],
    most_frequent: float,
    learner: Learner,
    moments: Sequence[Snapshot],
) -> tuple[Description, str]:
    drawn = [
        [
            Space(f"V of “{head}”", plane(readout.values(words, each.params, head)))
            for head in CLASSES
        ]
        for each in moments
    ]
    groups, legend = [words.classes(head) for head in CLASSES], list(CLASSES.values())
    progress = show_learning.progress_of(learner, None, {"most frequent": most_frequent})
    points = LabelledPoints(words.tokens, groups, legend, labelled)
    names = [show_learning.named(each) for each in moments]
    described = describe_learning_spaces(progress, drawn, points, names, look=look())
    return described, learning_spaces_alt(progress, drawn[-1], points)


def _after(held_out: readout.Words, learner: Learner) -> None:
    best = learner.best
    told = [
        f"“{head}” for **{percent(readout.accuracy(held_out, best.params, head))}**"
        for head in CLASSES
    ]
    st.markdown(
        f"Of the {len(held_out.tokens)} words that are **held out**, the heads tell "
        f"{' and '.join(told)}. The most frequent class, told of every word, would be right for "
        f"{percent(readout.baseline(held_out))} on average."
    )
    st.caption(
        "Each point is a word of the corpus. The large ones were held out, and have their name "
        "where there is room; the small ones were learned from. What is sent to the lab are two "
        "heads with these $W_v$, over the words of its own sentence; their $W_q$ and $W_k$ are "
        "the identity, for only values are learned here."
    )
