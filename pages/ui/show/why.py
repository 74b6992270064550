"""Say why: what the last change did, or what a word attends to, and why."""

from __future__ import annotations

import streamlit as st

from attn_core import AttentionTrace, attend
from attn_core.analysis.compare import Comparison, same_head
from attn_core.analysis.why import describe_change, describe_focus
from attn_core.text import escape
from pages.ui.session.state import session


def why(trace: AttentionTrace) -> None:
    """Say it below a picture of the visitor's scenario.

    Parameters
    ----------
    trace : AttentionTrace
        Of the selected head.
    """
    with st.container(key="why"):
        start = "Undone" if session().history.is_undone else "Why"
        st.markdown(f"**{start}:** {_sentence(trace)}")


def _sentence(trace: AttentionTrace) -> str:
    history, locks = session().history, session().movable
    if locks and session().scenario == locks.start:  # what was there before isn't of this task
        return describe_focus(trace, escape.markdown)
    if history.is_new_start and session().scenario == session().preset.scenario:
        title = escape.markdown(session().preset.title)
        return f"“{title}”: {describe_focus(trace, escape.markdown)}"
    if history.before is None:
        return describe_focus(trace, escape.markdown)
    before = same_head(history.before, session().scenario, session().head)
    if before is None:
        return f"a new head. {describe_focus(trace, escape.markdown)}"
    return describe_change(Comparison(attend(before), trace), escape.markdown)
