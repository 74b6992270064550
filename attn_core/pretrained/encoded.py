"""A text as a pretrained model read it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from ..attention import AttentionTrace, attend
from .bert.layers import Layer, LayerTrace, forward
from .files.checkpoint import Matrix
from .parts.heads import Head, mean_of, of_layer
from .parts.room import told_of
from .parts.text_rules import TextRules
from .tokens.tokenizer import Pieces


@dataclass(frozen=True, eq=False)
class Encoded:
    """A text as a model read it; made by `Encoder.encode`. The arrays are read-only.

    It keeps what goes into each layer, from which all else follows: the weights of all heads
    would take 75 MB of 512 tokens, and most who look at a text never see them all.

    Attributes
    ----------
    text : str
    pieces : Pieces
        Tokens, and where they are in the text.
    states : ndarray of float32, shape (layers + 1, n, d_model)
        What goes into each layer, and what leaves the last.
    rules : TextRules
        How the model makes one vector of a text.
    layers : tuple of Layer
        Of the model that read it.
    begun : callable
        Reads the beginning of the text alone, as long as the model was trained for; gives
        what leaves the last layer of it, without the heads that it is given.
    off : frozenset of (layer, head)
        Heads that were switched off; see `without`.
    """

    text: str
    pieces: Pieces
    states: Matrix
    rules: TextRules
    layers: tuple[Layer, ...] = field(repr=False)
    begun: Callable[[Collection[Head]], Matrix] = field(repr=False)
    off: frozenset[Head] = frozenset()

    @property
    def tokens(self) -> tuple[str, ...]:
        """Word pieces, with those that the model puts around a sentence; n of them."""
        return self.pieces.tokens

    @property
    def n(self) -> int:
        """Number of tokens."""
        return len(self.pieces.tokens)

    @property
    def hidden(self) -> Matrix:
        """What leaves the last layer, shape (n, d_model)."""
        last: Matrix = self.states[-1]
        return last

    @property
    def is_cut(self) -> bool:
        """Whether the text is longer than those that the model was trained for."""
        return self.rules.is_cut(self.n)

    @cached_property
    def text_vector(self) -> Matrix | None:
        """One vector of the text, pooled as the model was trained; see `TextRules`.

        Shape (d_model,), or a multiple of that where several are laid end to end; None where
        the lab doesn't compute what the model's files ask for.
        """
        return self.rules.pool(self.begun(self.off) if self.is_cut else self.hidden)

    @cached_property
    def weights(self) -> Matrix:
        """Attention weights of all heads, shape (layers, heads, n, n).

        Row = query, column = key. They are computed when they are first asked for, and kept.
        """
        heads = self.layers[0].attention.h
        weights = np.empty((len(self.layers), heads, self.n, self.n), np.float32)
        for layer, own in enumerate(weights):
            for head, seen in enumerate(self.layer_weights(layer)):
                own[head] = seen
        weights.setflags(write=False)
        return weights

    @cached_property
    def mean_weights(self) -> Matrix:
        """Mean of the weights of each layer's heads, shape (layers, n, n), kept once computed."""
        means = np.stack([mean_of(self.layer_weights(i)) for i in range(len(self.layers))])
        means.setflags(write=False)
        return means

    def layer_weights(self, layer: int) -> Iterator[Matrix]:
        """The weights of a layer's heads, each of shape (n, n); one is there at a time."""
        return (head.weights for head in self.heads(layer))

    def heads(self, layer: int) -> Iterator[AttentionTrace]:
        """All that the heads of a layer compute, from 0 on, one after the other."""
        whole = self.layers[layer].scenario(self.tokens, self.states[layer])
        return (attend(whole.head(i)) for i in range(whole.h))

    def traces(self) -> Iterator[LayerTrace]:
        """What each layer computes, one after the other."""
        for i, (layer, X) in enumerate(zip(self.layers, self.states[:-1], strict=True)):
            yield layer(self.tokens, X, of_layer(self.off, i))

    def without(self, off: Collection[Head]) -> Encoded:
        """Read the text again with the outputs of some heads replaced by zeros before W_o.

        Only the layers from the first of them on are computed again.

        Parameters
        ----------
        off : collection of (layer, head)
            From 0; those that are off now and aren't among them are on again.
        """
        off = frozenset(off)
        if not (changed := self.off ^ off):
            return self
        first = min(layer for layer, _ in changed)
        states = [*self.states[: first + 1]]
        with told_of(self.n), np.errstate(over="ignore", invalid="ignore"):
            traces = forward(self.layers, self.tokens, states[-1], off, first)
            states += [trace.output for trace in traces]
        found = np.stack(states)
        found.setflags(write=False)
        return replace(self, states=found, off=off)
