"""What a pretrained model is asked: the text, the layer, the head, what is left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from attn_core.analysis import long_text
from attn_core.explain.wording import listed
from attn_core.notation.labels import isolate
from attn_core.pretrained import Encoder
from attn_core.pretrained.interpret import VIEWS, Reading, describe_text
from attn_core.text import escape
from pages.ui.live.chart import clicked
from pages.ui.model import loading as model
from pages.ui.session import state
from pages.ui.session.kept_text import ELSEWHERE, KeptText
from pages.ui.session.question import SENTENCE, Question

#: Texts to begin with, by what stands on their buttons.
EXAMPLES = {
    "A short sentence": SENTENCE,
    "A longer one": "The animal didn't cross the street because it was too tired",
    "A long text": long_text.EXAMPLE,
}
_VIEWS = {"head": "one head", "average": "mean of the layer's heads", "rollout": "rollout"}


def text(encoder: Encoder) -> Reading | None:
    """Type a text, and have the model read it; None, with the reason, where it can't."""
    question = state.question()
    with _field("Text", "model-text", question.text.text, question, encoder):
        for label, example in EXAMPLES.items():
            key = f"model-{label}"
            st.button(label, key=key, on_click=_example, args=(example, encoder))
    return _read(encoder, question.text)


def other(encoder: Encoder) -> Reading | None:
    """Type a second text to compare with; None without one."""
    kept = state.question().other
    _field("Second text", "model-other", kept.text, kept, encoder)
    return _read(encoder, kept) if kept.text else None


def _field(
    label: str, key: str, shown: str, reader: KeptText | Question, encoder: Encoder
) -> DeltaGenerator:
    """A field for a text, and the row of buttons below it."""
    state.seed(key, shown)
    # No `max_chars`: a browser would drop a longer text without a word.
    st.text_area(label, key=key, height=68, on_change=_typed, args=(key, shown, reader, encoder))
    row = st.container(horizontal=True)
    # Pressing it takes the focus from the field, which hands the text over.
    row.button("Read it", key=f"read-{key}", on_click=state.touch)
    return row


def _example(text: str, encoder: Encoder) -> None:
    _take(state.question(), text, "", encoder)


def _typed(key: str, shown: str, reader: KeptText | Question, encoder: Encoder) -> None:
    _take(reader, state.widget(key, str, shown), key, encoder)


def _take(reader: KeptText | Question, text: str, entered: str, encoder: Encoder) -> None:
    # The model counts tokens in its own way: what it can't read must not take the place of a
    # text that it can.
    state.read_text(reader, text, entered, check=lambda text: model.check(encoder, text))


def _read(encoder: Encoder, kept: KeptText) -> Reading | None:
    try:
        encoded = model.encoded(encoder, kept.text)
    except ValueError as error:  # an address may bring any text
        st.error(escape.markdown(str(error)))
        return None
    st.caption(describe_text(encoded, escape.markdown))
    if kept.parameter == ELSEWHERE:
        st.warning(
            "The address has no room for so long a text: a reload or another browser doesn't have "
            "it. Send the text along with the link."
        )
    return Reading(encoder, encoded, state.question().focus)


def where(reading: Reading) -> None:
    """Choose layer, head and view, without a mouse as well."""
    focus, encoder = reading.focus, reading.encoder
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _choice("Layer", "layer", range(encoder.layers), focus.layer, _counted, 110)
        if focus.view == "head":
            _choice("Head", "head", range(encoder.heads), focus.head, _counted, 110)
        _choice("Show", "view", VIEWS, focus.view, _VIEWS.__getitem__, 250)
    state.seed("model-only_words", focus.only_words)
    st.toggle(
        "Hide what the model puts around a text",
        key="model-only_words",
        on_change=_chosen,
        args=("only_words", (False, True)),
        help=f"{_special(reading)} often get much of the weight, and then are the strongest "
        "columns. The other weights stay as they are, so that rows sum to less than 1.",
    )


def _special(reading: Reading) -> str:
    """Name what the model put around the text."""
    pieces = reading.encoded.pieces
    pairs = zip(pieces.shown, pieces.special, strict=True)
    return listed([escape.markdown(token) for token, is_special in pairs if is_special])


def _counted(i: int) -> str:
    return str(i + 1)


def _choice(
    label: str,
    name: str,
    options: Sequence[Any],
    chosen: Any,
    say: Callable[[Any], str],
    width: int,
    help: str | None = None,
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
        width=width,
        help=help,
    )


def query(reading: Reading) -> None:
    """Choose the token that looks."""
    _token("Token", "query", reading, reading.focus.query)


def key(reading: Reading) -> None:
    """Choose the token that is looked at."""
    _token("Key", "key", reading, reading.key)


def _token(label: str, name: str, reading: Reading, chosen: int) -> None:
    names = reading.names  # not the reading, which Streamlit would keep with `say`

    def say(i: int) -> str:
        return f"{isolate(names[i])} · {i + 1}"

    note = "Type to search. The number is the token's place in the text."
    _choice(label, name, reading.places, chosen, say, 320, note)


def _chosen(name: str, options: Sequence[Any]) -> None:
    value = state.widget(f"model-{name}", options, None)
    if value is not None:
        # Another token looks most at another key.
        state.focus_on(**{name: value, **({"key": None} if name == "query" else {})})


def pick(queries: Sequence[int], keys: Sequence[int], box: Any) -> None:
    """A box was clicked: ask about it.

    Parameters
    ----------
    queries, keys : sequence of int
        Tokens along the rows and the columns.
    box : object
        What the browser told.
    """
    if place := place_of(box, len(queries), len(keys)):
        state.focus_on(query=queries[place[0]], key=keys[place[1]])


def place_of(box: Any, rows: int, columns: int) -> tuple[int, int] | None:
    """Row and column of a box that was clicked; None if there is no such box."""
    _, row, column = clicked(box) or (0, -1, -1)
    return (row, column) if row in range(rows) and column in range(columns) else None
