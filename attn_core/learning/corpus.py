"""A corpus of sentences with marks for who looks at whom.

`corpus.txt` beside this module is the text, and a text editor is all it takes to change
it; its first lines tell how.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import limits
from ..text import tokenize
from ..text.embeddings import embed

#: What the sentences are read with; as many features as the lab has room for.
FEATURES: tuple[str, ...] = (
    "pronoun",
    "verb",
    "noun",
    "adjective",
    "animate",
    "plural",
    "feminine",
    "name",
)

#: Parts of speech, the first four in the order of their features.
PARTS: tuple[str, ...] = ("pronoun", "verb", "noun", "adjective", "other")

LANGUAGES: tuple[str, ...] = ("English", "French")

_PATH = Path(__file__).with_suffix(".txt")
_HEADING = re.compile(r"\[(.*)\]")
_MARK = re.compile(r"(?P<word>.+?)>(?P<target>.+?)(?:#(?P<which>\d+))?")


@dataclass(frozen=True)
class Marked:
    """A sentence with marks for who looks at whom.

    Attributes
    ----------
    tokens : tuple of str, length n
    looks : tuple of (int, int)
        Query and key of each mark, by their places in the sentence from 0.
    language : str
        One of `LANGUAGES`.

    Examples
    --------
    >>> s = Marked(("Marie", "chante"), ((1, 0),), "French")
    >>> s.target
    array([[0., 0.],
           [1., 0.]])
    >>> s.parts, s.is_name
    (('noun', 'verb'), (True, False))
    """

    tokens: tuple[str, ...]
    looks: tuple[tuple[int, int], ...]
    language: str

    @cached_property
    def sentence(self) -> str:
        """The words as people write them."""
        return tokenize.join(self.tokens)

    @cached_property
    def X(self) -> NDArray[np.float64]:
        """The words over `FEATURES`, shape (n, 8); read-only."""
        X = embed(self.tokens, FEATURES)
        X.setflags(write=False)
        return X

    @property
    def target(self) -> NDArray[np.float64]:
        """1 where a word is to look, shape (n, n); a row without a mark is all 0."""
        target = np.zeros((len(self.tokens), len(self.tokens)))
        for query, key in self.looks:
            target[query, key] = 1
        return target

    @property
    def parts(self) -> tuple[str, ...]:
        """Part of speech of each word, one of `PARTS`; a name is a noun."""
        kinds = self.X[:, : len(PARTS) - 1]
        return tuple(PARTS[row.argmax()] if row.any() else PARTS[-1] for row in kinds)

    @property
    def is_name(self) -> tuple[bool, ...]:
        """Whether each word is a name."""
        return tuple(bool(value > 0) for value in self.X[:, FEATURES.index("name")])


def read(text: str) -> tuple[Marked, ...]:
    r"""Read marked sentences, one a line.

    Parameters
    ----------
    text : str
        A line is a sentence, its words and signs apart, or a language in square brackets
        for those that follow; it is skipped if blank or if it opens with #.
        ``word>target`` marks a word, ``word>target#2`` where the target is there twice.

    Returns
    -------
    tuple of Marked

    Raises
    ------
    ValueError
        With the number of the line, what was expected there and what came.

    Examples
    --------
    >>> read("[English]\nThe cats see>cats the mouse .")[0].looks
    ((2, 1),)
    >>> read("[English]\nDogs run>dog .")
    Traceback (most recent call last):
    ValueError: Line 2: run must look at a word of its sentence, Dogs run .; got 'dog'.
    """
    language = ""
    lines: dict[str, int] = {}
    found: list[Marked] = []
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if not line or line.startswith("#"):
            continue
        try:
            if heading := _HEADING.fullmatch(line):
                language = _language(heading[1])
            else:
                found.append(_marked(line, language))
                _check_new(found[-1], lines, number)
        except ValueError as error:
            raise ValueError(f"Line {number}: {error}") from error
    return tuple(found)


def split(seed: int, share: float = 0.25) -> tuple[tuple[Marked, ...], tuple[Marked, ...]]:
    """Split each language's sentences into training and held-out ones.

    Parameters
    ----------
    seed : int
        The same seed gives the same split on every machine.
    share : float
        How much to hold back, between 0 and 1.

    Returns
    -------
    training, held_out : tuple of Marked
        Together all of `sentences()`, each in their order.

    Raises
    ------
    ValueError
        If the share isn't between 0 and 1, or so small that no sentence is held back.

    Examples
    --------
    >>> training, held_out = split(seed=0, share=0.5)
    >>> abs(len(training) - len(held_out)) < 2, set(training) & set(held_out)
    (True, set())
    """
    if not 0 < share < 1:
        raise ValueError(f"The share held back must be between 0 and 1, got {share:g}.")
    rng = np.random.default_rng(seed)
    held: set[int] = set()
    for language in LANGUAGES:
        own = [i for i, each in enumerate(sentences()) if each.language == language]
        held.update(rng.permutation(own)[: round(share * len(own))].tolist())
    both: tuple[list[Marked], list[Marked]] = ([], [])
    for i, each in enumerate(sentences()):
        both[i in held].append(each)
    if not all(both):
        raise ValueError(
            f"There must be sentences to learn from and some to hold back; a share of {share:g} "
            f"of {len(sentences())} makes {len(both[0])} and {len(both[1])}."
        )
    return tuple(both[0]), tuple(both[1])


@cache
def sentences() -> tuple[Marked, ...]:
    """The sentences of `corpus.txt`, read at the first call.

    Examples
    --------
    >>> sentences()[0].tokens, sentences()[0].looks
    (('I', 'am', 'happy', '.'), ((1, 0), (2, 0)))
    """
    return read(_PATH.read_text(encoding="utf-8-sig"))


def _language(name: str) -> str:
    if name not in LANGUAGES:
        raise ValueError(f"a heading must be one of {', '.join(LANGUAGES)}, got {name}.")
    return name


def _marked(line: str, language: str) -> Marked:
    """Read one line."""
    if not language:
        raise ValueError("[English] or [French] must come before the first sentence.")
    marks = [_mark(chunk) for chunk in line.split()]
    tokens = tuple(word for word, _, _ in marks)
    sentence = " ".join(tokens)
    apart = tokenize.split(sentence)
    if apart != tokens:
        raise ValueError(f"words and signs must stand apart, {' '.join(apart)}; got {sentence}")
    limits.SENTENCE.check_words(tokens)
    looks = tuple(
        (query, _find(tokens, word, target, which))
        for query, (word, target, which) in enumerate(marks)
        if target
    )
    if not looks:
        raise ValueError(f"a sentence must have a mark, word>target; got {sentence}")
    return Marked(tokens, looks, language)


def _mark(chunk: str) -> tuple[str, str, int | None]:
    """Parse a mark: its word, its target or nothing, and which of those if it says."""
    if ">" not in chunk:
        return chunk, "", None
    found = _MARK.fullmatch(chunk)
    if not found:
        raise ValueError(f"a mark must be word>target or word>target#2, got {chunk}.")
    which = found["which"]
    return found["word"], found["target"], int(which) if which else None


def _find(tokens: tuple[str, ...], word: str, target: str, which: int | None) -> int:
    """Place of the word that is looked at."""
    places = [i for i, token in enumerate(tokens) if token.casefold() == target.casefold()]
    if not places:
        raise ValueError(
            f"{word} must look at a word of its sentence, {' '.join(tokens)}; got {target!r}."
        )
    if which is None and len(places) == 1:
        return places[0]
    if which is None or not 1 <= which <= len(places):
        came = "none" if which is None else f"#{which}"
        raise ValueError(f"{word} must say which {target}, #1 to #{len(places)}; got {came}.")
    return places[which - 1]


def _check_new(marked: Marked, lines: dict[str, int], number: int) -> None:
    """Refuse a sentence that an earlier line has."""
    sentence = " ".join(marked.tokens)
    earlier = lines.setdefault(sentence.casefold(), number)
    if earlier != number:
        raise ValueError(f"a sentence must be new, but line {earlier} has it too: {sentence}")
