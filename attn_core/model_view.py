"""What is seen of a pretrained model's attention: one matrix between tokens, and what is
said of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .attention import AttentionTrace
from .labels import isolate, number, percent, unique
from .long_text import NAMED, digits
from .pretrained import Encoded
from .rollout import rollout
from .scenario import Array
from .wording import Quote, counted, largest, listed

#: Of how many keys the features are shown.
MOST_KEYS = 12
#: Features that a sentence names.
_TOP = 3


@dataclass(frozen=True, eq=False)
class Seen:
    """Attention between the tokens of a text, as one matrix.

    Attributes
    ----------
    title : str
        Whose it is.
    tokens : tuple of str, length m
        Those that are shown, numbered where a word occurs twice.
    places : tuple of int, length m
        Where they are among all tokens of the text.
    weights : ndarray, shape (m, m)
        Row = query, column = key. Where tokens are left out, rows sum to less than 1.
    """

    title: str
    tokens: tuple[str, ...]
    places: tuple[int, ...]
    weights: Array

    def place(self, token: int) -> int:
        """Row of a token of the text; that of the nearest one where it isn't shown."""
        nearest = np.abs(np.array(self.places) - token).argmin()
        return int(nearest)


def places_of(encoded: Encoded, *, only_words: bool) -> tuple[int, ...]:
    """Where the tokens are that are shown: all, or without what the model put around them."""
    special = encoded.pieces.special
    return tuple(i for i in range(encoded.n) if not (only_words and special[i]))


def seen(encoded: Encoded, weights: Array, title: str, *, only_words: bool) -> Seen:
    """A matrix of weights, without the rows and columns of what isn't shown.

    Parameters
    ----------
    encoded : Encoded
    weights : ndarray, shape (n, n)
    title : str
    only_words : bool
    """
    places = places_of(encoded, only_words=only_words)
    names = unique(encoded.tokens)
    return Seen(title, tuple(names[i] for i in places), places, cut(weights, places))


def cut(matrix: Array, places: Sequence[int]) -> Array:
    """Rows and columns of some tokens; shape (len(places), len(places))."""
    part: Array = matrix[np.ix_(places, places)]
    return part


def average(encoded: Encoded, layer: int, *, only_words: bool) -> Seen:
    """The mean of all heads of a layer, from 0."""
    title = f"Layer {layer + 1}, mean of its {encoded.weights.shape[1]} heads"
    return seen(encoded, encoded.weights[layer].mean(axis=0), title, only_words=only_words)


def rolled_out(encoded: Encoded, layer: int, *, only_words: bool) -> Seen:
    """Attention rollout from the words to what leaves a layer, from 0."""
    weights = rollout(encoded.weights[: layer + 1])[-1]
    title = f"Rollout through {counted(layer + 1, 'layer')}"
    return seen(encoded, weights, title, only_words=only_words)


def one_head(
    encoded: Encoded, trace: AttentionTrace, layer: int, head: int, *, only_words: bool
) -> Seen:
    """The weights of one head; `trace` is its scenario's."""
    title = f"Layer {layer + 1}, head {head + 1}"
    return seen(encoded, trace.weights, title, only_words=only_words)


def thumbnails(encoded: Encoded, side: int, *, only_words: bool) -> Array:
    """The weights of all heads, small.

    Parameters
    ----------
    encoded : Encoded
    side : int
        Longest side; of more tokens several share a point, which has the largest weight of
        its patch.
    only_words : bool

    Returns
    -------
    ndarray, shape (layers, heads, m, m)
        With m at most `side`.
    """
    places = places_of(encoded, only_words=only_words)
    # Without a copy of everything where nothing is left out.
    first, last = places[0], places[-1] + 1
    shown = encoded.weights[:, :, first:last, first:last]
    if (m := shown.shape[-1]) <= side:
        return shown
    starts = np.linspace(0, m, side, endpoint=False).astype(int)
    rows = np.maximum.reduceat(shown, starts, axis=-2)
    patches: Array = np.maximum.reduceat(rows, starts, axis=-1)
    return patches


def told_of_text(encoded: Encoded, quote: Quote = str) -> str:
    """Say how many tokens the model made of a text, and which words it doesn't know whole."""
    pieces = [token for token in encoded.tokens if token.startswith("##")]
    unknown = sum(token in ("[UNK]", "<unk>") for token in encoded.tokens)
    told = [f"The model reads {counted(encoded.n, 'token')}."]
    if pieces:
        told.append(
            "Words that it doesn't have whole are cut into pieces: "
            f"{quote(pieces[0])} goes on with the word before it."
        )
    if unknown:
        told.append(
            f"{counted(unknown, 'sign')} it has never met; it reads {quote('[UNK]')} instead."
        )
    return " ".join(told)


