"""A decoder goes on with a text, token by token; the KV cache makes each one new row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..files.checkpoint import Matrix
from ..parts.room import told_of
from .cache import LayerCache
from .model import Decoder
from .sampling import Sampling


@dataclass(frozen=True, eq=False)
class Written:
    """A token that was written, and its row of the model.

    Attributes
    ----------
    id : int
    token : str
        As the tokenizer calls it.
    probability : float
        With which it was drawn; 1 where it was given.
    weights : ndarray, shape (layers, heads, n)
        What it attends to: the tokens so far, itself the last.
    """

    id: int
    token: str
    probability: float
    weights: Matrix


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
    rows_computed : int
        Rows that went through the blocks so far: one for each token, and none twice.

    Examples
    --------
    With a model at hand, ``Continuation(model, "Once upon").step().token`` is the next token.
    """

    def __init__(self, model: Decoder, text: str, seed: int = 0) -> None:
        self.model, self.seed = model, seed
        self.ids: list[int] = []
        self.written: list[Written] = []
        self.rows_computed = 0
        self._past = [LayerCache() for _ in model.blocks]
        # What leaves the last block, of each token from the last of the text on.
        self._last: list[Matrix] = []
        self._append(model.split(text).ids)
        self._begun, self._first = text, self.n

    @property
    def n(self) -> int:
        """Number of tokens so far."""
        return len(self.ids)

    @property
    def text(self) -> str:
        """The text that it began with, and what was written, without marks before it."""
        joined = self.model.tokenizer.joined
        return self._begun + joined(self.ids).removeprefix(joined(self.ids[: self._first]))

    @property
    def logits(self) -> Matrix:
        """How likely each token is next, before softmax; shape (vocabulary,)."""
        logits: Matrix = self.model.logits(self._last[-1][None])[0]
        return logits

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
        probabilities = (sampling or Sampling()).probabilities(self.logits)
        # Of its own for each place, so that going back and on again writes the same.
        rng = np.random.default_rng([self.seed, self.n])
        drawn = int(rng.choice(len(probabilities), p=probabilities))
        return self.add(drawn, float(probabilities[drawn]))

    def add(self, token: int, probability: float = 1.0) -> Written:
        """Write a token that is given by its number; raises as `step` does."""
        if token not in range(self.model.vocabulary):
            most = self.model.vocabulary - 1
            raise ValueError(f"A token must be a number from 0 to {most}, got {token!r:.40}.")
        if self.n >= self.model.max_tokens:
            raise ValueError(
                f"There is room for {self.model.max_tokens} tokens, and no place for one more."
            )
        weights = self._append([token])
        name = self.model.tokenizer.name(token)
        self.written.append(Written(token, name, probability, weights))
        return self.written[-1]

    def back(self) -> None:
        """Take the last token that was written back; no row is computed.

        Raises
        ------
        ValueError
            When nothing was written.
        """
        if not self.written:
            raise ValueError("Nothing was written that could be taken back.")
        self.written.pop()
        self.ids.pop()
        self._last.pop()
        for layer in self._past:
            layer.shorten(self.n)

    def _append(self, ids: Sequence[int]) -> Matrix:
        """Send new tokens through the blocks; the last one's weights, (layers, heads, n)."""
        m = len(ids)
        with told_of(self.n + m):
            traces = self.model.forward(self.model.embed(ids, self.n), self._past)
            rows = [(trace.weights[:, -1].copy(), trace.output[-1]) for trace in traces]
        self.ids += ids
        self.rows_computed += m
        self._last.append(rows[-1][1])
        return np.stack([weights for weights, _ in rows])
