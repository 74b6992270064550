"""Grapheme clusters, what a reader sees as one character, and their kinds.

References
----------
.. [1] Unicode Standard Annex #29, "Unicode Text Segmentation",
   https://www.unicode.org/reports/tr29/. The clusters follow rules GB9, GB9a, GB11,
   GB12 and GB13. GB6 to GB8 (Hangul) and GB9b, GB9c (Indic) would only move
   boundaries inside a word, where no token ends.
"""

import re
import unicodedata
from collections.abc import Mapping

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_EMOJI_PRESENTATION, _KEYCAP = "\ufe0f", "\u20e3"
# LRM and RLM only advise the renderer; the logical order of the text is already right.
_DIRECTION_MARKS = "\u200e\u200f"

# The controls that have the Unicode property White_Space.
_SPACE_CONTROLS = "\t\n\v\f\r\x85"

# Kept although their category (Cf) is refused: spelling and emoji need them.
_KEPT_FORMATS = re.compile(f"[{_ZWNJ}{_ZWJ}{_DIRECTION_MARKS}\U000e0020-\U000e007f]")

_REFUSED_CATEGORIES = {
    "Cc": "control character",
    "Cf": "formatting character",
    "Co": "private-use character",
    "Cs": "surrogate",
}

# Scripts whose words are not separated by spaces: without a dictionary, the cluster
# is the only honest unit.
_UNSPACED_RANGES = {
    "Thai": (0x0E00, 0x0E7F),
    "Lao": (0x0E80, 0x0EFF),
    "Myanmar": (0x1000, 0x109F),
    "Khmer": (0x1780, 0x17FF),
    "Han iteration marks and zero": (0x3005, 0x3007),
    "Han Suzhou numerals": (0x3021, 0x3029),
    "Han numerals and marks": (0x3038, 0x303B),
    "Hiragana": (0x3041, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "Katakana phonetic extensions": (0x31F0, 0x31FF),
    "Han extension A": (0x3400, 0x4DBF),
    "Han": (0x4E00, 0x9FFF),
    "Myanmar extended B": (0xA9E0, 0xA9FF),
    "Myanmar extended A": (0xAA60, 0xAA7F),
    "Han compatibility": (0xF900, 0xFAFF),
    "Katakana, half width": (0xFF66, 0xFF9F),
    "Kana, historic and extended": (0x1AFF0, 0x1B16F),
    "Han supplementary planes": (0x20000, 0x3FFFD),
}

# What stays with its base besides the marks (categories Mn, Mc, Me), which include
# the variation selectors.
_EXTENDER_RANGES = {
    "Thai sara am": (0x0E33, 0x0E33),
    "Lao am": (0x0EB3, 0x0EB3),
    "zero-width non-joiner": (0x200C, 0x200C),
    "half-width voicing marks": (0xFF9E, 0xFF9F),
    "skin tones": (0x1F3FB, 0x1F3FF),
    "emoji tags": (0xE0020, 0xE007F),
}

# Blocks that hold the emoji a ZWJ may tie together. The exact property,
# Extended_Pictographic, is not in the standard library.
_PICTOGRAPH_RANGES = {
    "arrows": (0x2190, 0x21FF),
    "technical": (0x2300, 0x23FF),
    "geometric shapes": (0x25A0, 0x25FF),
    "symbols and dingbats": (0x2600, 0x27BF),
    "more arrows and shapes": (0x2900, 0x2BFF),
    "emoji, before the flag letters": (0x1F000, 0x1F1E5),
    "emoji, after the flag letters": (0x1F200, 0x1FAFF),
}


def _class_of(ranges: Mapping[str, tuple[int, int]]) -> re.Pattern[str]:
    """One character class out of a table of named ranges."""
    return re.compile("[" + "".join(f"{chr(a)}-{chr(b)}" for a, b in ranges.values()) + "]")


_UNSPACED = _class_of(_UNSPACED_RANGES)
_EXTENDER = _class_of(_EXTENDER_RANGES)
_PICTOGRAPH = _class_of(_PICTOGRAPH_RANGES)
_FLAG_LETTER = re.compile("[\U0001f1e6-\U0001f1ff]")

# Read over the shape `_character_kind` writes: F flag letter, P pictograph, X extender,
# J joiner, o other. A space takes no extender: it separates tokens and nothing else.
_CLUSTER = re.compile("FF[XJ]*|P(?:X*JP)*[XJ]*|[^ ][XJ]*| ")


def clean(sentence: str) -> str:
    """Refuse what cannot be shown, drop the direction marks, normalise.

    The marks go first: without one between them, a letter and its accent may compose.
    """
    for position, char in enumerate(sentence, 1):
        if fault := _fault(char):
            raise ValueError(
                "Text must be visible characters and spaces, "
                f"got the {fault} U+{ord(char):04X} at position {position}."
            )
    return unicodedata.normalize("NFC", re.sub(f"[{_DIRECTION_MARKS}]", "", sentence))


def _fault(char: str) -> str | None:
    """Say what kind of refused character this is; None if it is welcome."""
    if _is_space(char) or _KEPT_FORMATS.match(char):
        return None
    code = ord(char)
    if 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE:
        return "noncharacter"
    return _REFUSED_CATEGORIES.get(unicodedata.category(char))


def _is_space(char: str) -> bool:
    # Not str.isspace: it also takes the separators U+001C to U+001F, which are controls.
    return char in _SPACE_CONTROLS or unicodedata.category(char)[0] == "Z"


def clusters(text: str) -> list[str]:
    """Cut text into grapheme clusters; each space is a cluster of its own."""
    shape = "".join(map(_character_kind, text))
    return [text[m.start() : m.end()] for m in _CLUSTER.finditer(shape)]


def _character_kind(char: str) -> str:
    """Letter of one character in the shape that `_CLUSTER` reads."""
    if _is_space(char):
        return " "
    if char == _ZWJ:
        return "J"
    # Before the pictographs, whose blocks contain the skin tones.
    if unicodedata.category(char)[0] == "M" or _EXTENDER.match(char):
        return "X"
    if _FLAG_LETTER.match(char):
        return "F"
    return "P" if _PICTOGRAPH.match(char) else "o"


def kind_of(cluster: str) -> str:
    """Letter of one cluster, by its base, in the shape that `tokenize` reads."""
    base = cluster[0]
    category = unicodedata.category(base)
    if _is_space(base):
        return " "
    if _EMOJI_PRESENTATION in cluster or _KEYCAP in cluster:
        return "S"
    if base == "_":
        return "W"
    # ASCII signs such as "$" or "<" are symbols to Unicode, punctuation to a reader.
    if category[0] == "P" or (base.isascii() and not base.isalnum()):
        return base if len(cluster) == 1 else "S"
    if category == "Nd":
        return "D"
    # C: characters newer than the interpreter's Unicode tables.
    if _UNSPACED.match(base) and category[0] in "LNC":
        return "U"
    # A mark or a joiner can only be a base after a space.
    return "W" if category[0] in "LNM" or base in (_ZWJ, _ZWNJ) else "S"
