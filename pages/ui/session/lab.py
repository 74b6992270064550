"""What one visitor's session knows, and how it takes up what an address says.

Streamlit keeps it; only `state` asks Streamlit for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from attn_core import Scenario, limits, permalink, presets
from attn_core.edits import describe_admitting
from attn_core.masks import MaskKind
from attn_core.notation.cells import Cell
from attn_core.text.embeddings import Source
from pages.ui.session import question
from pages.ui.session.address import MAX_ADDRESS, Address
from pages.ui.session.history import History
from pages.ui.session.kept_text import KeptText
from pages.ui.session.pasted import Pasted
from pages.ui.session.question import Question
from pages.ui.session.runs import KINDS, Kind, Painting, Runs
from pages.ui.session.trail import Trail

#: Pixels that a figure may take until the browser has told its own width.
DEFAULT_WIDTH = 960


@dataclass(frozen=True, eq=False)
class Wish:
    """Vectors that a pretrained model is to give, once it is there.

    Attributes
    ----------
    source : {"word", "context"}
    scenario : Scenario
        Whose words they are for; of another one nothing was wanted.
    completes : bool
        The last change brought these words; with their vectors it is one step of undo.
    """

    source: Source
    scenario: Scenario
    completes: bool = False


@dataclass
class Lab:
    """All that one visitor's session knows."""

    history: History
    #: What the address says of the present scenario; empty where it has no room for it.
    link: str = ""
    #: What the present scenario is compared with, and where it started from.
    pinned: tuple[Scenario, str] | None = None
    #: That one as a link, and what the address says of it.
    pinned_whole: str = ""
    pinned_link: str = ""
    #: The one that was A before it was unpinned or replaced.
    pinned_before: tuple[Scenario, str] | None = None
    #: What is painted has no room in the address.
    without_painting: bool = False
    complaint: str = ""
    #: What the last change took away or altered by itself.
    note: str = ""
    #: Key of the widget that holds what was refused, so that it isn't overwritten.
    refused: str = ""
    #: A widget's callback ran before this script, so the URL may lag behind.
    touched: bool = False
    #: The page of the last run, and the second in which that began.
    page: str = ""
    begun: float = 0.0
    projector: bool = False
    #: Streamlit's own sliders and charts instead of those that follow the hand.
    classic: bool = False
    #: Why this browser can't have those that follow the hand.
    lost: str = ""
    #: A hand is moving numbers: only the parts that show them are run.
    moving: bool = False
    #: Names of the frames that pictures were last sent with, by the keys of the pictures.
    frames: dict[str, str] = field(default_factory=dict)
    #: Keys of the fragments of this page that show numbers.
    parts: list[str] = field(default_factory=list)
    #: Editor and number of the last move that was heard, and its entry if it was refused.
    heard: tuple[str, str, Any] = ("", "", None)
    #: The number that is asked about, and the way to it.
    trail: Trail = field(default_factory=Trail)
    #: What kind of mask was chosen; one that blocks nothing is of several.
    mask_kind: MaskKind = "none"
    #: The head that is looked at; the scenario may have fewer.
    head: int = 0
    width: int = DEFAULT_WIDTH
    #: The browser has told its width.
    measured: bool = False
    #: A long text, which is only looked at.
    pasted: Pasted = field(default_factory=Pasted)
    #: What a pretrained model is asked.
    question: Question = field(default_factory=Question)
    #: What is learned, and what is painted to be learned.
    lesson: Kind = KINDS[0]
    runs: Runs = field(default_factory=Runs)
    painting: Painting = field(default_factory=Painting)
    #: What is wanted from a pretrained model.
    wish: Wish | None = None
    #: Choices that change the view and not the scenario, by widget.
    views: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def opened(cls, address: Address) -> Lab:
        """A new session, from a link, a preset's name, or the default."""
        start = presets.BY_KEY.get(address.preset, presets.DEFAULT)
        lab = cls(History(start.scenario, start.key))
        lab.projector, lab.classic = address.projector, address.classic
        try:
            presets.named(address.preset or start.key)
        except ValueError as error:
            lab.complaint = str(error)
        lab.adopt(address)
        lab.history.forget()
        return lab

    def adopt(self, address: Address) -> None:
        """Take up what an address says, but for A."""
        self.head = address.head
        if address.cell != self.asked:
            self.trail = Trail([address.cell] if address.cell else [])
        if address.link and address.link != self.link:
            self._open(address)
        self.lesson = next((kind for kind in KINDS if kind == address.lesson), KINDS[0])
        self.painting.adopt(address.painted, self.history.present)
        if address.look != question.written(self.question.focus):
            self.question.focus = question.read(address.look)
        for kept, said in zip(self._texts, address.texts, strict=True):
            try:
                kept.adopt(said)
            except ValueError as error:
                self._add(f"The text of this address can't be shown. {error}")

    def _open(self, address: Address) -> None:
        """Open its link; one that can't be opened leaves everything as it is, and says so."""
        try:
            held = permalink.decode(address.link)
            opened = limits.admit(held)
        except ValueError as error:
            self.complaint = (
                "The link in the address can't be opened; "
                f"what you see is the scenario without it. {error}"
            )
            return
        self.complaint, self.refused, self.mask_kind = "", "", "none"
        self.note = describe_admitting(held, opened)
        self.history.push(opened, address.preset if address.preset in presets.BY_KEY else "")

    @property
    def asked(self) -> Cell | None:
        """The number that is asked about."""
        return self.trail.cells[-1] if self.trail.cells else None

    def follow_pin(self, address: Address) -> None:
        """Pin or unpin what the address says, where it is news as in `state.begin`.

        An address without a scenario, as of a page just turned to, says nothing of A either.
        """
        a = address.pinned
        if self.touched or a == self.pinned_link or (self.page and not address.link):
            return
        if not a:
            self.set_pin(None)
            return
        try:
            self.set_pin((limits.admit(permalink.decode(a)), self.history.preset))
        except ValueError as error:
            self._add(
                f"The link of A in the address can't be opened; what you see is B alone. {error}"
            )
            self.set_pin(None)

    def set_pin(self, pin: tuple[Scenario, str] | None) -> None:
        """Compare with another scenario, which started from a preset, or with none."""
        if self.pinned:
            self.pinned_before = self.pinned
        self.pinned = pin
        self.pinned_whole = self.pinned_link = _as_link(pin[0]) if pin else ""

    def publish(self, head: int, page: str) -> Address:
        """Say what the address of a page is to say, as far as it has room.

        Parameters
        ----------
        head : int
            The head that is looked at, of those that there are.
        page : str
            The address without what we say in it.
        """
        whole = Address(
            preset=self.history.preset,
            link=_as_link(self.history.present),
            head=head,
            pinned=self.pinned_whole,
            cell=self.asked,
            projector=self.projector,
            classic=self.classic,
            lesson=self.lesson if self.lesson != KINDS[0] else "",
            painted=self.painting.text(self.history.present),
            look=question.written(self.question.focus),
        )
        address = whole.fitting(page)
        self.link, self.pinned_link = address.link, address.pinned
        self.without_painting = address.painted != whole.painted
        for i, kept in enumerate(self._texts):
            has_room = len(address.with_text(i, kept.link).at(page)) <= MAX_ADDRESS
            address = address.with_text(i, kept.publish(has_room=has_room))
        return address

    @property
    def _texts(self) -> tuple[KeptText, ...]:
        """The texts in the order of `Address.texts`."""
        return self.pasted, self.question.text, self.question.other

    def _add(self, reason: str) -> None:
        """Complain of one thing more."""
        self.complaint, self.refused = f"{self.complaint} {reason}".strip(), ""


def _as_link(scenario: Scenario) -> str:
    """Pack a scenario; empty where it is too large for any link."""
    try:
        return permalink.encode(scenario)
    except permalink.LinkError:  # the page says so and offers JSON, see `without_link`
        return ""
