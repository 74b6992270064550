"""The words of one sentence or two; what belongs to words that stay is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .. import limits, masks
from ..scenario import Array, Scenario
from ..shape_rule import resized
from ..text import tokenize
from ..text.embeddings import embed
from ..text.vocabulary import PLACES
from . import mask_kinds

#: The second sentence to start with.
CONTEXT = "I am happy"

#: Places before and, one for one, after a change.
Pairs = tuple[list[int], list[int]]


def with_sentence(s: Scenario, sentence: str) -> Scenario:
    """Split a new sentence; words that stay keep their edited numbers and mask.

    Parameters
    ----------
    s : Scenario
    sentence : str

    Returns
    -------
    Scenario
        With n = the number of tokens; the projections are as they were.

    Raises
    ------
    ValueError
        When the sentence breaks a limit; see `limits.SENTENCE`.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> s = with_sentence(DEFAULT.scenario, "Je ne suis pas heureux")
    >>> s.tokens, s.X.shape
    (('Je', 'ne', 'suis', 'pas', 'heureux'), (5, 4))
    """
    limits.SENTENCE.check(sentence)
    tokens = tokenize.split(sentence)
    limits.SENTENCE.check_words(tokens)
    X, stay = _embedded_anew(s, tokens, s.tokens, s.X)
    if s.is_cross:
        return _fitted(s, (stay, _all(s.n_k)), tokens=tokens, X=X)
    return _fitted(s, (stay, stay), tokens=tokens, X=X)


def with_context(s: Scenario, sentence: str) -> Scenario:
    """Let keys and values come from a second sentence, or from a new second one.

    Words that stay keep their edited numbers and mask. Causal masks, windows, RoPE and
    ALiBi compare places in one sentence, so they go.

    Parameters
    ----------
    s : Scenario
    sentence : str
        Empty for no second sentence: self-attention again.

    Raises
    ------
    ValueError
        When the sentence breaks a limit, as in `with_sentence`.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> s = with_context(DEFAULT.scenario, "I am")
    >>> s.context, s.Z.shape, with_context(s, "") == DEFAULT.scenario
    (('I', 'am'), (2, 4), True)
    """
    limits.SENTENCE.check(sentence)
    tokens = tokenize.split(sentence)
    if not tokens:
        return _fitted(s, None, context=(), Z=None) if s.is_cross else s
    limits.SENTENCE.check_words(tokens)
    Z, stay = _embedded_anew(s, tokens, s.context, s.Z)
    if not s.is_cross:
        kept = s.positions if s.positions in ("sinusoidal", "learned") else "none"
        return _fitted(s, None, context=tokens, Z=Z, positions=kept, slope=None)
    return _fitted(s, (_all(s.n), stay), context=tokens, Z=Z)


def reversed_words(s: Scenario) -> Scenario:
    """The words in reverse, each with its numbers; places, and the mask, stay in order.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> reversed_words(DEFAULT.scenario).tokens
    ('heureux', 'suis', 'Je')
    """
    return replace(s, tokens=s.tokens[::-1], X=s.X[::-1])


def _embedded_anew(
    s: Scenario, tokens: Sequence[str], before: Sequence[str], values: Array | None
) -> tuple[Array, Pairs]:
    """Embed words, those that were there before as they were; tell which those are."""
    X = embed(tokens, s.features)
    old, new = tokenize.aligned(tuple(before), tuple(tokens))
    if values is not None:
        X[new] = values[old]
    # Where a word stands may change even if the word stays.
    places = [j for j, name in enumerate(s.features) if name in PLACES]
    X[:, places] = embed(tokens, s.features)[:, places]
    return X, (old, new)


def _all(n: int) -> Pairs:
    return list(range(n)), list(range(n))


def _fitted(s: Scenario, stay: tuple[Pairs, Pairs] | None, **changes: Any) -> Scenario:
    """Change the words, and fit the mask and the learned positions to them.

    `stay` tells which queries and which keys are still there; None if none can be told.
    """
    n = len(changes.get("tokens", s.tokens))
    n_k = len(changes.get("context", s.context)) or n
    fitting: dict[str, Any] = {
        "mask": _fit_mask(s, n, n_k, stay),
        "P": None if s.P is None else resized(s.P, max(n, n_k), s.d_model),
    }
    return replace(s, **(fitting | changes))


def _fit_mask(s: Scenario, n: int, n_k: int, stay: tuple[Pairs, Pairs] | None) -> Array | None:
    """Fit the mask to other words: named ones stay what they are."""
    kind = mask_kinds.kind(s.mask)
    if s.mask is None or stay is None:
        return None
    (old, new), (old_k, new_k) = stay
    match kind:
        case "causal":
            return masks.causal(n)
        case "window":
            return masks.window(n, mask_kinds.size(s.mask, kind))
        case "padding":
            real = mask_kinds.size(s.mask, kind)
            last = [i for i, k in zip(new_k, old_k, strict=True) if k < real]
            return masks.padding(n, n_k, last[-1] + 1 if last else min(real, n_k))
    mask = np.ones((n, n_k), dtype=bool)
    mask[np.ix_(new, new_k)] = s.allowed[np.ix_(old, old_k)]
    # A kept row whose only open word is gone would block everything: it opens to itself.
    blocked = ~mask.any(axis=1)
    mask[blocked] |= True if s.is_cross else np.eye(n, dtype=bool)[blocked]
    return mask
