"""Which tokens make a word, and weights between words in place of those between tokens."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ...scenario import Array
from ...text.escape import is_unseen, visible
from ...text.graphemes import kind_of
from ..tokens.tokenizer import Pieces

#: First letters of Unicode's categories of what words are made of.
_WORDLY = "LMN"
#: What a piece begins with that goes on with a word, where a tokenizer marks such pieces.
_ONGOING = "##"

Group = tuple[int, ...]


@dataclass(frozen=True)
class Word:
    """Neighbouring tokens of one word, or of one sign."""

    begin: int
    end: int
    tokens: Group


def group_by_word(text: str, pieces: Pieces) -> tuple[Group, ...]:
    """Put the tokens of one word together; every other token stands alone.

    A word is letters and digits without a space or a sign between them. Scripts that are
    written without spaces have no such words: there the pieces of the model stay apart,
    unless it marks them as parts of one, or they spell one character together.

    Returns
    -------
    tuple of tuple of int
        All tokens of the text, in their order.
    """
    groups: list[list[int]] = []
    goes_on = set(_ongoing(text, pieces))
    for i in range(len(pieces.ids)):
        if i in goes_on:
            groups[-1].append(i)
        else:
            groups.append([i])
    return tuple(map(tuple, groups))


def _ongoing(text: str, pieces: Pieces) -> Iterator[int]:
    """List the tokens that go on with the word of the token before them."""
    for word in find_words(text, pieces):
        for before, i in zip(word.tokens, word.tokens[1:], strict=False):
            (begin, _), (_, end) = (trimmed(text, *pieces.spans[k]) for k in (i, before))
            token = pieces.tokens[i]
            is_marked = token.startswith(_ONGOING) and pieces.letters[i] != token
            is_unspaced = any(kind_of(text[k]) == "U" for k in (begin - 1, begin))
            if before == i - 1 and (begin < end or is_marked or not is_unspaced):
                yield i


def name_word(text: str, pieces: Pieces, tokens: Group) -> str:
    """Write a word as the model reads it; as it stands in the text where no letters are read."""
    if len(tokens) == 1:
        return pieces.shown[tokens[0]]
    letters = [pieces.letters[i] for i in tokens]
    if None not in letters:
        return visible("".join(each or "" for each in letters))
    spans = [pieces.spans[i] for i in tokens]
    return visible(text[spans[0][0] : spans[-1][1]].strip())


def merge_words(weights: Array, groups: Sequence[Group]) -> Array:
    """Weights between words: summed over the keys of a word, and the mean over its queries.

    A row that sums to 1 still does.

    Parameters
    ----------
    weights : ndarray, shape (n, n)
        Row = query, column = key.
    groups : sequence of tuple of int, length m
        The tokens of each word, in their order; all n.

    Returns
    -------
    ndarray, shape (m, m)

    Notes
    -----
    So Clark et al. 2019 [1]_ compare heads with what is known of words.

    References
    ----------
    .. [1] "What Does BERT Look At? An Analysis of BERT's Attention", section 4.1,
       https://arxiv.org/abs/1906.04341

    Examples
    --------
    >>> weights = np.array([[0.5, 0.5, 0.0], [0.25, 0.25, 0.5], [0.0, 0.0, 1.0]])
    >>> merge_words(weights, [(0, 1), (2,)])
    array([[0.75, 0.25],
           [0.  , 1.  ]])
    """
    sizes = np.array([len(group) for group in groups])
    starts = np.cumsum(sizes) - sizes
    to_words = np.add.reduceat(weights, starts, axis=1)
    of_words = np.add.reduceat(to_words, starts, axis=0)
    means: Array = of_words / sizes[:, None].astype(weights.dtype)
    return means


def find_words(text: str, pieces: Pieces) -> Iterator[Word]:
    """Put the tokens of one word together."""
    begin = end = 0
    tokens: list[int] = []
    for i, span in enumerate(pieces.spans):
        b, e = trimmed(text, *span)
        if b >= e or pieces.special[i]:
            continue
        if tokens and not _is_one(text, end, b):
            yield Word(begin, end, tuple(tokens))
            tokens = []
        begin, end = (begin, max(end, e)) if tokens else (b, e)
        end += silent(text, end)
        tokens.append(i)
    if tokens:
        yield Word(begin, end, tuple(tokens))


def trimmed(text: str, begin: int, end: int) -> tuple[int, int]:
    """Leave out the spaces around a part of a text."""
    here = text[begin:end]
    return begin + len(here) - len(here.lstrip()), end - len(here) + len(here.rstrip())


def _is_one(text: str, end: int, begin: int) -> bool:
    """Whether two tokens belong to one word."""
    if begin < end:
        return True
    kinds = [unicodedata.category(text[i])[0] for i in (end - 1, begin)]
    return begin == end and all(kind in _WORDLY for kind in kinds)


def silent(text: str, at: int) -> int:
    """Count the marks and the invisible characters that stand here."""
    count = 0
    while at + count < len(text) and is_silent(text[at + count]):
        count += 1
    return count


def is_silent(character: str) -> bool:
    """Whether a character is a mark or shows nothing by itself."""
    is_mark = unicodedata.category(character)[0] == "M"
    return (is_mark or is_unseen(character)) and not character.isspace()
