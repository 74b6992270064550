"""What a visitor asks a pretrained model: texts, and where to look."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from attn_core.pretrained.interpret import VIEWS, Focus
from pages.ui.session.kept_text import KeptText

#: The sentence that is read first, short enough for the lab, and a head of the model that is
#: there where no other is named, in which "it" finds its animal.
SENTENCE = "The animal rested because it was tired"
FIRST = Focus(layer=3, head=1, query=5)

_WRITTEN = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,4})\.(\d{1,4})\.([a-z]+)(\.words)?", re.ASCII)


def written(focus: Focus) -> str:
    """Write where to look for an address, counted from 1; empty for the first look.

    A key that isn't chosen is 0.

    Examples
    --------
    >>> written(Focus(layer=0, head=2, query=1)), written(FIRST)
    ('1.3.2.0.head', '')
    """
    if focus == FIRST:
        return ""
    key = 0 if focus.key is None else focus.key + 1
    places = f"{focus.layer + 1}.{focus.head + 1}.{focus.query + 1}.{key}"
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
    *places, key = (int(part) - 1 for part in match.groups()[:4])
    layer, head, query = (max(0, place) for place in places)
    view = next(view for view in VIEWS if view == match[5])
    return Focus(layer, head, query, None if key < 0 else key, view, bool(match[6]))


@dataclass
class Question:
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
            self.turn(query=FIRST.query, key=None)
        elif text != before:
            # Tokens are the model's to count; it has at least as many as there are words.
            self.turn(query=max(1, len(text.split()) // 2), key=None)

    def turn(self, **changes: Any) -> None:
        """Look elsewhere."""
        self.focus = replace(self.focus, **changes)
