"""Named scenarios, each with one sentence that claims what can be seen in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from . import limits
from .masks import causal
from .scenario import Array, Scenario
from .text import tokens as words
from .text.embeddings import embed
from .text.vocabulary import PLACES

#: Rows of a projection by the feature they read; features left out have zeros.
Rows = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Preset:
    """A place to start from.

    Attributes
    ----------
    key : str
        Short name in links.
    title, claim : str
        What it is called, and what can be seen in it.
    scenario : Scenario
    """

    key: str
    title: str
    claim: str
    scenario: Scenario


def _preset(
    key: str,
    title: str,
    claim: str,
    sentence: str,
    features: tuple[str, ...],
    W_q: Rows | None = None,
    W_k: Rows | None = None,
    W_v: Rows | None = None,
    *,
    is_causal: bool = False,
    temperature: float = 1.0,
) -> Preset:
    tokens = words.split(sentence)
    scenario = Scenario(
        tokens=tokens,
        X=embed(tokens, features),
        W_q=_projection(features, W_q),
        W_k=_projection(features, W_k),
        W_v=_projection(features, W_v),
        mask=causal(len(tokens)) if is_causal else None,
        temperature=temperature,
        features=features,
    )
    return Preset(key, title, claim, limits.admit(scenario))


def _projection(features: tuple[str, ...], rows: Rows | None) -> Array:
    """Write a projection by naming the features it reads; None is the identity."""
    if rows is None:
        return np.eye(len(features))
    width = max(map(len, rows.values()))
    W = np.zeros((len(features), width))
    for feature, values in rows.items():
        W[features.index(feature), : len(values)] = values
    return W


_SELF = ("pronoun", "verb", "feeling", "first person")
_GRAMMAR = ("noun", "verb", "adjective", "article", "animate")

#: A turn of 30 degrees from one word to the next, so that seven words are half a turn.
_COS, _SIN = 0.866, 0.5


def _four_views() -> Preset:
    """Four heads that each read something else of the same words."""
    tokens = words.split("I am Alice, they are cats")
    features = ("pronoun", "verb", "noun", "name", "first person", "plural", "early", "late")
    heads: dict[str, tuple[Rows, Rows, Rows]] = {
        "part of speech": (
            {"pronoun": (3, 0, 0), "verb": (0, 3, 0), "noun": (0, 0, 3)},
            {"pronoun": (3, 0, 0), "verb": (0, 3, 0), "noun": (0, 0, 3)},
            {"pronoun": (1, 0), "verb": (-0.5, 0.87), "noun": (-0.5, -0.87), "name": (-0.2, -0.35)},
        ),
        "person and number": (
            {"first person": (3, 0, 0), "plural": (0, 3, 0)},
            {"first person": (3, 0, 0), "plural": (0, 3, 0)},
            {"first person": (1, 0), "plural": (0, 1)},
        ),
        "name or not": (
            {"pronoun": (3, 0, 0), "verb": (3, 0, 0), "noun": (3, 0, 0), "name": (1, 0, 0)},
            {"name": (3, 0, 0)},
            {"name": (1, 0)},
        ),
        "position": (
            {"early": (5 * _COS, -5 * _SIN, 0), "late": (5 * _SIN, 5 * _COS, 0)},
            {"early": (5, 0, 0), "late": (0, 5, 0)},
            {"early": (1, 0), "late": (0, 1)},
        ),
    }
    places = np.arange(len(tokens)) * np.pi / 6
    P = np.zeros((len(tokens), len(features)))
    P[:, -2:] = np.stack([np.cos(places), np.sin(places)], axis=1)
    # What a head's values say goes back to the features that they were read from.
    read = ("pronoun", "verb", "first person", "plural", "name", "noun", "early", "late")
    scenario = Scenario(
        tokens=tokens,
        X=embed(tokens, features),
        W_q=np.stack([_projection(features, q) for q, _, _ in heads.values()]),
        W_k=np.stack([_projection(features, k) for _, k, _ in heads.values()]),
        W_v=np.stack([_projection(features, v) for _, _, v in heads.values()]),
        W_o=np.eye(len(features))[[features.index(name) for name in read]],
        features=features,
        heads=tuple(heads),
        positions="learned",
        P=P,
    )
    claim = (
        "Four heads see four things in the same words: in the V space of each other words stand "
        "together, by part of speech, by person and number, by being a name, by their place."
    )
    return Preset("four-views", "Four views of the same words", claim, limits.admit(scenario))


PRESETS: tuple[Preset, ...] = (
    _preset(
        "similarity",
        "Pure similarity: Q = K = V = X",
        "Without projections attention only measures likeness: X Xᵀ is the raw scores, "
        "and each word looks most at itself.",
        "Je suis heureux",
        _SELF,
    ),
    _preset(
        "verb-subject",
        "A verb finds its subject",
        "W_q lets the verb ask and W_k lets the pronoun answer: "
        "suis looks almost only at Je, although by likeness it would look at itself.",
        "Je suis heureux",
        _SELF,
        W_q={"verb": (3, 0), "feeling": (0, 1)},
        W_k={"pronoun": (3, 0), "verb": (0, 1)},
        W_v={
            "pronoun": (1, 0, 0),
            "verb": (0, 1, 0),
            "feeling": (0, 0, 1),
            "first person": (0.5, 0, 0),
        },
    ),
    _preset(
        "negation",
        "A negation finds what it denies",
        "Both ne and pas look mostly at heureux, the feeling they deny, "
        "and heureux splits its look evenly between the two.",
        "Je ne suis pas heureux",
        ("pronoun", "verb", "feeling", "negation"),
        W_q={"negation": (3, 0), "feeling": (0, 3)},
        W_k={"feeling": (3, 0), "negation": (0, 3)},
        W_v={"feeling": (1, 0), "negation": (0, 1)},
    ),
    _preset(
        "another-view",
        "V carries another view than Q and K",
        "noir finds chat by grammar, and what it brings home is that chat is animate: "
        "a feature that W_q and W_k never read.",
        "Le chat noir dort",
        _GRAMMAR,
        W_q={"adjective": (3, 0), "verb": (3, 0), "article": (0, 1)},
        W_k={"noun": (3, 0), "verb": (0, 1)},
        W_v={"animate": (1,)},
    ),
    _preset(
        "previous-word",
        "Each word looks at the one before it",
        "With places for features and a causal mask, "
        "every word but the first puts nearly all its weight on its left neighbour.",
        "Le chat noir dort",
        PLACES[:4],
        W_q={
            "1st": (3, 0, 0, 0),
            "2nd": (3, 0, 0, 0),
            "3rd": (0, 3, 0, 0),
            "4th": (0, 0, 3, 0),
        },
        W_k={"1st": (3, 0, 0, 0), "2nd": (0, 3, 0, 0), "3rd": (0, 0, 3, 0), "4th": (0, 0, 0, 3)},
        is_causal=True,
    ),
    _preset(
        "uniform",
        "Uniform attention",
        "W_q is zero, so every score is 0 and every word looks at all words equally: "
        "each output row is the mean of V.",
        "Nous aimons l'été",
        ("pronoun", "verb", "feeling", "noun"),
        W_q={"pronoun": (0, 0)},
        W_k={"pronoun": (1, 0), "verb": (0, 1)},
    ),
    _preset(
        "twins",
        "The same word twice",
        "The two dogs have the same row in X, so each looks at the other exactly as much "
        "as at itself, and more than at any other word.",
        "The dog saw the other dog",
        _GRAMMAR,
    ),
    _preset(
        "sharp",
        "A low temperature decides",
        "The same numbers as in pure similarity, divided by a temperature of 0.1: "
        "every word puts more than 0.9 of its weight on one word.",
        "Je suis heureux",
        _SELF,
        temperature=0.1,
    ),
    _preset(
        "soft",
        "A high temperature hesitates",
        "The same numbers as in pure similarity, divided by a temperature of 10: "
        "no weight is further than 0.05 from one third.",
        "Je suis heureux",
        _SELF,
        temperature=10,
    ),
    _preset(
        "antecedent",
        "A pronoun finds the name it stands for",
        "elle asks for a feminine name and looks mostly at Marie, not at Paul.",
        "Marie voit Paul car elle rêve",
        ("pronoun", "name", "feminine", "verb"),
        W_q={"pronoun": (2, 0, 0), "feminine": (0, 2, 0), "verb": (0, 0, 1)},
        W_k={"name": (3, 0, 1), "feminine": (0, 2, 0), "pronoun": (-2, 0, 1)},
        W_v={"name": (1, 0), "feminine": (0, 1)},
    ),
    _preset(
        "word-order",
        "Who bites whom?",
        "bites looks equally at dog and man, and in man bites dog every word has the same "
        "weights: without positions attention can't tell the order.",
        "dog bites man",
        ("noun", "verb", "animate", "human"),
        W_q={"verb": (2, 2), "noun": (1, 0)},
        W_k={"noun": (2, 0), "verb": (0, 1), "human": (0, 0)},
        W_v={"noun": (1, 0), "human": (0, 1)},
    ),
    _four_views(),
)

DEFAULT = PRESETS[0]

BY_KEY: dict[str, Preset] = {preset.key: preset for preset in PRESETS}


def named(key: str) -> Preset:
    """Look a preset up.

    Raises
    ------
    ValueError
        When there is none of that name; the message lists those there are.

    Examples
    --------
    >>> named("sharp").scenario.temperature
    0.1
    """
    if key not in BY_KEY:
        raise ValueError(f"There is no preset {key!r:.40}. The lab has: {', '.join(BY_KEY)}.")
    return BY_KEY[key]
