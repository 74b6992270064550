"""What one visitor's session knows, and how it goes into an address and comes out of one.

Streamlit keeps it; only `state` asks Streamlit for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from attn_core import Scenario, limits, permalink, presets
from attn_core.edits import describe_rounded_scenario, mask_kinds
from attn_core.learning import raw_target
from attn_core.masks import MaskKind
from attn_core.scenario import Array
from attn_core.tasks.movable import Movable
from attn_core.text.embeddings import Source
from pages.ui.session import model_query
from pages.ui.session.address import MAX_ADDRESS, Address, RoomAddress
from pages.ui.session.announcement import Announcement
from pages.ui.session.course import Course
from pages.ui.session.history import History
from pages.ui.session.inspection import Inspection
from pages.ui.session.model_query import ModelQuery
from pages.ui.session.pasted_text import LongText
from pages.ui.session.runs import KINDS, Kind, Painting, Runs
from pages.ui.session.url_text import UrlText
from pages.ui.session.writing import Writing

if TYPE_CHECKING:  # a room stands on the session
    from pages.ui.room.member import Member

#: Pixels that a figure may take until the browser has told its own width.
DEFAULT_WIDTH = 960


@dataclass(frozen=True)
class Pinned:
    """A scenario to compare with, and the key of the preset that it started from."""

    scenario: Scenario
    preset: str


@dataclass(frozen=True)
class Ack:
    """The last move of a box that was carried out or refused.

    Attributes
    ----------
    picture, move : str
        Key of the picture that it is in, and the number that the browser gave the move.
    refused : object
        The entry, if it was refused.
    """

    picture: str = ""
    move: str = ""
    refused: Any = None

    def refused_by(self, picture: str) -> Any:
        """Return what was refused, if the move was in this picture."""
        return self.refused if picture == self.picture else None


@dataclass(frozen=True, eq=False)
class PendingVectors:
    """Vectors that a pretrained model is to give, once it is loaded.

    Attributes
    ----------
    source : {"word", "context"}
    scenario : Scenario
        The request is for its words, and void with it.
    revision : int
        It is void, too, when the visitor has left the scenario and come back.
    amends : bool
        The last change brought these words; with their vectors it is one step of undo.
    """

    source: Source
    scenario: Scenario
    revision: int
    amends: bool


@dataclass
class Links:
    """What the address says of scenario and A; empty where it has no room for one.

    Attributes
    ----------
    scenario, pinned : str
    pinned_whole : str
        A as a link, whether the address has room for it or not.
    has_painting : bool
        What is painted has room, too.
    """

    scenario: str = ""
    pinned: str = ""
    pinned_whole: str = ""
    has_painting: bool = True


@dataclass
class Session:
    """All that one visitor's session knows."""

    history: History
    links: Links = field(default_factory=Links)
    #: Scenario A, which the present one, B, is compared with; and the A before it.
    pinned: Pinned | None = None
    pinned_before: Pinned | None = None
    #: What was wrong with the last thing that the visitor tried.
    complaint: str = ""
    #: What the last change took away or altered by itself.
    note: str = ""
    #: Key of the widget that holds what was refused, so that it isn't overwritten.
    refused: str = ""
    #: The visitor's hand started this run, so the URL may lag behind; see `widgets`.
    is_user_event: bool = False
    #: The page of the last run, and the second in which that began.
    page: str = ""
    begun: float = 0.0
    #: The page that a press has asked for, by its title, until it is there.
    wanted_page: str = ""
    #: The features that were last chosen for typed words, and not by the visitor.
    chosen_features: tuple[str, ...] = ()
    projector: bool = False
    #: The visitor chose Streamlit's own sliders and charts.
    classic: bool = False
    #: Why this browser can't have those that follow the hand.
    frontend_error: str = ""
    #: Only numbers change, by a hand that drags or a run that learns: pictures keep their frames.
    only_numbers: bool = False
    #: Names of the frames that pictures were last sent with, by the keys of the pictures.
    frames: dict[str, str] = field(default_factory=dict)
    #: Keys of the fragments of this page that show numbers.
    fragments: list[str] = field(default_factory=list)
    last_ack: Ack = field(default_factory=Ack)
    #: What the task of this page lets a visitor move; None where there is no task.
    movable: Movable | None = None
    inspection: Inspection = field(default_factory=Inspection)
    #: The kind of mask that was chosen; a mask that blocks nothing is of several kinds.
    chosen_mask_kind: MaskKind = "none"
    #: The head that was chosen, from 0; the scenario may have fewer.
    chosen_head: int = 0
    width: int = DEFAULT_WIDTH
    #: Of the window; 0 where it isn't known, or doesn't stay.
    height: int = 0
    #: Pixels of it that the present page needs beside a picture, more than home does.
    around: int = 0
    #: The browser has told its width.
    measured: bool = False
    long_text: LongText = field(default_factory=LongText)
    model_query: ModelQuery = field(default_factory=ModelQuery)
    #: What a decoder writes behind the text of that.
    writing: Writing = field(default_factory=Writing)
    #: What is learned, and what is painted to be learned.
    lesson: Kind = KINDS[0]
    runs: Runs = field(default_factory=Runs)
    painting: Painting = field(default_factory=Painting)
    course: Course = field(default_factory=Course)
    #: What it knows of its room; None outside a room.
    member: Member | None = None
    #: Its token in rooms that it has left, by code, and whether the browser has told that: where
    #: it comes back it is nobody else.
    tokens: dict[str, tuple[str, bool]] = field(default_factory=dict)
    #: What was asked of a pretrained model last; see `pending_vectors`.
    requested: PendingVectors | None = None
    #: Choices that change the view and not the scenario, by widget.
    views: dict[str, Any] = field(default_factory=dict)
    #: What was last said of a change.
    announcement: Announcement = field(init=False)

    def __post_init__(self) -> None:
        self.announcement = Announcement(self.scenario)

    @classmethod
    def opened(cls, address: Address) -> Session:
        """Begin a session from a link, a preset's name, or the default."""
        start = presets.BY_KEY.get(address.preset, presets.DEFAULT)
        session = cls(History(start.scenario, start.key))
        session.projector, session.classic = address.projector, address.classic
        try:
            presets.named(address.preset or start.key)
        except ValueError as error:
            session.complaint = str(error)
        session.load_from_url(address)
        session.history.forget()
        return session

    @property
    def scenario(self) -> Scenario:
        """The present scenario."""
        return self.history.present

    @property
    def preset(self) -> presets.Preset:
        """Where the present scenario started from."""
        return presets.BY_KEY[self.history.preset]

    @property
    def head(self) -> int:
        """The head that is shown, from 0."""
        return min(self.chosen_head, self.scenario.h - 1)

    @property
    def mask_kind(self) -> MaskKind:
        """Kind of the mask: the one that was chosen, as long as the mask is one of that kind."""
        mask, chosen = self.scenario.mask, self.chosen_mask_kind
        return chosen if mask_kinds.is_a(mask, chosen) else mask_kinds.kind(mask)

    @property
    def is_live(self) -> bool:
        """Whether sliders and charts follow the hand."""
        return not (self.classic or self.frontend_error)

    @property
    def painted(self) -> Array:
        """What is painted over the words of the present scenario; shape (n, n_k)."""
        return self.painting.of(self.scenario)

    @property
    def pending_vectors(self) -> PendingVectors | None:
        """What a pretrained model is to give for the present scenario."""
        request = self.requested
        if request is None or request.scenario is not self.scenario:
            return None
        return request if request.revision == self.history.revision else None

    @property
    def followed(self) -> int | None:
        """Version of the room whose stage is on the screen; None where it is one's own."""
        return self.member.version if self.member and self.member.is_following else None

    @property
    def scenario_a(self) -> Scenario | None:
        """The scenario that is pinned; None while there is none."""
        return self.pinned.scenario if self.pinned else None

    @property
    def as_pinned(self) -> Pinned:
        """The present scenario as it would be pinned."""
        return Pinned(self.scenario, self.history.preset)

    @property
    def can_pin_back(self) -> bool:
        """Whether there was another A, which isn't on the page any more."""
        return self.pinned_before not in (None, self.pinned, self.as_pinned)

    @property
    def missing_from_link(self) -> tuple[str, ...]:
        """What the address has no room for: the scenario, A, or what is painted."""
        missing = {
            "the scenario": not self.links.scenario,
            "A": bool(self.pinned and not self.links.pinned),
            "what is painted": not self.links.has_painting,
        }
        return tuple(name for name, is_missing in missing.items() if is_missing)

    @property
    def locked(self) -> str:
        """Why some boxes can't be moved; empty where all can."""
        return f"Locked in this task. {self.movable.describe()}" if self.movable else ""

    def permit(self, before: Scenario, following: Scenario) -> None:
        """Raise ValueError, with the reason, for a change that the task of this page forbids."""
        reason = self.movable.refusal(before, following) if self.movable else ""
        if reason:
            raise ValueError(reason)

    def complain(self, reason: str) -> None:
        """Say on the page what was wrong with what the visitor tried."""
        self.complaint, self.refused, self.note = reason, "", ""

    def add_note(self, text: str) -> None:
        """Say one thing more of the last change."""
        self.note = f"{self.note} {text}".strip()

    def choose_classic(self, on: bool) -> None:
        """Choose Streamlit's own sliders and charts, or give the others a new chance."""
        self.classic, self.frontend_error = on, ""

    def request_vectors(self, source: Source, *, amends: bool = False) -> None:
        """Ask a pretrained model for embeddings; see `PendingVectors`."""
        self.requested = PendingVectors(source, self.scenario, self.history.revision, amends)

    def pin(self, pinned: Pinned | None) -> None:
        """Compare with another scenario, or with none."""
        if self.pinned:
            self.pinned_before = self.pinned
        self.pinned = pinned
        self.links.pinned_whole = self.links.pinned = _as_link(pinned.scenario) if pinned else ""

    def start_dragging(self) -> list[str]:
        """From here to the next run of the whole page only the numbers change.

        Returns
        -------
        list of str
            Keys of the fragments to run: all that show numbers.
        """
        self.only_numbers = True
        return list(self.fragments)

    def needs_frame(self, key: str, base: str) -> bool:
        """Whether a picture is to be sent with its frame, and not with its numbers alone.

        While only numbers change, only where the frame changes with the numbers, as the part of the
        variance that is written beside a principal axis.
        """
        had, self.frames[key] = self.frames.get(key), base
        return not self.only_numbers or had != base

    def load_from_url(self, address: Address) -> None:
        """Take over what an address says, but for A."""
        self.chosen_head = address.head
        if address.cell != self.inspection.cell:
            self.inspection = Inspection([address.cell] if address.cell else [])
        if address.link and address.link != self.links.scenario:
            self._open(address)
        self.lesson = next((kind for kind in KINDS if kind == address.lesson), KINDS[0])
        self.painting.load_from_url(address.painted, self.scenario)
        self.model_query.model = address.model
        self.model_query.off = model_query.heads_from_text(address.off)
        self.model_query.choose_topic(address.topic)
        self.model_query.choose_order(address.order)
        if address.look != model_query.to_text(self.model_query.focus):
            self.model_query.focus = model_query.from_text(address.look)
        link, has_one = _as_link(self.scenario), bool(address.link)
        for complaint in self.course.load_from_url(address.course, link, has_scenario=has_one):
            self._complain_too(complaint)
        for text, parameter in zip(self._texts, address.texts, strict=True):
            try:
                text.load_from_url(parameter)
            except ValueError as error:
                self._complain_too(f"The text of this address can't be shown. {error}")
        self.writing.load_from_url(address.next, self.model_query.text.text)

    def adopt(self, scenario: Scenario, address: Address) -> None:
        """Take over what a room shows.

        Parameters
        ----------
        scenario : Scenario
            What the link of the address is of; it may be too large for one.
        address : Address
        """
        if scenario != self.scenario:
            self.refused, self.chosen_mask_kind = "", "none"
        preset = address.preset if address.preset in presets.BY_KEY else ""
        self.history.push(scenario, preset)
        self._take_over(replace(address, course=address.course._replace(receipt="")))

    def _take_over(self, address: Address) -> None:
        """Take over all that an address says beside its scenario, which is on the screen."""
        self.links.scenario = address.link
        self.load_from_url(address)
        if address.pinned != self.links.pinned_whole:
            self._load_pin(address.pinned)

    def let_go(self, following: Scenario | None = None) -> None:
        """Leave what a room shows, for a change of one's own; Undo leads to what one had.

        Parameters
        ----------
        following : Scenario, optional
            What it is changed to; where that is the same, nothing is left.
        """
        if self.member and self.member.is_following and following != self.scenario:
            self.history = self.member.let_go(self.history, "you changed something")

    @property
    def places(self) -> Address:
        """What the addresses of all pages say together, whether one has room for it or not."""
        painted = raw_target.to_text(self.painted)  # also what a newcomer finds
        return replace(self.said(), painted=painted, texts=self.text_links)

    def show_places(self, places: Mapping[str, str]) -> None:
        """Show what pages had beside a scenario, which stays; see `Address.place`."""
        here = replace(self.said(), texts=self.text_parameters)
        self._take_over(here.with_places(places))

    def _open(self, address: Address) -> None:
        """Open its link; one that can't be opened leaves everything as it is, and says so."""
        try:
            held = permalink.decode(address.link)
            opened = limits.validate(held)
        except ValueError as error:
            self.complaint = (
                "The link in the address can't be opened; "
                f"what you see is the scenario without it. {error}"
            )
            return
        self.complaint, self.refused, self.chosen_mask_kind = "", "", "none"
        self.note = describe_rounded_scenario(held, opened)
        self.history.push(opened, address.preset if address.preset in presets.BY_KEY else "")

    def load_pin_from_url(self, address: Address) -> None:
        """Pin or unpin what the address says, where it is news as in `state.begin`.

        An address without a scenario, as of a page just turned to, says nothing of A either.
        """
        a = address.pinned
        if self.is_user_event or a == self.links.pinned or (self.page and not address.link):
            return
        self._load_pin(a)

    def _load_pin(self, link: str) -> None:
        """Pin the scenario of a link, or none."""
        if not link:
            self.pin(None)
            return
        try:
            self.pin(Pinned(limits.validate(permalink.decode(link)), self.history.preset))
        except ValueError as error:
            self._complain_too(
                f"The link of A in the address can't be opened; what you see is B alone. {error}"
            )
            self.pin(None)

    def to_url(self, page: str) -> Address:
        """Return what the address of a page is to say, as far as it has room.

        Parameters
        ----------
        page : str
            The address without what we say in it.
        """
        whole = self.said()
        address = whole.fitting(page)
        self.links.scenario, self.links.pinned = address.link, address.pinned
        self.links.has_painting = address.painted == whole.painted
        self.writing.note_url(address.next, self.model_query.text.text)
        for i, text in enumerate(self._texts):
            has_room = len(address.with_text(i, text.link).at(page)) <= MAX_ADDRESS
            address = address.with_text(i, text.to_url(has_room=has_room))
        return self._in_room(address, page) if self.member else address

    def _in_room(self, address: Address, page: str) -> Address:
        """Say of a room as much as there is room for; it leads to all that it shows itself."""
        room = self.member.to_url(self.places) if self.member else RoomAddress()
        if self.member and self.member.is_following:
            address = replace(address, preset="", link="", head=0, cell=None)
        less = room, room._replace(kept=""), room._replace(kept="", own="")
        shorter = [replace(address, room=each) for each in less]
        fits = (each for each in shorter if len(each.at(page)) <= MAX_ADDRESS)
        return next(fits, shorter[-1])

    def said(self) -> Address:
        """Return all that there is to say of what is on the screen, but texts and room."""
        link = _as_link(self.scenario)
        return Address(
            preset=self.history.preset,
            link=link,
            head=self.head,
            pinned=self.links.pinned_whole,
            cell=self.inspection.cell,
            projector=self.projector,
            classic=self.classic,
            lesson=self.lesson if self.lesson != KINDS[0] else "",
            painted=self.painting.text(self.scenario),
            look=model_query.to_text(self.model_query.focus),
            model=self.model_query.model,
            off=model_query.heads_to_text(self.model_query.off),
            next=self.writing.parameter(self.model_query.text.text),
            topic=self.model_query.chosen_topic or "",
            order=self.model_query.order or "",
            course=self.course.to_url(link),
        )

    @property
    def text_links(self) -> tuple[str, ...]:
        """The texts as links, whether an address has room for them or not."""
        return tuple(text.link for text in self._texts)

    @property
    def text_parameters(self) -> tuple[str, ...]:
        """What the address said last of the texts."""
        return tuple(text.parameter for text in self._texts)

    @property
    def _texts(self) -> tuple[UrlText, ...]:
        """The texts in the order of `Address.texts`."""
        asked = self.model_query
        return self.long_text, asked.text, asked.other, asked.pair

    def _complain_too(self, reason: str) -> None:
        """Complain of one thing more."""
        self.complaint, self.refused = f"{self.complaint} {reason}".strip(), ""


def _as_link(scenario: Scenario) -> str:
    """Pack a scenario; empty where it is too large for any link."""
    try:
        return permalink.encode(scenario)
    except permalink.LinkError:  # the page says so and offers JSON, see `missing_from_link`
        return ""
