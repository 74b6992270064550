"""Show the text itself, its tokens coloured by what one of them attends to."""

from __future__ import annotations

from functools import partial

import streamlit as st

from attn_core.figures import TextRow, describe_coloured_text
from attn_core.notation.labels import isolate
from attn_core.pretrained.interpret import Reading, places_in_text
from pages.ui.live import components
from pages.ui.model import controls
from pages.ui.session import state
from pages.ui.session.state import session


def show(reading: Reading) -> None:
    """Show the text; a click on a token chooses it."""
    i, encoded = reading.query, reading.encoded
    placed, after = places_in_text(encoded.text, encoded.pieces, reading.groups)
    seen = reading.seen
    mask = None if seen.mask is None else seen.mask[i]
    masked = "not looked at" if reading.focus.way else "masked"
    row = TextRow(placed, after, seen.tokens, seen.weights[i], i, mask, masked)
    described = describe_coloured_text(row, state.theme())
    if session().is_live:
        alt = f"The text, coloured by what {isolate(reading.tokens[i])} attends to"
        pick = partial(controls.pick_query, reading.firsts)
        components.text(described, "model-text-view", alt, pick)
        st.caption(
            "The text, in the colours of the large map. Click a token to choose it; the arrow keys "
            "go from one to the next, and Enter chooses."
        )
    else:
        st.html(described.html())
