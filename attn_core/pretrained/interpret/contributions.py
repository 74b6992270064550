"""Contributions of the features of q · k to a score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ...attention import AttentionTrace
from ...explain.wording import Escape, join_words, pluralize, say_token
from ...notation.graph import graph
from ...notation.labels import number
from ...scenario import Array
from .reading import most

#: Of how many keys the features are shown.
MOST_KEYS = 12
#: Features that a sentence names, and what counts for nothing there.
_TOP, _NOTHING = 3, 0.005


@dataclass(frozen=True, eq=False)
class Contributions:
    """The contribution of each feature to the scores of one query.

    Attributes
    ----------
    query : str
    keys : tuple of str, length m
        The keys with the largest weights, and the one that is asked about.
    places : tuple of int, length m
        Where they are among all tokens of the text.
    features : tuple of str, length d_k
    products : ndarray, shape (m, d_k)
        Feature by feature, after RoPE if there is one; a row sums to its score.
    scores, weights : ndarray, shape (m,)
        Before the softmax, and after it.
    asked : int
        Row of the key that is asked about.
    label : str
        What the products are.
    is_masked : bool
        The mask doesn't let the query attend to that key.
    """

    query: str
    keys: tuple[str, ...]
    places: tuple[int, ...]
    features: tuple[str, ...]
    products: Array
    scores: Array
    weights: Array
    asked: int
    label: str
    is_masked: bool


def contributions(
    trace: AttentionTrace, query: int, key: int, among: Sequence[int] | None = None
) -> Contributions:
    """Split the scores of a query into the contributions of the features.

    Parameters
    ----------
    trace : AttentionTrace
        Of one head, of a sentence that looks at itself.
    query, key : int
        Tokens.
    among : sequence of int, optional
        Tokens that may be shown as keys; all where it is left out. Of those that the mask
        blocks only the one that is asked about is shown.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import BY_KEY
    >>> shown = contributions(attend(BY_KEY["verb-subject"].scenario), 1, 0)
    >>> shown.keys[0], shown.products[0].round(2), shown.scores[0].round(2)
    ('Je', array([6.36, 0.  ]), np.float64(6.36))
    """
    s = trace.scenario
    allowed = s.allowed[query]
    shown = [j for j in (range(s.n) if among is None else among) if allowed[j] or j == key]
    first = [shown[k] for k in most(trace.weights[query, shown], MOST_KEYS)]
    places = first if key in first else [*first[:-1], key]
    names = graph(s).axis("key")
    return Contributions(
        names[query],
        tuple(names[j] for j in places),
        tuple(places),
        tuple(str(i) for i in range(1, s.d_k + 1)),
        trace.rotated_Q[query] * trace.rotated_K[places] / (math.sqrt(s.d_k) if s.scale else 1),
        trace.scores[query, places],
        trace.weights[query, places],
        places.index(key),
        "q · k / √d_k" if s.scale else "q · k",
        not allowed[key],
    )


def describe_largest_contributions(shown: Contributions, escape: Escape = str) -> str:
    """Name the features that contribute most to a score, and the weight that results.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import BY_KEY
    >>> t = attend(BY_KEY["verb-subject"].scenario)
    >>> describe_largest_contributions(contributions(t, 1, 0)).split(". ")[1:]
    ['Most is brought by feature 1 (6.36)', 'After the softmax it is a weight of 0.997.']
    """
    products = shown.products[shown.asked]
    told = [
        f"The score of {say_token(shown.query, escape)} for "
        f"{say_token(shown.keys[shown.asked], escape)} is {number(shown.scores[shown.asked])}, "
        f"the sum of {pluralize(len(products), 'product')}."
    ]
    up = [k for k in most(products, _TOP) if products[k] >= _NOTHING]
    down = [k for k in most(-products, _TOP) if products[k] <= -_NOTHING]
    for verb, best in (("brought", up), ("taken", down)):
        named = [f"feature {shown.features[k]} ({number(products[k])})" for k in best]
        told += [f"Most is {verb} by {join_words(named)}."] if named else []
    if shown.is_masked:
        told.append("The mask takes −∞ in its place, so that its weight is 0.")
    else:
        weight = number(shown.weights[shown.asked], 3)
        told.append(f"After the softmax it is a weight of {weight}.")
    return " ".join(told)
