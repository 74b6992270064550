"""Fragments: the parts of a page that show numbers, run alone while a hand drags them."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from attn_core import AttentionTrace, Scenario, attend
from pages.ui.session import state
from pages.ui.session.state import session

#: Makes the scenario to show from the visitor's.
Derive = Callable[[Scenario], Scenario]


def unchanged(scenario: Scenario) -> Scenario:
    """Show the visitor's scenario itself."""
    return scenario


def fragment(name: str, body: Callable[[AttentionTrace], None], of: Derive = unchanged) -> None:
    """Show a trace, with all its heads, in a fragment.

    Parameters
    ----------
    name : str
        Tells it from the other fragments of its page.
    body : callable
        Shows a trace.
    of : callable, optional
        Which scenario to show, made from the visitor's.
    """
    key = f"part-{name}"

    def run() -> None:
        state.begin_fragment(key)
        body(attend(of(session().scenario)))

    st.fragment(run, key=key)()


def head_fragment(
    name: str, body: Callable[[AttentionTrace], None], of: Derive = unchanged
) -> None:
    """Show the trace of the selected head in a fragment."""
    fragment(name, lambda trace: body(trace.head(session().head)), of)
