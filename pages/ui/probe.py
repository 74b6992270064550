"""What a visitor asks a pretrained model: texts, and where to look."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from pages.ui.kept_text import KeptText

#: One head, the mean of a layer's heads, or attention rolled out from the first layer on.
View = Literal["head", "average", "rollout"]
VIEWS: tuple[View, ...] = get_args(View)

#: The sentence that is read first: the eleventh token, "it", is to find its animal.
FIRST = "The animal didn't cross the street because it was too tired"

_WRITTEN = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,4})\.(\d{1,4})\.([a-z]+)(\.words)?", re.ASCII)


@dataclass(frozen=True)
class Look:
    """Where to look; all places count from 0, and a model or a text may have fewer.

    Attributes
    ----------
    layer, head : int
    view : {"head", "average", "rollout"}
    query, key : int
        Tokens whose weight is explained.
    only_words : bool
        Leave out what the model puts around a text.
    """

    layer: int = 3
    head: int = 1
    query: int = 10
    key: int = 2
    view: View = "head"
    only_words: bool = False

    @classmethod
    def read(cls, text: str) -> Look:
        """Read what an address says; the first look for anything else.

        Examples
        --------
        >>> Look.read("1.3.2.2.average.words").view, Look.read("nonsense") == Look()
        ('average', True)
        """
        match = _WRITTEN.fullmatch(text)
        if match is None or match[5] not in VIEWS:
            return cls()
        layer, head, query, key = (max(0, int(part) - 1) for part in match.groups()[:4])
        view = next(view for view in VIEWS if view == match[5])
        return cls(layer, head, query, key, view, only_words=bool(match[6]))

    def written(self) -> str:
        """Write it as `read` reads it; empty for the first look.

        Examples
        --------
        >>> Look(layer=0, head=2, query=1, key=1).written(), Look().written()
        ('1.3.2.2.head', '')
        """
        if self == Look():
            return ""
        places = ".".join(str(i + 1) for i in (self.layer, self.head, self.query, self.key))
        return f"{places}.{self.view}{'.words' if self.only_words else ''}"


@dataclass
class Probe:
    """What is asked.

    Attributes
    ----------
    text, other : KeptText
        What the model reads, and what that is compared with; the latter may be empty.
    look : Look
    """

    text: KeptText = field(default_factory=lambda: KeptText(first=FIRST))
    other: KeptText = field(default_factory=KeptText)
    look: Look = field(default_factory=Look)

    def read(self, text: str) -> None:
        """Take another text; its middle word is looked at.

        Raises
        ------
        ValueError
            With the limit that it breaks; then the text before stays.
        """
        before = self.text.text
        self.text.read(text)
        if text != before:
            # Tokens are the model's to count; a middle word of few is one of them, too.
            middle = max(1, len(text.split()) // 2)
            self.look = replace(self.look, query=middle, key=middle)

    def turn(self, **changes: Any) -> None:
        """Look elsewhere."""
        self.look = replace(self.look, **changes)
