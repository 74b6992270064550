"""A decoder goes on with a text, token by token; the KV cache makes each one new row."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np

from ..files.checkpoint import Matrix
from ..parts.room import told_of
from .cache import LayerCache
from .model import Decoder
from .sampling import Sampling, draw


@dataclass(frozen=True, eq=False)
class Written:
    """A token that was written.

    Attributes
    ----------
    id : int
    token : str
        As the tokenizer calls it.
    probability : float
        With which it was drawn; 1 where it was given.
    """

    id: int
    token: str
    probability: float


class Continuation:
    """A text that a decoder goes on with.

    Parameters
    ----------
    model : Decoder
    text : str
        To begin with; all its rows are computed once.
    seed : int
        The same seed writes the same tokens, also after going back.

    Attributes
    ----------
    ids : list of int
        Numbers of all tokens so far.
    written : list of Written
        Those after the text that it began with.
    begun : str
        The text that it began with.
    first : int
        How many tokens that has.
    rows_computed : int
        Rows that went through the blocks so far: one for each token, and none twice; what was
        taken back counts.
    passes : list of int
        In which pass through the blocks the row of each token was computed, from 0.

    Examples
    --------
    With a model at hand, ``Continuation(model, "Once upon").step().token`` is the next token.
    """

    def __init__(self, model: Decoder, text: str, seed: int = 0) -> None:
        self.model, self.seed = model, seed
        self.ids: list[int] = []
        self.written: list[Written] = []
        self.rows_computed = 0
        self.passes: list[int] = []
        self._past = [LayerCache() for _ in model.blocks]
        # What leaves the last block, of each token from the last of the text on.
        self._last: list[Matrix] = []
        self._weights: Matrix | None = None
        # Asked for when a token is drawn, and again whenever it is shown.
        self._logits: Matrix | None = None
        self._append(model.split(text).ids)
        self.begun, self.first = text, self.n

    @property
    def n(self) -> int:
        """Number of tokens so far."""
        return len(self.ids)

    @property
    def text(self) -> str:
        """The text that it began with, and what was written, without marks before it."""
        joined = self.model.tokenizer.joined
        return self.begun + joined(self.ids).removeprefix(joined(self.ids[: self.first]))

    @property
    def logits(self) -> Matrix:
        """How likely each token is next, before softmax; shape (vocabulary,), read-only."""
        if self._logits is None:
            self._logits = self.model.logits(self._last[-1][None])[0]
            self._logits.setflags(write=False)
        return self._logits

    @property
    def has_ended(self) -> bool:
        """Whether the model has written a token that ends a text, or has no place for more."""
        is_full = self.n >= self.model.max_tokens
        return is_full or bool(self.written and self.written[-1].id in self.model.ends)

    def step(self, sampling: Sampling | None = None) -> Written:
        """Draw the next token and write it; one new row is computed.

        Parameters
        ----------
        sampling : Sampling, optional
            Left out, as the model's probabilities are.

        Raises
        ------
        ValueError
            When the model has no place for one more token.
        """
        return self.add(*self.draw(sampling or Sampling(), self.seed))

    def draw(self, sampling: Sampling, seed: int) -> tuple[int, float]:
        """Draw the next token without writing it: its number, and its probability."""
        probabilities = sampling.probabilities(self.logits)
        drawn = draw(probabilities, seed, self.n)
        return drawn, float(probabilities[drawn])

    def add(self, token: int, probability: float = 1.0) -> Written:
        """Write a token that is given by its number; raises as `step` does."""
        self.extend([token], [probability])
        return self.written[-1]

    def extend(self, ids: Sequence[int], probabilities: Sequence[float] = ()) -> None:
        """Write tokens that are known, all in one pass; raises as `step` does."""
        most = self.model.vocabulary - 1
        if unknown := [i for i in ids if i not in range(self.model.vocabulary)]:
            raise ValueError(f"A token must be a number from 0 to {most}, got {unknown[0]!r:.40}.")
        if self.n + len(ids) > self.model.max_tokens:
            raise ValueError(
                f"There is room for {self.model.max_tokens} tokens, and no place for one more."
            )
        if ids:
            self._append(ids)
        name = self.model.tokenizer.name
        for i, probability in zip(ids, probabilities or [1.0] * len(ids), strict=True):
            self.written.append(Written(i, name(i), probability))

    def back(self) -> None:
        """Take the last token that was written back; no row is computed.

        Raises
        ------
        ValueError
            When nothing was written.
        """
        if not self.written:
            raise ValueError("Nothing was written that could be taken back.")
        self._shorten(len(self.written) - 1)
        for layer in self._past:
            layer.shorten(self.n)

    def fork(self, written: int) -> Continuation:
        """Copy it with the first of its written tokens alone; no row is computed."""
        other = copy(self)
        other._shorten(written)
        other.rows_computed = other.n
        other._past = [layer.first(other.n) for layer in self._past]
        return other

    def _shorten(self, written: int) -> None:
        n = self.first + written
        self.ids, self.passes = self.ids[:n], self.passes[:n]
        self.written, self._last = self.written[:written], self._last[: written + 1]
        self._weights = self._logits = None

    def weights(self, token: int = -1) -> Matrix:
        """What a token attends to: the tokens up to itself; shape (layers, heads, token + 1).

        The row of one that isn't the newest is computed again, for the weights of all would
        take more memory than keys and values do.

        Parameters
        ----------
        token : int
            Its place; left out, the last.
        """
        if token not in range(-self.n, self.n):
            raise ValueError(f"token must be one of the text's {self.n}, got {token!r:.20}.")
        token %= self.n
        if token == self.n - 1 and self._weights is not None:
            return self._weights
        past = [layer.first(token) for layer in self._past]
        found = self._rows(self.ids[token : token + 1], token, past)[0]
        if token == self.n - 1:
            self._weights = found
        return found

    @property
    def rows_without_cache(self) -> int:
        """Rows of the same if each token had all those before it computed once more."""
        return sum(range(self.first, self.n + 1))

    @property
    def kept(self) -> int:
        """Bytes of the keys and values of all tokens."""
        return sum(layer.kept for layer in self._past)

    @property
    def room(self) -> int:
        """Bytes that it takes in all, those for tokens to come among them."""
        others = [*self._last, self._logits, self._weights]
        others_take = sum(each.nbytes for each in others if each is not None)
        return sum(layer.room for layer in self._past) + others_take

    def _append(self, ids: Sequence[int]) -> None:
        """Send new tokens through the blocks."""
        self._weights, outputs = self._rows(ids, self.n, self._past)
        self._logits = None
        self.passes += [self.passes[-1] + 1 if self.passes else 0] * len(ids)
        self._last += outputs if self.ids else outputs[-1:]
        self.ids = [*self.ids, *ids]
        self.rows_computed += len(ids)

    def _rows(
        self, ids: Sequence[int], first: int, past: Sequence[LayerCache]
    ) -> tuple[Matrix, list[Matrix]]:
        """Compute rows: the last one's weights, (layers, heads, n), and what leaves the blocks."""
        with told_of(first + len(ids)):
            weights = []
            for trace in self.model.forward(self.model.embed(ids, first), past):
                weights.append(trace.weights[:, -1].copy())
        return np.stack(weights), [row.copy() for row in trace.output]
