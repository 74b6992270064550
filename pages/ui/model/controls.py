"""Controls of where one looks in a pretrained model: layer, head, view and tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from attn_core.explain.wording import join_words
from attn_core.notation.labels import isolate
from attn_core.pretrained.interpret import (
    VIEWS,
    WAYS,
    Focus,
    Reading,
    describe_merged,
    describe_pieces,
)
from attn_core.pretrained.model import Model
from attn_core.text import escape
from pages.ui.live.chart import parse_click
from pages.ui.session import widget_state, widgets
from pages.ui.session.state import session

#: What stands at each field, and its width.
_TOKEN = "Type to search. The number is the token's place in the text."
_FIELDS: dict[str, dict[str, Any]] = {
    "layer": {"label": "Layer", "width": 80},
    "head": {"label": "Head", "width": 80},
    "view": {"label": "Show", "width": 210},
    "way": {"label": "Between", "width": 130},
    "query": {"label": "Token", "width": 320, "help": _TOKEN},
    "key": {"label": "Key", "width": 320, "help": _TOKEN},
}
_WAYS = {"": "all", "ab": "only A → B", "ba": "only B → A"}
_VIEWS = {"head": "one head", "average": "mean of the layer's heads", "rollout": "rollout"}


def layer(model: Model, focus: Focus) -> None:
    """Choose the layer."""
    _choice("layer", range(model.layers), focus.layer, _counted)


def head(model: Model, focus: Focus) -> None:
    """Choose the head."""
    _choice("head", range(model.heads), focus.head, _counted)


def where(model: Model, focus: Focus, *, is_pair: bool = False) -> None:
    """Choose layer, head and view, and of a pair the way; without a mouse as well."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        layer(model, focus)
        if focus.view == "head":
            head(model, focus)
        _choice("view", VIEWS, focus.view, _VIEWS.__getitem__)
        if is_pair:
            _choice("way", WAYS, focus.way, _WAYS.__getitem__)


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


def _choice(name: str, options: Sequence[Any], chosen: Any, say: Callable[[Any], str]) -> None:
    """Choose one part of the focus."""
    key = f"model-{name}"
    widget_state.seed(key, chosen)
    widgets.selectbox(
        options=options,
        key=key,
        format_func=say,
        on_change=_chosen,
        args=(name, options),
        **_FIELDS[name],
    )


def query(reading: Reading) -> None:
    """Choose the token that is the query."""
    # Of a word its first piece stands for it.
    firsts, names, rows = reading.firsts, reading.tokens, reading.queries
    offered = [firsts[row] for row in rows], [names[row] for row in rows]
    _token("query", *offered, firsts[reading.query])


def key(reading: Reading) -> None:
    """Choose the token that is the key."""
    _token("key", reading.places, reading.tokens, reading.key)


def _token(name: str, places: Sequence[int], names: Sequence[str], chosen: int) -> None:
    # Not of the reading, which Streamlit would keep with `say`.
    said = {i: f"{isolate(each)} · {i + 1}" for i, each in zip(places, names, strict=True)}
    _choice(name, places, chosen, said.__getitem__)


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
