"""What a visitor asks a pretrained model: texts, and where to look."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from attn_core.pretrained.interpret import VIEWS, Focus
from pages.ui.session.url_text import UrlText

#: The first sentence, short enough for the lab, and a head of the default model in which "it"
#: attends to its animal.
SENTENCE = "The animal rested because it was tired"
FIRST = Focus(layer=3, head=1, query=5)

_WRITTEN = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,4})\.(\d{1,4})\.([a-z]+)(\.words)?", re.ASCII)


def to_text(focus: Focus) -> str:
    """Write a focus for an address, counted from 1; empty for the first one.

    No chosen key is 0.

    Examples
    --------
    >>> to_text(Focus(layer=0, head=2, query=1)), to_text(FIRST)
    ('1.3.2.0.head', '')
    """
    if focus == FIRST:
        return ""
    key = 0 if focus.key is None else focus.key + 1
    places = f"{focus.layer + 1}.{focus.head + 1}.{focus.query + 1}.{key}"
    return f"{places}.{focus.view}{'.words' if focus.only_words else ''}"


def from_text(text: str) -> Focus:
    """Read what `to_text` wrote; anything else is the first focus.

    Examples
    --------
    >>> from_text("1.3.2.2.average.words").view, from_text("nonsense") == FIRST
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
class ModelQuery:
    """The texts, and where to look in the model.

    Attributes
    ----------
    text, other : UrlText
        What the model reads, and what it is compared with; the second may be empty.
    model : str
        Which model, as the page calls it; there may be no such one.
    focus : Focus
        The model or text may have fewer layers, heads or tokens.
    """

    text: UrlText = field(default_factory=lambda: UrlText(first=SENTENCE))
    other: UrlText = field(default_factory=UrlText)
    model: str = ""
    focus: Focus = FIRST

    def read(self, text: str) -> None:
        """Take another text; the focus goes to a word in its middle.

        Raises
        ------
        ValueError
            With the limit that it breaks; then the text before stays.
        """
        before = self.text.text
        self.text.read(text)
        if text == SENTENCE:
            self.focus_on(query=FIRST.query, key=None)
        elif text != before:
            # Only the model can count tokens; there are at least as many as words.
            self.focus_on(query=max(1, len(text.split()) // 2), key=None)

    def focus_on(self, **changes: Any) -> None:
        """Change the focus."""
        self.focus = replace(self.focus, **changes)
