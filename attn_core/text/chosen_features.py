"""Which features show the words of a sentence: no row of zeros, and rows that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

import numpy as np
from numpy.typing import NDArray

from .embeddings import embed, known, spelling
from .vocabulary import FEATURES, WORDS

#: Parts of speech, which are looked at first.
PARTS: tuple[str, ...] = (
    *("pronoun", "verb", "noun", "adjective", "article", "negation", "punctuation"),
    *("preposition", "conjunction", "adverb"),
)

#: A feature of all parts of speech that are closed: it stands for several of them.
OTHER = "function word"

#: From a feature to the words that aren't 0 there.
_Shown = Mapping[str, Set[str]]


def choose_features(
    tokens: Sequence[str], d_model: int, keep: Sequence[str] = ()
) -> tuple[str, ...]:
    """Choose features of the vocabulary for the words of a sentence.

    No word has a row of zeros, where so many features can do that. Parts of speech come
    first, as few as show all words clearly; "function word" stands for several of them, and any
    other feature helps, where there is no room for each. The room that is left goes to
    features that tell the most words from each other, one by one; where none does, it
    stays empty. With 6 features all words of the vocabulary can be shown together.

    Parameters
    ----------
    tokens : sequence of str
        Unknown words have numbers by a hash in every feature, and have no say.
    d_model : int
        The most features that there may be, `keep` included; 2 or more.
    keep : sequence of str
        Features that are chosen already; they come first.

    Returns
    -------
    tuple of str, length 2 to d_model
        The same for the same words in whatever order.

    Examples
    --------
    >>> choose_features(("le", "chat", "dort", "sur", "le", "tapis"), 4)
    ('verb', 'noun', 'article', 'preposition')
    >>> choose_features(("le", "chat", "dort"), 4, keep=("2nd", "verb"))
    ('2nd', 'verb', 'noun', 'article')
    """
    words = sorted({spelling(token) for token in tokens if known(token)})
    values = dict(zip(FEATURES, embed(words, FEATURES).T, strict=True))
    left = words
    for name in keep:
        left = [word for word in left if not WORDS[word].get(name)]
    chosen = [*keep, *sorted(_showing(left, d_model - len(keep)), key=FEATURES.index)]
    spare = [name for name in FEATURES if name not in chosen]
    while len(chosen) < d_model:
        told = {name: _told_apart(values, [*chosen, name]) for name in spare}
        best = max(spare, key=lambda name: told[name])
        if told[best] == _told_apart(values, chosen) and len(chosen) > 1:
            break
        chosen.append(best)
        spare.remove(best)
    return tuple(chosen)


def _told_apart(values: Mapping[str, NDArray[np.float64]], names: Sequence[str]) -> int:
    """Count the different rows over some features; places tell no word from another."""
    columns = [values[name] for name in names if name in values]
    return len(set(zip(*columns, strict=True)))


def _showing(words: Sequence[str], room: int) -> tuple[str, ...]:
    """Choose features, at most so many, that show all of some words, or else most of them."""
    left = set(words)
    clear, any_value = ({n: _shown(left, n, least) for n in FEATURES} for least in (0.5, 0.0))
    parts = {name: clear[name] for name in PARTS}
    for offered in (parts, parts | {OTHER: clear[OTHER]}, clear, any_value):
        for size in range(room + 1):
            found = _covering(left, size, offered)
            if found is not None:
                return found
    chosen: list[str] = []
    while len(chosen) < room:
        chosen.append(max(FEATURES, key=lambda name: len(left & any_value[name])))
        left -= any_value[chosen[-1]]
    return tuple(dict.fromkeys(chosen))


def _shown(words: Set[str], name: str, least: float) -> set[str]:
    """Find the words whose value in a feature is neither 0 nor smaller than the least."""
    values = {word: abs(WORDS[word].get(name, 0.0)) for word in words}
    return {word for word, value in values.items() if value and value >= least}


def _covering(left: Set[str], room: int, shown: _Shown) -> tuple[str, ...] | None:
    """Find so many features that show all of some words; None if no features do."""
    if not left:
        return ()
    gain = {name: len(left & words) for name, words in shown.items()}
    if sum(sorted(gain.values())[-room:] if room else ()) < len(left):
        return None
    # One of this word's features has to be there, so the word with the fewest comes first.
    word = min(sorted(left), key=lambda each: sum(each in words for words in shown.values()))
    for name in sorted(shown, key=lambda each: -gain[each]):
        if word in shown[name]:
            rest = _covering(left - shown[name], room - 1, shown)
            if rest is not None:
                return (name, *rest)
    return None
