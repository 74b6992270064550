"""Choose where the embeddings come from: the vocabulary, or a pretrained model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from attn_core import Scenario, edits, limits, pretrained
from attn_core.pretrained import Encoder
from attn_core.scenario import Array
from attn_core.text import escape
from attn_core.text.embeddings import SOURCES, Source, source_of
from pages.ui.model.shared import readings, shared_model
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.state import session
from pages.ui.show.fragments import fragment

_TITLES: dict[Source, str] = {
    "vocabulary": "vocabulary",
    "word": "pretrained: word by word",
    "context": "pretrained: in context",
}
#: The sources that need the pretrained model.
MODELS: tuple[Source, ...] = SOURCES[1:]


def source() -> None:
    """Choose where the vectors come from, and describe them."""
    request = session().pending_vectors
    widget_state.seed(
        "vectors", request.source if request else source_of(session().scenario.features)
    )
    widgets.segmented_control(
        "Vectors",
        SOURCES,
        key="vectors",
        format_func=lambda each: _TITLES[each],
        on_change=_choose,
        disabled=not shared_model.is_installed() and not in_use(),
        help="The vocabulary is made by hand, and a hash stands in for words that it doesn't "
        f"have. The others are those of {_title()}, along as many principal axes as "
        "X has columns. The projections stay as they are.",
    )
    fragment("vectors", lambda trace: _describe(trace.scenario))


def offer() -> None:
    """Offer pretrained vectors for words that the vocabulary lacks."""
    widgets.button(
        "Use pretrained vectors",
        key="pretrained",
        type="tertiary",
        icon=":material/add:",
        on_click=session().request_vectors,
        args=("word",),
        help=f"Those of {_title()}, word by word; *Embeddings* has more of them.",
    )


def in_use() -> bool:
    """Whether the present embeddings come from a model."""
    return source_of(session().scenario.features) in MODELS


def _choose() -> None:
    chosen = widget_state.read("vectors", SOURCES, None)
    if chosen in MODELS:
        if shared_model.is_installed():
            session().request_vectors(chosen)
        else:
            session().complain(_ABSENT)
    elif chosen == "vocabulary":
        session().requested = None
        start = session().preset.scenario
        state.change(lambda: pretrained.with_vocabulary(session().scenario, start))


def change(edit: Callable[[], Scenario | edits.Noted], entered: str = "") -> None:
    """Change words or sizes as one step of undo, and ask the model for vectors again.

    Until the model has given them, words that are new have numbers from a hash.
    """
    before = session().scenario
    state.change(edit, entered=entered)
    after = session().scenario
    chosen = source_of(after.features)
    are_others = (before.tokens, before.context, before.d_model) != (
        after.tokens,
        after.context,
        after.d_model,
    )
    if are_others and chosen in MODELS and shared_model.is_installed():
        if _is_edited(before):
            session().add_note(f"{_ANEW} Undo brings them back.")
        session().request_vectors(chosen, amends=True)


def _is_edited(s: Scenario) -> bool:
    """Whether a model's vectors were edited by hand; False while the model isn't loaded."""
    encoder, source = shared_model.loaded(), source_of(s.features)
    if encoder is None or source is None:
        return False
    try:
        found = pretrained.with_real_vectors(s, source, *_vectors(encoder, source, s))
    except ValueError:  # the model sees nothing of a word, so its numbers aren't the model's
        return True
    return not (_near(found.X, s.X) and _near(found.Z, s.Z))


def _near(found: Array | None, held: Array | None) -> bool:
    """Whether two machines' numbers differ by rounding alone."""
    return found is None or held is None or np.allclose(found, held, atol=10.0**-limits.DECIMALS)


def _title() -> str:
    """Name the model that the vectors are of."""
    return shared_model.title(shared_model.encoder_name())


def reset_button(name: str) -> None:
    """Offer to undo what was edited in a model's X or Z."""
    chosen = source_of(session().scenario.features)
    widgets.button(
        "back to the model",
        key=f"model-{name}",
        on_click=session().request_vectors,
        args=(chosen,),
        disabled=not shared_model.is_installed(),
    )


def load_pending() -> None:
    """Load the vectors that were requested; the page shows them from the next run on."""
    request = session().pending_vectors
    encoder = shared_model.encoder() if request else None
    if request is None or encoder is None:
        return

    def edit() -> Scenario:
        s = session().scenario
        return pretrained.with_real_vectors(
            s, request.source, *_vectors(encoder, request.source, s)
        )

    session().requested = None
    (state.amend if request.amends else state.change)(edit)
    st.rerun()


def _vectors(encoder: Encoder, source: Source, s: Scenario) -> tuple[Array, Array | None]:
    X = readings.vectors(encoder, source, s.tokens)
    return X, readings.vectors(encoder, source, s.context) if s.is_cross else None


def _describe(s: Scenario) -> None:
    encoder = shared_model.loaded()
    if not in_use():
        if not shared_model.is_installed():
            st.caption(_ABSENT)
    elif encoder is None:
        st.caption(_AWAY)
    else:
        _describe_loaded(s, encoder)


def _describe_loaded(s: Scenario, encoder: Encoder) -> None:
    """Say where the vectors come from, or which word the model can't read."""
    source = source_of(s.features)
    assert source is not None
    try:
        found = pretrained.reduced(*_vectors(encoder, source, s), s.d_model)
        lacking = encoder.unknown((*s.tokens, *s.context))
    except ValueError as error:
        st.caption(escape.markdown(str(error)))
        return
    sentences = pretrained.describe_vectors(
        s,
        source,
        found,
        model=_title(),
        lacking=lacking,
        escape=escape.markdown,
    )
    st.caption("  \n".join((*sentences, _ANEW)))


_ANEW = (
    "Another word, or another number of axes, turns all axes: the numbers are then made anew, "
    "without what was edited by hand."
)
_ABSENT = (
    "Vectors of a pretrained model can stand here, too, once whoever runs this server has "
    "installed one with `make models`."
)
_AWAY = (
    "These are vectors of a pretrained model along principal axes, as the link or the file "
    "brought them. The model itself isn't loaded, so nothing can be said here of how much the "
    "axes keep; “back to the model” loads it."
)
