"""What a visitor asks a pretrained model: texts, and where to look."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from attn_core.pretrained.interpret import MEASURES, VIEWS, WAYS, Focus, Measure
from attn_core.pretrained.parts.heads import Head
from pages.ui.session.url_text import UrlText

#: The first sentence, short enough for the lab, and a head of the default model in which "it"
#: attends to its animal.
SENTENCE = "The animal rested because it was tired"
FIRST = Focus(layer=3, head=1, query=5)

#: What the page shows of a model.
Topic = Literal["attention", "prediction", "worth", "layers", "texts"]
TOPICS: tuple[Topic, ...] = get_args(Topic)

_WRITTEN = re.compile(
    r"(\d{1,3})\.(\d{1,3})\.(\d{1,4})\.(\d{1,4})\.([a-z]+)(\.words)?(\.merged)?(?:\.(ab|ba))?",
    re.ASCII,
)
#: A layer with those of its heads that are off, and several of them; no model has more.
_LAYER = re.compile(r"\d{1,3}(?:\.\d{1,3})+", re.ASCII)
_MOST_LAYERS = 200


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
    marks = {"words": focus.only_words, "merged": focus.merged, focus.way: bool(focus.way)}
    return ".".join([places, focus.view, *(mark for mark, is_on in marks.items() if is_on)])


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
    way = next(way for way in WAYS if way == (match[8] or ""))
    marks = bool(match[6]), bool(match[7])
    return Focus(layer, head, query, None if key < 0 else key, view, *marks, way)


def heads_to_text(off: Collection[Head]) -> str:
    """Write heads for an address, by layer, counted from 1.

    Examples
    --------
    >>> heads_to_text({(3, 1), (0, 0), (3, 0)}), heads_to_text(())
    ('1.1-4.1.2', '')
    """
    layers: dict[int, list[str]] = {}
    for layer, head in sorted(off):
        layers.setdefault(layer, [str(layer + 1)]).append(str(head + 1))
    return "-".join(".".join(places) for places in layers.values())


def heads_from_text(text: str) -> frozenset[Head]:
    """Read what `heads_to_text` wrote; none from anything else.

    Examples
    --------
    >>> sorted(heads_from_text("1.1-4.1.2")), heads_from_text("4"), heads_from_text("0.1")
    ([(0, 0), (3, 0), (3, 1)], frozenset(), frozenset())
    """
    layers = text.split("-", _MOST_LAYERS)
    if not all(map(_LAYER.fullmatch, layers)):
        return frozenset()
    places = [[int(place) - 1 for place in layer.split(".")] for layer in layers]
    found = frozenset((layer, head) for layer, *heads in places for head in heads)
    return found if min(map(min, found)) >= 0 else frozenset()


@dataclass
class ModelQuery:
    """The texts, and where to look in the model.

    Attributes
    ----------
    text, pair, other : UrlText
        What the model reads, the second sentence where that is a pair, and what it is compared
        with; the last two may be empty.
    model : str
        Which model, as the page calls it; there may be no such one.
    focus : Focus
        The model or text may have fewer layers, heads or tokens.
    off : frozenset of (layer, head)
        Heads that are switched off; the model may not have them.
    chosen_topic : Topic, optional
        What the visitor chose to see of it.
    order : Measure, optional
        What its heads are sorted by; None where they stand layer by layer.
    """

    text: UrlText = field(default_factory=lambda: UrlText(first=SENTENCE))
    pair: UrlText = field(default_factory=UrlText)
    other: UrlText = field(default_factory=UrlText)
    model: str = ""
    focus: Focus = FIRST
    off: frozenset[Head] = frozenset()
    chosen_topic: Topic | None = None
    order: Measure | None = None

    @property
    def topic(self) -> Topic:
        """What is shown; where nothing was chosen, two texts if there are two."""
        return self.chosen_topic or ("texts" if self.other.text else "attention")

    def choose_topic(self, name: str) -> None:
        """Choose what is shown; any other name chooses nothing."""
        self.chosen_topic = next((topic for topic in TOPICS if topic == name), None)

    def choose_order(self, name: str) -> None:
        """Choose what heads are sorted by; any other name leaves them layer by layer."""
        self.order = next((measure for measure in MEASURES if measure == name), None)

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