def told_of_seen(encoded: Encoded, seen: Seen, quote: Quote = str) -> str:
    """Say where the largest weight is, and how much goes to what the model put there."""
    i, j = largest(seen.weights)
    query, key = (quote(isolate(seen.tokens[k])) for k in (i, j))
    told = [
        f"The largest weight is {number(seen.weights[i, j], digits(len(seen.tokens)))}, "
        f"from {query} to {'itself' if i == j else key}."
    ]
    received = seen.weights.mean(axis=0)
    order = np.argsort(-received, kind="stable")[:2]
    most = [f"{quote(isolate(seen.tokens[k]))} ({percent(received[k])})" for k in order]
    told.append(f"Of all weight most goes to {listed(most)}.")
    if len(seen.places) < encoded.n:
        rest = 1 - float(seen.weights.sum(axis=1).mean())
        names = listed([quote(token) for token in _left_out(encoded, seen)])
        told.append(
            f"{percent(rest)} of it goes to {names}, which {_are(encoded, seen)} not shown."
        )
    return " ".join(told)


def _left_out(encoded: Encoded, seen: Seen) -> list[str]:
    return [encoded.tokens[i] for i in range(encoded.n) if i not in seen.places]


def _are(encoded: Encoded, seen: Seen) -> str:
    return "is" if len(_left_out(encoded, seen)) == 1 else "are"


def told_of_token(seen: Seen, i: int, quote: Quote = str) -> str:
    """Say at which tokens one looks most, and which look most at it.

    Parameters
    ----------
    seen : Seen
    i : int
        Its row.
    quote : callable
        Applied to each word.
    """
    name = quote(isolate(seen.tokens[i]))
    to, from_ = (_most(seen, values, i, quote) for values in (seen.weights[i], seen.weights[:, i]))
    return f"{name} looks most at {to}. Most of all look at it: {from_}."


def _most(seen: Seen, values: Array, i: int, quote: Quote) -> str:
    decimals = digits(len(values))
    best = np.argsort(-values, kind="stable")[:NAMED]
    names = ["itself" if k == i else quote(isolate(seen.tokens[k])) for k in best]
    return listed(
        [f"{name} ({number(values[k], decimals)})" for name, k in zip(names, best, strict=True)]
    )


@dataclass(frozen=True, eq=False)
class Contributions:
    """What each feature brings to the scores of one query.

    Attributes
    ----------
    query : str
    keys : tuple of str, length m
        The keys with the largest weights, and the one that is asked about.
    places : tuple of int, length m
        Where they are among all tokens of the text.
    features : tuple of str, length d_k
    products : ndarray, shape (m, d_k)
        q · k / √d_k, feature by feature; a row sums to its score.
    scores, weights : ndarray, shape (m,)
    """

    query: str
    keys: tuple[str, ...]
    places: tuple[int, ...]
    features: tuple[str, ...]
    products: Array
    scores: Array
    weights: Array


def contributions(trace: AttentionTrace, query: int, key: int) -> Contributions:
    """Split the scores of a query into what each feature of q · k brings.

    Parameters
    ----------
    trace : AttentionTrace
        Of one head.
    query, key : int
        Tokens; the key is among those that are shown.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import BY_KEY
    >>> shown = contributions(attend(BY_KEY["verb-subject"].scenario), 1, 0)
    >>> shown.keys, shown.products.sum(axis=1).round(2) == shown.scores.round(2)
    (('Je', 'suis', 'heureux'), array([ True,  True,  True]))
    """
    names = unique(trace.scenario.tokens)
    order = [int(j) for j in np.argsort(-trace.weights[query], kind="stable")[:MOST_KEYS]]
    places = order if key in order else [*order[:-1], key]
    divisor = np.float32(np.sqrt(trace.scenario.d_k)) if trace.scenario.scale else 1
    return Contributions(
        names[query],
        tuple(names[j] for j in places),
        tuple(places),
        tuple(str(f) for f in range(1, trace.scenario.d_k + 1)),
        trace.Q[query] * trace.K[places] / divisor,
        trace.scores[query, places],
        trace.weights[query, places],
    )


def told_of_contributions(shown: Contributions, key: int, quote: Quote = str) -> str:
    """Say which features bring most to one key's score, and take most from it.

    Parameters
    ----------
    shown : Contributions
    key : int
        Token of the text.
    quote : callable
        Applied to each word.
    """
    row = shown.places.index(key)
    products = shown.products[row]
    name = quote(isolate(shown.keys[row]))
    up = _features(shown.features, products, np.argsort(-products, kind="stable"), 1)
    down = _features(shown.features, products, np.argsort(products, kind="stable"), -1)
    told = [
        f"The score of {quote(isolate(shown.query))} for {name} is {number(shown.scores[row])}: "
        f"the sum of {len(products)} products."
    ]
    told += [f"Most is brought by {up}."] if up else []
    told += [f"Most is taken by {down}."] if down else []
    return " ".join(told)


def _features(names: Sequence[str], products: Array, order: Array, sign: int) -> str:
    best = [k for k in order[:_TOP] if products[k] * sign >= 0.005]
    told = [f"feature {names[k]} ({number(products[k])})" for k in best]
    return listed(told) if told else ""
