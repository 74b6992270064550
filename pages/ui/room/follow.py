"""A session in a room: it joins, shows what the presenter shows, or puts it there itself.

Outside a room nothing here asks the store.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import streamlit as st

from attn_core import limits, permalink, presets
from attn_core.notation import cells
from attn_core.notation.graph import graph
from pages.ui import menu
from pages.ui.room import places, task_mode
from pages.ui.room.member import Member
from pages.ui.room.rules import code, rooms, slots
from pages.ui.room.rules.limits import LIFETIME, MAX_LOOK, PRESENT
from pages.ui.room.rules.stage import Stage, staged
from pages.ui.room.store import StoreGone, store
from pages.ui.session import session_url, state
from pages.ui.session.address import EXPLORES, Address
from pages.ui.session.history import History
from pages.ui.session.state import session

#: The page that is never on the stage: there the presenter asks, and sees what comes.
BACKSTAGE = "Room"
PAGES = tuple(entry.title for entry in menu.ENTRIES if entry.title != BACKSTAGE)
_KEY = "part-room"


def join(text: str, secret: str = "") -> None:
    """Go into a room; the run that follows says whether there is one.

    Parameters
    ----------
    text : str
        Its code, as a participant typed it.
    secret : str, optional
        The presenter's.
    """
    known = session()
    try:
        read = code.read(text)
    except ValueError as error:
        known.complain(str(error))
        return
    leave()
    known.complaint = known.note = ""
    known.member = Member(read, secret=secret)
    if read in known.tokens:
        known.member.token, known.member.is_named = known.tokens[read]
    if known.member.is_following:
        known.history = known.member.follow(known.history)


def leave() -> None:
    """Leave the room, with what is one's own."""
    known = session()
    if known.member and known.member.mode == "task":
        task_mode.end(known.member)
    explore()
    if known.member and known.member.seen:  # it was let in
        known.tokens[known.member.code] = known.member.token, known.member.is_named
    known.member = None


def explore() -> None:
    """Let go of the presenter, and go back to what was one's own."""
    known = session()
    if known.member and known.member.is_following:
        waiting = places.waiting(known.member)
        known.note = ""
        known.history = known.member.explore(known.history)
        places.give_back(known.member, waiting)


def follow_again() -> None:
    """Follow the presenter; what is one's own waits."""
    known = session()
    if known.member and known.member.mode == "own":
        known.note = ""
        known.history = known.member.follow(known.history)


def follow(address: Address, before: str) -> None:
    """Take over what is new in the room, at the beginning of a run; see `state.begin`.

    Parameters
    ----------
    address : Address
        Of the page.
    before : str
        The page of the run before; empty for the first run.
    """
    if not before and address.room.room:
        _join_from_url(address)
    known = session()
    shown = known.member.stage.page if known.member and known.member.stage else ""
    is_called = _ask(_catch_up)
    if (member := known.member) is None:
        return
    if member.mode == "own":  # what is shown of this page is what was changed
        waiting = places.waiting(member)
        waiting.pop(known.page, "")
        places.give_back(member, waiting)
    if before == known.page:
        member.left = "", 0.0
    page = task_mode.PAGE if member.mode == "task" else member.stage.page if member.stage else ""
    is_turned = before and page and known.page not in (before, shown, page)
    if member.is_following and is_turned and not member.has_just_left(known.page):
        known.history = member.let_go(known.history, "you turned the page")
        places.give_back(member, places.waiting(member))
    elif member.is_following or is_called:
        if known.page != page and not member.has_just_left(known.page):
            member.left = known.page, time.monotonic()
        turn_to(page)


def _join_from_url(address: Address) -> None:
    """Join the room of an address; a scenario that it has beside is the visitor's own."""
    known, room = session(), address.room
    join(room.room, room.present)
    if (member := known.member) is None or member.presents:
        return
    if room.own == EXPLORES:
        explore()
        return
    waits = _opened(room.own)
    if waits and address.link:  # what was made of a task comes after it
        waits.push(known.scenario, known.history.preset)
    if waits or not address.link:
        member.own = waits
    places.keep(member, room.kept, PAGES)


def _opened(link: str) -> History | None:
    """Open what waits for a visitor, if there is something that can be opened."""
    try:
        held = limits.validate(permalink.decode(link)) if link else None
    except ValueError as error:
        session().complain(f"What you made before can't be read from this address. {error}")
        return None
    return History(held, presets.DEFAULT.key) if held else None


def _ask(question: Callable[[Member], bool]) -> bool:
    """Ask the store, unless it gave no answer just now; leave a room that is gone.

    Returns
    -------
    bool
        The answer; False where there is none.
    """
    known = session()
    if (member := known.member) is None or not member.may_ask:
        return False
    try:
        answer = question(member)
    except StoreGone:
        member.lost = time.monotonic()
        return False
    except (slots.RoomGoneError, slots.NotPresenterError) as error:
        leave()
        if member.room:
            known.add_note(f"{error} What you made is still here.")
        else:
            known.complain(str(error))
        return True
    except ValueError as error:
        known.complain(str(error))
        if member.room is None:  # it wasn't let in
            leave()
        return False
    member.lost = 0.0
    return answer


def _catch_up(member: Member) -> bool:
    """Take over the stage where it is news; return whether to turn to its page."""
    if _has_news(member):
        member.room = rooms.look(store(), member.code, PAGES)
    if member.room is None:
        return False
    if not member.presents and task_mode.keep_up(member, member.room.task):
        return True
    gives_way, member.gives_way = member.gives_way, False
    last, stage = member.stage, member.room.stage
    if stage == last or not (member.is_following or member.presents):
        return False
    if member.presents and last and not gives_way and _stage(member) != last:
        return False  # what this session has done since goes on the stage
    _adopt(member, stage)
    return not (member.presents and session().page == BACKSTAGE)


