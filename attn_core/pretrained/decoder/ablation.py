"""What a head is worth: the same text with heads switched off, and what that changes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from ..parts.heads import Head
from ..parts.room import told_of
from .model import DecoderOutput


def ablated(encoded: DecoderOutput, off: Collection[Head]) -> DecoderOutput:
    """Read a text again with the outputs of some heads replaced by zeros before W_o.

    Only the layers from the first of them on are computed again.

    Parameters
    ----------
    encoded : DecoderOutput
    off : collection of (layer, head)
        From 0.

    Returns
    -------
    DecoderOutput
        With the states, logits and weights that the model has without them.

    Raises
    ------
    ValueError
        When there is no such head.

    Notes
    -----
    Zero ablation, as in Michel et al., "Are Sixteen Heads Really Better than One?" (2019).
    The bias of W_o is still added.
    """
    model, off = encoded.model, frozenset(off)
    for layer, head in off:
        model.check_head(layer, head)
    changed = encoded.off ^ off
    if not changed:
        return encoded
    first = min(layer for layer, _ in changed)
    states = [*encoded.states[: first + 1]]
    with told_of(encoded.n):
        states += [trace.output for trace in model.forward(states[-1], off=off, first=first)]
    found = np.stack(states)
    found.setflags(write=False)
    return replace(encoded, states=found, off=off, kept=None)
