"""Show all heads: side by side, as points, how similar they are, and what each adds."""

from __future__ import annotations

from typing import Any

import streamlit as st

from attn_core import AttentionTrace
from attn_core.analysis.head_similarity import (
    ablation,
    describe_ablation,
    describe_head_similarity,
    side_by_side,
    similarity_block,
)
from attn_core.analysis.projection_2d import cluster, project_2d
from attn_core.explain.describe import describe_step
from attn_core.figures import Space, describe_multiples, describe_spaces, spaces_alt
from attn_core.notation import labels
from attn_core.notation.equation import Equation, block, equation, headline
from attn_core.notation.graph import graph
from attn_core.text import escape
from pages.ui.live.chart import chart, look, parse_click
from pages.ui.live.moves import inputs_of
from pages.ui.session import widget_state, widgets
from pages.ui.session.state import session
from pages.ui.show import edit_heads, pictures
from pages.ui.show.fragments import fragment
from pages.ui.show.lit import with_same_places


def weights() -> None:
    """Show the weights of all heads as small multiples; a click selects a head."""

    def body(trace: AttentionTrace) -> None:
        drawn = side_by_side(trace, session().head)
        chart(
            with_same_places(describe_multiples(drawn, look=look()), drawn),
            "figure-heads",
            lambda: " ".join(
                f"{shown.title or 'weights'}: {describe_step(trace.head(k), 'weights')}"
                for k, shown in enumerate(drawn.blocks)
            ),
            picked=lambda box: _choose(box, trace.scenario.h),
            inputs=inputs_of(drawn),
        )

    fragment("heads", body)


def _choose(box: Any, h: int) -> None:
    """Select the head of the box that was clicked."""
    place = parse_click(box)
    if place and place[0] in range(h):
        session().chosen_head = place[0]


def chosen() -> None:
    """Show the selected head, large."""

    def body(trace: AttentionTrace) -> None:
        names = trace.scenario.heads
        if len(names) > 1:
            st.markdown(f"## {escape.markdown(names[session().head])}")
        alone = trace.head(session().head)
        pictures.picture(alone, headline(alone), key="headline", says_why=True)
        st.markdown(describe_step(alone, "weights", escape.markdown))

    fragment("chosen", body)


def spaces() -> None:
    """Show the words in the selected head's V space, beside the space that it comes from."""

    def body(trace: AttentionTrace) -> None:
        alone = trace.head(session().head)
        seen = block(alone, graph(alone.scenario).resolve("Z_pos").name)
        V = block(alone, "V")
        which = "word of the second sentence" if trace.scenario.is_cross else "word"
        st.markdown(
            f"Each {which} as a point: one plot as ${seen.step.latex}$ has it, the other as this "
            "head's $V$ shows it."
        )
        shown = [Space(each.symbol, project_2d(each.values)) for each in (seen, V)]
        words = [labels.isolate(word) for word in V.rows]
        described = describe_spaces(shown, words, cluster(V.values), look=look())
        chart(described, "figure-spaces", lambda: spaces_alt(shown, words))
        st.caption(
            "Words that stand together in V have one colour, in both plots. With more than two "
            "columns a plot shows the two directions in which the words differ most (principal "
            "axes), and how much of all difference (variance) they hold."
        )

    fragment("spaces", body)


def head_similarity() -> None:
    """Show how much of their weight each two heads put in the same places."""

    def body(trace: AttentionTrace) -> None:
        st.markdown(describe_head_similarity(trace, escape.markdown))
        if trace.scenario.h > 1:
            pictures.unasked(Equation((similarity_block(trace),)), key="agreement")

    fragment("agreement", body)


def projected() -> None:
    """Show the heads side by side, and through W_o."""

    def body(trace: AttentionTrace) -> None:
        if trace.projected is None:
            edit_heads.give_W_o()
            return
        drawn = (equation(trace, "concat_heads"), equation(trace, "projected"))
        pictures.picture(trace, *drawn, key="projected")
        st.markdown(describe_step(trace, "projected", escape.markdown))

    fragment("projected", body)


def ablated() -> None:
    """Show what becomes of the projected output when heads are switched off."""
    heads = session().scenario.heads
    if session().scenario.W_o is None or len(heads) < 2:
        st.markdown("With two heads or more, one can be switched off.")
        return
    off = widget_state.seed_choices("ablated", range(len(heads)))
    widgets.pills(
        "Switch off",
        range(len(heads)),
        selection_mode="multi",
        key="ablated",
        format_func=lambda k: escape.markdown(heads[k]),
    )

    def body(trace: AttentionTrace) -> None:
        if off and off[-1] < trace.scenario.h:
            st.markdown(describe_ablation(trace, off, escape.markdown))
            pictures.unasked(ablation(trace, off), key="ablation")

    fragment("ablated", body)
