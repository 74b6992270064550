"""A long text: its entry, all its weights, and one word's."""

from __future__ import annotations

from typing import Any

import streamlit as st

from attn_core import AttentionTrace, Scenario, attend, limits
from attn_core.analysis import long_text
from attn_core.figures import describe_long_text, describe_row
from attn_core.notation.labels import isolate, unique
from attn_core.text import escape
from pages.ui.live.chart import chart, expander, is_ready, look, parse_click
from pages.ui.live.tables import data_frame
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.address import MAX_ADDRESS
from pages.ui.session.state import session

_TEXT, _WORD = "long-text", "long-word"


def entry() -> None:
    """Paste a text; a refused one stays in the field, with the reason."""
    widget_state.seed(_TEXT, session().long_text.text)
    # No `max_chars`: a browser would drop a longer text without a word.
    widgets.text_area(
        "Text",
        key=_TEXT,
        height=160,
        on_change=_read,
        placeholder=f"Paste up to {limits.MAX_WORDS} words and signs, in any script.",
    )
    with st.container(horizontal=True):
        # Pressing it takes the focus from the field, which hands the text over.
        widgets.button("Show the weights", key="show-long-text")
        widgets.button("Try an example", key="long-example", on_click=_example)


def _read() -> None:
    state.read_text(
        session().long_text, widget_state.read(_TEXT, str, session().long_text.text), entered=_TEXT
    )


def _example() -> None:
    state.read_text(session().long_text, long_text.EXAMPLE)


def _head() -> Scenario:
    return session().scenario.head(session().head)


def trace() -> AttentionTrace | None:
    """Compute the selected head's attention in the text; None without a text."""
    text = session().long_text.text
    return attend(long_text.scenario_of(_head(), text)) if text else None


def made_with() -> None:
    """Say what of the scenario is used for the text, and which words are unknown."""
    names = session().scenario.heads
    head = (
        f"the head {escape.markdown(isolate(names[session().head]))}" if names else "its one head"
    )
    making = " ".join(long_text.describe_settings(_head(), escape.markdown))
    unknown = long_text.describe_hashed_words(session().long_text.words, escape.markdown)
    st.caption(f"Projections of the present scenario, {head}. {making}\n\n{unknown}")


def picture(trace: AttentionTrace) -> None:
    """Show all weights as one heatmap; a click selects a row."""
    st.header("All weights", anchor=False)
    st.markdown(long_text.describe_weights(trace, escape.markdown))
    if is_ready():
        chart(
            describe_long_text(trace, look=look()),
            "figure-long-text",
            lambda: f"Heatmap of all attention weights. {long_text.describe_weights(trace)}",
            _pick,
        )
    st.caption(
        "Colours go with the cube root of a weight and end at the largest of this text, so that "
        "one colour isn't the same weight as on other pages. Drag to zoom, double-click to see "
        "all; the buttons above the picture do it, too. Click a row to see it below."
    )


def _pick(box: Any) -> None:
    if place := parse_click(box):
        session().long_text.choose(place[1])


def row(trace: AttentionTrace) -> None:
    """Show the weights of one word: as bars, as a sentence, as a table."""
    st.header("The row of one word", anchor=False)
    names = unique(trace.scenario.tokens)
    i = session().long_text.word
    widget_state.seed(_WORD, i)
    widgets.selectbox(
        "Query",
        range(len(names)),
        key=_WORD,
        format_func=lambda k: f"{isolate(names[k])} · {k + 1}",
        on_change=_choose,
        help="Type to search. The number is the word's place in the text.",
        width=320,
    )
    if is_ready():
        chart(
            describe_row(trace, i, look=look()),
            "figure-long-row",
            lambda: long_text.describe_row(trace, i),
        )
    st.markdown(long_text.describe_row(trace, i, escape.markdown))
    with expander("Numbers as a table", "tables-long-row") as is_open:
        if is_open:
            table = data_frame({"score": trace.scores[i], "weight": trace.weights[i]}, names)
            st.dataframe(table, width="content", alt=f"Weights of {names[i]}")


def _choose() -> None:
    session().long_text.choose(
        widget_state.read(_WORD, range(len(session().long_text.words)), session().long_text.word)
    )


def link() -> None:
    """Say whether the address holds the text, and offer it as a file."""
    pasted = session().long_text
    if pasted.parameter == pasted.link:
        st.caption("The address of this page holds the text and the scenario: send it as a link.")
    else:
        st.warning(
            f"A link with this text would be too long: the text alone takes {len(pasted.link)} "
            f"characters, and an address has room for {MAX_ADDRESS} with everything in it. "
            "Save the text as a file and send it along with the link."
        )
    widgets.download_button(
        "Save the text",
        pasted.text,
        file_name="long-text.txt",
        mime="text/plain",
        icon=":material/download:",
    )
