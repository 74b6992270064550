"""Choose where the embeddings come from: the vocabulary, or a pretrained model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from attn_core import Scenario, limits, pretrained
from attn_core.pretrained import Encoder
from attn_core.scenario import Array
from attn_core.text import escape
from attn_core.text.embeddings import SOURCES, Source, source_of
from pages.ui.model import shared_model
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
    """Choose where the vectors come from, and say what is to be known about them."""
    wish = session().pending_vectors
    widget_state.seed("vectors", wish.source if wish else source_of(session().scenario.features))
    widgets.segmented_control(
        "Vectors",
        SOURCES,
        key="vectors",
        format_func=lambda each: _TITLES[each],
        on_change=_choose,
        disabled=not shared_model.is_installed() and not in_use(),
        help="The vocabulary is made by hand, and a hash stands in for words that it doesn't "
        f"have. The others are those of {shared_model.title()}, along as many principal axes as "
        "X has columns. The projections stay as they are.",
    )
    fragment("vectors", lambda trace: _tell(trace.scenario))


def in_use() -> bool:
    """Whether the present embeddings are a model's."""
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


def change(edit: Callable[[], Scenario], entered: str = "") -> None:
    """Change words or sizes as one step of undo; a model's vectors are then made anew.

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
    """Whether the numbers of a model's vectors were edited by hand, if that can be told."""
    encoder, source = shared_model.loaded(), source_of(s.features)
    if encoder is None or source is None:
        return False
    try:
        found = pretrained.with_real_vectors(s, source, *_vectors(encoder, source, s))
    except ValueError:  # the model sees nothing of a word, so its numbers aren't the model's
        return True
    return not (_near(found.X, s.X) and _near(found.Z, s.Z))


def _near(found: Array | None, held: Array | None) -> bool:
    """Whether only rounding tells two machines' numbers apart."""
    return found is None or held is None or np.allclose(found, held, atol=10.0**-limits.DECIMALS)


def again(name: str) -> None:
    """Offer the model's numbers once more, where X or Z were edited."""
    chosen = source_of(session().scenario.features)
    widgets.button(
        "back to the model",
        key=f"model-{name}",
        on_click=session().request_vectors,
        args=(chosen,),
        disabled=not shared_model.is_installed(),
    )


def fulfil() -> None:
    """Take from the model what is wanted; the page shows it from the next run on."""
    wish = session().pending_vectors
    encoder = shared_model.encoder() if wish else None
    if wish is None or encoder is None:
        return

    def edit() -> Scenario:
        s = session().scenario
        return pretrained.with_real_vectors(s, wish.source, *_vectors(encoder, wish.source, s))

    session().requested = None
    (state.amend if wish.amends else state.change)(edit)
    st.rerun()


def _vectors(encoder: Encoder, source: Source, s: Scenario) -> tuple[Array, Array | None]:
    X = shared_model.vectors(encoder, source, s.tokens)
    return X, shared_model.vectors(encoder, source, s.context) if s.is_cross else None


def _tell(s: Scenario) -> None:
    encoder = shared_model.loaded()
    if not in_use():
        if not shared_model.is_installed():
            st.caption(_ABSENT)
    elif encoder is None:
        st.caption(_AWAY)
    else:
        _tell_of(s, encoder)


def _tell_of(s: Scenario, encoder: Encoder) -> None:
    """Say where the vectors come from; of a word that the model can't see, only that."""
    source = source_of(s.features)
    assert source is not None
    try:
        found = pretrained.reduced(*_vectors(encoder, source, s), s.d_model)
        lacking = encoder.unknown((*s.tokens, *s.context))
    except ValueError as error:
        st.caption(escape.markdown(str(error)))
        return
    told = pretrained.told_of_vectors(
        s, source, found, model=shared_model.title(), lacking=lacking, quote=escape.markdown
    )
    st.caption("  \n".join((*told, _ANEW)))


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
