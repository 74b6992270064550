"""Sentences about the steps that all heads share."""

from __future__ import annotations

import numpy as np

from ...attention import AttentionTrace
from ...notation.equation import block
from ...notation.labels import isolate, number
from ...scenario import Array
from ..wording import DISPLAY_TOLERANCE, Escape, axis_labels, largest, pluralize


def concatenated(trace: AttentionTrace, escape: Escape) -> str:
    """Describe the strongest number of all heads' outputs."""
    s, result = trace.scenario, block(trace, "concat_heads")
    start = f"The outputs of {pluralize(s.h, 'head')} stand side by side, {s.h} × {s.d_v} columns"
    if s.h == 1:
        start = "There is one head, so its output stands here alone"
    i, j = largest(np.abs(result.values))
    if abs(result.values[i, j]) < DISPLAY_TOLERANCE:
        return f"{start}; every number of it is 0."
    word, column = axis_labels(s, "word", escape)[i], axis_labels(s, "head value", escape)[j]
    strongest = f"{_strongest(result.values)} is {word} · {column}"
    return f"{start}; {strongest} = {number(result.values[i, j])}."


def projected(trace: AttentionTrace, escape: Escape) -> str:
    """Describe the strongest number and the head that contributes most to it."""
    s, result, W_o = trace.scenario, block(trace, "projected"), block(trace, "W_o")
    i, f = largest(np.abs(result.values))
    if abs(result.values[i, f]) < DISPLAY_TOLERANCE:
        return "Every number of the projected output is 0: what W_o reads is 0 or cancels."
    parts = trace.concat_heads[i] * W_o.values[:, f]
    by_head = parts.reshape(s.h, s.d_v).sum(axis=1)
    # A part may have the other sign than the sum, so the largest with the sum's sign counts.
    sign = np.sign(result.values[i, f])
    if s.h > 1:
        most = int(np.argmax(by_head * sign))
        origin = f"{escape(isolate(s.heads[most]))}: {number(by_head[most])}"
    else:
        k = int(np.argmax(parts * sign))
        read = number(trace.concat_heads[i, k]), number(W_o.values[k, f])
        origin = f"{axis_labels(s, 'head value', escape)[k]}: {' × '.join(read)}"
    return (
        f"{_strongest(result.values).capitalize()} is {axis_labels(s, 'word', escape)[i]} · "
        f"{axis_labels(s, 'feature', escape)[f]} = {number(result.values[i, f])}; "
        f"its largest part comes from {origin}."
    )


def _strongest(values: Array) -> str:
    size = np.abs(values)
    several = (size > size.max() - DISPLAY_TOLERANCE).sum() > 1
    return "one of the strongest numbers" if several else "the strongest number"
