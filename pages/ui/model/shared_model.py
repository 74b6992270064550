"""The pretrained model: one for all visitors, loaded when the first of them needs it."""

from __future__ import annotations

import importlib.util
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import streamlit as st

from attn_core import limits
from attn_core.pretrained import (
    DEFAULT,
    Decoder,
    Encoded,
    Encoder,
    ModelError,
    folder_at_hand,
    interpret,
    is_at_hand,
    load,
)
from attn_core.pretrained.decoder.generate import Continuation
from attn_core.pretrained.interpret import Reading, Shared
from attn_core.scenario import Array
from attn_core.text import escape
from attn_core.text.embeddings import Source
from pages.ui.live.slots import slot
from pages.ui.model.continuations import Continuations
from pages.ui.model.encoded_cache import EncodedCache
from pages.ui.session import widgets

#: Names the model, a folder or a name on the hub, for whoever runs the server.
VARIABLE = "ATTENTION_MODEL"
#: Seconds between two looks how far loading is.
_PAUSE = 0.1
_log = logging.getLogger(__name__)


class Loading:
    """A model that is being loaded, by a thread of its own, for all who wait.

    Attributes
    ----------
    label : str
        What is under way.
    part : float
        Which part of that is done, from 0 to 1.
    encoder : Encoder, optional
        The model, once it is there.
    error : ModelError, optional
        Why it isn't coming.
    """

    def __init__(self, name: str) -> None:
        self.label, self.part = _last(name), 0.0
        self.encoder: Encoder | None = None
        self.error: ModelError | None = None
        self._thread = threading.Thread(target=self._load, args=(name,), daemon=True)
        self._thread.start()

    @property
    def under_way(self) -> bool:
        """Whether the thread is still running."""
        return self._thread.is_alive()

    def _load(self, name: str) -> None:
        try:
            self.encoder = _encoder_alone(load(name, self._note))
        except ModelError as error:
            _log.warning("%s", error)
            self.error = error
        # Nobody would see a thread's error, and visitors would wait for ever.
        except Exception:
            _log.exception("The model %s can't be loaded.", name)
            self.error = ModelError(
                "The model can't be loaded; the server's log says why. The other pages go on."
            )

    def _note(self, label: str, part: float) -> None:
        self.label, self.part = label, part


def _encoder_alone(model: Encoder | Decoder) -> Encoder:
    """Refuse a decoder, which the pages don't show yet."""
    if isinstance(model, Decoder):
        raise ModelError(
            f"{_last(model.name)} is a decoder, whose tokens attend only to those before them. "
            "This page shows encoders; attn_core.pretrained.load reads both."
        )
    return model


_loading: dict[str, Loading] = {}
_starting = threading.Lock()
#: One text is read at a time, for that takes all cores, and memory for several matrices.
_busy = threading.Lock()
_encoded = EncodedCache()
_continuations = Continuations()
_Found = TypeVar("_Found")


def name() -> str:
    """Name the model that this server shows."""
    return os.environ.get(VARIABLE) or DEFAULT


def is_installed() -> bool:
    """Whether the packages that read a model are installed."""
    return all(importlib.util.find_spec(package) for package in ("safetensors", "tokenizers"))


def encoder(wanted: str = "") -> Encoder | None:
    """Return a model; None where it can't be loaded, with the reason on the page.

    The first visitor starts the loading; all who wait see its progress.

    Parameters
    ----------
    wanted : str, optional
        Which one, if not the one that this server shows.
    """
    wanted = wanted or name()
    if not is_installed():
        show_how_to_install()
        return None
    if wanted not in _loading and not is_at_hand(wanted):
        _offer_to_fetch(wanted)
        return None
    loading = _start(wanted)
    with slot():
        if loading.under_way:
            _wait(loading)
    if loading.error:
        st.error(escape.markdown(_public(loading.error, wanted)))
        widgets.button("Try again", on_click=_forget, args=(loading,))
    return loading.encoder


def _public(error: ModelError, wanted: str) -> str:
    """Write an error without this server's folders, which are private."""
    folder = folder_at_hand(wanted)
    if folder is None or not folder.is_absolute():
        return str(error)
    return str(error).replace(str(folder), _last(wanted))


@contextmanager
def _in_public() -> Iterator[None]:
    """Raise errors in words that a page may show."""
    try:
        yield
    except ModelError as error:
        _log.warning("%s", error)
        raise ModelError(_public(error, name())) from error


