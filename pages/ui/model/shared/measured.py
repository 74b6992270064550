"""What a model does without some of its heads, and what its layers hold, cached for all visitors.

Each computation has the machine for itself, and a long one lets others in between two heads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import streamlit as st

from attn_core.pretrained import Encoded, Encoder
from attn_core.pretrained.decoder import DecoderOutput
from attn_core.pretrained.decoder.ablation import ablated
from attn_core.pretrained.interpret import block, head_worth
from attn_core.pretrained.interpret import lens as of_lens
from attn_core.pretrained.interpret.block import AddedNorms, Part
from attn_core.pretrained.interpret.head_worth import ChangedCosine, ChangedNext, Metric
from attn_core.pretrained.interpret.lens import Lens
from attn_core.pretrained.interpret.reading import Reading, TextKey
from attn_core.pretrained.interpret.under_mask import UnderMask, mask_probability
from attn_core.pretrained.model import EncodedText
from attn_core.pretrained.parts.heads import Head, describe_heads
from attn_core.scenario import Array
from pages.ui.model.shared.readings import alone, in_turn

#: Says how many layers of how many are measured.
Tell = Callable[[int, int], None]


def next_without(reading: Reading, off: frozenset[Head]) -> ChangedNext:
    """Compare what a decoder says next with all heads and without some."""
    return _next_without(reading.model.name, reading.encoded.text, off, _decoded(reading))


@st.cache_resource(max_entries=64, show_spinner=False)
def _next_without(
    name: str, text: str, off: frozenset[Head], _encoded: DecoderOutput
) -> ChangedNext:
    with alone():
        return head_worth.changed_next(_encoded, ablated(_encoded, off))


def _decoded(reading: Reading) -> DecoderOutput:
    assert isinstance(reading.encoded, DecoderOutput)
    return reading.encoded


def cosine_without(reading: Reading, other: Reading, off: frozenset[Head]) -> ChangedCosine:
    """Compare two texts' similarity with all heads and without some."""
    measure, named = _similarity(reading, other), _key(reading, other)
    before, after = (_cosine(*named, each, measure) for each in (frozenset(), off))
    return ChangedCosine(describe_heads(off, reading.model.heads) if off else "", before, after)


@st.cache_resource(max_entries=64, show_spinner=False)
def _cosine(name: str, texts: tuple[TextKey, ...], off: frozenset[Head], _measure: Metric) -> float:
    with alone():
        return _measure(off)


def _similarity(reading: Reading, other: Reading) -> Metric:
    a, b = reading.encoded, other.encoded
    assert isinstance(a, Encoded)
    assert isinstance(b, Encoded)
    return head_worth.similarity(a, b)


def _key(*readings: Reading) -> tuple[str, tuple[TextKey, ...]]:
    return readings[0].model.name, tuple(reading.text_key for reading in readings)


def head_effects(readings: Sequence[Reading], tell: Tell | None = None) -> Array | None:
    """Return what each head is worth to the next token of texts; (texts, layers, heads).

    None where that isn't measured yet, and nobody is told how far it is.
    """
    with alone():
        measures = [head_worth.probability(_decoded(reading)) for reading in readings]
    return _measured([_layers(*_key(each)) for each in readings], measures, readings[0], tell)


def cosine_effects(
    reading: Reading, others: Sequence[Reading], tell: Tell | None = None
) -> Array | None:
    """Return what each head is worth to a text's cosine with others; (others, layers, heads)."""
    layers = [_layers(*_key(reading, other)) for other in others]
    metrics = [_similarity(reading, other) for other in others]
    return _measured(layers, metrics, reading, tell)


def mask_effects(
    texts: Sequence[tuple[Reading, UnderMask]], tell: Tell | None = None
) -> Array | None:
    """Return what each head is worth to the likeliest token under a mask, as `head_effects`."""
    with alone():
        metrics = [_mask(*each) for each in texts]
    layers = [_layers(*_key(reading), found.place) for reading, found in texts]
    return _measured(layers, metrics, texts[0][0], tell)


def _mask(reading: Reading, found: UnderMask) -> Metric:
    model, encoded = reading.model, reading.encoded
    assert isinstance(model, Encoder)
    assert isinstance(encoded, Encoded)
    return mask_probability(model, encoded, found)


@dataclass(frozen=True, eq=False)
class _Layers:
    """What is measured of a text so far; visitors go on where others have left."""

    rows: list[Array] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def measure_next(self, measure: Metric, reading: Reading) -> None:
        """Measure the heads of one more layer; who wants the same waits, and finds it there."""
        with self.lock:
            if (layer := len(self.rows)) < reading.model.layers:
                in_turn = partial(_in_turn, measure)
                self.rows.append(head_worth.layer_effects(in_turn, layer, reading.model.heads))


@st.cache_resource(max_entries=64, show_spinner=False)
def _layers(name: str, texts: tuple[TextKey, ...], place: int | None = None) -> _Layers:
    return _Layers()


def _measured(
    all_of_it: list[_Layers], measures: list[Metric], reading: Reading, tell: Tell | None
) -> Array | None:
    layers = reading.model.layers
    for own, measure in zip(all_of_it, measures, strict=True):
        while len(own.rows) < layers:
            if tell is None:
                return None
            own.measure_next(measure, reading)
            tell(sum(len(each.rows) for each in all_of_it), layers * len(all_of_it))
    return np.array([own.rows for own in all_of_it])


def _in_turn(measure: Metric, off: frozenset[Head]) -> float:
    """Measure once, and let others have the model before the next time."""
    with in_turn():
        return measure(off)


def lens(reading: Reading) -> Lens:
    """Return what a decoder would say after each layer behind the chosen token."""
    encoded, token = _decoded(reading), reading.focus.query
    return _lens(reading.model.name, encoded.text, token, reading.names[token], encoded)


@st.cache_resource(max_entries=64, show_spinner=False)
def _lens(name: str, text: str, token: int, called: str, _encoded: DecoderOutput) -> Lens:
    with alone():
        return of_lens.lens(_encoded, token, called)


def parts(reading: Reading) -> tuple[Part, ...]:
    """Return all steps of the chosen layer."""
    with alone():
        return block.block_parts(reading.encoded, reading.focus.layer)


def added(reading: Reading) -> AddedNorms:
    """Return how much attention and MLP of each layer add to each token."""
    return _added(reading.model.name, reading.text_key, reading.encoded)


@st.cache_resource(max_entries=16, show_spinner=False)
def _added(name: str, text: TextKey, _encoded: EncodedText) -> AddedNorms:
    with alone():
        return block.added_norms(_encoded)
