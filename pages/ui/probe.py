"""What a visitor asks a pretrained model: texts, and where to look."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from attn_core.model_view import VIEWS, Focus
from pages.ui.kept_text import KeptText

#: The sentence that is read first, and a head in which "it" finds its animal, if the model
#: is the one that is there where no other is named.
SENTENCE = "The animal didn't cross the street because it was too tired"
FIRST = Focus(layer=3, head=1, query=10, key=2)

_WRITTEN = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,4})\.(\d{1,4})\.([a-z]+)(\.words)?", re.ASCII)


def written(focus: Focus) -> str:
    """Write where to look for an address; empty for the first look.

    Examples
    --------
    >>> written(Focus(layer=0, head=2, query=1, key=1)), written(FIRST)
    ('1.3.2.2.head', '')
    """
    if focus == FIRST:
        return ""
    places = ".".join(str(i + 1) for i in (focus.layer, focus.head, focus.query, focus.key))
    return f"{places}.{focus.view}{'.words' if focus.only_words else ''}"


def read(text: str) -> Focus:
    """Read what `written` wrote; the first look for anything else.

    Examples
    --------
    >>> read("1.3.2.2.average.words").view, read("nonsense") == FIRST
    ('average', True)
    """
    match = _WRITTEN.fullmatch(text)
    if match is None or match[5] not in VIEWS:
        return FIRST
    layer, head, query, key = (max(0, int(part) - 1) for part in match.groups()[:4])
    view = next(view for view in VIEWS if view == match[5])
    return Focus(layer, head, query, key, view, only_words=bool(match[6]))


@dataclass
class Probe:
    """What is asked.

    Attributes
    ----------
    text, other : KeptText
        What the model reads, and what that is compared with; the latter may be empty.
    focus : Focus
        A model or a text may have fewer layers, heads or tokens.
    """

    text: KeptText = field(default_factory=lambda: KeptText(first=SENTENCE))
    other: KeptText = field(default_factory=KeptText)
    focus: Focus = FIRST

    def read(self, text: str) -> None:
        """Take another text; a word in its middle is looked at.

        Raises
        ------
        ValueError
            With the limit that it breaks; then the text before stays.
        """
        before = self.text.text
        self.text.read(text)
        if text == SENTENCE:
            self.turn(query=FIRST.query, key=FIRST.key)
        elif text != before:
            # Tokens are the model's to count; it has at least as many as there are words.
            middle = max(1, len(text.split()) // 2)
            self.turn(query=middle, key=middle)

    def turn(self, **changes: Any) -> None:
        """Look elsewhere."""
        self.focus = replace(self.focus, **changes)
