"""What French words of the lessons mean in English; `gloss.txt` beside this module is the table."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path


def gloss(words: Collection[str]) -> dict[str, str]:
    """Return what each word of a French sentence means; nothing for a sentence with others.

    Examples
    --------
    >>> gloss(("Je", "suis", "content", "!"))
    {'Je': 'I', 'suis': 'am', 'content': 'glad'}
    >>> gloss(("I", "am", "content"))
    {}
    """
    written = dict.fromkeys(word for word in words if word[0].isalpha())
    known = gloss_of_each(written)
    return known if len(known) == len(written) else {}


def gloss_of_each(words: Collection[str]) -> dict[str, str]:
    """Return what those of some words mean that are French."""
    return {word: _MEANINGS[word.lower()] for word in words if word.lower() in _MEANINGS}


def _read(table: str) -> Iterator[tuple[str, str]]:
    for line in table.splitlines():
        if line and not line.startswith("#"):
            words, _, meaning = line.partition(" : ")
            yield from ((word, meaning) for word in words.split())


_MEANINGS = dict(_read(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")))