def _has_news(member: Member) -> bool:
    """Give a sign of life where it is time for one; return whether the room has changed."""
    if member.room is None:
        _enter(member)
    elif time.monotonic() - member.seen > PRESENT / 3 and not member.presents:
        rooms.stay(store(), member.code, member.token)
        _note_alive(member)
    return store().version(member.code) != member.version


def _enter(member: Member) -> None:
    """Go in by the code; who hasn't the presenter's right takes part."""
    source = st.context.ip_address or ""
    if member.presents:
        # Also where codes are guessed from here: nobody guesses a secret.
        if rooms.is_presenter(store(), member.code, member.secret):
            return
        session().complain(f"This address doesn’t have the right to present in {member.code}.")
        member.secret = ""
        session().history = member.follow(session().history)
    rooms.join(store(), member.code, member.token, code.wrong_codes, source)
    _note_alive(member)


def _note_alive(member: Member) -> None:
    """Note a sign of life, and among how many."""
    member.seen, member.crowd = time.monotonic(), rooms.members(store(), member.code)


def _adopt(member: Member, stage: Stage) -> None:
    """Show what is new on the stage; where one points oneself stays, until that changes there."""
    known, last = session(), member.stage
    if last:
        known.complaint = known.note = ""
    head, cell = known.chosen_head, known.inspection.cell
    if last is None or stage.head != last.head:
        head = stage.head
    if last is None or stage.cell != last.cell:
        cell = cells.from_text(stage.cell)
    address = replace(
        session_url.said(known), link=stage.link, head=head, cell=cell, texts=known.text_parameters
    )
    if last is not None and (stage.page, stage.look) == (last.page, last.look):
        session_url.adopt(known, stage.scenario, address)
    else:
        with places.taken(member, stage.page):
            session_url.adopt(known, stage.scenario, address.with_page(stage.page, stage.look))
    if member.is_following or last is None:
        known.history.forget()
    member.stage = stage


def use_token(token: object) -> bool:
    """Be the participant that the browser was before; the one it was taken for meanwhile goes.

    Returns
    -------
    bool
        Whether it was heard: not while the store gives no answer. What is no token is passed over.
    """
    member = session().member
    if member is None or not isinstance(token, str) or not slots.is_token(token):
        return True

    def replace_token(member: Member) -> bool:
        if token != member.token:
            rooms.take_over(store(), member.code, token, member.token)
            member.use_token(token)
        return True

    return _ask(replace_token)


def turn_to(page: str) -> None:
    """Turn to a page of the menu, unless one is there."""
    if session().page != page:
        for entry in menu.ENTRIES:
            if entry.title == page:
                state.turn_to(entry.file)


def see() -> None:
    """Have the whole page run, to show what is new in the room."""
    session().is_user_event = True  # the browser's URL may be from before the last run
    st.rerun()


def keep_up() -> None:
    """Look at the room from time to time, and where one presents, put on the stage what is new."""
    if member := session().member:
        st.fragment(_keep_up, key=_KEY, run_every=timedelta(seconds=member.poll))()


def _keep_up() -> None:
    # A presenter's own picture doesn't wait for the room, nor is it drawn while all are told.
    known, is_alone = session(), state.begin_fragment(_KEY, is_last=True)
    if (member := known.member) is None:
        return
    was_lost = bool(member.lost)
    if member.presents:
        put_on_stage()
    if not is_alone or (known.only_numbers and not member.is_following):
        return  # a hand drags: it isn't called away
    if _ask(_is_called) or bool(member.lost) != was_lost:
        see()


def put_on_stage() -> None:
    """Put on the stage at once what the presenter has on the screen."""
    _ask(_show)


def _show(member: Member) -> bool:
    """Put on the stage what the presenter has on the screen, where it has changed.

    Now and then also where it hasn't, for the room lives on from then.
    """
    stage = _stage(member)
    is_kept = time.monotonic() - member.seen < LIFETIME / 24
    if member.room is None or (stage == member.stage and is_kept):
        return False
    member.seen = time.monotonic()
    version = rooms.show(store(), member.code, member.secret, stage)
    if version == member.version + 1:  # else somebody else has changed something, too
        member.room = replace(member.room, version=version, stage=stage)
    member.stage = stage
    return True


def _stage(member: Member) -> Stage:
    """Return what the presenter's session has on the screen, as a stage."""
    known = session()
    page = member.stage.page if known.page == BACKSTAGE and member.stage else known.page
    said = session_url.places(known)
    look = said.of_page(page)
    asked = known.inspection.cell
    cell = cells.to_text(asked) if asked and graph(known.scenario).has_cell(asked) else ""
    return staged(
        page, known.scenario, known.head, cell, look if len(look) <= MAX_LOOK else said.of_page("")
    )


def _is_called(member: Member) -> bool:
    """Whether the page is to run: the room has changed, and this session shows what has."""
    with suppress(ValueError):  # the task has ended meanwhile, which is news
        task_mode.report(member)  # once more, where the store gave no answer
    if not _has_news(member):
        return False
    if member.is_following or member.presents or member.room is None:
        return True
    before, member.room = member.room, rooms.look(store(), member.code, PAGES)
    return (before.question, before.task) != (member.room.question, member.room.task)
