"""What a pretrained model makes of texts, cached for all visitors; one is computed at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from attn_core import limits
from attn_core.pretrained import Encoder, interpret
from attn_core.pretrained.interpret import Reading, Seen, Shared, TextKey
from attn_core.pretrained.model import EncodedText, Model
from attn_core.scenario import Array
from attn_core.text.embeddings import Source
from pages.ui.model.shared.encoded_cache import EncodedCache
from pages.ui.model.shared.shared_model import in_public

#: Seconds for which others can have the model between two of several computations.
_BETWEEN = 0.001
#: One text is read at a time, for that takes all cores, and memory for several matrices.
_busy = threading.Lock()
_encoded = EncodedCache()


def alone() -> threading.Lock:
    """Return the lock of what takes all cores: one thing is computed at a time."""
    return _busy


@contextmanager
def in_turn() -> Iterator[None]:
    """Compute one of several things alone, and let others in before the next."""
    with _busy:
        yield
    time.sleep(_BETWEEN)  # who gives a lock back and takes it at once lets nobody in


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
    with _busy, in_public(name):
        read = _encoder.word_vectors if source == "word" else _encoder.words_in_context
        found = read(words)
    found.setflags(write=False)  # it is all visitors'
    return found


def check(model: Model, text: str, second: str = "") -> None:
    """Refuse a text, or a pair of sentences, that the model can't read; a blank text is none.

    Raises
    ------
    ValueError
        With the limit that it breaks.
    """
    limits.LONG_TEXT.check(text)
    if text.strip():
        with in_public(model.name):
            if second and isinstance(model, Encoder):
                model.split(text, second)
            else:
                model.split(text)


def encoded(model: Model, text: str, second: str = "") -> EncodedText:
    """Return a text, or a pair that an encoder reads, as it is encoded; the last are cached.

    Raises
    ------
    ValueError
        When the text is empty or too long; see `Model.encode`.
    """
    limits.LONG_TEXT.check(text)
    with _busy, in_public(model.name):
        if second and isinstance(model, Encoder):
            limits.LONG_TEXT.check(second)
            return _encoded.get(model.name, (text, second), lambda: model.encode(text, second))
        return _encoded.get(model.name, text, lambda: model.encode(text))


def shared(a: EncodedText, b: EncodedText) -> Shared:
    """Compare two texts; the beginning of a long one is read once more."""
    with _busy:
        return interpret.shared(a, b)


def seen(reading: Reading) -> Seen:
    """Return the matrix that is looked at; a rollout needs the heads of many layers."""
    if reading.focus.view != "rollout":
        return reading.seen
    with _busy:
        return reading.seen  # which keeps it


def thumbnails(reading: Reading, side: int) -> tuple[Array, tuple[str, ...]]:
    """Return the weights of all heads, small, from a cache; see `Reading.thumbnails`."""
    focus = reading.focus
    shown = focus.only_words, focus.merged, focus.way
    return _thumbnails(reading.model.name, (reading.text_key, *shown), side, reading)


@st.cache_resource(max_entries=32, show_spinner=False)
def _thumbnails(
    name: str, shown: tuple[TextKey, bool, bool, str], side: int, _reading: Reading
) -> tuple[Array, tuple[str, ...]]:
    with _busy:
        small, tokens = _reading.thumbnails(side)
    small.setflags(write=False)  # they are all visitors'
    return small, tokens


def head_scores(reading: Reading) -> Array:
    """Return what each head does in the text, from a cache; see `interpret.measure_heads`."""
    return _head_scores(reading.model.name, reading.text_key, reading.focus.merged, reading)


@st.cache_resource(max_entries=64, show_spinner=False)
def _head_scores(name: str, text: TextKey, merged: bool, _reading: Reading) -> Array:
    with _busy:
        scores = interpret.measure_heads(_reading)
    scores.setflags(write=False)  # they are all visitors'
    return scores
