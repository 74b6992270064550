"""How a session goes into an address, and comes out of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from attn_core import Scenario, limits, permalink, presets
from attn_core.edits import describe_rounded_scenario
from attn_core.learning import raw_target
from pages.ui.session import model_query
from pages.ui.session.address import MAX_ADDRESS, Address, RoomAddress
from pages.ui.session.history import History
from pages.ui.session.inspection import Inspection
from pages.ui.session.runs import KINDS
from pages.ui.session.session import Pinned, Session, as_link


def opened(address: Address) -> Session:
    """Begin a session from a link, a preset's name, or the default."""
    start = presets.BY_KEY.get(address.preset, presets.DEFAULT)
    known = Session(History(start.scenario, start.key))
    known.projector, known.classic = address.projector, address.classic
    try:
        presets.named(address.preset or start.key)
    except ValueError as error:
        known.complaint = str(error)
    load(known, address)
    known.history.forget()
    return known


def load(known: Session, address: Address) -> None:
    """Take over what an address says, but for A."""
    known.chosen_head = address.head
    if address.cell != known.inspection.cell:
        known.inspection = Inspection([address.cell] if address.cell else [])
    if address.link and address.link != known.links.scenario:
        _open(known, address)
    known.lesson = next((kind for kind in KINDS if kind == address.lesson), KINDS[0])
    known.painting.load_from_url(address.painted, known.scenario)
    known.model_query.model = address.model
    known.model_query.off = model_query.heads_from_text(address.off)
    known.model_query.choose_topic(address.topic)
    known.model_query.choose_order(address.order)
    if address.look != model_query.to_text(known.model_query.focus):
        known.model_query.focus = model_query.from_text(address.look)
    link, has_one = as_link(known.scenario), bool(address.link)
    for complaint in known.course.load_from_url(address.course, link, has_scenario=has_one):
        known.complain_too(complaint)
    for text, parameter in zip(known.texts, address.texts, strict=True):
        try:
            text.load_from_url(parameter)
        except ValueError as error:
            known.complain_too(f"The text of this address can't be shown. {error}")
    known.writing.load_from_url(address.next, known.model_query.text.text)


def _open(known: Session, address: Address) -> None:
    """Open its link; one that can't be opened leaves everything as it is, and says so."""
    try:
        held = permalink.decode(address.link)
        following = limits.validate(held)
    except ValueError as error:
        known.complaint = (
            "The link in the address can't be opened; "
            f"what you see is the scenario without it. {error}"
        )
        return
    known.complaint, known.refused, known.chosen_mask_kind = "", "", "none"
    known.note = describe_rounded_scenario(held, following)
    known.history.push(following, address.preset if address.preset in presets.BY_KEY else "")


def load_pin(known: Session, address: Address) -> None:
    """Pin or unpin what the address says, where it is news as in `state.begin`.

    An address without a scenario, as of a page just turned to, says nothing of A either.
    """
    a = address.pinned
    if known.is_user_event or a == known.links.pinned or (known.page and not address.link):
        return
    _pin_link(known, a)


def _pin_link(known: Session, link: str) -> None:
    """Pin the scenario of a link, or none."""
    if not link:
        known.pin(None)
        return
    try:
        known.pin(Pinned(limits.validate(permalink.decode(link)), known.history.preset))
    except ValueError as error:
        known.complain_too(
            f"The link of A in the address can't be opened; what you see is B alone. {error}"
        )
        known.pin(None)


def adopt(known: Session, scenario: Scenario, address: Address) -> None:
    """Take over what a room shows.

    Parameters
    ----------
    known : Session
    scenario : Scenario
        What the link of the address is of; it may be too large for one.
    address : Address
    """
    if scenario != known.scenario:
        known.refused, known.chosen_mask_kind = "", "none"
    preset = address.preset if address.preset in presets.BY_KEY else ""
    known.history.push(scenario, preset)
    _take_over(known, replace(address, course=address.course._replace(receipt="")))


def show_places(known: Session, said_there: Mapping[str, str]) -> None:
    """Show what pages had beside a scenario, which stays; see `Address.place`."""
    here = replace(said(known), texts=known.text_parameters)
    _take_over(known, here.with_places(said_there))


def _take_over(known: Session, address: Address) -> None:
    """Take over all that an address says beside its scenario, which is on the screen."""
    known.links.scenario = address.link
    load(known, address)
    if address.pinned != known.links.pinned_whole:
        _pin_link(known, address.pinned)


def to_url(known: Session, page: str) -> Address:
    """Return what the address of a page is to say, as far as it has room.

    Parameters
    ----------
    known : Session
    page : str
        The address without what we say in it.
    """
    whole = said(known)
    address = whole.fitting(page)
    known.links.scenario, known.links.pinned = address.link, address.pinned
    known.links.has_painting = address.painted == whole.painted
    known.writing.note_url(address.next, known.model_query.text.text)
    for i, text in enumerate(known.texts):
        has_room = len(address.with_text(i, text.link).at(page)) <= MAX_ADDRESS
        address = address.with_text(i, text.to_url(has_room=has_room))
    return _in_room(known, address, page) if known.member else address


def _in_room(known: Session, address: Address, page: str) -> Address:
    """Say of a room as much as there is room for; it leads to all that it shows itself."""
    room = known.member.to_url(places(known)) if known.member else RoomAddress()
    if known.member and known.member.is_following:
        address = replace(address, preset="", link="", head=0, cell=None)
    less = room, room._replace(kept=""), room._replace(kept="", own="")
    shorter = [replace(address, room=each) for each in less]
    fits = (each for each in shorter if len(each.at(page)) <= MAX_ADDRESS)
    return next(fits, shorter[-1])


def said(known: Session) -> Address:
    """Return all that there is to say of what is on the screen, but texts and room."""
    link = as_link(known.scenario)
    return Address(
        preset=known.history.preset,
        link=link,
        head=known.head,
        pinned=known.links.pinned_whole,
        cell=known.inspection.cell,
        projector=known.projector,
        classic=known.classic,
        lesson=known.lesson if known.lesson != KINDS[0] else "",
        painted=known.painting.text(known.scenario),
        look=model_query.to_text(known.model_query.focus),
        model=known.model_query.model,
        off=model_query.heads_to_text(known.model_query.off),
        next=known.writing.parameter(known.model_query.text.text),
        topic=known.model_query.chosen_topic or "",
        order=known.model_query.order or "",
        course=known.course.to_url(link),
    )


def places(known: Session) -> Address:
    """What the addresses of all pages say together, whether one has room for it or not."""
    painted = raw_target.to_text(known.painted)  # also what a newcomer finds
    return replace(said(known), painted=painted, texts=tuple(text.link for text in known.texts))
