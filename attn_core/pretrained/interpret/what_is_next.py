"""What a decoder says of the token after a text, and what it has computed for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ...attention import softmax
from ...explain.wording import Escape, join_words, pluralize, say_token
from ...notation.labels import number
from ...scenario import Array
from ..decoder.generate import Continuation
from ..decoder.sampling import Sampling, likeliest
from ..files.checkpoint import Matrix
from .places_in_text import InText
from .sentences import name_largest

#: Tokens that are shown as candidates.
SHOWN = 10
#: How many of them a sentence names, and the decimals of a probability there.
TOLD, DECIMALS = 3, 3


@dataclass(frozen=True, eq=False)
class NextWord:
    """A text with what a decoder has written behind it, and what may be next.

    Attributes
    ----------
    tokens : tuple of str, length n
        As people read them, a space as a sign.
    first : int
        How many of them are the text's own.
    placed : tuple of InText, length n
        The same where they stand in the text.
    logits : ndarray, shape (vocabulary,)
        Of the next token, before softmax.
    likeliest : tuple of (int, str)
        Numbers of the likeliest next tokens, and how people read them, the likeliest first.
    token : int
        Whose weights `attended` has; its place in the text.
    attended : ndarray, shape (layers, heads, token + 1)
        What it attends to: the tokens up to itself.
    passes : tuple of int, length n
        In which pass through the blocks the row of each token was computed.
    rows_computed, rows_without_cache : int
        Rows that went through the blocks, and those that would have without the cache.
    kept : int
        Bytes of keys and values.
    end : {"", "ended", "full"}
        Why the text doesn't go on: the model has ended it, or has no place for more.
    """

    tokens: tuple[str, ...]
    first: int
    placed: tuple[InText, ...]
    logits: Matrix
    likeliest: tuple[tuple[int, str], ...]
    token: int
    attended: Matrix
    passes: tuple[int, ...]
    rows_computed: int
    rows_without_cache: int
    kept: int
    end: Literal["", "ended", "full"]

    @property
    def n(self) -> int:
        """Number of tokens."""
        return len(self.tokens)

    def weights(self, layer: int, head: int | None) -> Array:
        """Return what the token attends to, in one head or on average over a layer's."""
        of_layer = self.attended[layer]
        weights: Array = of_layer.mean(axis=0) if head is None else of_layer[head]
        return weights


@dataclass(frozen=True, eq=False)
class Candidates:
    """The likeliest next tokens.

    Attributes
    ----------
    names : tuple of str, length m
        The likeliest first.
    before, after : ndarray, shape (m,)
        Their probabilities as the model has them, and with temperature, top-k and top-p.
    possible, vocabulary : int
        How many tokens can be drawn, and how many there are.
    """

    names: tuple[str, ...]
    before: Array
    after: Array
    possible: int
    vocabulary: int


def next_word(going: Continuation, token: int | None = None) -> NextWord:
    """Say what may be next, and what a token attends to.

    Parameters
    ----------
    going : Continuation
    token : int, optional
        Place of a token in the text; left out, or where there is none, the newest.
    """
    tokenizer, logits = going.model.tokenizer, going.logits
    token = going.n - 1 if token is None or token not in range(going.n) else token
    names = tuple(tokenizer.piece(i) for i in going.ids)
    return NextWord(
        names,
        going.first,
        placed([tokenizer.spelling(i) for i in going.ids], names, going.first),
        logits,
        tuple((i, tokenizer.piece(i)) for i, _ in likeliest(logits, SHOWN)),
        token,
        going.weights(token),
        tuple(going.passes),
        going.rows_computed,
        going.rows_without_cache,
        going.kept,
        _end(going),
    )


def placed(spellings: Sequence[str], names: Sequence[str], first: int) -> tuple[InText, ...]:
    r"""Lay tokens out as a text; a space alone has its name, for nobody could click on it.

    Examples
    --------
    >>> [(each.before, each.written) for each in placed(("Je", " suis", "\n"), "abc", 2)]
    [('', 'Je'), (' ', 'suis'), ('', 'c')]
    """
    found, between = [], ""
    for k, (spelling, name) in enumerate(zip(spellings, names, strict=True)):
        if letters := spelling.strip():
            before, _, after = spelling.partition(letters)
            before = between + before if k else ""  # some models begin each text with a space
            found.append(InText(before, letters, is_new=k >= first))
            between = after
        else:
            found.append(InText("", name, is_name=True, is_new=k >= first))
            between += spelling
    return tuple(found)


