"""Describe what a change takes away beside what was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from .. import limits, positions
from ..explain.papers import SCHEMES
from ..explain.wording import join_words
from ..notation.labels import isolate
from ..scenario import Scenario
from ..text.embeddings import as_given, embed, source_of
from ..text.tokenize import aligned
from . import mask_kinds
from .matrices import PROJECTIONS
from .settings import with_positions
from .sizes import as_is

#: Projections, and the size that counts their columns.
_CUT = (("W_q", "d_k"), ("W_k", "d_k"), ("W_v", "d_v"))


def describe_dropped(before: Scenario, after: Scenario) -> str:
    """Say which numbers and settings went with a change, and can't be made again from words.

    What the vocabulary has for a word, zeros, and numbers that a change of sizes adds are no
    loss, so they aren't listed.

    Examples
    --------
    >>> from attn_core.edits import with_cell, with_sentence, with_size
    >>> from attn_core.presets import DEFAULT
    >>> s = with_cell(DEFAULT.scenario, "X", 2, 1, 0.5)
    >>> describe_dropped(s, with_sentence(s, "Je suis"))
    'Gone with this change: the edited numbers of heureux in X. Undo brings it all back.'
    >>> describe_dropped(s, with_size(s, d_k=3))
    'Gone with this change: column 4 of W_q and W_k. Undo brings it all back.'
    >>> describe_dropped(s, with_cell(s, "X", 2, 1, 0.25))
    ''
    """
    gone = [
        *_embeddings(before, after, "X", before.tokens, after.tokens),
        *_embeddings(before, after, "Z", before.context, after.context),
        *_heads(before, after),
        *_features(before, after),
        *_columns(before, after),
        *_mask(before, after),
        *_places(before, after),
    ]
    return f"Gone with this change: {join_words(gone)}. Undo brings it all back." if gone else ""


def _embeddings(
    before: Scenario, after: Scenario, name: str, old: Sequence[str], new: Sequence[str]
) -> Iterator[str]:
    """Rows of X or Z that were edited, and whose numbers aren't there any more."""
    if name == "Z" and before.is_cross and not after.is_cross:
        yield f"the second sentence, {isolate(' '.join(old))}"
    if old == new and before.features == after.features:
        return  # whoever edits X means to
    values, later = getattr(before, name), getattr(after, name)
    if values is None or source_of(before.features) != "vocabulary":
        return  # a model's numbers are made anew for all words, see `pages/ui/edit/vectors.py`
    left = dict(zip(*aligned(tuple(old), tuple(new)), strict=True))
    names = after.features
    column = {j: names.index(name) for j, name in enumerate(before.features) if name in names}
    by_hand = ~as_given(old, before.features, values)
    edited = np.argwhere((values != embed(old, before.features)) & by_hand[:, None]).tolist()
    gone = dict.fromkeys(
        i
        for i, j in edited
        if later is None
        or not (i in left and j in column and later[left[i], column[j]] == values[i, j])
    )
    if gone:
        yield f"the edited numbers of {join_words([isolate(old[i]) for i in gone])} in {name}"


def _heads(before: Scenario, after: Scenario) -> Iterator[str]:
    """Heads that were removed, with their projections."""
    gone = [name for name in before.heads if name not in after.heads]
    if after.h < before.h:
        heads = "head" if len(gone) == 1 else "heads"
        yield f"all numbers of the {heads} {join_words([isolate(name) for name in gone])}"


def _features(before: Scenario, after: Scenario) -> Iterator[str]:
    """Features that went, and in which matrices they had numbers of their own."""
    if before.features == after.features or source_of(before.features) != "vocabulary":
        return
    made = () if _are_plain(before, after) else PROJECTIONS
    for i, feature in enumerate(before.features):
        if feature in after.features:
            continue
        had = [name for name in made if getattr(before, name)[..., i, :].any()]
        had += [
            name
            for name in ("P", "W_o")
            if (W := getattr(before, name)) is not None and W[:, i].any()
        ]
        if had:
            yield f"the numbers of the feature {isolate(feature)} in {join_words(had)}"


def _are_plain(before: Scenario, after: Scenario) -> bool:
    """Whether all projections were the identity and still are, of whatever size."""
    return before == as_is(before) and after == as_is(after)


def _columns(before: Scenario, after: Scenario) -> Iterator[str]:
    """Columns of the projections that were cut off, where one wasn't all zeros."""
    is_smaller = after.d_k < before.d_k or after.d_v < before.d_v
    if not is_smaller or _are_plain(before, after):
        return
    for size in ("d_k", "d_v"):
        kept, had = getattr(after, size), getattr(before, size)
        names = [
            name for name, of in _CUT if of == size and getattr(before, name)[..., kept:].any()
        ]
        if kept < had and names:
            yield f"{_span('column', kept + 1, had)} of {join_words(names)}"
    if before.W_o is not None and after.W_o is not None and after.d_v < before.d_v:
        rows = before.W_o.reshape(before.h, before.d_v, -1)[:, after.d_v :]
        if rows.any():
            yield "the rows of W_o that read them"


def _span(what: str, first: int, last: int) -> str:
    return f"{what} {first}" if first == last else f"{what}s {first} to {last}"


def _mask(before: Scenario, after: Scenario) -> Iterator[str]:
    """A mask that has no meaning any more, or boxes and rows of a custom one."""
    kind = mask_kinds.kind(before.mask)
    if before.is_cross != after.is_cross and before.mask is not None:
        yield f"the {kind} mask"
    elif kind == "custom" and after.mask is not None and _words(before) != _words(after):
        yield from _boxes(before, after)


def _boxes(before: Scenario, after: Scenario) -> Iterator[str]:
    """Blocked boxes of words that went, and rows that had to be opened."""
    old, new = aligned(before.tokens, after.tokens)
    old_k, new_k = aligned(before.context, after.context) if before.is_cross else (old, new)
    down, across = ~before.allowed.all(axis=1), ~before.allowed.all(axis=0)
    gone = [before.tokens[i] for i in np.flatnonzero(down) if i not in old]
    keys = before.context or before.tokens
    gone += [keys[k] for k in np.flatnonzero(across) if k not in old_k]
    if gone:
        yield f"the blocked boxes of {join_words([*map(isolate, dict.fromkeys(gone))])} in the mask"
    was, now = before.allowed[np.ix_(old, old_k)], after.allowed[np.ix_(new, new_k)]
    opened = np.flatnonzero((was != now).any(axis=1))
    if words := [isolate(after.tokens[new[i]]) for i in opened]:
        yield f"all that {join_words(words)} might look at, so the mask is opened there"


def _words(s: Scenario) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return s.tokens, s.context


def _places(before: Scenario, after: Scenario) -> Iterator[str]:
    """Positions that have no meaning any more, edited rows of P, a chosen slope."""
    if before.positions != after.positions and after.is_cross and not before.is_cross:
        yield f"the positions, {SCHEMES[before.positions].title}"
    if before.P is not None:
        usual = positions.sinusoidal(*before.P.shape)
        edited = (np.abs(before.P - usual) > 10.0**-limits.DECIMALS).any(axis=1)
        kept = 0 if after.P is None else len(after.P)
        if edited[kept:].any():
            yield (
                "the learned positions"
                if not kept
                else (f"{_span('row', kept + 1, len(before.P))} of P")
            )
    if before.slope is not None and after.slope is None:
        alibi = with_positions(with_positions(before, "none"), "alibi")
        if before.slope != alibi.slope:
            yield f"ALiBi's slope, {before.slope:g}"
