"""The width of texts, and texts cut to a width."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

#: Mean width of a character, in parts of the font's size.
_CHARACTER = 0.56
#: Size of the note below a name, in parts of the font's size.
NOTE = 0.85


@lru_cache(maxsize=4096)
def text_width(text: str, font: float) -> float:
    """Estimate the width of a text; East Asian characters and emoji are square."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    marks = sum(unicodedata.combining(c) > 0 for c in text)
    return font * (wide + _CHARACTER * (len(text) - wide - marks))


def shorten(text: str, width: float, font: float) -> str:
    """Cut a text that is too wide, with an ellipsis."""
    if text_width(text, font) <= width:
        return text
    while text and text_width(text + "…", font) > width:
        text = text[:-1]
    return text.rstrip("\u200d") + "…"
