"""What stands in the residual stream: after every layer, and through one whole layer."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from attn_core.figures import (
    NARROW,
    WordMap,
    describe_lens_table,
    describe_word_bars,
    describe_word_map,
)
from attn_core.figures.words import word_map
from attn_core.notation.labels import isolate, number
from attn_core.pretrained.decoder import DecoderOutput
from attn_core.pretrained.interpret import Reading
from attn_core.pretrained.interpret.block import (
    ADDED,
    AddedNorms,
    Part,
    describe_added,
    describe_largest,
    describe_shares,
)
from attn_core.pretrained.interpret.lens import describe_lens
from attn_core.scenario import Array
from attn_core.text import escape
from pages.ui.live.chart import chart, is_ready, look
from pages.ui.live.slots import slot
from pages.ui.model import controls
from pages.ui.model.shared import measured
from pages.ui.session.state import session


def show(reading: Reading) -> None:
    """Show the stream after every layer, where it is a decoder's, and the chosen layer."""
    if isinstance(reading.encoded, DecoderOutput):
        _lens(reading)
    _block(reading)


def _lens(reading: Reading) -> None:
    """Show what a decoder would say after each layer, behind the chosen token."""
    st.header("After every layer", anchor=False)
    name = escape.markdown(isolate(reading.names[reading.focus.query]))
    st.markdown(
        f"What would the model say next after **{name}** if a layer were the last? Each row reads "
        "the residual stream there with the last norm and the table of tokens "
        "([nostalgebraist 2020](https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru/"
        "interpreting-gpt-the-logit-lens))."
    )
    shown = measured.lens(reading)
    with slot():
        if is_ready():
            described = describe_lens_table(
                shown.stages, shown.tokens, shown.probabilities, look=look()
            )
            chart(described, "figure-model-lens", lambda: describe_lens(shown))
    st.markdown(describe_lens(shown, escape.markdown))
    st.caption(
        "Read early rows with care: norm and table were trained for what leaves the last layer, "
        "and in some models early layers speak in directions that they don't know "
        "([Belrose et al. 2023](https://arxiv.org/abs/2303.08112))."
    )


def _block(reading: Reading) -> None:
    """Show one whole layer as equations with its numbers, and what its two parts add."""
    layer, token = reading.focus.layer, reading.focus.query
    st.header(f"The whole of layer {layer + 1}", anchor=False)
    st.markdown(
        "Attention is one of the two parts that a layer adds to the residual stream $X$; the other "
        "is an MLP, which reads each token by itself."
    )
    controls.layer(reading.model, reading.focus)
    parts = measured.parts(reading)
    st.markdown(_table(parts, reading))
    n, d_model = parts[0].values.shape
    st.caption(
        f"Each has {n} rows, the tokens, and {d_model} columns. Biases are left out of the "
        "equations, $\\sigma$ is the function of the MLP, and $O_i$ is the output of head $i$."
    )
    X, attention, mlp = (part.lengths for part in parts if part.name in ADDED)
    _bars(attention, mlp, reading)
    lengths = float(X[token]), float(attention[token]), float(mlp[token])
    name = escape.markdown(isolate(reading.names[token]))
    st.markdown(describe_added(layer, lengths, name))
    _shares(measured.added(reading), reading)


def _table(parts: tuple[Part, ...], reading: Reading) -> str:
    """Write the steps of a layer as a table in Markdown; a phone has no room for their names."""
    token = reading.focus.query
    name = escape.markdown(isolate(reading.names[token]))
    rows = [["", "equation", f"length of {name}", "largest number"], [":--", ":--", "--:", ":--"]]
    for part in parts:
        length = number(part.lengths[token])
        largest = describe_largest(part, reading.names, escape.markdown)
        rows.append([part.name, f"${part.equation}$", length, largest])
    first = int(session().width < NARROW)
    return "\n".join(f"| {' | '.join(row[first:])} |" for row in rows)


def _bars(attention: Array, mlp: Array, reading: Reading) -> None:
    """Show |attention| beside |MLP| of each token in the chosen layer."""
    shown, layer = [*reading.places], reading.focus.layer
    bars = {"|attention|": attention[shown], "|MLP|": mlp[shown]}
    with slot():
        if is_ready():
            described = describe_word_bars(reading.tokens, bars, 2, look=look())
            told = f"Lengths of what attention and MLP of layer {layer + 1} add to each token."
            chart(described, "figure-model-added", lambda: told)


def _shares(norms: AddedNorms, reading: Reading) -> None:
    """Show attention's share of what is added, by layer and token; a click chooses both."""
    st.markdown("In every layer, attention's share |attention| / (|attention| + |MLP|):")
    shares = norms.share[:, [*reading.places]]
    layers = tuple(str(i + 1) for i in range(len(shares)))
    with slot():
        if is_ready():
            drawn = look()
            shown = WordMap(layers, reading.tokens, shares, ("layer", "token"), reading.focus.layer)
            described = describe_word_map(
                shown, word_map.shares("share of attention", drawn.theme), look=drawn
            )
            chart(
                described,
                "figure-model-shares",
                lambda: f"Heatmap by layer and token. {describe_shares(norms)}",
                partial(_pick, reading.places, len(layers)),
            )
    st.markdown(f"{describe_shares(norms)} Click a box to choose layer and token.")


def _pick(places: tuple[int, ...], layers: int, box: Any) -> None:
    if place := controls.place_of(box, layers, len(places)):
        session().model_query.focus_on(layer=place[0], query=places[place[1]], key=None)
