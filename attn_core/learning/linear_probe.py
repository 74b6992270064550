"""Linear probes: two heads learn values from which two properties of a word are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..gradients import readout_loss
from ..scenario import Array, Scenario
from ..text.embeddings import embed
from .corpus import FEATURES, PARTS, Marked
from .optimizer import Params
from .trainer import Task

#: What each head is to tell of a word, and what there is to choose from.
CLASSES: Mapping[str, tuple[str, ...]] = {
    "part of speech": PARTS,
    "name or not": ("name", "not a name"),
}
#: Columns of each head's values: as many as a plot has.
D_V = 2
#: Spread of the random numbers to start with.
_SPREAD = 0.1


@dataclass(frozen=True, eq=False)
class Words:
    """Different words, with their classes for each head.

    Attributes
    ----------
    tokens : tuple of str
    X : ndarray, shape (words, d_model)
    targets : dict of ndarray, shape (words, classes)
        By head: 1 at each word's class.
    """

    tokens: tuple[str, ...]
    X: Array
    targets: Mapping[str, Array]

    @classmethod
    def of(cls, sentences: Sequence[Marked]) -> Words:
        """All different words of some sentences, in order."""
        classes: dict[str, tuple[int, int]] = {}
        for each in sentences:
            for word, part, is_name in zip(each.tokens, each.parts, each.is_name, strict=True):
                classes.setdefault(_plain(word, is_name), (PARTS.index(part), int(not is_name)))
        words = tuple(classes)
        chosen = np.array(list(classes.values()))
        targets = {
            head: np.eye(len(names))[chosen[:, k]]
            for k, (head, names) in enumerate(CLASSES.items())
        }
        return cls(words, embed(words, FEATURES), targets)

    def taken(self, places: Array) -> Words:
        """Take some of the words, by their indices."""
        tokens = tuple(self.tokens[i] for i in places)
        return Words(tokens, self.X[places], {k: T[places] for k, T in self.targets.items()})

    def classes(self, head: str) -> list[int]:
        """Number the class of each word."""
        found: list[int] = self.targets[head].argmax(axis=1).tolist()
        return found


def _plain(word: str, is_name: bool) -> str:
    """A word without the capital that opens a sentence."""
    return word if is_name or word == "I" else word.lower()


def split(words: Words, seed: int, share: float = 0.25) -> tuple[Words, Words]:
    """Split words into training and held-out ones, drawn with a seed.

    Returns
    -------
    training, held_out : Words
    """
    order = np.random.default_rng(seed).permutation(len(words.tokens))
    count = round(share * len(order))
    return words.taken(np.sort(order[count:])), words.taken(np.sort(order[:count]))


def together(training: Words, held_out: Words) -> Words:
    """Concatenate two sets of words."""
    return Words(
        (*training.tokens, *held_out.tokens),
        np.concatenate([training.X, held_out.X]),
        {head: np.concatenate([T, held_out.targets[head]]) for head, T in training.targets.items()},
    )


def values(words: Words, params: Params, head: str) -> Array:
    """V of a head: X W_v, shape (words, 2)."""
    V: Array = words.X @ params[f"W_v {head}"]
    return V


def start(seed: int) -> dict[str, Array]:
    """Small random W_v and read-out for each head, b = 0."""
    rng = np.random.default_rng(seed)
    params: dict[str, Array] = {}
    for head, names in CLASSES.items():
        params[f"W_v {head}"] = rng.normal(0, _SPREAD, (len(FEATURES), D_V))
        params[f"W_r {head}"] = rng.normal(0, _SPREAD, (D_V, len(names)))
        params[f"b {head}"] = np.zeros(len(names))
    return params


def _of(params: Params, head: str) -> dict[str, Array]:
    return {name: params[f"{name} {head}"] for name in ("W_v", "W_r", "b")}


def loss(words: Words, params: Params) -> tuple[float, dict[str, Array]]:
    """Sum of both heads' losses, and its gradient.

    Parameters
    ----------
    words : Words
    params : dict of ndarray
        From `start`, or learned.
    """
    total = 0.0
    gradient: dict[str, Array] = {}
    for head, target in words.targets.items():
        L, of_head = readout_loss(words.X, **_of(params, head), target=target)
        total += L
        gradient |= {f"{name} {head}": g for name, g in of_head.items()}
    return total, gradient


def accuracy(words: Words, params: Params, head: str) -> float:
    """Part of the words that a head classifies right."""
    own = _of(params, head)
    Y = words.X @ own["W_v"] @ own["W_r"] + own["b"]
    return float((Y.argmax(axis=1) == words.targets[head].argmax(axis=1)).mean())


def task(training: Words, held_out: Words, seed: int = 1) -> Task:
    """Make the task of both heads: values, and a linear probe of them.

    Parameters
    ----------
    training, held_out : Words
    seed : int
        Of the numbers to start with.
    """

    def both(params: Params) -> float:
        return float(np.mean([accuracy(held_out, params, head) for head in CLASSES]))

    return Task(start(seed), lambda params: loss(training, params), both)


def baseline(words: Words) -> float:
    """Accuracy of the most frequent class, the mean of both heads."""
    return float(np.mean([T.mean(axis=0).max() for T in words.targets.values()]))


def scenario(tokens: Sequence[str], params: Params) -> Scenario:
    """A sentence for the two heads; W_q and W_k are the identity.

    Parameters
    ----------
    tokens : sequence of str
    params : dict of ndarray
        From `start`, or learned.
    """
    eye = np.tile(np.eye(len(FEATURES)), (len(CLASSES), 1, 1))
    return Scenario(
        tokens=tuple(tokens),
        X=embed(tokens, FEATURES),
        W_q=eye,
        W_k=eye,
        W_v=np.stack([params[f"W_v {head}"] for head in CLASSES]),
        features=FEATURES,
        heads=tuple(CLASSES),
    )
