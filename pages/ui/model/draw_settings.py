"""How a decoder's next token is drawn: temperature, top-k, top-p and the seed."""

from __future__ import annotations

import streamlit as st

from pages.ui.session import widget_state, widgets
from pages.ui.session.state import session
from pages.ui.session.writing import MAX_SEED, MAX_TEMPERATURE

#: What top-k offers; 0 is all.
_TOP_K = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 0)
_MIN_TOP_P = 0.05
_HELP = {
    "temperature": "Divides the logits. Above 1 unlikely tokens become likelier, below 1 less "
    "likely; at 0 the likeliest token is always taken.",
    "top_k": "Only so many of the likeliest tokens can be drawn.",
    "top_p": "Of those, only the likeliest whose probabilities sum up to so much.",
    "seed": "The same seed draws the same tokens at the same places, on any machine.",
}


def settings() -> None:
    """Choose how the next tokens are drawn; those that are written stay."""
    draw = session().writing.draw
    how = draw.sampling
    _slider("temperature", "Temperature", (0.0, MAX_TEMPERATURE), how.temperature)
    k = how.top_k or 0
    widget_state.seed(_key("top_k"), k)
    widgets.select_slider(
        "Top-k",
        sorted({*_TOP_K, k}, key=lambda k: (k == 0, k)),
        key=_key("top_k"),
        format_func=lambda k: str(k) if k else "all",
        on_change=_choose_top_k,
        help=_HELP["top_k"],
    )
    _slider("top_p", "Top-p", (min(_MIN_TOP_P, how.top_p), 1.0), how.top_p)
    widget_state.seed(_key("seed"), draw.seed)
    widgets.number_input(
        "Seed", 0, MAX_SEED, key=_key("seed"), on_change=_choose_seed, help=_HELP["seed"], width=160
    )


def _key(name: str) -> str:
    return f"next-{name}"


def _slider(name: str, label: str, ends: tuple[float, float], value: float) -> None:
    widget_state.seed(_key(name), value)
    widgets.slider(
        label,
        *ends,
        step=0.05,
        key=_key(name),
        on_change=_choose,
        args=(name, ends),
        help=_HELP[name],
    )


def _choose(name: str, ends: tuple[float, float]) -> None:
    low, high = ends
    value = widget_state.read(_key(name), float, -1.0)
    if low <= value <= high:
        session().writing.change(**{name: round(float(value), 2)})
    st.rerun()  # the whole page, so that the address says it


def _choose_top_k() -> None:
    k = widget_state.read(_key("top_k"), _TOP_K, -1)
    if k >= 0:
        session().writing.change(top_k=k or None)
    st.rerun()


def _choose_seed() -> None:
    seed = widget_state.read(_key("seed"), range(MAX_SEED + 1), -1)
    if seed >= 0:
        session().writing.change(seed=seed)
    st.rerun()
