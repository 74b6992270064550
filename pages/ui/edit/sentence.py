"""Edit the scenario: sentence, sizes, features, settings. Matrices are in `matrix`."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from attn_core import edits, limits, presets
from attn_core.explain import narrate
from attn_core.text import escape, tokenize
from attn_core.text.embeddings import hashed, source_of
from attn_core.text.vocabulary import FEATURES, ORDER, PLACES
from pages.ui.edit import mask as edit_mask
from pages.ui.edit import vectors as edit_vectors
from pages.ui.edit.matrix import matrices, matrix
from pages.ui.session import state

__all__ = [
    "claim",
    "features",
    "matrices",
    "matrix",
    "rows_of_W",
    "sentence",
    "settings",
    "sizes",
    "start",
]

_SIZES = {
    "d_model": ("features of X", limits.D_MODEL),
    "d_k": ("columns of W_q and W_k", limits.D_K),
    "d_v": ("columns of W_v", limits.D_V),
}


def start() -> None:
    """Choose a preset to start from; its claim stands below while nothing is changed."""
    state.seed("preset", state.preset().key)
    st.selectbox(
        "Start from",
        list(presets.BY_KEY),
        format_func=lambda key: presets.BY_KEY[key].title,
        key="preset",
        on_change=_start,
    )


def _start() -> None:
    key = state.widget("preset", str, "")
    state.change(lambda: presets.named(key).scenario, preset=key)


def claim() -> None:
    """What can be seen in the preset, or that it has been changed."""
    chosen = state.preset()
    if state.scenario() == chosen.scenario:
        st.caption(escape.markdown(chosen.claim))
    else:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Started from “{escape.markdown(chosen.title)}”, changed since.")
            st.button("Start again", key="restart", on_click=_start, type="tertiary")


def sentence() -> None:
    """Type a sentence; one that can't be shown stays in the field, with the reason."""
    edit_vectors.fulfil()
    state.seed("sentence", tokenize.join(state.scenario().tokens))
    # No `max_chars`: a browser would drop a longer text without a word.
    st.text_input(
        "Sentence",
        key="sentence",
        on_change=_set_sentence,
        help=f"1 to {limits.MAX_TOKENS} words and signs, in any script. Enter applies it.",
    )
    _context()
    s = state.scenario()
    with st.container():  # always there, so that what stands below isn't made anew
        invented = hashed(s.tokens, s.features, s.X)
        if s.Z is not None:
            invented = tuple(dict.fromkeys((*invented, *hashed(s.context, s.features, s.Z))))
        if invented:
            st.caption(narrate.unknown_words(invented, escape.markdown, s.features))


def _context() -> None:
    """Let keys and values come from a second sentence."""
    s = state.scenario()
    with st.container():  # always there, so that what stands below isn't made anew
        state.seed("cross", s.is_cross)
        st.toggle(
            "Keys and values from a second sentence",
            key="cross",
            on_change=_set_cross,
            help="Cross-attention: the words above ask, those of the second sentence answer. "
            "Causal masks, windows, RoPE and ALiBi compare places in one sentence, so they "
            "are taken out.",
        )
        if s.is_cross:
            state.seed("context", tokenize.join(s.context))
            st.text_input(
                "Second sentence",
                key="context",
                on_change=_set_context,
                help=f"1 to {limits.MAX_TOKENS} words and signs; empty ends cross-attention.",
            )


def _set_cross() -> None:
    text = edits.CONTEXT if state.widget("cross", bool, state.scenario().is_cross) else ""
    edit_vectors.change(lambda: edits.with_context(state.scenario(), text))


def _set_context() -> None:
    typed = state.widget("context", str, tokenize.join(state.scenario().context))
    edit_vectors.change(lambda: edits.with_context(state.scenario(), typed), entered="context")


def _set_sentence() -> None:
    typed = state.widget("sentence", str, tokenize.join(state.scenario().tokens))
    edit_vectors.change(lambda: edits.with_sentence(state.scenario(), typed), entered="sentence")


def features() -> None:
    """Choose the features that the embeddings have; of a model's axes, how many."""
    s = state.scenario()
    if source_of(s.features) in edit_vectors.MODELS:
        _size("d_model", "Axes")
        return
    state.seed("features", list(s.features))
    st.multiselect(
        "Features of the embeddings",
        list(dict.fromkeys((*s.features, *FEATURES, *PLACES, *ORDER))),  # shown as plain text
        key="features",
        max_selections=limits.D_MODEL[1],
        on_change=_set_features,
        help=f"{limits.D_MODEL[0]} to {limits.D_MODEL[1]} features; d_model counts them.",
    )


def _set_features() -> None:
    chosen = state.widgets("features", str)
    # A browser can't choose more than the widget holds; a forged choice would break it.
    fits = len(chosen) <= limits.D_MODEL[1]
    state.change(
        lambda: edits.with_features(state.scenario(), chosen), entered="features" if fits else ""
    )


def sizes() -> None:
    """Choose d_model, d_k and d_v."""
    edit_vectors.fulfil()
    for column, name in zip(st.columns(len(_SIZES)), _SIZES, strict=True):
        with column:
            _size(name, name)


def _size(name: str, title: str) -> None:
    meaning, (low, high) = _SIZES[name]
    state.seed(name, getattr(state.scenario(), name))
    st.number_input(
        escape.label(title),
        low,
        high,
        key=name,
        help=escape.markdown(meaning),
        on_change=_set_size,
        args=(name,),
    )


def _set_size(name: str) -> None:
    size = {name: state.widget(name, int, getattr(state.scenario(), name))}
    edit_vectors.change(lambda: edits.with_size(state.scenario(), **size), entered=name)


def rows_of_W(d_model: int) -> int:
    """How many rows W_q has in the experiment with the shape rule; nothing else hears of it."""
    low, high = 1, limits.D_MODEL[1] + 1
    rows = state.seed_view("rows-of-W", range(low, high + 1), d_model + 1)
    st.slider(
        escape.label("Rows of W_q, in this experiment only"),
        low,
        high,
        key="rows-of-W",
        on_change=state.touch,
    )
    return rows


def settings() -> None:
    """Scaling, temperature and mask."""
    s = state.scenario()
    scaling, temperature, mask_kind = st.columns([1, 1.3, 2.2], vertical_alignment="center")
    state.seed("scale", s.scale)
    scaling.toggle(escape.label("Divide by √d_k"), key="scale", on_change=_set_scale)
    low, high = limits.TEMPERATURE
    state.seed("temperature", s.temperature)
    temperature.slider("Temperature", low, high, step=0.05, key="temperature", on_change=_set_heat)
    with mask_kind:
        edit_mask.kind()
    edit_mask.size_or_boxes()


def _set_scale() -> None:
    scale = state.widget("scale", bool, state.scenario().scale)
    state.change(lambda: replace(state.scenario(), scale=scale))


def _set_heat() -> None:
    heat = state.widget("temperature", float, state.scenario().temperature)
    state.change(lambda: replace(state.scenario(), temperature=heat))
