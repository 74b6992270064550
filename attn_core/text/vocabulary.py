"""A small hand-made vocabulary: words as readable vectors over named features.

`vocabulary.txt` beside this module is the table, and a text editor is all it takes to
change it; its first lines tell how.
"""

from __future__ import annotations

from pathlib import Path

#: Canonical order: a scenario that grows takes the next one it doesn't have yet.
FEATURES: tuple[str, ...] = (
    "pronoun",
    "verb",
    "feeling",
    "first person",
    "noun",
    "adjective",
    "animate",
    "negation",
    "article",
    "plural",
    "name",
    "feminine",
    "past",
    "punctuation",
    "human",
    "preposition",
    "conjunction",
    "adverb",
    "question",
    "auxiliary",
    "numeral",
    "possessive",
    "demonstrative",
    "second person",
    "third person",
    "place",
    "time",
    "size",
    "colour",
    "quantity",
    "movement",
    "speech",
    "perception",
    "food",
    "nature",
    "school",
    "function word",
)

#: Features that no word has by itself; learned positions may fill them.
ORDER: tuple[str, ...] = ("early", "late")

#: Features that a word has from where it stands, not from what it is.
PLACES: tuple[str, ...] = ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th")

_PATH = Path(__file__).with_suffix(".txt")


def read(table: str) -> dict[str, dict[str, float]]:
    """Read a table of words, as `vocabulary.txt` is written.

    Returns
    -------
    dict
        From each word to its features that aren't 0.

    Raises
    ------
    ValueError
        When a word is there twice, or a feature or its value can't be used.

    Examples
    --------
    >>> read("chat cat : noun 1, animate 1")["cat"]
    {'noun': 1.0, 'animate': 1.0}
    """
    words: dict[str, dict[str, float]] = {}
    for line in table.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        # The last " : " divides, for the colon is itself a word of the table.
        spelled, _, described = line.rpartition(" : ")
        features = dict(_feature(part) for part in described.split(","))
        for word in spelled.split():
            if word in words:
                raise ValueError(f"The vocabulary has {word!r} twice.")
            words[word] = features
    return words


def _feature(part: str) -> tuple[str, float]:
    name, _, value = part.strip().rpartition(" ")
    if name not in FEATURES:
        raise ValueError(f"The vocabulary knows no feature {name!r}; it has {FEATURES}.")
    return name, float(value)


#: word in lower case → its features that aren't 0
WORDS: dict[str, dict[str, float]] = read(_PATH.read_text(encoding="utf-8-sig"))
