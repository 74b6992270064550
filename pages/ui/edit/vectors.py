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
from pages.ui.model import loading as model
from pages.ui.session import state
from pages.ui.show import step as show

_TITLES: dict[Source, str] = {
    "vocabulary": "vocabulary",
    "word": "pretrained: word by word",
    "context": "pretrained: in context",
}
#: The sources that need the pretrained model.
MODELS: tuple[Source, ...] = SOURCES[1:]


def source() -> None:
    """Choose where the vectors come from, and say what is to be known about them."""
    wish = state.wish()
    state.seed("vectors", wish.source if wish else source_of(state.scenario().features))
    st.segmented_control(
        "Vectors",
        SOURCES,
        key="vectors",
        format_func=lambda each: _TITLES[each],
        on_change=_choose,
        disabled=not model.is_installed() and not in_use(),
        help="The vocabulary is made by hand, and a hash stands in for words that it doesn't "
        f"have. The others are those of {model.title()}, along as many principal axes as X has "
        "columns. The projections stay as they are.",
    )
    show.part("vectors", lambda trace: _tell(trace.scenario))


def in_use() -> bool:
    """Whether the present embeddings are a model's."""
    return source_of(state.scenario().features) in MODELS


def _choose() -> None:
    chosen = state.widget("vectors", SOURCES, None)
    if chosen in MODELS:
        if model.is_installed():
            state.want(chosen)
        else:
            state.complain(_ABSENT)
    elif chosen == "vocabulary":
        state.want_nothing()
        start = state.preset().scenario
        state.change(lambda: pretrained.with_vocabulary(state.scenario(), start))
    else:  # what was chosen already was clicked
        state.touch()


def change(edit: Callable[[], Scenario], entered: str = "") -> None:
    """Change words or sizes as one step of undo; a model's vectors are then made anew.

    Until the model has given them, words that are new have numbers from a hash.
    """
    before = state.scenario()
    state.change(edit, entered=entered)
    after = state.scenario()
    chosen = source_of(after.features)
    are_others = (before.tokens, before.context, before.d_model) != (
        after.tokens,
        after.context,
        after.d_model,
    )
    if are_others and chosen in MODELS and model.is_installed():
        if _is_edited(before):
            state.add_note(f"{_ANEW} Undo brings them back.")
        state.want(chosen, completes=True)


def _is_edited(s: Scenario) -> bool:
    """Whether the numbers of a model's vectors were edited by hand, if that can be told."""
    encoder, source = model.loaded(), source_of(s.features)
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
    chosen = source_of(state.scenario().features)
    st.button(
        "back to the model",
        key=f"model-{name}",
        on_click=state.want,
        args=(chosen,),
        disabled=not model.is_installed(),
    )


def fulfil() -> None:
    """Take from the model what is wanted; the page shows it from the next run on."""
    wish = state.wish()
    encoder = model.encoder() if wish else None
    if wish is None or encoder is None:
        return

    def edit() -> Scenario:
        s = state.scenario()
        return pretrained.with_real_vectors(s, wish.source, *_vectors(encoder, wish.source, s))

    state.want_nothing()
    state.change(edit, completes=wish.completes)
    st.rerun()


def _vectors(encoder: Encoder, source: Source, s: Scenario) -> tuple[Array, Array | None]:
    X = model.vectors(encoder, source, s.tokens)
    return X, model.vectors(encoder, source, s.context) if s.is_cross else None


def _tell(s: Scenario) -> None:
    encoder = model.loaded()
    if not in_use():
        if not model.is_installed():
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
    told = pretrained.describe_vectors(
        s, source, found, model=model.title(), lacking=lacking, quote=escape.markdown
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
