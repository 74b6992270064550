"""Introduce terms: one small line of them, each a button that says what it means."""

from __future__ import annotations

import streamlit as st

from attn_core.explain.glossary import BY_NAME, Term
from attn_core.text import escape


def introduce(*names: str) -> None:
    """Offer the meaning of some terms, at the pointer, by a tap or by the keyboard.

    The browser opens what a button says above the page, and closes it again, by itself: no run
    is needed, and nothing on the page moves. Streamlit's own help knows no words within a line.

    Parameters
    ----------
    names : str
        Of `BY_NAME`.
    """
    terms = [BY_NAME[name] for name in names]
    buttons = " ".join(_button(term) for term in terms)
    st.html(f'<div class="lab-words">Words: {buttons}</div>{"".join(map(_meaning, terms))}')


def _button(term: Term) -> str:
    says = escape.html(term.says)
    name = escape.html(term.name)
    return f'<button type="button" popovertarget="{_id(term)}" title="{says}">{name}</button>'


def _meaning(term: Term) -> str:
    formula = f"<code>{escape.html(term.formula)}</code>" if term.formula else ""
    says = escape.html(term.says)
    return f'<div class="lab-meaning" popover id="{_id(term)}">{says}{formula}</div>'


def _id(term: Term) -> str:
    return f"word-{term.name.replace(' ', '-')}"
