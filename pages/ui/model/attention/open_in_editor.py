"""Open a head of a pretrained model in the lab, where its numbers can be edited."""

from __future__ import annotations

import streamlit as st

from attn_core import Scenario, attend, limits, pretrained
from attn_core.pretrained.interpret import Reading, describe_sharing
from attn_core.text import escape
from pages.ui.live import save
from pages.ui.live.chart import expander
from pages.ui.session import state, widgets
from pages.ui.session.state import session


def head(reading: Reading) -> None:
    """Offer the head, and say how close its copy in the lab comes to it."""
    if reading.focus.view != "head":
        return
    st.header("This head in the lab", anchor=False)
    st.markdown(
        "The lab moves the numbers of small matrices. Seen from a short sentence alone a head can "
        "be made one: $X$ is turned onto at most 8 axes of its own, and $W_q$, $W_k$ and $W_v$ "
        "with it."
    )
    _in_lab(reading)
    with expander("The whole head as a file", "model-file") as is_open:
        if is_open:
            _file(reading)


def _in_lab(reading: Reading) -> None:
    room, real = f"The lab has room for {limits.MAX_TOKENS} tokens", reading.trace
    if reading.encoded.n > limits.MAX_TOKENS:
        if not reading.model.design.is_causal:
            st.caption(
                f"{room}, and this text has {reading.encoded.n}. Read a shorter one to take its "
                "head along."
            )
            return
        st.markdown(f"{room}. It gets the first ones, which see nothing of those after them.")
        real = attend(pretrained.beginning(real.scenario, limits.MAX_TOKENS))
    if told := describe_sharing(reading.model, reading.focus.head):
        st.markdown(told)
    small = pretrained.in_lab(real.scenario)
    st.markdown(pretrained.describe_lab(real, attend(small), escape.markdown))
    widgets.button("Open it in the lab", on_click=_open, args=(small,), icon=":material/science:")


def _file(reading: Reading) -> None:
    """Save all that the head computes, with the model's own numbers."""
    rope = ", RoPE" if reading.model.design.rope else ""
    st.markdown(
        f"All that the head computes of this text, with the model's own numbers{rope} and all "
        f"{reading.trace.scenario.d_model} features of $X$; it needs nothing of this lab."
    )
    if kind := save.choose("model-take-as", (save.NUMPY, save.TORCH, save.NPZ)):
        focus = reading.focus
        save.offer(kind, f"layer-{focus.layer + 1}-head-{focus.head + 1}", reading.trace)


def _open(small: Scenario) -> None:
    if not state.change(lambda: small, anew=True):
        session().wanted_page = "Lab"
