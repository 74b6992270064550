"""What a pretrained model is asked: the text, the layer, the head, what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from attn_core import escape
from attn_core.labels import isolate
from attn_core.model_view import told_of_text
from attn_core.pretrained import Encoded, Encoder
from pages.ui import model, state
from pages.ui.kept_text import KeptText
from pages.ui.probe import VIEWS, Look, Probe

_TITLES = {"head": "one head", "average": "mean of the layer's heads", "rollout": "rollout"}


def text(encoder: Encoder) -> Encoded | None:
    """Type a text, and have the model read it; None, with the reason, where it can't."""
    probe = state.probe()
    _field("Text", "model-text", probe.text.text, probe)
    encoded = _read(encoder, probe.text)
    if encoded:
        st.caption(told_of_text(encoded, escape.markdown))
    return encoded


def other(encoder: Encoder) -> Encoded | None:
    """Type a second text to compare with; None without one."""
    kept = state.probe().other
    _field("Second text", "model-other", kept.text, kept)
    return _read(encoder, kept) if kept.text else None


def _field(label: str, key: str, shown: str, reader: KeptText | Probe) -> None:
    state.seed(key, shown)
    # No `max_chars`: a browser would drop a longer text without a word.
    st.text_area(label, key=key, height=68, on_change=_typed, args=(key, reader))
    # Pressing it takes the focus from the field, which hands the text over.
    st.button("Read it", key=f"read-{key}", on_click=state.touch)


def _typed(key: str, reader: KeptText | Probe) -> None:
    state.read_text(reader, state.widget(key), entered=key)


def _read(encoder: Encoder, kept: KeptText) -> Encoded | None:
    try:
        return model.encoded(encoder, kept.text)
    except ValueError as error:  # the model counts its tokens in its own way
        st.error(escape.markdown(str(error)))
        return None


def look(encoder: Encoder, encoded: Encoded) -> Look:
    """Where to look, of what this model and this text have."""
    asked = state.probe().look
    words = [i for i in range(encoded.n) if not encoded.pieces.special[i]]
    tokens = words if asked.only_words else list(range(encoded.n))
    return Look(
        min(asked.layer, encoder.layers - 1),
        min(asked.head, encoder.heads - 1),
        min(tokens, key=lambda i: abs(i - asked.query)),
        min(tokens, key=lambda i: abs(i - asked.key)),
        asked.view,
        asked.only_words,
    )


def where(encoder: Encoder, look: Look) -> None:
    """Choose layer, head and view, without a mouse as well."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _choice("Layer", "layer", range(encoder.layers), look.layer)
        if look.view == "head":
            _choice("Head", "head", range(encoder.heads), look.head)
        _choice("Show", "view", VIEWS, look.view, _TITLES.__getitem__)
    state.seed("model-only_words", look.only_words)
    st.toggle(
        "Hide what the model puts around a text",
        key="model-only_words",
        on_change=_chosen,
        args=("only_words", (False, True)),
        help="[CLS] and [SEP] get much of the weight, and would be the brightest columns. The "
        "weights of the others stay as they are, so that rows sum to less than 1.",
    )


def _choice(
    label: str, name: str, options: Sequence[Any], chosen: Any, say: Any = lambda i: str(i + 1)
) -> None:
    key = f"model-{name}"
    state.seed(key, chosen)
    st.selectbox(
        label,
        options,
        key=key,
        format_func=say,
        on_change=_chosen,
        args=(name, options),
        width=250 if name == "view" else 110,
    )


def token(label: str, name: str, names: Sequence[str], tokens: Sequence[int], chosen: int) -> None:
    """Choose a token.

    Parameters
    ----------
    label : str
    name : str
        "query" or "key".
    names : sequence of str
        Of all tokens.
    tokens : sequence of int
        Those that are offered.
    chosen : int
    """
    key = f"model-{name}"
    state.seed(key, chosen)
    st.selectbox(
        label,
        tokens,
        key=key,
        format_func=lambda i: f"{isolate(names[i])} · {i + 1}",
        on_change=_chosen,
        args=(name, tokens),
        help="Type to search. The number is the token's place in the text.",
        width=320,
    )


def _chosen(name: str, options: Sequence[Any]) -> None:
    value = state.widget(f"model-{name}")
    if value in options:  # a browser could send anything
        state.look_at(**{name: value})
