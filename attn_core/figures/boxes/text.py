"""The width of texts, and texts cut to a width."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

#: Width of a character in parts of the font's size, and of those that are far from the mean.
_CHARACTER = 0.56
_WIDTHS = {
    **dict.fromkeys("ijlI.,:;'’|!· ", 0.28),
    **dict.fromkeys("frt()[]/-", 0.38),
    **dict.fromkeys("0123456789−", 0.51),
    **dict.fromkeys("mwMW@%", 0.85),
}
#: Size of the note below a name, in parts of the font's size.
NOTE = 0.85


@lru_cache(maxsize=4096)
def text_width(text: str, font: float) -> float:
    """Estimate the width of a text in the letters of the page (Source Sans)."""
    return font * sum(map(_character, text))


def _character(c: str) -> float:
    """Width of a character; East Asian ones and emoji are square."""
    if unicodedata.combining(c):
        return 0.0
    square = unicodedata.east_asian_width(c) in "WF"
    return 1.0 if square else _WIDTHS.get(c, _CHARACTER)


def shorten(text: str, width: float, font: float) -> str:
    """Cut a text that is too wide, with an ellipsis."""
    if text_width(text, font) <= width:
        return text
    while text and text_width(text + "…", font) > width:
        text = text[:-1]
    return text.rstrip("\u200d") + "…"
