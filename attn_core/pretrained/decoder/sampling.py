"""How the next token is drawn: temperature, top-k and top-p."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...attention import softmax
from ...scenario import Array


@dataclass(frozen=True)
class Sampling:
    """How the next token is drawn from its logits.

    Attributes
    ----------
    temperature : float
        Divides the logits; 0 takes the likeliest token.
    top_k : int, optional
        Only so many of the likeliest tokens are drawn from, and those as likely as the last.
    top_p : float
        Of those, only the likeliest whose probabilities sum up to so much.

    Raises
    ------
    ValueError
        When there can't be such a setting; it says what was expected.

    Notes
    -----
    Top-k sampling is of Fan et al., "Hierarchical Neural Story Generation" (2018), top-p of
    Holtzman et al., "The Curious Case of Neural Text Degeneration" (2020). They are applied
    in this order, as transformers does.
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.temperature < math.inf:
            raise ValueError(f"The temperature must be 0 or more, got {self.temperature!r:.40}.")
        if self.top_k is not None and (type(self.top_k) is not int or self.top_k < 1):
            raise ValueError(f"top_k must be a whole number from 1 on, got {self.top_k!r:.40}.")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p must be above 0 and at most 1, got {self.top_p!r:.40}.")

    def probabilities(self, logits: Array) -> Array:
        """Compute how likely each token is drawn; those left out have 0.

        Parameters
        ----------
        logits : ndarray, shape (vocabulary,)

        Returns
        -------
        ndarray of float64, shape (vocabulary,)

        Examples
        --------
        >>> logits = np.log([0.5, 0.3, 0.2])
        >>> Sampling(top_k=2).probabilities(logits), Sampling(top_p=0.5).probabilities(logits)
        (array([0.625, 0.375, 0.   ]), array([1., 0., 0.]))
        """
        if self.temperature == 0:
            return np.asarray(np.arange(len(logits)) == np.argmax(logits), np.float64)
        scaled = np.asarray(logits, np.float64) / self.temperature
        if self.top_k is not None and self.top_k < len(scaled):
            scaled = np.where(scaled < np.sort(scaled)[-self.top_k], -np.inf, scaled)
        return self._nucleus(softmax(scaled))

    def _nucleus(self, probabilities: Array) -> Array:
        """Keep the likeliest tokens whose probabilities sum up to top_p."""
        if self.top_p == 1:
            return probabilities
        order = np.argsort(-probabilities, kind="stable")
        likelier = np.cumsum(probabilities[order]) - probabilities[order]  # than each of them
        kept = np.zeros_like(probabilities)
        nucleus = order[likelier < self.top_p]
        kept[nucleus] = probabilities[nucleus]
        return np.asarray(kept / kept.sum())


def draw(probabilities: Array, seed: int, place: int) -> int:
    """Draw a token; a seed draws the same one at the same place, on any machine.

    Parameters
    ----------
    probabilities : ndarray, shape (vocabulary,)
    seed : int
        From 0 on.
    place : int
        Of the token in its text: each has a draw of its own, so that going back and on again
        writes the same.

    Notes
    -----
    The number is PCG64's (O'Neill 2014), which NumPy keeps as it is.

    Examples
    --------
    >>> [draw(np.array([0.2, 0.0, 0.8]), seed=1, place=place) for place in range(6)]
    [2, 2, 2, 0, 2, 2]
    """
    uniform = np.random.Generator(np.random.PCG64([seed, place])).random()
    up_to = np.cumsum(probabilities)
    return int(np.searchsorted(up_to / up_to[-1], uniform, side="right"))


def likeliest(probabilities: Array, count: int = 10) -> tuple[tuple[int, float], ...]:
    """List the likeliest tokens and their probabilities, the likeliest first.

    Examples
    --------
    >>> likeliest(np.array([0.2, 0.5, 0.3]), 2)
    ((1, 0.5), (2, 0.3))
    """
    order = np.argsort(-probabilities, kind="stable")[:count]
    return tuple((int(i), float(probabilities[i])) for i in order)
