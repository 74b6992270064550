"""What heads are worth: a text read without them, and how much that changes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from ...attention import softmax
from ...explain.wording import Escape, join_words, pluralize, say_token
from ...notation.labels import isolate, number
from ...scenario import Array
from ..decoder import DecoderOutput
from ..decoder.ablation import ablated
from ..decoder.sampling import likeliest
from ..encoded import Encoded
from ..parts.heads import Head, describe_heads
from .two_texts import cosine

#: What is measured of a model without some of its heads.
Metric = Callable[[frozenset[Head]], float]
#: How many heads are named; tokens and heads, in a picture.
NAMED = 10
#: A sentence counts a smaller change for nothing.
_NOTHING = 0.0005


@dataclass(frozen=True, eq=False)
class ChangedNext:
    """The tokens that are likeliest next with all heads, and what they have without some.

    Attributes
    ----------
    off : str
        Names the heads that are switched off; empty where there are none.
    tokens : tuple of str, length m
    before, after : ndarray, shape (m,)
        Their probabilities with all heads, and without those.
    best : str
        The likeliest token without them.
    probability : float
        Of that token then.
    """

    off: str
    tokens: tuple[str, ...]
    before: Array
    after: Array
    best: str
    probability: float


def changed_next(encoded: DecoderOutput, without: DecoderOutput) -> ChangedNext:
    """Compare the next token's probabilities with all heads and without some.

    Parameters
    ----------
    encoded, without : DecoderOutput
        The same text; the second as `ablated` has it.
    """
    before, after = (_probabilities(each) for each in (encoded, without))
    ids = [i for i, _ in likeliest(before, NAMED)]
    best = int(after.argmax())
    off = describe_heads(without.off, encoded.model.heads) if without.off else ""
    piece = encoded.model.tokenizer.piece
    names, called = tuple(map(piece, ids)), piece(best)
    return ChangedNext(off, names, before[ids], after[ids], called, float(after[best]))


def _probabilities(encoded: DecoderOutput) -> Array:
    return softmax(encoded.next_logits.astype(np.float64))


def describe_changed_next(changed: ChangedNext, escape: Escape = str) -> str:
    """Put in words what becomes of the likeliest token.

    Examples
    --------
    >>> before, after = np.array([0.5, 0.25]), np.array([0.125, 0.25])
    >>> changed = ChangedNext("head 2 of layer 1", ("␣mat", "␣cat"), before, after, "␣cat", 0.25)
    >>> describe_changed_next(changed)
    'With all heads ␣mat is the likeliest next token (0.500). Without head 2 of layer 1 it has \
0.125, and ␣cat is the likeliest (0.250).'
    """
    first, best = (say_token(token, escape) for token in (changed.tokens[0], changed.best))
    told = f"With all heads {first} is the likeliest next token ({number(changed.before[0], 3)})."
    if not changed.off:
        return told
    now = f"Without {changed.off} it has {number(changed.after[0], 3)}"
    other = f", and {best} is the likeliest ({number(changed.probability, 3)})"
    return f"{told} {now}{'' if best == first else other}."


@dataclass(frozen=True)
class ChangedCosine:
    """The cosine of two texts' vectors with all heads, and without some.

    Attributes
    ----------
    off : str
        Names the heads that are switched off.
    before, after : float
    """

    off: str
    before: float
    after: float


def describe_changed_cosine(changed: ChangedCosine) -> str:
    """Put in words what becomes of the similarity of two texts.

    Examples
    --------
    >>> describe_changed_cosine(ChangedCosine("head 2 of layer 1", 0.5, 0.25))
    "The cosine between the two texts' vectors is 0.500 with all heads, and 0.250 without head 2 \
of layer 1."
    """
    without = f", and {number(changed.after, 3)} without {changed.off}" if changed.off else ""
    return (
        f"The cosine between the two texts' vectors is {number(changed.before, 3)} with all "
        f"heads{without}."
    )


def probability(encoded: DecoderOutput) -> Metric:
    """Measure how likely the next token is that is the likeliest with all heads."""
    token = int(encoded.next_logits.argmax())
    return lambda off: float(_probabilities(ablated(encoded, off))[token])


def similarity(a: Encoded, b: Encoded) -> Metric:
    """Measure the cosine of two texts' vectors, which must be known, without the same heads."""

    def measure(off: frozenset[Head]) -> float:
        x, y = a.without(off).text_vector, b.without(off).text_vector
        assert x is not None
        assert y is not None
        return float(cosine(x, y))

    return measure


