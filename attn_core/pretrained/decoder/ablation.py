"""What a head is worth: the same text with heads switched off, and what that changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

import numpy as np

from ...attention import softmax
from ...scenario import Array
from ..parts.room import told_of
from .model import DecoderOutput

#: A layer and a head, from 0.
Head = tuple[int, int]


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


def layer_heads(encoded: DecoderOutput, layer: int) -> frozenset[Head]:
    """All heads of a layer, to be switched off together."""
    return frozenset((layer, head) for head in range(encoded.model.heads))


def head_effects(encoded: DecoderOutput, token: int | None = None) -> Iterator[Array]:
    """Measure of each head how much likelier it makes a token to be next.

    Parameters
    ----------
    encoded : DecoderOutput
    token : int, optional
        Its number; left out, the likeliest.

    Yields
    ------
    ndarray, shape (heads,)
        For each layer, one after the other: the token's probability with the head less that
        without it. Each head costs a computation of the layers from its own on.
    """
    with_all = _probability(encoded, token)
    token = int(np.argmax(encoded.next_logits)) if token is None else token
    for layer in range(encoded.model.layers):
        yield np.array(
            [
                with_all - _probability(ablated(encoded, encoded.off | {(layer, head)}), token)
                for head in range(encoded.model.heads)
            ]
        )


def _probability(encoded: DecoderOutput, token: int | None) -> float:
    probabilities = softmax(encoded.next_logits.astype(np.float64))
    return float(probabilities.max() if token is None else probabilities[token])
