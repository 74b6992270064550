"""What one visitor's session knows; `session_url` brings it into an address and out of one.

Streamlit keeps it; only `state` asks Streamlit for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from attn_core import Scenario, permalink, presets
from attn_core.edits import mask_kinds
from attn_core.masks import MaskKind
from attn_core.scenario import Array
from attn_core.tasks.movable import Movable
from attn_core.text.embeddings import Source
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
    #: Keys of the fragments of this page that show numbers, and whether each is run last.
    fragments: dict[str, bool] = field(default_factory=dict)
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
        self.links.pinned_whole = self.links.pinned = as_link(pinned.scenario) if pinned else ""

    def start_dragging(self) -> list[str]:
        """From here to the next run of the whole page only the numbers change.

        Returns
        -------
        list of str
            Keys of the fragments to run, in this order: all that show numbers.
        """
        self.only_numbers = True
        return sorted(self.fragments, key=self.fragments.__getitem__)

    def needs_frame(self, key: str, base: str) -> bool:
        """Whether a picture is to be sent with its frame, and not with its numbers alone.

        While only numbers change, only where the frame changes with the numbers, as the part of the
        variance that is written beside a principal axis.
        """
        had, self.frames[key] = self.frames.get(key), base
        return not self.only_numbers or had != base

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
    def text_parameters(self) -> tuple[str, ...]:
        """What the address said last of the texts."""
        return tuple(text.parameter for text in self.texts)

    @property
    def texts(self) -> tuple[UrlText, ...]:
        """The texts in the order of `Address.texts`."""
        asked = self.model_query
        return self.long_text, asked.text, asked.other, asked.pair

    def complain_too(self, reason: str) -> None:
        """Complain of one thing more."""
        self.complaint, self.refused = f"{self.complaint} {reason}".strip(), ""


def as_link(scenario: Scenario) -> str:
    """Pack a scenario; empty where it is too large for any link."""
    try:
        return permalink.encode(scenario)
    except permalink.LinkError:  # the page says so and offers JSON, see `missing_from_link`
        return ""
