"""An encoded text, and the part of its attention that is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from ...attention import AttentionTrace, attend
from ...explain.wording import pluralize
from ...masks import causal
from ...notation.labels import unique
from ...scenario import Array
from ..model import EncodedText, Model
from ..parts.heads import mean_of
from ..rollout import rollout
from .words import Group, group_by_word, merge_words, name_word

#: One head, the mean of a layer's heads, or attention rolled out from the first layer on.
View = Literal["head", "average", "rollout"]
VIEWS: tuple[View, ...] = get_args(View)

TextKey = tuple[str, int]

#: All weights, or those from one sentence of a pair to the other: "ab" is from the first to the
#: second.
Way = Literal["", "ab", "ba"]
WAYS: tuple[Way, ...] = get_args(Way)


@dataclass(frozen=True)
class Focus:
    """Which attention is looked at; all places count from 0.

    Attributes
    ----------
    layer, head : int
    query : int
    key : int, optional
        Token whose weight is explained; None is the word at which the query looks most.
    view : {"head", "average", "rollout"}
    only_words : bool
        Leave out what the model puts around a text.
    merged : bool
        Look at words, and not at the pieces that the model cuts them into.
    way : {"", "ab", "ba"}
        Look only from one sentence of a pair to the other.
    """

    layer: int
    head: int
    query: int
    key: int | None = None
    view: View = "head"
    only_words: bool = False
    merged: bool = False
    way: Way = ""


@dataclass(frozen=True, eq=False)
class Seen:
    """Attention between the tokens of a text, as one matrix.

    Attributes
    ----------
    title : str
        Whose it is.
    tokens : tuple of str, length m
        Those that are shown, or words in their place, numbered where one occurs twice.
    weights : ndarray, shape (m, m)
        Row = query, column = key. Where tokens are left out, rows sum to less than 1.
    mask : ndarray of bool, shape (m, m), optional
        True where the query may attend to the key, and is looked at; None: everywhere.
    """

    title: str
    tokens: tuple[str, ...]
    weights: Array
    mask: Array | None = None


class Reading:
    """An encoded text, and a focus on its attention.

    Parameters
    ----------
    model : Encoder or Decoder
    encoded : Encoded or DecoderOutput
        A text as this model read it.
    focus : Focus
        A model or a text may have fewer layers, heads or tokens; then the last is looked
        at, and of tokens that aren't shown the nearest that is.
    """

    def __init__(self, model: Model, encoded: EncodedText, focus: Focus) -> None:
        self.model, self.encoded = model, encoded
        special = encoded.pieces.special
        #: Where the tokens that are shown are among all.
        self.places = tuple(i for i in range(encoded.n) if not (focus.only_words and special[i]))
        way: Way = focus.way if encoded.pieces.is_pair else ""
        self.focus = replace(
            focus,
            layer=min(focus.layer, model.layers - 1),
            head=min(focus.head, model.heads - 1),
            query=_nearest(self._of_sentence(way[:1]), focus.query),
            way=way,
        )

    def _of_sentence(self, letter: str) -> tuple[int, ...]:
        """The tokens that are shown of a sentence of the pair, a or b; all for none of them."""
        sides, side = self.encoded.pieces.sides, "ab".index(letter)
        return tuple(i for i in self.places if sides[i] == side) if letter else self.places

    @property
    def text_key(self) -> TextKey:
        """What tells the text from all others, and a pair from one text of the same letters."""
        pieces = self.encoded.pieces
        return self.encoded.text, pieces.sides.count(0) if pieces.is_pair else 0

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All tokens, numbered where a word occurs twice."""
        return unique(self.encoded.pieces.shown)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The tokens of each row: one, or those of a word."""
        if not self.focus.merged:
            return tuple((i,) for i in self.places)
        shown = set(self.places)
        whole = group_by_word(self.encoded.text, self.encoded.pieces)
        return tuple(group for group in whole if group[0] in shown)

    @property
    def firsts(self) -> tuple[int, ...]:
        """The first token of each row."""
        return tuple(group[0] for group in self.groups)

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """Those that are shown, or words in their place."""
        if not self.focus.merged:
            return tuple(self.names[i] for i in self.places)
        text, pieces = self.encoded.text, self.encoded.pieces
        return unique([name_word(text, pieces, group) for group in self.groups])

    @property
    def query(self) -> int:
        """Row of the query among what is shown."""
        return next(row for row, group in enumerate(self.groups) if self.focus.query in group)

    @property
    def queries(self) -> list[int]:
        """Rows whose weights are shown: all, or those of one sentence of a pair."""
        if self.crossing is None:
            return [*range(len(self.groups))]
        rows: list[int] = np.flatnonzero(self.crossing.any(axis=1)).tolist()
        return rows

    @property
    def in_pieces(self) -> Reading:
        """The same with the model's own tokens, between which it has scores."""
        if not self.focus.merged:
            return self
        return Reading(self.model, self.encoded, replace(self.focus, merged=False))

    @cached_property
    def key(self) -> int:
        """The token whose weight is explained."""
        if self.focus.key is not None:
            return _nearest(self.places, self.focus.key)
        query, special, trace = self.focus.query, self.encoded.pieces.special, self.trace
        seen = set(np.flatnonzero(trace.scenario.allowed[query]).tolist())
        keys = self._of_sentence(self.focus.way[1:]) if self.focus.way else range(self.encoded.n)
        words = [i for i in keys if i in seen and not special[i] and i != query]
        return max(words, key=lambda i: float(trace.weights[query, i]), default=query)

    @cached_property
    def trace(self) -> AttentionTrace:
        """All that the head computes, with the tokens as they are shown."""
        focus = self.focus
        s = self.model.scenario_of(self.encoded, focus.layer, focus.head)
        return attend(replace(s, tokens=self.encoded.pieces.shown))

    @cached_property
    def seen(self) -> Seen:
        """The matrix that is looked at."""
        layer = self.focus.layer
        match self.focus.view:
            case "average":
                title = f"Layer {layer + 1}, mean of its {self.model.heads} heads"
                return self._seen(title, mean_of(self.encoded.layer_weights(layer)))
            case "rollout":
                title = f"Rollout through {pluralize(layer + 1, 'layer')}"
                means = self.encoded.mean_weights[: layer + 1]
                return self._seen(title, rollout(means[:, None])[-1])
        return self._seen(f"Layer {layer + 1}, head {self.focus.head + 1}", self.trace.weights)

    def _seen(self, title: str, weights: Array) -> Seen:
        if self.focus.way:
            title = f"{title}, only {' → '.join(self.focus.way.upper())}"
        return Seen(title, self.tokens, self._shown(weights), self.mask)

    @property
    def scores(self) -> Array:
        """The scores of the head between the tokens that are shown."""
        return self._between(self.trace.scores)

    @cached_property
    def mask(self) -> Array | None:
        """True where what is shown may attend to another, and is looked at; None: everywhere."""
        if not self.model.design.is_causal:
            return self.crossing
        shown: Array = self._shown(causal(self.encoded.n).astype(np.float32)) > 0
        return shown

    @cached_property
    def crossing(self) -> Array | None:
        """True from the one sentence of a pair to the other, where only that is looked at."""
        if not self.focus.way:
            return None
        queries, keys = (set(self._of_sentence(letter)) for letter in self.focus.way)
        return np.outer([i in queries for i in self.firsts], [i in keys for i in self.firsts])

    def _shown(self, weights: Array) -> Array:
        """Weights between what is shown, tokens or words."""
        between = self._between(weights)
        if self.focus.merged:
            row = {token: i for i, token in enumerate(self.places)}
            groups = [tuple(row[i] for i in group) for group in self.groups]
            between = merge_words(between, groups)
        return between if self.crossing is None else between * self.crossing

    def _between(self, matrix: Array) -> Array:
        shown: Array = matrix[np.ix_(self.places, self.places)]
        return shown

    @property
    def left_out(self) -> tuple[str, ...]:
        """Tokens that aren't shown, each once."""
        shown, names = set(self.places), self.encoded.pieces.shown
        return tuple(dict.fromkeys(name for i, name in enumerate(names) if i not in shown))

    def layer_weights(self, layer: int) -> Iterator[Array]:
        """Weights of a layer's heads between what is shown, one after the other."""
        return map(self._shown, self.encoded.layer_weights(layer))

    def thumbnails(self, side: int) -> tuple[Array, tuple[str, ...]]:
        """The weights of all heads, small, and the tokens of their rows and columns.

        Parameters
        ----------
        side : int
            Longest side; of more tokens several share a point, which has the largest
            weight of its patch.

        Returns
        -------
        weights : ndarray, shape (layers, heads, m, m)
            With m at most `side`.
        tokens : tuple of str, length m
            Of a patch the first, with an ellipsis.
        """
        n = len(self.tokens)
        m = min(side, n)
        small = np.empty((self.model.layers, self.model.heads, m, m), np.float32)
        for layer, own in enumerate(small):
            for i, weights in enumerate(self.layer_weights(layer)):
                own[i] = pooled(weights, m)
        if m == n:
            return small, self.tokens
        first = [self.tokens[i] for i in patches(n, m)]
        return small, tuple(f"{token} …" for token in first)


