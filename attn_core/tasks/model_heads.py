"""The heads of a pretrained model, made small, for the lessons that are about them.

The model is imported and loaded when the first of these lessons needs it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from ..attention import attend
from ..limits import D_MODEL
from ..scenario import Array, Scenario
from .errors import TaskError

if TYPE_CHECKING:
    from ..pretrained import Encoded, Encoder

#: What may be chosen of a head.
CHOICES = ("text", "layer", "head")
#: Tokens of a text; the small head of so many is the model's but for rounding.
MAX_TOKENS = D_MODEL[1]
#: Rounding, and the axes that another machine turns X onto, change less than this part.
_TOLERANCE = 0.01
_loading = threading.Lock()
#: The model, once it is loaded.
_held: list[Encoder] = []


@dataclass(frozen=True)
class Choice:
    """A head of the model that reads a text; layer and head count from 0."""

    text: str
    layer: int
    head: int


def model() -> Encoder:
    """Return the model; it is loaded once.

    Raises
    ------
    TaskError
        When it isn't installed, or can't be read; the message says why, and what to do.
    """
    with _loading:
        if not _held:
            _held.append(_load())
        return _held[0]


def hold(encoder: Encoder) -> None:
    """Use a model that is loaded already, which is `pretrained.DEFAULT`."""
    with _loading:
        if not _held:
            _held.append(encoder)


def is_loaded() -> bool:
    """Whether `model` returns at once."""
    return bool(_held)


def _load() -> Encoder:
    from .. import pretrained

    if not pretrained.is_at_hand(pretrained.DEFAULT):
        raise TaskError(
            f"This needs the pretrained model {pretrained.DEFAULT}, which isn’t installed here. "
            "`make models` installs it."
        )
    try:
        loaded = pretrained.load()
    except pretrained.ModelError as error:
        raise TaskError(f"The pretrained model can’t be loaded: {error}") from error
    assert isinstance(loaded, pretrained.Encoder)  # `DEFAULT` is one
    return loaded


@lru_cache(maxsize=64)
def encoded(text: str) -> Encoded:
    """Return a text as the model reads it.

    Raises
    ------
    TaskError
        When it is blank, or too long to be kept whole; or as `model` does.
    """
    reader = model()
    try:
        count = len(reader.split(text).tokens)
    except ValueError as error:
        raise TaskError(f"“{text:.40}”: {error}") from error
    if count > MAX_TOKENS:
        raise TaskError(
            f"“{text:.40}” has {count} tokens for the model; a task has room for {MAX_TOKENS}."
        )
    return reader.encode(text)


@lru_cache(maxsize=1024)
def scenario(chosen: Choice) -> Scenario:
    """Make a head small, as `pretrained.in_lab` does.

    Raises
    ------
    ValueError
        As `encoded` does, or when there is no such layer or head.
    """
    from .. import pretrained

    whole = model().scenario_of(encoded(chosen.text), chosen.layer, chosen.head)
    return pretrained.in_lab(whole)


def every(texts: Sequence[str]) -> Iterator[Choice]:
    """List all heads for each text."""
    layers, heads = range(model().layers), range(model().heads)
    return (Choice(*each) for each in product(texts, layers, heads))


def find(s: Scenario, texts: Sequence[str]) -> Choice | None:
    """Tell which head a scenario is, by what it computes; None where it is none.

    Another machine may turn the same head onto other axes, so products are compared.
    """
    for text in texts:
        whole = encoded(text)
        if s.h > 1 or s.is_cross or s.tokens != whole.tokens:
            continue
        gaps = np.abs(whole.weights - attend(s).weights).max(axis=(2, 3))
        for layer, head in np.argwhere(gaps < _TOLERANCE).tolist():
            chosen = Choice(text, layer, head)
            if _is_same(scenario(chosen), s):
                return chosen
    return None


def _is_same(a: Scenario, b: Scenario) -> bool:
    """Whether two scenarios of the same words are one head, whatever its axes are."""
    if a == b:
        return True
    if _settings(a) != _settings(b) or not np.array_equal(a.allowed, b.allowed):
        return False
    return all(
        np.abs(M - N).max() <= _TOLERANCE * np.abs(M).max()
        for M, N in zip(_products(a), _products(b), strict=True)
    )


def _settings(s: Scenario) -> tuple[object, ...]:
    sizes = s.d_model, s.d_k, s.d_v
    return *sizes, s.features, s.scale, s.temperature, s.positions, s.W_o is None


def _products(s: Scenario) -> tuple[Array, Array, Array]:
    now = attend(s)
    return s.X @ s.X.T, now.raw_scores, now.V @ now.V.T