def _end(going: Continuation) -> Literal["", "ended", "full"]:
    if not going.has_ended:
        return ""
    return "ended" if going.written and going.ids[-1] in going.model.ends else "full"


def candidates(word: NextWord, sampling: Sampling) -> Candidates:
    """Compute how likely the next tokens are, with settings and without."""
    ids = [i for i, _ in word.likeliest]
    after = sampling.probabilities(word.logits)
    before = softmax(word.logits.astype(np.float64))
    names = tuple(name for _, name in word.likeliest)
    return Candidates(names, before[ids], after[ids], int(np.count_nonzero(after)), len(after))


def describe_next(found: Candidates, escape: Escape = str) -> str:
    """Name the likeliest next tokens, and say what the settings make of them.

    Examples
    --------
    >>> before, after = np.array([0.5, 0.3]), np.array([0.625, 0.375])
    >>> print(describe_next(Candidates(("␣suis", "␣es"), before, after, 2, 23)))
    The likeliest next tokens are ␣suis (0.625) and ␣es (0.375). 2 of 23 tokens can be drawn; \
without the settings ␣suis has 0.500.
    """
    names = [say_token(name, escape) for name in found.names[:TOLD]]
    pairs = [f"{name} ({number(p, DECIMALS)})" for name, p in zip(names, found.after, strict=False)]
    pairs = [pair for pair, p in zip(pairs, found.after, strict=False) if p]
    told = (
        f"The likeliest next tokens are {join_words(pairs)}."
        if len(pairs) > 1
        else f"The next token is {pairs[0]}."
    )
    if np.array_equal(found.before, found.after):
        return told
    drawn = f"{found.possible:,} of {found.vocabulary:,} tokens can be drawn"
    own = number(found.before[0], DECIMALS)
    return f"{told} {drawn}; without the settings {names[0]} has {own}."


def describe_attended(word: NextWord, weights: Array, escape: Escape = str) -> str:
    """Name the tokens that a token attends to most; weights written as 0 don't count."""
    named = name_largest(word.tokens, word.token, weights, escape)
    return f"{_name(word, word.token, escape)} attends most to {named}."


def _name(word: NextWord, k: int, escape: Escape) -> str:
    return say_token(word.tokens[k], escape)


def describe_drawn(word: NextWord, probability: float, escape: Escape = str) -> str:
    """Say how likely the token was when it was drawn."""
    name = _name(word, word.token, escape)
    return f"{name} was drawn with a probability of {number(probability, DECIMALS)}."


def describe_cache(word: NextWord) -> str:
    """Count rows with the cache and without, and the bytes that it takes."""
    wrote = word.n - word.first
    read = f"The text has {pluralize(word.first, 'token')}"
    written = f", and {pluralize(wrote, 'token')} {'was' if wrote == 1 else 'were'} written" * (
        wrote > 0
    )
    with_it = f"{pluralize(word.rows_computed, 'row')} went through the blocks"
    without = (
        f"; reading all tokens again for each next one, it would have been "
        f"{word.rows_without_cache:,}" * (wrote > 0)
    )
    kept = f"The keys and values of {pluralize(word.n, 'token')} take {_bytes(word.kept)}"
    return f"{read}{written}. {with_it}{without}. {kept}."


def _bytes(count: int) -> str:
    """Write a number of bytes.

    Examples
    --------
    >>> _bytes(640), _bytes(23_040), _bytes(4_718_592)
    ('640 bytes', '23.0 kB', '4.7 MB')
    """
    if count < 1e3:
        return f"{count} bytes"
    unit, size = ("MB", 1e6) if count >= 1e6 else ("kB", 1e3)
    return f"{number(count / size, 1)} {unit}"


def describe_end(word: NextWord, most_tokens: int, escape: Escape = str) -> str:
    """Say why the text doesn't go on; empty where it can."""
    match word.end:
        case "ended":
            return f"The model has ended the text: it wrote {_name(word, word.n - 1, escape)}."
        case "full":
            return f"There is room for {most_tokens} tokens, and no place for one more."
    return ""