def _nearest(tokens: Sequence[int], token: int) -> int:
    return min(tokens, key=lambda i: abs(i - token))


def pooled(matrices: Array, side: int) -> Array:
    """Make matrices smaller: each number is the largest of its patch.

    Parameters
    ----------
    matrices : ndarray, shape (..., n, n)
    side : int
        At most n.

    Returns
    -------
    ndarray, shape (..., side, side)

    Examples
    --------
    >>> pooled(np.arange(16.0).reshape(4, 4), 2)
    array([[ 5.,  7.],
           [13., 15.]])
    """
    starts = patches(matrices.shape[-1], side)
    rows = np.maximum.reduceat(matrices, starts, axis=-2)
    result: Array = np.maximum.reduceat(rows, starts, axis=-1)
    return result


def patches(n: int, side: int) -> Array:
    """Starts of `side` patches of n rows, as even as possible.

    Examples
    --------
    >>> patches(7, 3)
    array([0, 2, 4])
    """
    return np.arange(side) * n // side


def most(values: Array, count: int) -> list[int]:
    """Places of the largest numbers, largest first.

    Examples
    --------
    >>> most(np.array([0.1, 0.7, 0.2]), 2)
    [1, 2]
    """
    order: Sequence[int] = np.argsort(-values, kind="stable")[:count].tolist()
    return list(order)
