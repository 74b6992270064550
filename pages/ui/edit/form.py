"""Edit the scenario: sentence, sizes, features, settings. Matrices are in `matrix`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal

import streamlit as st

from attn_core import Scenario, edits, limits, presets
from attn_core.explain.describe import describe_unknown_words
from attn_core.explain.wording import join_words
from attn_core.notation.labels import isolate
from attn_core.text import escape, tokenize
from attn_core.text.embeddings import hashed, source_of
from attn_core.text.vocabulary import FEATURES, ORDER, PLACES
from pages.ui.edit import mask, vectors
from pages.ui.live.slots import slot
from pages.ui.model.shared import shared_model
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.state import session

#: Whether a label is seen; who hears the page is always told it.
Visibility = Literal["visible", "collapsed"]

_SIZES = {
    "d_model": ("features of X", limits.D_MODEL),
    "d_k": ("columns of W_q and W_k", limits.D_K),
    "d_v": ("columns of W_v", limits.D_V),
}


def start(label_visibility: Visibility = "visible") -> None:
    """Choose a preset to start from; its claim stands below while nothing is changed."""
    widget_state.seed("preset", session().preset.key)
    widgets.selectbox(
        "Start from",
        list(presets.BY_KEY),
        format_func=lambda key: presets.BY_KEY[key].title,
        key="preset",
        on_change=_start,
        label_visibility=label_visibility,
    )


def _start() -> None:
    key = widget_state.read("preset", str, "")
    state.change(lambda: presets.named(key).scenario, preset=key)


def claim(*others: Callable[[], None]) -> None:
    """Show what can be seen in the preset, or say that it has been changed."""
    chosen = session().preset
    with st.container(key="claim", horizontal=True, vertical_alignment="center"):
        if session().scenario == chosen.scenario:
            st.caption(escape.markdown(chosen.claim))
        else:
            st.caption(f"Started from “{escape.markdown(chosen.title)}”, changed since.")
            widgets.button("Start again", key="restart", on_click=_start, type="tertiary")
        for other in others:
            other()


def sentence() -> None:
    """Type a sentence; a refused one stays in the field, with the reason."""
    sentence_alone()
    offer_second_sentence()
    below_sentence()


def on_one_line() -> None:
    """Type the sentence and choose a preset; the labels are there for who hears them."""
    words, begin = st.columns([5, 4])
    with words:
        sentence_alone("collapsed")
    with begin:
        start("collapsed")


def sentence_alone(label_visibility: Visibility = "visible") -> None:
    """Type a sentence; `below_sentence` says what there is to say of it."""
    vectors.load_pending()
    widget_state.seed("sentence", tokenize.join(session().scenario.tokens))
    # No `max_chars`: a browser would drop a longer text without a word.
    widgets.text_input(
        "Sentence",
        key="sentence",
        on_change=_set_sentence,
        help=f"1 to {limits.MAX_TOKENS} words and signs, in any script. Enter applies it.",
        label_visibility=label_visibility,
    )


def below_sentence() -> None:
    """Show the field of a second sentence, and what there is to say of the words."""
    _context()
    s = session().scenario
    with slot():
        invented = hashed(s.tokens, s.features, s.X)
        if s.Z is not None:
            invented = tuple(dict.fromkeys((*invented, *hashed(s.context, s.features, s.Z))))
        if invented:
            st.caption(describe_unknown_words(invented, escape.markdown, s.features))
    with slot():
        _offer(bool(invented))


def _offer(is_invented: bool) -> None:
    """Offer features, or pretrained vectors, for typed words that have nothing here."""
    s = session().scenario
    dead = () if (s.tokens, s.context) == _start_words() else edits.dead_words(s)
    with st.container(horizontal=True, vertical_alignment="center"):
        if dead:
            names = join_words([escape.markdown(isolate(word)) for word in dead])
            has = "has a row" if len(dead) == 1 else "have rows"
            st.caption(f"{names} {has} of zeros: X shows none of their features.", width="content")
            widgets.button(
                "Choose features for these words",
                key="features-for-words",
                icon=":material/add:",
                on_click=_choose_features,
                type="tertiary",
            )
        if (dead or is_invented) and shared_model.is_installed() and not vectors.in_use():
            vectors.offer()


def _start_words() -> tuple[tuple[str, ...], tuple[str, ...]]:
    start = session().preset.scenario
    return start.tokens, start.context


def _choose_features() -> None:
    def edit() -> edits.Noted:
        s = session().scenario
        chosen = edits.with_features_for_words(s)
        return edits.Noted(chosen, edits.describe_chosen_features(s, chosen))

    before = session().scenario
    state.change(edit)
    _remember_choice(before)


def offer_second_sentence() -> None:
    """Let keys and values come from a second sentence."""
    widget_state.seed("cross", session().scenario.is_cross)
    widgets.toggle(
        "Second sentence",
        key="cross",
        on_change=_set_cross,
        help="Cross-attention: keys and values come from a second sentence. The words of the "
        "first ask, those of the second answer. Causal masks, windows, RoPE and ALiBi compare "
        "places in one sentence, so they are taken out.",
    )


def _context() -> None:
    s = session().scenario
    with slot():
        if s.is_cross:
            widget_state.seed("context", tokenize.join(s.context))
            widgets.text_input(
                "Second sentence",
                key="context",
                on_change=_set_context,
                help=f"1 to {limits.MAX_TOKENS} words and signs; empty ends cross-attention.",
            )


def _set_cross() -> None:
    text = edits.CONTEXT if widget_state.read("cross", bool, session().scenario.is_cross) else ""
    vectors.change(lambda: edits.with_context(session().scenario, text))


def _set_context() -> None:
    typed = widget_state.read("context", str, tokenize.join(session().scenario.context))
    _type(edits.with_context, typed, "context")


def _set_sentence() -> None:
    typed = widget_state.read("sentence", str, tokenize.join(session().scenario.tokens))
    _type(edits.with_sentence, typed, "sentence")


def _type(edit: Callable[[Scenario, str], Scenario], typed: str, entered: str) -> None:
    """Change the words, and with them the features where nothing is made by hand."""
    before, start = session().scenario, session().preset.scenario
    chosen = session().chosen_features
    vectors.change(
        lambda: edits.with_typed_words(before, edit(before, typed), start, chosen),
        entered=entered,
    )
    _remember_choice(before)


def _remember_choice(before: Scenario) -> None:
    """Note the features that were chosen for words, which other words may change again."""
    if session().scenario.features != before.features:
        session().chosen_features = session().scenario.features


def features() -> None:
    """Choose the features of the embeddings, or the number of a model's axes."""
    s = session().scenario
    if source_of(s.features) in vectors.MODELS:
        _size("d_model", "Axes")
        return
    widget_state.seed("features", list(s.features))
    widgets.multiselect(
        "Features of the embeddings",
        list(dict.fromkeys((*s.features, *FEATURES, *PLACES, *ORDER))),  # shown as plain text
        key="features",
        max_selections=limits.D_MODEL[1],
        on_change=_set_features,
        help=f"{limits.D_MODEL[0]} to {limits.D_MODEL[1]} features; d_model counts them.",
    )


