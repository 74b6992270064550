"""Controls of a pretrained model: its text, layer, head and view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from attn_core.analysis import long_text
from attn_core.explain.wording import join_words
from attn_core.notation.labels import isolate
from attn_core.pretrained import Encoder
from attn_core.pretrained.interpret import (
    VIEWS,
    WAYS,
    Focus,
    Reading,
    describe_merged,
    describe_pair,
    describe_pieces,
    describe_text,
)
from attn_core.pretrained.model import Model
from attn_core.text import escape
from pages.ui.live.chart import parse_click
from pages.ui.live.slots import slot
from pages.ui.model import memory_budget, shared_model
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.model_query import SENTENCE, ModelQuery
from pages.ui.session.state import session
from pages.ui.session.url_text import ELSEWHERE, UrlText

#: Texts to begin with, by what stands on their buttons.
EXAMPLES = {
    "A short sentence": SENTENCE,
    "A longer one": "The animal didn't cross the street because it was too tired",
    "A long text": long_text.EXAMPLE,
}
#: Two sentences to begin with, by the button for encoders.
PAIR = "A pair", "The animal rested.", "It was tired."
_WAYS = {"": "all", "ab": "only A → B", "ba": "only B → A"}
#: Letters of a model that there isn't.
_NAMED = 40
_VIEWS = {"head": "one head", "average": "mean of the layer's heads", "rollout": "rollout"}


def which() -> None:
    """Choose one of the server's models, where it has several."""
    labels = shared_model.labels()
    if (asked := session().model_query.model) not in ("", *labels):
        st.warning(
            f"The address asks for the model {escape.markdown(asked[:_NAMED])}, which this server "
            f"doesn't show. This is {shared_model.title(shared_model.chosen())}."
        )
    if len(labels) == 1:
        return
    widget_state.seed("model-which", next(k for k in labels if labels[k] == shared_model.chosen()))
    widgets.selectbox(
        "Model",
        [*labels],
        key="model-which",
        on_change=_choose_model,
        args=([*labels],),
        width=320,
        help=memory_budget.describe(labels),
    )


def _choose_model(offered: Sequence[str]) -> None:
    asked, chosen = session().model_query, widget_state.read("model-which", offered, None)
    if chosen is not None:
        # The first one needs no word in the address. Another model looks most at another key.
        asked.model = "" if chosen == offered[0] else chosen
        asked.focus_on(key=None)
        asked.off = frozenset()


def text(model: Model) -> Reading | None:
    """Type a text, and have the model read it; None where it can't, with the reason."""
    question = session().model_query
    with _field("Text", "model-text", question.text.text, question, model):
        for label, example in EXAMPLES.items():
            key = f"model-{label}"
            if len(example.split()) <= model.max_tokens:  # a word is a token at least
                widgets.button(label, key=key, on_click=_example, args=(example, model))
        if isinstance(model, Encoder):
            widgets.button(PAIR[0], key="model-a-pair", on_click=_example_pair, args=(model,))
    with slot():
        if isinstance(model, Encoder) and question.pair.text:
            _field("Second sentence", "model-pair", question.pair.text, question.pair, model)
    return _read(model, question.text, question.pair)


def other(model: Model) -> Reading | None:
    """Type a second text to compare with; None without one."""
    kept = session().model_query.other
    _field("Second text", "model-other", kept.text, kept, model)
    return _read(model, kept) if kept.text else None


def _field(
    label: str, key: str, shown: str, reader: UrlText | ModelQuery, model: Model
) -> DeltaGenerator:
    """Show a field for a text; return the row of buttons beside it."""
    widget_state.seed(key, shown)
    field, beside = st.columns(2, vertical_alignment="bottom")
    with field:
        # No `max_chars`: a browser would drop a longer text without a word.
        widgets.text_area(
            label, key=key, height=68, on_change=_typed, args=(key, shown, reader, model)
        )
    with beside:
        row = st.container(horizontal=True)
    with row:  # pressing it takes the focus from the field, which hands the text over
        widgets.button("Read it", key=f"read-{key}")
    return row


def _example(text: str, model: Model) -> None:
    session().model_query.pair.read("")  # an example stands alone
    _take(session().model_query, text, "", model)


def _example_pair(model: Encoder) -> None:
    _, first, second = PAIR
    _example(first, model)
    _take(session().model_query.pair, second, "", model)


def _typed(key: str, shown: str, reader: UrlText | ModelQuery, model: Model) -> None:
    _take(reader, widget_state.read(key, str, shown), key, model)


def _take(reader: UrlText | ModelQuery, text: str, entered: str, model: Model) -> None:
    # A text that the model can't read must not replace one that it can.
    state.read_text(reader, text, entered, check=lambda text: _check(reader, text, model))


def _check(reader: UrlText | ModelQuery, text: str, model: Model) -> None:
    asked = session().model_query
    if reader is asked:
        shared_model.check(model, text, asked.pair.text)
    elif reader is asked.pair and text.strip():
        shared_model.check(model, asked.text.text, text)
    else:
        shared_model.check(model, text)


