"""What the address of a page says, and how it is written: the names of its parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from attn_core.notation import cells
from attn_core.notation.cells import Cell

_PRESET, _LINK, _HEAD, _CELL, _PINNED = "preset", "s", "head", "cell", "a"
_PROJECTOR, _CLASSIC = "projector", "classic"
_LESSON, _PAINTED, _LOOK, _MODEL, _OFF = "learn", "paint", "look", "model", "off"
_NEXT, _TOPIC, _ORDER = "next", "topic", "order"
#: A long text, what a pretrained model reads, what that is compared with, and the second
#: sentence where it is a pair.
_TEXTS = "text", "read", "other", "pair"
_ON = "1"
#: Which of them a room follows on a page, beside what it follows on all.
_FOLLOWED = {
    "Course": ("lesson", "seed", "step", "task"),
    "Learn": (_LESSON, _PAINTED),
    "Compare": (_PINNED,),
    "Long text": _TEXTS[:1],
    "Real model": (*_TEXTS[1:], _LOOK, _MODEL, _OFF, _NEXT, _TOPIC, _ORDER),
}
#: Longest address that is written; proxies and servers read 8 kB with what stands around it.
MAX_ADDRESS = 7_500
_COUNTED = re.compile(r"[1-9]\d?", re.ASCII)


def said_in(typed: str, name: str) -> str:
    """Return a parameter of an address; what hasn't it is taken for the parameter itself.

    Examples
    --------
    >>> said_in("lab.example/?room=KXQRT", "room"), said_in("KXQRT", "room")
    ('KXQRT', 'KXQRT')
    """
    query = typed.partition("?")[2].partition("#")[0]
    return dict(parse_qsl(query)).get(name, typed)


class CourseAddress(NamedTuple):
    """What an address says of the course; its parameters are called as these fields.

    Attributes
    ----------
    lesson, seed, step : str
        Which lesson, which variant of it, and where in it; there may be no such ones.
    course : str
        How far a visitor has come; see `attn_core.tasks.course.progress`.
    task : str
        A teacher's task, as a link that nobody has opened yet.
    receipt : str
        What a server signed of the scenario; see `attn_core.tasks.course.receipt`.
    """

    lesson: str = ""
    seed: str = ""
    step: str = ""
    course: str = ""
    task: str = ""
    receipt: str = ""


class RoomAddress(NamedTuple):
    """What an address says of a room; its parameters are called as these fields.

    Attributes
    ----------
    room : str
        The code; there may be no such room.
    present : str
        The presenter's secret, which stands in no link that is shared.
    own : str
        `EXPLORES` for who has let go of the presenter; for who follows, or works on the room's
        task, the scenario that waits for them, as a link.
    kept : str
        What waits beside it: by page, what `Address.place` wrote.
    """

    room: str = ""
    present: str = ""
    own: str = ""
    kept: str = ""


#: Says that a participant has let go of the presenter.
EXPLORES = _ON


@dataclass(frozen=True)
class Address:
    """One page's address, behind its question mark; what is empty or off isn't in it.

    Attributes
    ----------
    preset : str
        Key of the preset that the scenario started from; there may be no such preset.
    link : str
        The scenario as a link that nobody has opened yet. An address without one, as of
        a page just turned to, says nothing of what is on the screen.
    pinned : str
        Scenario A, as a link likewise.
    cell : Cell, optional
        The number that is asked about; the scenario may not have it.
    projector, classic : bool
        Large letters; Streamlit's own sliders and charts.
    head : int
        The head that is looked at, from 0; the scenario may not have it.
    texts : tuple of str
        What it says of a long text, of what a pretrained model reads, of what that is compared
        with, and of the second sentence where it is a pair; see `url_text`.
    lesson : str
        What there is to learn; there may be no such lesson.
    painted : str
        What is painted, to be learned; see `attn_core.learning.raw_target`.
    look : str
        Where to look in a pretrained model; see `model_query`.
    model : str
        Which pretrained model; the server may have no such one.
    off : str
        Which of its heads are switched off; it may have no such ones.
    next : str
        What a decoder writes, and how its tokens are drawn; see `writing`.
    topic : str
        What is shown of the model; there may be no such thing.
    order : str
        What its heads are sorted by; there may be no such thing.
    course : CourseAddress
    room : RoomAddress
    """

    preset: str = ""
    link: str = ""
    pinned: str = ""
    cell: Cell | None = None
    projector: bool = False
    classic: bool = False
    head: int = 0
    texts: tuple[str, ...] = ("",) * len(_TEXTS)
    lesson: str = ""
    painted: str = ""
    look: str = ""
    model: str = ""
    off: str = ""
    next: str = ""
    topic: str = ""
    order: str = ""
    course: CourseAddress = field(default_factory=CourseAddress)
    room: RoomAddress = field(default_factory=RoomAddress)

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Address:
        """Read the parameters of an address; what isn't ours, or makes no sense, is passed over.

        Examples
        --------
        >>> Address.read({"preset": "negation", "cell": "weights.2.1", "utm_source": "mail"}).cell
        Cell(name='weights', row=1, column=0)
        """
        return cls(
            preset=query.get(_PRESET, ""),
            link=query.get(_LINK, ""),
            head=_counted(query.get(_HEAD, "")),
            pinned=query.get(_PINNED, ""),
            cell=cells.from_text(query.get(_CELL, "")),
            projector=query.get(_PROJECTOR) == _ON,
            classic=query.get(_CLASSIC) == _ON,
            texts=tuple(query.get(name, "") for name in _TEXTS),
            lesson=query.get(_LESSON, ""),
            painted=query.get(_PAINTED, ""),
            look=query.get(_LOOK, ""),
            model=query.get(_MODEL, ""),
            off=query.get(_OFF, ""),
            next=query.get(_NEXT, ""),
            topic=query.get(_TOPIC, ""),
            order=query.get(_ORDER, ""),
            course=CourseAddress(*(query.get(name, "") for name in CourseAddress._fields)),
            room=RoomAddress(*(query.get(name, "") for name in RoomAddress._fields)),
        )

    def query(self) -> dict[str, str]:
        """Write the parameters that `read` reads, without those that are empty or off.

        Examples
        --------
        >>> Address("negation", projector=True).query()
        {'preset': 'negation', 'projector': '1'}
        """
        written = {
            _PRESET: self.preset,
            _LINK: self.link,
            _HEAD: str(self.head + 1) if self.head else "",
            _CELL: cells.to_text(self.cell) if self.cell else "",
            _PINNED: self.pinned,
            _PROJECTOR: _ON if self.projector else "",
            _CLASSIC: _ON if self.classic else "",
            **dict(zip(_TEXTS, self.texts, strict=True)),
            _LESSON: self.lesson,
            _PAINTED: self.painted,
            _LOOK: self.look,
            _MODEL: self.model,
            _OFF: self.off,
            _NEXT: self.next,
            _TOPIC: self.topic,
            _ORDER: self.order,
            **self.course._asdict(),
            **self.room._asdict(),
        }
        return {name: value for name, value in written.items() if value}

    def of_page(self, page: str) -> str:
        """Write what a room follows on a page beside scenario, head and cell.

        Parameters
        ----------
        page : str
            Its title.

        Examples
        --------
        >>> Address("negation", lesson="views", projector=True).of_page("Learn")
        'preset=negation&learn=views'
        """
        names = _PRESET, *_FOLLOWED.get(page, ())
        return urlencode({name: value for name, value in self.query().items() if name in names})

    def with_page(self, page: str, look: str) -> Address:
        """Say of a page what `of_page` wrote, and of all else what is said here.

        Examples
        --------
        >>> Address("negation", lesson="views").with_page("Learn", "learn=grammar").query()
        {'learn': 'grammar'}
        """
        names = _PRESET, *_FOLLOWED.get(page, ())
        own = {name: value for name, value in self.query().items() if name not in names}
        followed = {name: value for name, value in parse_qsl(look) if name in names}
        return Address.read(own | followed)

    def place(self, page: str) -> str:
        """Write what `of_page` does, but for where the scenario comes from.

        Examples
        --------
        >>> Address("negation", lesson="views", projector=True).place("Learn")
        'learn=views'
        """
        return replace(self, preset="").of_page(page)

    def with_places(self, places: Mapping[str, str]) -> Address:
        """Say of pages what `place` wrote, by their titles.

        Examples
        --------
        >>> Address("negation", lesson="views").with_places({"Learn": "learn=grammar"}).query()
        {'preset': 'negation', 'learn': 'grammar'}
        """
        said = self
        for page, place in places.items():
            said = said.with_page(page, place)
        return replace(said, preset=self.preset)

    def with_text(self, i: int, said: str) -> Address:
        """Say another thing of one of the texts."""
        return replace(self, texts=(*self.texts[:i], said, *self.texts[i + 1 :]))

    def fitting(self, page: str) -> Address:
        """Leave out what would make it too long: A, what is painted or written, the scenario.

        Examples
        --------
        >>> wide = Address(link="s" * 5000, pinned="a" * 5000).fitting("https://lab.example/")
        >>> len(wide.link), len(wide.pinned)
        (5000, 0)
        """
        alone = replace(self, pinned="", painted="", next="")
        shorter = self, replace(self, pinned=""), alone, replace(alone, link="")
        fits = (each for each in shorter if len(each.at(page)) <= MAX_ADDRESS)
        return next(fits, shorter[-1])

    def at(self, page: str) -> str:
        """Write it behind the address of a page.

        Examples
        --------
        >>> Address("negation").at("https://lab.example/")
        'https://lab.example/?preset=negation'
        """
        return f"{page}?{urlencode(self.query())}"


def _counted(text: str) -> int:
    """Read a place that is counted from 1, as one from 0; the first for anything else."""
    return int(text) - 1 if _COUNTED.fullmatch(text) else 0


def home(page: str) -> str:
    """Address of the home page, from that of any page beside it.

    Examples
    --------
    >>> home("https://lab.example/app/Share"), home("https://lab.example/app/")
    ('https://lab.example/app/', 'https://lab.example/app/')
    """
    root, _, name = page.rpartition("/")
    return f"{root}/" if root and name else page