def layer_effects(measure: Metric, layer: int, heads: int) -> Array:
    """Measure what each head of a layer is worth alone.

    Parameters
    ----------
    measure : callable
    layer : int
    heads : int
        Of the layer. Each costs a computation of the layers from its own on.

    Returns
    -------
    ndarray, shape (heads,)
        What is measured with all heads, less that without each one.

    Examples
    --------
    >>> layer_effects(lambda off: 0.5 if (1, 0) in off else 0.75, 1, 2)
    array([0.25, 0.  ])
    """
    whole = measure(frozenset())
    return np.array([whole - measure(frozenset({(layer, head)})) for head in range(heads)])


@dataclass(frozen=True, eq=False)
class HeadEffects:
    """What each head of a model is worth alone, for one text or for several.

    Attributes
    ----------
    wanted : tuple of str, length m
        The token of each text whose probability is measured; empty where it is the cosine
        of one text and each of m others.
    of_texts : ndarray, shape (m, layers, heads)
        What is measured with all heads, less that without each one.
    """

    wanted: tuple[str, ...]
    of_texts: Array

    @property
    def mean(self) -> Array:
        """Mean over the texts, shape (layers, heads)."""
        return np.asarray(self.of_texts.mean(axis=0))

    @property
    def largest(self) -> tuple[Head, ...]:
        """The heads that matter most, by the size of their mean; at most `NAMED`.

        Examples
        --------
        >>> HeadEffects(("a",), np.array([[[0.1, -0.3], [0.0, 0.2]]])).largest[:2]
        ((0, 1), (1, 1))
        """
        order = np.argsort(-np.abs(self.mean), axis=None, kind="stable")[:NAMED]
        heads = self.mean.shape[1]
        return tuple((int(i) // heads, int(i) % heads) for i in order)

    @property
    def table(self) -> Array:
        """Effects of those heads: the mean, then each text where there are several."""
        rows = [self.of_texts[:, layer, head] for layer, head in self.largest]
        values = np.array(rows)
        if len(self.of_texts) == 1:
            return values
        return np.column_stack([values.mean(axis=1), values])


def describe_effects(effects: HeadEffects, escape: Escape = str) -> str:
    r"""Name the heads that matter most, and what they do.

    Examples
    --------
    >>> effects = HeadEffects(("␣mat",), np.array([[[0.25, -0.125], [0.0, 0.0]]]))
    >>> print(describe_effects(effects).replace(". ", ".\n"))
    Each of the 4 heads was switched off alone.
    The probability of “␣mat” is raised most by layer 1, head 1 (+0.250).
    It is lowered most by layer 1, head 2 (−0.125).
    """
    count = effects.mean.size
    told = [f"Each of the {pluralize(count, 'head')} was switched off alone."]
    raised, lowered = (_named(effects, sign) for sign in (1, -1))
    what = _measured(effects, escape)
    if not raised + lowered:
        return f"{told[0]} {what} changes by less than 0.001."
    for verb, named in (("raised", raised), ("lowered", lowered)):
        if named:
            told.append(f"{what} is {verb} most by {join_words(named)}.")
            what = "It"
    return " ".join(told)


def _measured(effects: HeadEffects, escape: Escape) -> str:
    match effects.wanted:
        case () if len(effects.of_texts) > 1:
            return "The text's mean cosine with the others"
        case ():
            return "The cosine of the two texts"
        case (token,):
            return f"The probability of “{escape(isolate(token))}”"
    names = [f"“{escape(isolate(token))}”" for token in effects.wanted]  # one may be a comma
    return f"The mean probability of {join_words(names)}, each the likeliest after its text,"


def _named(effects: HeadEffects, sign: int) -> list[str]:
    """Name the heads whose mean effect has a sign, with it."""
    pairs = [(place, float(effects.mean[place])) for place in effects.largest]
    return [
        f"layer {layer + 1}, head {head + 1} ({'+' * (value > 0)}{number(value, 3)})"
        for (layer, head), value in pairs
        if sign * value >= _NOTHING
    ]


def possible(off: Collection[Head], layers: int, heads: int) -> frozenset[Head]:
    """Those of some heads that a model has.

    Examples
    --------
    >>> sorted(possible({(0, 0), (0, 3), (2, 1)}, 2, 3))
    [(0, 0)]
    """
    return frozenset((i, k) for i, k in off if i in range(layers) and k in range(heads))
