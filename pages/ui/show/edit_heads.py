"""Add, copy, rename and remove heads; the selected head is edited."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from attn_core import Scenario, limits
from attn_core.edits import heads
from attn_core.explain.describe.position_sentences import describe_slopes
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.state import session


def buttons() -> None:
    """Show the name of the selected head, and the buttons that change it."""
    s, i = session().scenario, session().head
    is_full = s.h >= limits.HEADS[1]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _name(s, i)
        _button("Add a head", "add", _add, disabled=is_full)
        _button("Copy this head", "copy_all", _copy, disabled=is_full)
        _button("Remove this head", "delete", _remove, disabled=s.h == 1)
    if is_full:
        st.caption(f"There is room for {limits.HEADS[1]} heads.")
    if slopes := describe_slopes(s):
        st.caption(f"ALiBi: {slopes}")


def _name(s: Scenario, i: int) -> None:
    widget_state.seed("head-name", _name_of(s, i))
    widgets.text_input(
        "Name of this head",
        key="head-name",
        on_change=_rename,
        width=260,
    )


def _name_of(s: Scenario, i: int) -> str:
    return s.heads[i] if s.heads else "head 1"


def _button(title: str, icon: str, go: Callable[[], None], *, disabled: bool) -> None:
    widgets.button(
        title, icon=f":material/{icon}:", key=f"head-{icon}", on_click=go, disabled=disabled
    )


def _rename() -> None:
    i = session().head
    name = widget_state.read("head-name", str, _name_of(session().scenario, i))
    state.change(lambda: heads.renamed(session().scenario, i, name), entered="head-name")


def _add() -> None:
    state.change(lambda: heads.added(session().scenario))
    session().chosen_head = session().scenario.h - 1


def _copy() -> None:
    i = session().head
    state.change(lambda: heads.added(session().scenario, like=i))
    session().chosen_head = session().scenario.h - 1


def _remove() -> None:
    i = session().head
    state.change(lambda: heads.removed(session().scenario, i))
    session().chosen_head = max(0, i - 1)


def give_W_o() -> None:
    """Offer a W_o where there is none."""
    widgets.button(
        "Put the head's output through W_o",
        key="give-W_o",
        on_click=_give_W_o,
    )


def _give_W_o() -> None:
    state.change(lambda: heads.with_heads(session().scenario))
