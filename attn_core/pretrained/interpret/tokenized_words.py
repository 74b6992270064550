"""Words that a tokenizer changes, cuts or leaves out."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence

from ...explain.wording import Escape, join_words, pluralize
from ...notation.labels import isolate
from ...text.escape import is_unseen, visible
from ..tokens.tokenizer import Pieces
from .words import Word, find_words, is_silent, trimmed

#: Examples that a sentence gives, tokens of one word that it names, and letters of a word.
_EXAMPLES, _TOKENS, _LETTERS = 3, 6, 24


def describe_words(text: str, pieces: Pieces, escape: Escape = str) -> list[str]:
    """Name the words that the model reads otherwise than they are written.

    Parameters
    ----------
    text : str
    pieces : Pieces
        What the model's tokenizer made of it.
    escape : callable
        Applied to each word and token.

    Returns
    -------
    list of str
        Sentences; none where it reads just what is there.
    """
    words = list(find_words(text, pieces))

    def name(word: str) -> str:
        shown = visible(word)
        return escape(isolate(shown if len(shown) <= _LETTERS else f"{shown[: _LETTERS - 1]}…"))

    clauses = [
        _changed(text, pieces, words, name),
        _cut(text, pieces, words, name),
        _unknown(text, pieces, name),
        _left_out(text, pieces, words, name),
    ]
    told = [f"It {'; '.join(said)}."] if (said := [clause for clause in clauses if clause]) else []
    return [*told, *_signs(pieces, escape)]


Name = Callable[[str], str]


def _changed(text: str, pieces: Pieces, words: Sequence[Word], name: Name) -> str:
    """Say which words it reads in other letters."""
    found: dict[str, str] = {}
    for word in words:
        written, read = text[word.begin : word.end], _read(pieces, word)
        if len(word.tokens) == 1 and read is not None and not _is_same(written, read):
            found[_seen(written)] = read
    # What lost more than its capital letters comes first.
    order = sorted(found, key=lambda written: written.lower() == found[written])
    return _named("reads", [f"{name(each)} as {name(found[each])}" for each in order])


def _read(pieces: Pieces, word: Word) -> str | None:
    """The letters that are read of a word; None where a part of it is none."""
    letters = [pieces.letters[i] for i in word.tokens]
    return None if None in letters else "".join(each or "" for each in letters)


def _is_same(written: str, read: str) -> bool:
    return _plain(written) == _plain(read)


def _seen(text: str) -> str:
    return "".join(c for c in text if not is_unseen(c))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", _seen(text))


def _cut(text: str, pieces: Pieces, words: Sequence[Word], name: Name) -> str:
    """Say which words it cuts into pieces."""
    found: dict[str, str] = {}
    for word in words:
        if len(word.tokens) > 1 and not all(pieces.unknown[i] for i in word.tokens):
            names = [name(pieces.shown[i]) for i in word.tokens[:_TOKENS]]
            rest = len(word.tokens) - len(names)
            names += [f"{rest} more"] if rest else []
            written = _seen(text[word.begin : word.end])
            found[written] = f"{name(written)} ({', '.join(names)})"
    return _named("cuts", [*found.values()])


def _unknown(text: str, pieces: Pieces, name: Name) -> str:
    """Say in place of what it reads the token of what it doesn't know."""
    spans = [span for span, unknown in zip(pieces.spans, pieces.unknown, strict=True) if unknown]
    found = dict.fromkeys(text[slice(*trimmed(text, *span))] for span in spans)
    if not found:
        return ""
    token = next(t for t, unknown in zip(pieces.tokens, pieces.unknown, strict=True) if unknown)
    return _named(f"puts {name(token)} in place of", [name(each) for each in found])


def _left_out(text: str, pieces: Pieces, words: Sequence[Word], name: Name) -> str:
    """Say which characters it doesn't see."""
    found: dict[str, None] = {}
    at = 0
    for word in words:
        gap, own = text[at : word.begin], text[word.begin : word.end]
        found |= dict.fromkeys(c for c in gap if not c.isspace())
        if (read := _read(pieces, word)) is not None:
            found |= dict.fromkeys(c for c in own if is_unseen(c) and c not in read)
        at = word.end
    found |= dict.fromkeys(c for c in text[at:] if not c.isspace())
    return _named("leaves out", [_called(c, name) for c in found])


def _called(character: str, name: Name) -> str:
    """Name a character, in words as well where it can't be seen."""
    if not is_silent(character):
        return name(character)
    told = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}" + (f" ({name(told)})" if told else "")


def _named(verb: str, examples: Sequence[str]) -> str:
    """Give examples of what it does, and say how many more there are."""
    if not examples:
        return ""
    rest = len(examples) - _EXAMPLES
    more = [f"{rest} more"] if rest > 0 else []
    return f"{verb} {join_words([*examples[:_EXAMPLES], *more])}"


def _signs(pieces: Pieces, escape: Escape) -> Iterator[str]:
    """Explain what stands in the names of tokens."""
    named = [*zip(pieces.shown, pieces.letters, strict=True)]
    ongoing = (name for name, each in named if each and name.startswith("##") and each[0] != "#")
    if first := next(ongoing, ""):
        yield f"A token such as {escape(first)} goes on with what stands before it."
    parts = [name for name, each in named if each is None]
    if first := next((name for name in parts if name.endswith(")") and " (1/" in name), ""):
        character, _, count = first[:-1].rpartition(" (1/")
        yield (
            f"{escape(first)} is the first of {pluralize(int(count), 'token')} that spell "
            f"{escape(character)} together."
        )
    if ("␣", " ") in named:
        yield "␣ is a space."
