"""A long text, pasted and looked at: its entry, all its weights, and one word's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from attn_core import AttentionTrace, Scenario, attend, limits
from attn_core.analysis import long_text as told
from attn_core.figures import describe_long_text, describe_row
from attn_core.notation.labels import isolate, unique
from attn_core.text import escape
from pages.ui.live.chart import chart, clicked, drawer, look
from pages.ui.session import state
from pages.ui.session.address import MAX_ADDRESS

if TYPE_CHECKING:
    import pandas as pd

_TEXT, _WORD = "long-text", "long-word"


def entry() -> None:
    """Paste a text; one that can't be shown stays in the field, with the reason."""
    state.seed(_TEXT, state.pasted().text)
    # No `max_chars`: a browser would drop a longer text without a word.
    st.text_area(
        "Text",
        key=_TEXT,
        height=160,
        on_change=_read,
        placeholder=f"Paste up to {limits.MAX_WORDS} words and signs, in any script.",
    )
    with st.container(horizontal=True):
        # Pressing it takes the focus from the field, which hands the text over.
        st.button("Show the weights", key="show-long-text", on_click=state.touch)
        st.button("Try an example", key="long-example", on_click=_example)


def _read() -> None:
    state.read_text(state.pasted(), state.widget(_TEXT, str, state.pasted().text), entered=_TEXT)


def _example() -> None:
    state.read_text(state.pasted(), told.EXAMPLE)


def _head() -> Scenario:
    return state.scenario().head(state.head())


def trace() -> AttentionTrace | None:
    """All that the chosen head computes of the text; None without a text."""
    text = state.pasted().text
    return attend(told.scenario_of(_head(), text)) if text else None


def made_with() -> None:
    """What of the scenario the text is seen with, and which words are unknown."""
    names = state.scenario().heads
    head = f"the head {escape.markdown(isolate(names[state.head()]))}" if names else "its one head"
    making = " ".join(told.told_of_making(_head(), escape.markdown))
    unknown = told.told_of_unknown(state.pasted().words, escape.markdown)
    st.caption(f"Projections of the present scenario, {head}. {making}\n\n{unknown}")


def picture(trace: AttentionTrace) -> None:
    """All weights as one heatmap; a click chooses the word of its row."""
    st.header("All weights", anchor=False)
    st.markdown(told.told_of_weights(trace, escape.markdown))
    # A picture in another width would be sent again, and this one is most of a megabyte.
    if state.measured() or not state.live():
        chart(
            describe_long_text(trace, look=look()),
            "figure-long-text",
            lambda: f"Heatmap of all attention weights. {told.told_of_weights(trace)}",
            _pick,
        )
    st.caption(
        "Colours go with the cube root of a weight and end at the largest of this text, so that "
        "one colour isn't the same weight as on other pages. Drag to zoom, double-click to see "
        "all; the buttons above the picture do it, too. Click a row to see it below."
    )


def _pick(box: Any) -> None:
    if place := clicked(box):
        state.choose_word(place[1])


def row(trace: AttentionTrace) -> None:
    """The weights of one word: as bars, as a sentence, as a table."""
    st.header("The row of one word", anchor=False)
    names = unique(trace.scenario.tokens)
    i = state.pasted().word
    state.seed(_WORD, i)
    st.selectbox(
        "Query",
        range(len(names)),
        key=_WORD,
        format_func=lambda k: f"{isolate(names[k])} · {k + 1}",
        on_change=_choose,
        help="Type to search. The number is the word's place in the text.",
        width=320,
    )
    if state.measured() or not state.live():
        chart(
            describe_row(trace, i, look=look()),
            "figure-long-row",
            lambda: told.told_of_row(trace, i),
        )
    st.markdown(told.told_of_row(trace, i, escape.markdown))
    with drawer("Numbers as a table", "tables-long-row") as is_open:
        if is_open:
            st.dataframe(_frame(trace, i), width="content", alt=f"Weights of {names[i]}")


def _choose() -> None:
    state.choose_word(state.widget(_WORD, range(len(state.pasted().words)), state.pasted().word))


def _frame(trace: AttentionTrace, i: int) -> pd.DataFrame:
    import pandas as pd  # as in `show`

    steps = {"score": trace.scores[i], "weight": trace.weights[i]}
    return pd.DataFrame(steps, index=list(unique(trace.scenario.tokens)))


def link() -> None:
    """Say whether the address holds the text, and offer it as a file."""
    pasted = state.pasted()
    if pasted.parameter == pasted.link:
        st.caption("The address of this page holds the text and the scenario: send it as a link.")
    else:
        st.warning(
            f"A link with this text would be too long: the text alone takes {len(pasted.link)} "
            f"characters, and an address has room for {MAX_ADDRESS} with everything in it. "
            "Save the text as a file and send it along with the link."
        )
    st.download_button(
        "Save the text",
        pasted.text,
        file_name="long-text.txt",
        mime="text/plain",
        icon=":material/download:",
        on_click="ignore",  # a run would let go of the file for a moment
    )