def _last(path: str) -> str:
    return re.split(r"[\\/]", path.rstrip("\\/"))[-1]


def loaded() -> Encoder | None:
    """Return the model if it is loaded already."""
    loading = _loading.get(name())
    return loading.encoder if loading else None


def show_how_to_install() -> None:
    """Say what is missing, and how it comes onto this server."""
    st.info(
        "This needs a pretrained model, which isn't installed on this server. Whoever runs it "
        "can add one with `make models`; all other pages go on without it."
    )


def _offer_to_fetch(wanted: str) -> None:
    """Offer to fetch a model; such a download needs a click."""
    st.info(
        f"The model {escape.markdown(wanted)} isn't on this server yet. It is fetched once, for "
        "all visitors; most are 90 to 500 MB."
    )
    widgets.button("Fetch the model", on_click=_fetch, args=(wanted,), icon=":material/download:")


def _fetch(wanted: str) -> None:
    _start(wanted)


def _forget(failed: Loading) -> None:
    """Let it be tried again, unless somebody else has started that already."""
    with _starting:
        for wanted in [key for key, loading in _loading.items() if loading is failed]:
            del _loading[wanted]


def _start(wanted: str) -> Loading:
    """Start the loading, if nobody has."""
    with _starting:
        if wanted not in _loading:
            _loading[wanted] = Loading(wanted)
        return _loading[wanted]


def _wait(loading: Loading) -> None:
    with st.empty():
        while loading.under_way:
            st.progress(loading.part, f"Loading the model: {escape.markdown(loading.label)}")
            time.sleep(_PAUSE)
        st.html("<span></span>")  # takes the bar away


def title() -> str:
    """Name the model without its maker, ready for a sentence."""
    return escape.markdown(_last(name()))


def vectors(encoder: Encoder, source: Source, words: tuple[str, ...]) -> Array:
    """Return a vector for each word, from the model's table or in context; (n, d_model).

    Raises
    ------
    ValueError
        When the model sees nothing of a word.
    """
    return _vectors(encoder.name, source, words, encoder)


@st.cache_resource(max_entries=64, show_spinner=False)
def _vectors(name: str, source: Source, words: tuple[str, ...], _encoder: Encoder) -> Array:
    with _busy, _in_public():
        read = _encoder.word_vectors if source == "word" else _encoder.words_in_context
        found = read(words)
    found.setflags(write=False)  # it is all visitors'
    return found


def check(encoder: Encoder, text: str) -> None:
    """Refuse a text that the model can't read; a blank one is none.

    Raises
    ------
    ValueError
        With the limit that it breaks.
    """
    limits.LONG_TEXT.check(text)
    if text.strip():
        with _in_public():
            encoder.split(text)


def encoded(encoder: Encoder, text: str) -> Encoded:
    """Return a text as the model encodes it; the last ones are cached.

    Raises
    ------
    ValueError
        When the text is empty or too long; see `Encoder.encode`.
    """
    limits.LONG_TEXT.check(text)
    with _busy, _in_public():
        return _encoded.get(encoder.name, text, lambda: encoder.encode(text))


def continued(
    model: Decoder, text: str, ids: Sequence[int], ask: Callable[[Continuation], _Found]
) -> _Found:
    """Ask something of a text with tokens that the model has written behind it.

    Others wait meanwhile, so ask for one token at a time.

    Raises
    ------
    ValueError
        When the model can't read it; see `Continuation`.
    """
    with _busy, _in_public():
        return ask(_continuations.get(model, text, ids))


def shared(a: Encoded, b: Encoded) -> Shared:
    """Compare two texts; the beginning of a long one is read once more."""
    with _busy:
        return interpret.shared(a, b)


def thumbnails(reading: Reading, side: int) -> tuple[Array, tuple[str, ...]]:
    """Return the weights of all heads, small, from a cache; see `Reading.thumbnails`."""
    text = reading.encoded.text
    return _thumbnails(reading.encoder.name, text, reading.focus.only_words, side, reading)


@st.cache_resource(max_entries=32, show_spinner=False)
def _thumbnails(
    name: str, text: str, only_words: bool, side: int, _reading: Reading
) -> tuple[Array, tuple[str, ...]]:
    with _busy:
        small, tokens = _reading.thumbnails(side)
    small.setflags(write=False)  # they are all visitors'
    return small, tokens
