"""Features for the words of an own sentence: no word opens with a row of zeros."""

from __future__ import annotations

import numpy as np

from .. import limits
from ..explain.wording import join_words
from ..scenario import Scenario
from ..text.chosen_features import choose_features
from ..text.embeddings import as_given, embed, known, source_of, spelling
from .matrices import PROJECTIONS
from .sizes import as_is, with_features
from .typed import Noted

#: As many features as may be chosen where fewer are shown: enough for any words.
_ROOM = 6


def dead_words(s: Scenario) -> tuple[str, ...]:
    """List the words that have nothing in any feature, each once, in order.

    A row that was set to 0 by hand isn't one of them.

    Examples
    --------
    >>> from attn_core.edits import with_sentence
    >>> from attn_core.presets import DEFAULT
    >>> dead_words(with_sentence(DEFAULT.scenario, "Le chat dort"))
    ('Le', 'chat')
    """
    if source_of(s.features) != "vocabulary":
        return ()
    found: dict[str, str] = {}
    for words, values in ((s.tokens, s.X), (s.context, s.Z)):
        if values is not None:
            is_dead = ~(values.any(axis=1) | embed(words, s.features).any(axis=1))
            found |= {spelling(words[i]): words[i] for i in reversed(np.flatnonzero(is_dead))}
    order = (*s.tokens, *s.context)
    return tuple(sorted(found.values(), key=order.index))


def with_features_for_words(s: Scenario) -> Scenario:
    """Choose the features for the words that are there.

    Where all projections are the identity, they are that of the new features: Q, K and V
    still are X. Any other projections were made for their features, by a preset or by
    hand. So the features that they read stay, and the new ones bring rows of zeros. Only
    where 8 features have no room for that, those go that are 0 in all of these words; those
    of learned positions stay.

    Examples
    --------
    >>> from attn_core.edits import with_sentence
    >>> from attn_core.presets import BY_KEY
    >>> s = with_sentence(BY_KEY["similarity"].scenario, "Le chat dort")
    >>> with_features_for_words(s).features
    ('verb', 'noun', 'article')
    >>> s = with_sentence(BY_KEY["verb-subject"].scenario, "Le chat dort")
    >>> with_features_for_words(s).features
    ('pronoun', 'verb', 'feeling', 'first person', 'noun', 'article')
    """
    words = (*s.tokens, *s.context)
    room = max(s.d_model, _ROOM)
    if _is_plain(s):
        return as_is(with_features(s, choose_features(words, room)))
    read = _read(s)
    for keep in (read, tuple(name for name in read if _is_had(s, name)), ()):
        for most in (max(room, len(keep)), limits.D_MODEL[1]):
            chosen = with_features(s, choose_features(words, most, keep))
            if not dead_words(chosen):
                return chosen
    return chosen


def with_typed_words(
    before: Scenario, after: Scenario, start: Scenario, chosen_before: tuple[str, ...] = ()
) -> Noted:
    """Choose the features anew for words that were typed, if that takes nothing away.

    That is so while nothing is made by hand: the embeddings are what the vocabulary has,
    the features those to start from or chosen for the words before, and the projections
    the identity or those to start from. A feature that a projection reads isn't taken
    away either; see `with_features_for_words`, which a visitor may still ask for.

    Parameters
    ----------
    before, after : Scenario
        Without and with the new words.
    start : Scenario
        What the visitor started from.
    chosen_before : tuple of str
        The features that were last chosen so.

    Returns
    -------
    Noted
        The scenario `after`, or with other features and a note of them.

    Examples
    --------
    >>> from attn_core.edits import with_sentence
    >>> from attn_core.presets import DEFAULT
    >>> s = DEFAULT.scenario
    >>> print(with_typed_words(s, with_sentence(s, "Le chat dort"), s).note)
    X now shows verb, noun and article: features chosen for these words.
    """
    is_own = before.features not in (start.features, chosen_before)
    if not dead_words(after) or is_own or _is_by_hand(after, start):
        return Noted(after, "")
    chosen = with_features_for_words(after)
    if not (_is_plain(after) or {*_read(after)} <= {*chosen.features}):
        return Noted(after, "")
    return Noted(chosen, describe_chosen_features(after, chosen))


def describe_chosen_features(before: Scenario, after: Scenario) -> str:
    r"""Name the features that X shows now, and those that no projection reads yet.

    Examples
    --------
    >>> from attn_core.edits import with_sentence
    >>> from attn_core.presets import BY_KEY
    >>> s = with_sentence(BY_KEY["word-order"].scenario, "The dog runs")
    >>> told = describe_chosen_features(s, with_features_for_words(s))
    >>> print(told.replace("words. ", "words.\n"))
    X now shows noun, verb, human and article: features chosen for these words.
    No projection reads article yet: its row is 0.
    """
    told = f"X now shows {join_words([*after.features])}: features chosen for these words."
    read = _read(after)
    new = [name for name in after.features if name not in (*read, *before.features)]
    if not new:
        return told
    rows = "its row is 0" if len(new) == 1 else "their rows are 0"
    return f"{told} No projection reads {join_words(new)} yet: {rows}."


def _is_by_hand(after: Scenario, start: Scenario) -> bool:
    """Whether numbers or projections were made by hand and are still there."""
    return (
        not as_given(after.tokens, after.features, after.X).all()
        or (after.Z is not None and not as_given(after.context, after.features, after.Z).all())
        or not (
            _is_plain(after) or _has_projections_of(after, with_features(start, after.features))
        )
    )


def _is_plain(s: Scenario) -> bool:
    """Whether all is the identity, and may grow: RoPE turns pairs of columns; P and W_o may not."""
    return s.positions != "rope" and s.P is None and s.W_o is None and s == as_is(s)


def _has_projections_of(s: Scenario, other: Scenario) -> bool:
    pairs = ((getattr(s, name), getattr(other, name)) for name in (*PROJECTIONS, "W_o"))
    return all(
        a is b or (a is not None and b is not None and np.array_equal(a, b)) for a, b in pairs
    )


def _read(s: Scenario) -> tuple[str, ...]:
    """List the features that a projection reads, or that learned positions fill."""
    matrices = [getattr(s, name) for name in PROJECTIONS]
    return tuple(
        name
        for i, name in enumerate(s.features)
        if _is_filled(s, i) or any(W[..., i, :].any() for W in matrices)
    )


def _is_had(s: Scenario, feature: str) -> bool:
    """Whether a word that isn't hashed, or a learned position, has something in a feature."""
    i = s.features.index(feature)
    rows = [*zip(s.tokens, s.X, strict=True)]
    if s.Z is not None:
        rows += zip(s.context, s.Z, strict=True)
    return _is_filled(s, i) or any(known(word) and row[i] for word, row in rows)


def _is_filled(s: Scenario, i: int) -> bool:
    return s.P is not None and bool(s.P[:, i].any())
