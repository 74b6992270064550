"""The task of the corpus: W_q and W_k that look where the marks say."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..attention import attend
from ..gradients import cross_entropy
from ..notation import labels
from ..scenario import Array, Scenario
from .corpus import FEATURES, Marked
from .initial import Start, start
from .optimizer import Params
from .trainer import Task

#: Logits that differ by less are equal.
_TIE = 1e-9


@dataclass(frozen=True, eq=False)
class Batch:
    """Several sentences as one array, padded with rows of zeros.

    Attributes
    ----------
    X : ndarray, shape (sentences, n, d_model)
    blocking : ndarray, shape (sentences, 1, n)
        0 for a word, −inf for what fills up: nothing looks there.
    target : ndarray, shape (sentences, n, n)
        1 at the marked word; rows without a mark are 0.
    """

    X: Array
    blocking: Array
    target: Array

    @classmethod
    def of(cls, sentences: Sequence[Marked]) -> Batch:
        """Stack sentences.

        Parameters
        ----------
        sentences : sequence of Marked
        """
        count, n = len(sentences), max(len(each.tokens) for each in sentences)
        X, target = np.zeros((count, n, len(FEATURES))), np.zeros((count, n, n))
        blocking = np.full((count, 1, n), -np.inf)
        for k, each in enumerate(sentences):
            m = len(each.tokens)
            X[k, :m], target[k, :m, :m], blocking[k, :, :m] = each.X, each.target, 0
        return cls(X, blocking, target)

    def logits(self, W_q: Array, W_k: Array) -> Array:
        """Scaled scores of all sentences, with the padding masked; (sentences, n, n)."""
        return self._scores(self._projected(W_q), self._projected(W_k))

    def _projected(self, W: Array) -> Array:
        """X W of all sentences: one product of tall matrices is far quicker than many."""
        flat: Array = self.X.reshape(-1, self.X.shape[-1]) @ W
        return flat.reshape(*self.X.shape[:-1], W.shape[1])

    def _scores(self, Q: Array, K: Array) -> Array:
        scores: Array = Q @ K.swapaxes(-1, -2) / math.sqrt(Q.shape[-1]) + self.blocking
        return scores

    def loss(self, params: Params) -> tuple[float, dict[str, Array]]:
        """`gradients.attention_loss` of all sentences together.

        Parameters
        ----------
        params : dict of ndarray
            W_q and W_k.

        Returns
        -------
        loss : float
            Mean over all marked words.
        gradient : dict of ndarray
        """
        Q, K = self._projected(params["W_q"]), self._projected(params["W_k"])
        L, dS = cross_entropy(self._scores(Q, K), self.target)
        dQ = dS @ K / math.sqrt(Q.shape[-1])
        dK = dS.swapaxes(-1, -2) @ Q / math.sqrt(Q.shape[-1])
        X = self.X.reshape(-1, self.X.shape[-1])
        return L, {"W_q": X.T @ dQ.reshape(len(X), -1), "W_k": X.T @ dK.reshape(len(X), -1)}


def accuracy(batch: Batch, logits: Array) -> float:
    """Part of the marked words whose largest weight is on their target.

    Where several weights are largest, one of them is taken to be drawn by lot: two of
    which one is right count one half.

    Parameters
    ----------
    batch : Batch
    logits : ndarray, shape (sentences, n, n)

    Examples
    --------
    >>> X, blocking = np.ones((1, 2, 1)), np.zeros((1, 1, 2))
    >>> batch = Batch(X, blocking, np.array([[[1.0, 0.0], [0.0, 1.0]]]))
    >>> accuracy(batch, np.array([[[3.0, 1.0], [2.0, 2.0]]]))
    0.75
    """
    largest = logits >= logits.max(axis=-1, keepdims=True) - _TIE
    hits = (batch.target * largest).sum(axis=-1) / largest.sum(axis=-1)
    return float(hits.sum() / batch.target.sum())


def baselines(batch: Batch, d_k: int) -> dict[str, float]:
    """Accuracy without learning: of the identity, and of uniform weights.

    Parameters
    ----------
    batch : Batch
    d_k : int
        The identity has so many columns.
    """
    eye = start("identity", len(FEATURES), d_k, seed=0)
    uniform = np.broadcast_to(batch.blocking, batch.target.shape)
    return {
        "identity": accuracy(batch, batch.logits(**eye)),
        "uniform": accuracy(batch, uniform),
    }


def task(
    training: Sequence[Marked],
    held_out: Sequence[Marked],
    d_k: int,
    kind: Start = "identity",
    seed: int = 1,
) -> Task:
    """Make the task of the corpus.

    Parameters
    ----------
    training, held_out : sequence of Marked
        What is learned from, and what accuracy is told of.
    d_k : int
        Columns of W_q and W_k.
    kind, seed
        Where to start; see `start.start`.
    """
    unseen = Batch.of(held_out)
    return Task(
        start(kind, len(FEATURES), d_k, seed),
        Batch.of(training).loss,
        lambda params: accuracy(unseen, unseen.logits(params["W_q"], params["W_k"])),
    )


def unlike(held_out: Sequence[Marked], training: Sequence[Marked]) -> list[Marked]:
    """Held-out sentences whose features no training sentence has.

    Other words with the same features in the same places make a sentence that attention
    can't tell from one that it has learned from.

    Parameters
    ----------
    held_out, training : sequence of Marked
    """
    seen = {each.X.tobytes() for each in training}
    return [each for each in held_out if each.X.tobytes() not in seen]


@dataclass(frozen=True)
class Verdict:
    """A marked word, its target, and where it looks most.

    Attributes
    ----------
    sentence, word, target, found : str
    weight : float
        The weight of its target.
    is_right : bool
    """

    sentence: str
    word: str
    target: str
    found: str
    weight: float
    is_right: bool


def verdicts(sentences: Sequence[Marked], params: Params) -> list[Verdict]:
    """Find where each marked word looks, under learned projections.

    Parameters
    ----------
    sentences : sequence of Marked
    params : dict of ndarray
        W_q and W_k.
    """
    return [
        _verdict(marked, names, weights, query, key)
        for marked in sentences
        for names in [labels.unique(marked.tokens)]
        for weights in [attend(scenario(marked, params)).weights]
        for query, key in marked.looks
    ]


def _verdict(marked: Marked, names: Sequence[str], weights: Array, query: int, key: int) -> Verdict:
    most = int(weights[query].argmax())
    weight = float(weights[query, key])
    return Verdict(marked.sentence, names[query], names[key], names[most], weight, most == key)


def scenario(marked: Marked, params: Mapping[str, Array]) -> Scenario:
    """A sentence of the corpus under learned projections; the values are its embeddings.

    Parameters
    ----------
    marked : Marked
    params : dict of ndarray
        W_q and W_k.
    """
    return Scenario(
        tokens=marked.tokens,
        X=marked.X,
        W_q=params["W_q"],
        W_k=params["W_k"],
        W_v=np.eye(len(FEATURES)),
        features=FEATURES,
    )
