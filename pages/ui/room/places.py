"""What a visitor's own pages show beside a scenario: it waits while a room's takes its place."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl

from pages.ui.room.member import Member
from pages.ui.session import session_url
from pages.ui.session.state import session


@contextmanager
def taken(member: Member, page: str) -> Iterator[None]:
    """Keep what is the visitor's own on a page, which is taken for the room meanwhile."""
    before = session_url.places(session()).place(page)
    if before != member.shown_places.get(page):
        member.own_places[page] = before
    yield
    member.shown_places[page] = session_url.places(session()).place(page)


def waiting(member: Member) -> dict[str, str]:
    """List what waits, by page; see `Member.waiting`."""
    return member.waiting(session_url.places(session())) if member.own_places else {}


def keep(member: Member, kept: str, pages: Collection[str]) -> None:
    """Have that wait which an address says of pages that there are; see `RoomAddress.kept`."""
    now, said = session_url.places(session()), dict(parse_qsl(kept, keep_blank_values=True))
    member.own_places = {page: said[page] for page in pages if page in said}
    member.shown_places = {page: now.place(page) for page in member.own_places}


def give_back(member: Member, own: dict[str, str]) -> None:
    """Show on pages what has waited."""
    member.own_places, member.shown_places = {}, {}
    if own:
        session_url.show_places(session(), own)
