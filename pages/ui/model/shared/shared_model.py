"""The pretrained model: one for all visitors, loaded when the first of them needs it."""

from __future__ import annotations

import importlib.util
import logging
import os
import re
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import streamlit as st

from attn_core.pretrained import (
    DEFAULT,
    DEFAULTS,
    Encoder,
    ModelError,
    folder_at_hand,
    is_at_hand,
    is_decoder,
    load,
)
from attn_core.pretrained.model import Model
from attn_core.text import escape
from pages.ui.live.slots import slot
from pages.ui.model.shared import memory_budget
from pages.ui.session import widgets
from pages.ui.session.state import session

#: Names the models that the server shows, for whoever runs it: folders, or names on the hub, with
#: commas between them. The first is shown first.
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
    takes : str
        What memory it takes, in a sentence; empty until that is known.
    model : Encoder or Decoder, optional
        The model, once it is there.
    error : ModelError, optional
        Why it isn't coming.
    """

    def __init__(self, name: str, beside: Collection[str] = ()) -> None:
        self.label, self.part, self.takes = _last(name), 0.0, ""
        self.model: Model | None = None
        self.error: ModelError | None = None
        self._thread = threading.Thread(target=self._load, args=(name, beside), daemon=True)
        self._thread.start()

    @property
    def under_way(self) -> bool:
        """Whether the thread is still running."""
        return self._thread.is_alive()

    def _load(self, name: str, beside: Collection[str]) -> None:
        try:
            self.takes = memory_budget.admit(name, beside, self._note)
            self.model = load(name, self._note)
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


_loading: dict[str, Loading] = {}
_starting = threading.Lock()


def names() -> tuple[str, ...]:
    """Name the models that this server shows, the first first: at least one."""
    given = [name.strip() for name in os.environ.get(VARIABLE, "").split(",")]
    if any(given):
        return tuple(dict.fromkeys(filter(None, given)))
    at_hand = tuple(name for name in DEFAULTS if folder_at_hand(name) and is_at_hand(name))
    return at_hand if DEFAULT in at_hand else (*at_hand, DEFAULT)  # which can be fetched


def labels() -> dict[str, str]:
    """The same models by what visitors call them, which tells no folder of this server."""
    found: dict[str, str] = {}
    for name in names():
        label, count = _last(name), 2
        while label in found:
            label, count = f"{_last(name)} {count}", count + 1
        found[label] = name
    return found


def chosen() -> str:
    """Name the model that the visitor looks at; the first where they chose none of these."""
    found = labels()
    return found.get(session().model_query.model, next(iter(found.values())))


def encoder_name() -> str:
    """Name the model that makes vectors of words, the first that isn't a decoder."""
    return next((name for name in names() if not is_decoder(name)), DEFAULT)


def is_installed() -> bool:
    """Whether the packages that read a model are installed."""
    return all(importlib.util.find_spec(package) for package in ("safetensors", "tokenizers"))


def model(wanted: str = "") -> Model | None:
    """Return a model; None where it can't be loaded, with the reason on the page.

    The first visitor starts the loading; all who wait see its progress.

    Parameters
    ----------
    wanted : str, optional
        Which one, if not the one that the visitor has chosen.
    """
    wanted = wanted or chosen()
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
    return loading.model


def encoder(wanted: str = "") -> Encoder | None:
    """Return an encoder, as `model` does; the one for vectors of words if no other is named."""
    found = model(wanted or encoder_name())
    if found is None or isinstance(found, Encoder):
        return found
    st.info(
        f"{title(found.name)} is a decoder. Vectors of words are an encoder's, "
        "in which each word has read all others."
    )
    return None


def _public(error: ModelError, wanted: str) -> str:
    """Write an error without this server's folders, which are private."""
    folder = folder_at_hand(wanted)
    if folder is None or not folder.is_absolute():
        return str(error)
    return str(error).replace(str(folder), _last(wanted))


@contextmanager
def in_public(name: str) -> Iterator[None]:
    """Raise errors in words that a page may show."""
    try:
        yield
    except ModelError as error:
        _log.warning("%s", error)
        raise ModelError(_public(error, name)) from error


def _last(path: str) -> str:
    return re.split(r"[\\/]", path.rstrip("\\/"))[-1]


def loaded() -> Encoder | None:
    """Return the model that makes vectors of words, if it is loaded already."""
    loading = _loading.get(encoder_name())
    return loading.model if loading and isinstance(loading.model, Encoder) else None


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
            beside = [other for other, loading in _loading.items() if not loading.error]
            _loading[wanted] = Loading(wanted, beside)
        return _loading[wanted]


def _wait(loading: Loading) -> None:
    with st.empty():
        while loading.under_way:
            label = f"Loading the model: {escape.markdown(loading.label)}. {loading.takes}"
            st.progress(loading.part, label)
            time.sleep(_PAUSE)
        st.html("<span></span>")  # takes the bar away


def title(name: str) -> str:
    """Name a model without its maker, ready for a sentence."""
    return escape.markdown(_last(name))