def _read(model: Model, kept: UrlText, pair: UrlText | None = None) -> Reading | None:
    try:
        encoded = shared_model.encoded(model, kept.text, pair.text if pair else "")
    except ValueError as error:  # an address may bring any text
        st.error(escape.markdown(str(error)))
        return None
    st.caption(describe_text(encoded, escape.markdown))
    if isinstance(model, Encoder) and encoded.pieces.is_pair:
        st.caption(describe_pair(model, encoded, escape.markdown))
    if ELSEWHERE in (kept.parameter, pair and pair.parameter):
        st.warning(
            "The address has no room for so long a text: a reload or another browser doesn't have "
            "it. Send the text along with the link."
        )
    return Reading(model, encoded, session().model_query.focus)


def layer(model: Model, focus: Focus) -> None:
    """Choose the layer."""
    _choice("Layer", "layer", range(model.layers), focus.layer, _counted, 80)


def head(model: Model, focus: Focus) -> None:
    """Choose the head."""
    _choice("Head", "head", range(model.heads), focus.head, _counted, 80)


def where(model: Model, focus: Focus, *, is_pair: bool = False) -> None:
    """Choose layer, head and view, and of a pair the way; without a mouse as well."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        layer(model, focus)
        if focus.view == "head":
            head(model, focus)
        _choice("Show", "view", VIEWS, focus.view, _VIEWS.__getitem__, 210)
        if is_pair:
            _choice("Between", "way", WAYS, focus.way, _WAYS.__getitem__, 130)


def only_words(reading: Reading) -> None:
    """Hide what the model puts around a text, or show it; some put nothing there."""
    focus = reading.focus
    if not any(reading.encoded.pieces.special):
        return
    widget_state.seed("model-only_words", focus.only_words)
    widgets.toggle(
        "Hide what the model puts around a text",
        key="model-only_words",
        on_change=_chosen,
        args=("only_words", (False, True)),
        help=f"{_special(reading)} often get much of the weight, and then are the strongest "
        "columns. The other weights stay as they are, so that rows sum to less than 1.",
    )


def words(reading: Reading) -> None:
    """Show words in place of the pieces that the model cuts them into, or the pieces."""
    widget_state.seed("model-merged", reading.focus.merged)
    widgets.toggle(
        "Words, not pieces",
        key="model-merged",
        on_change=_chosen,
        args=("merged", (False, True)),
        help="Weights are summed over the pieces of a key, and averaged over those of a query.",
    )
    if reading.focus.merged:
        st.caption(
            f"{describe_merged(reading, escape.markdown)} So it is done by "
            "[Clark et al. 2019](https://arxiv.org/abs/1906.04341), section 4.1."
        )


def of_pieces(reading: Reading) -> Reading:
    """Return the reading with its tokens, which alone have scores; say so where words are shown."""
    if reading.focus.merged:
        st.caption(describe_pieces(reading, escape.markdown))
    return reading.in_pieces


def _special(reading: Reading) -> str:
    """Name what the model put around the text."""
    pieces = reading.encoded.pieces
    pairs = zip(pieces.shown, pieces.special, strict=True)
    marks = dict.fromkeys(token for token, is_special in pairs if is_special)
    return join_words([*map(escape.markdown, marks)])


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
    widget_state.seed(key, chosen)
    widgets.selectbox(
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
    """Choose the token that is the query."""
    # Of a word its first piece stands for it.
    firsts, names, rows = reading.firsts, reading.tokens, reading.queries
    offered = [firsts[row] for row in rows], [names[row] for row in rows]
    _token("Token", "query", *offered, firsts[reading.query])


def key(reading: Reading) -> None:
    """Choose the token that is the key."""
    _token("Key", "key", reading.places, reading.tokens, reading.key)


def _token(label: str, name: str, places: Sequence[int], names: Sequence[str], chosen: int) -> None:
    # Not of the reading, which Streamlit would keep with `say`.
    said = {i: f"{isolate(each)} · {i + 1}" for i, each in zip(places, names, strict=True)}
    note = "Type to search. The number is the token's place in the text."
    _choice(label, name, places, chosen, said.__getitem__, 320, note)


def _chosen(name: str, options: Sequence[Any]) -> None:
    value = widget_state.read(f"model-{name}", options, None)
    if value is not None:
        # Another token looks most at another key.
        session().model_query.focus_on(
            **{name: value, **({"key": None} if name == "query" else {})}
        )


def pick(queries: Sequence[int], keys: Sequence[int], box: Any) -> None:
    """Select the query and key of the box that was clicked.

    Parameters
    ----------
    queries, keys : sequence of int
        Tokens along the rows and the columns.
    box : object
        What the browser sent.
    """
    if place := place_of(box, len(queries), len(keys)):
        session().model_query.focus_on(query=queries[place[0]], key=keys[place[1]])


def pick_query(queries: Sequence[int], box: Any) -> None:
    """Select the query that was clicked, among several beside each other."""
    if place := place_of(box, 1, len(queries)):
        session().model_query.focus_on(query=queries[place[1]], key=None)


def place_of(box: Any, rows: int, columns: int) -> tuple[int, int] | None:
    """Read row and column of a box that was clicked; None if there is no such box."""
    _, row, column = parse_click(box) or (0, -1, -1)
    return (row, column) if row in range(rows) and column in range(columns) else None