def _set_features() -> None:
    chosen = widget_state.read_all("features", str)
    # The widget can't hold a forged choice of more than its maximum.
    fits = len(chosen) <= limits.D_MODEL[1]
    state.change(
        lambda: edits.with_features(session().scenario, chosen), entered="features" if fits else ""
    )


def sizes() -> None:
    """Choose d_model, d_k and d_v."""
    vectors.load_pending()
    for column, name in zip(st.columns(len(_SIZES)), _SIZES, strict=True):
        with column:
            _size(name, name)


def _size(name: str, title: str) -> None:
    meaning, (low, high) = _SIZES[name]
    widget_state.seed(name, getattr(session().scenario, name))
    widgets.number_input(
        escape.label(title),
        low,
        high,
        key=name,
        help=escape.markdown(meaning),
        on_change=_set_size,
        args=(name,),
    )


def _set_size(name: str) -> None:
    size = {name: widget_state.read(name, int, getattr(session().scenario, name))}
    vectors.change(lambda: edits.with_size(session().scenario, **size), entered=name)


def rows_of_W(d_model: int) -> int:
    """Choose the rows of W_q in the experiment with the shape rule; the scenario stays as it is."""
    low, high = 1, limits.D_MODEL[1] + 1
    rows = widget_state.seed_view("rows-of-W", range(low, high + 1), d_model + 1)
    widgets.slider(
        escape.label("Rows of W_q, in this experiment only"),
        low,
        high,
        key="rows-of-W",
    )
    return rows


def settings(
    *others: Callable[[], None], names: Collection[str] = ("scale", "temperature", "mask")
) -> None:
    """Choose scaling, temperature and mask, or some of them; other tools stand on the same line."""
    with st.container(key="tools", horizontal=True, vertical_alignment="center"):
        if "scale" in names:
            widget_state.seed("scale", session().scenario.scale)
            widgets.toggle(escape.label("Divide by √d_k"), key="scale", on_change=_set_scale)
        if "temperature" in names:
            with _named("Temperature"):
                _temperature(100 if "mask" in names else 300)  # alone it has room
        if "mask" in names:
            with _named("Mask"):
                mask.kind()
        for other in others:
            other()
    if "mask" in names:
        mask.size_or_boxes()


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Write the name of a tool at its side; its own label would stand above it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
        st.markdown(name, width="content")
        yield


def _temperature(width: int) -> None:
    low, high = limits.TEMPERATURE
    widget_state.seed("temperature", session().scenario.temperature)
    widgets.slider(
        "Temperature",
        low,
        high,
        step=0.05,
        key="temperature",
        on_change=_set_heat,
        label_visibility="collapsed",
        width=width,
    )


def _set_scale() -> None:
    scale = widget_state.read("scale", bool, session().scenario.scale)
    state.change(lambda: replace(session().scenario, scale=scale))


def _set_heat() -> None:
    heat = widget_state.read("temperature", float, session().scenario.temperature)
    state.change(lambda: replace(session().scenario, temperature=heat))
