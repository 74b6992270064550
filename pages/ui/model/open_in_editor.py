"""Open a head of a pretrained model in the lab, where its numbers can be edited."""

from __future__ import annotations

import streamlit as st

from attn_core import Scenario, attend, limits, pretrained
from attn_core.pretrained.interpret import Reading, describe_sharing
from attn_core.text import escape
from pages.ui.session import state, widgets
from pages.ui.session.state import session


def head(reading: Reading) -> None:
    """Offer the head, and say how close its copy in the lab comes to it."""
    st.header("This head in the lab", anchor=False)
    st.markdown(
        "The lab moves the numbers of small matrices. Seen from a short sentence alone a head can "
        "be made one: $X$ is turned onto at most 8 axes of its own, and $W_q$, $W_k$ and $W_v$ "
        "with it."
    )
    if reading.encoded.n > limits.MAX_TOKENS:
        st.caption(
            f"The lab has room for {limits.MAX_TOKENS} tokens, and this text has "
            f"{reading.encoded.n}. Read a shorter one to take its head along."
        )
        return
    if told := describe_sharing(reading.model, reading.focus.head):
        st.markdown(told)
    small = pretrained.in_lab(reading.trace.scenario)
    st.markdown(pretrained.describe_lab(reading.trace, attend(small), escape.markdown))
    pressed = widgets.button(
        "Open it in the lab", on_click=_open, args=(small,), icon=":material/science:"
    )
    if pressed and session().scenario == small:  # it wasn't refused
        st.switch_page("dashboard.py")


def _open(small: Scenario) -> None:
    state.change(lambda: small, anew=True)
