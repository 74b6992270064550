"""What a session knows of its room, and what it keeps of the visitor's own meanwhile."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from attn_core import permalink
from pages.ui.room.rules.limits import PRESENT, TOKEN_LENGTH
from pages.ui.session.address import EXPLORES, Address, RoomAddress
from pages.ui.session.history import History

if TYPE_CHECKING:
    from pages.ui.room.rules.question import Question
    from pages.ui.room.rules.rooms import Room
    from pages.ui.room.rules.stage import Stage
    from pages.ui.room.rules.task_round import TaskRound

#: What lets go of the presenter is called.
EXPLORE = "Explore on my own"
#: What a participant's page shows: the stage, their own scenario, or the room's task.
Mode = Literal["following", "own", "task"]

#: Seconds between two looks at the store where nothing brings news. In a crowd it is longer: a
#: look that finds some has the page run, and all of them together leave the server half a core.
POLL, POLL_EACH = 2.0, 0.06
#: Seconds between two looks where the browser hears news; they are signs of life, too.
SLOW_POLL = PRESENT * 2 / 3
#: Seconds in which a browser that was called to another page may still ask for a run of the last,
#: unless it has asked for one of the other by then.
LATE = 30.0


@dataclass
class Member:
    """A session in a room.

    Attributes
    ----------
    code : str
        Of the room.
    token : str
        Tells a participant from the others, and nobody who it is.
    is_named : bool
        The token is the browser's, which keeps it.
    secret : str
        The presenter's; empty for a participant.
    mode : {"following", "own", "task"}
        A presenter's is "own".
    room : Room or None
        As it was last seen.
    stage : Stage or None
        As this session last showed it, or put it there.
    task, reported : str
        The id of the task that this session has begun, and the scenario that it reported last.
    gives_way : bool
        This presenter has just put another's scenario on the stage, or gone back from it: what a
        hand has done on the page in that moment doesn't take its place.
    why : str
        What made this session let go by itself; empty where it was asked to.
    own : History or None
        The visitor's own scenario with its undo, while another one is on the screen.
    own_places, shown_places : dict of str to str
        By page: what the visitor's own shows there beside a scenario, and what a room's shows in
        its place; see `Address.place`.
    left : tuple of str and float
        The page that the presenter called this session away from last, until its browser asks for
        a run of the next one; and when, as `time.monotonic` counts.
    lost : float
        When the store last gave no answer, as `time.monotonic` counts; 0 where it gave one.
    seen : float
        When this session last gave a sign of life, likewise.
    hears : bool
        News come to the browser by themselves.
    crowd : int
        How many were here at this session's last sign of life.
    """

    code: str
    token: str = field(default_factory=lambda: secrets.token_hex(TOKEN_LENGTH // 2))
    is_named: bool = False
    secret: str = ""
    mode: Mode = "following"
    room: Room | None = None
    stage: Stage | None = None
    task: str = ""
    reported: str = ""
    gives_way: bool = False
    why: str = ""
    own: History | None = None
    own_places: dict[str, str] = field(default_factory=dict)
    shown_places: dict[str, str] = field(default_factory=dict)
    left: tuple[str, float] = ("", 0.0)
    lost: float = 0.0
    seen: float = 0.0
    hears: bool = False
    crowd: int = 0

    @property
    def presents(self) -> bool:
        """Whether what this session shows is the stage."""
        return bool(self.secret)

    @property
    def is_following(self) -> bool:
        """Whether the page shows the stage as it is."""
        return self.mode == "following" and not self.presents

    @property
    def poll(self) -> float:
        """Seconds until the next look at the store."""
        return SLOW_POLL if self.hears else max(POLL, POLL_EACH * self.crowd)

    @property
    def version(self) -> int:
        """Of the room, as it was last seen; 0 before that."""
        return self.room.version if self.room else 0

    @property
    def question(self) -> Question | None:
        """The question that the room is asked."""
        return self.room.question if self.room else None

    @property
    def given_task(self) -> TaskRound | None:
        """The task that the room has."""
        return self.room.task if self.room else None

    @property
    def may_ask(self) -> bool:
        """Whether to ask the store: one that gave no answer is left alone for a while."""
        return time.monotonic() - self.lost > POLL if self.lost else True

    def has_just_left(self, page: str) -> bool:
        """Whether the browser, called away from a page, may not have come to the next one yet."""
        left, when = self.left
        return page == left and time.monotonic() - when < LATE

    def use_token(self, token: str) -> None:
        """Be the participant that a browser was before; where each has a variant, with theirs."""
        self.token, self.reported = token, ""
        if self.given_task and self.given_task.is_each:
            self.task = ""

    def let_go(self, shown: History, why: str) -> History:
        """Go on from what is on the screen; Undo leads to what the visitor had before.

        Parameters
        ----------
        shown : History
            With the stage's scenario.
        why : str
            What the visitor did.

        Returns
        -------
        History
            The visitor's own, of the same revision, so that a slider under a hand stays.
        """
        own, self.own, self.mode, self.why = self.own or _begun(shown), None, "own", why
        own.push(shown.present, shown.preset)
        own.revision = shown.revision
        return own

    def explore(self, shown: History) -> History:
        """Go back to what the visitor had before; where there is nothing, to what is shown."""
        own, self.own, self.mode, self.why = self.own or _begun(shown), None, "own", ""
        own.revision = shown.revision + 1
        return own

    def follow(self, own: History) -> History:
        """Put the visitor's own away, and show the stage from now on.

        Returns
        -------
        History
            To take the stage's scenarios, of which none can be undone.
        """
        self.own, self.mode, self.stage = own, "following", None
        following = _begun(own)
        following.revision = own.revision + 1
        return following

    def waiting(self, now: Address) -> dict[str, str]:
        """List what waits, by page; on a page that the visitor has changed since, nothing does.

        Parameters
        ----------
        now : Address
            What the addresses of all pages say together.
        """
        return {
            page: own
            for page, own in self.own_places.items()
            if now.place(page) == self.shown_places[page]
        }

    def to_url(self, now: Address) -> RoomAddress:
        """Return what the address is to say of the room; `now` as in `waiting`."""
        if self.presents:
            return RoomAddress(self.code, self.secret)
        if self.mode == "own":
            return RoomAddress(self.code, own=EXPLORES)
        others = {page: own for page, own in self.waiting(now).items() if own != now.place(page)}
        return RoomAddress(
            self.code, own=_as_link(self.own) if self.own else "", kept=urlencode(others)
        )


def _begun(shown: History) -> History:
    """Begin a history with what another one has at present."""
    return History(shown.present, shown.preset)


def _as_link(own: History) -> str:
    try:
        return permalink.encode(own.present)
    except permalink.LinkError:  # it waits in the session alone
        return ""
