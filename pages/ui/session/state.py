"""The door to one visitor's session, and the gate that every change goes through.

Every run of a page begins with `begin`, which decides between the session and the URL. Every
change of the scenario goes through `change`, which makes it one step of undo.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from attn_core import Scenario, edits, limits
from attn_core.figures import Theme
from attn_core.scenario import Array
from pages.ui.session import session_url
from pages.ui.session.address import Address, home
from pages.ui.session.history import History
from pages.ui.session.model_query import ModelQuery
from pages.ui.session.session import Session
from pages.ui.session.url_text import UrlText

_KEY = "session"
#: Seconds before which nobody has read what a page says. Who types something and chooses
#: another page at once is told there what became of it.
_READ = 2.0


def session() -> Session:
    """Return what the session of this visitor knows."""
    known: Session = st.session_state[_KEY]
    return known


def begin(page: str, follow: Callable[[Address, str], None] | None = None) -> None:
    """Load what the URL says, where it is news, and write the session into it.

    The URL is news on the first run and when the visitor goes back or forward. It is
    not while a widget is moved quickly: the browser may still send the URL from before
    the last move, so a run that a widget started never reads it; see `widgets`.

    Parameters
    ----------
    page : str
    follow : callable, optional
        Takes over what a room shows; it gets the address, and the page of the run before.
    """
    known: Session | None = st.session_state.get(_KEY)
    address = Address.read(st.query_params.to_dict())
    if known is None:
        known = st.session_state[_KEY] = session_url.opened(address)
    if known.page not in ("", page):
        if not (known.is_user_event or time.monotonic() - known.begun < _READ):
            known.complaint = known.note = ""  # they belonged to the page that was left
        known.refused = known.inspection.picture = ""
        known.movable = None  # kept on the same page, whose run may be stopped and begin anew
    if address.link and not known.is_user_event and known.page:
        if address.link != known.links.scenario:
            known.let_go()
        session_url.load(known, address)
    session_url.load_pin(known, address)
    before = known.page
    known.page, known.is_user_event, known.only_numbers = page, False, False
    known.begun, known.around = time.monotonic(), 0
    known.fragments.clear()
    known.frames.clear()
    if follow:
        follow(address, before)
    _write_url(known)


def _write_url(known: Session) -> None:
    """Write the session into the URL; what isn't ours goes out of it."""
    wanted = session_url.to_url(known, st.context.url or "").query()
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def turn_to(file: str) -> None:
    """Turn to another page, as by a link, with an address that says the same.

    Nothing is turned where the page is served alone.
    """
    query = session_url.to_url(session(), st.context.url or "").query()
    with suppress(StreamlitPageNotFoundError):
        st.switch_page(file, query_params=query)


def begin_fragment(key: str, *, is_last: bool = False) -> bool:
    """Begin a fragment of the page that shows numbers; return whether it is run alone.

    While a hand drags, one that `is_last` is run once the others have been sent.
    """
    known = session()
    known.is_user_event = False
    if key in known.fragments:
        return True
    known.fragments[key] = is_last
    return False


def change(
    edit: Callable[[], Scenario | edits.Noted],
    *,
    preset: str = "",
    anew: bool = False,
    entered: str = "",
    gesture: str | None = None,
) -> str:
    """Carry out an edit as one step of undo, if the lab's limits and a task allow what it returns.

    An edit that raises ValueError changes nothing but the complaint on the page;
    what it says was written for the visitor. What a change drops or rounds is noted on the page.

    Parameters
    ----------
    edit : callable
        Returns the next scenario, alone or with what else is to be noted of it.
    preset : str, optional
        Key of the preset that it starts from, if it is a new one.
    anew : bool
        It is another scenario altogether, so what the last one had isn't missed.
    entered : str, optional
        Key of the widget with the visitor's entry, which stays there when refused.
    gesture : str, optional
        A slider made the change, and shows it already: the name of the drag, all of which is
        one step of undo, or an empty one.

    Returns
    -------
    str
        Why the edit was refused; empty where it was carried out.
    """
    known = session()
    known.is_user_event = True  # vectors that were loaded come without a widget
    try:
        edited = edit()
        noted = edited if isinstance(edited, edits.Noted) else edits.Noted(edited, "")
        following = limits.validate(noted.scenario)
        known.permit(known.scenario, following)
    except ValueError as error:
        known.complain(str(error))
        known.refused = entered
        return known.complaint
    dropped = "" if preset or anew else edits.describe_dropped(known.scenario, following)
    notes = noted.note, dropped, edits.describe_rounded_scenario(noted.scenario, following)
    known.complaint, known.refused, known.note = "", "", " ".join(filter(None, notes))
    known.let_go(following)
    revision = known.history.revision
    if known.history.push(following, preset, gesture or ""):
        known.chosen_mask_kind, known.chosen_head = "none", 0
    if gesture is not None:
        known.history.revision = revision
    return ""


def amend(edit: Callable[[], Scenario]) -> None:
    """Carry out the rest of the last change: together they are one step of undo."""
    known = session()
    known.is_user_event = True
    try:
        following = limits.validate(edit())
        known.permit(known.history.before or known.scenario, following)
    except ValueError as error:
        known.complain(str(error))
    else:
        known.complaint = known.refused = ""
        known.history.amend(following)


def undo() -> None:
    """Go back by one change. Undoing a swap swaps A back too, if A is still what it was then."""
    _step(History.undo)


def redo() -> None:
    """Take back an undo."""
    _step(History.redo)


def _step(go: Callable[[History], bool]) -> None:
    known = _changing()
    left = known.as_pinned
    if go(known.history) and known.scenario_a == known.scenario:
        known.pin(left)


def pin() -> None:
    """Make the present scenario A. It stays B as well, so this is no step of undo."""
    known = _changing()
    known.pin(known.as_pinned)


def unpin() -> None:
    """Compare with nothing."""
    _changing().pin(None)


def pin_back() -> None:
    """Make that A which was unpinned or replaced."""
    known = _changing()
    known.pin(known.pinned_before)


def swap() -> None:
    """Let A and B change places, as one step of undo."""
    known = _changing()
    a = known.pinned
    if a is None:  # a browser that shows an older page may still have the button
        return
    try:
        known.permit(known.scenario, a.scenario)
    except ValueError as error:
        known.complain(str(error))
        return
    known.let_go(a.scenario)
    known.pin(known.as_pinned)
    if known.history.push(a.scenario, a.preset, swap=True):
        known.chosen_mask_kind = "none"


def read_text(
    reader: UrlText | ModelQuery,
    text: str,
    entered: str = "",
    check: Callable[[str], object] | None = None,
) -> None:
    """Take a text; one that is refused changes nothing but the complaint on the page.

    Parameters
    ----------
    reader : UrlText or ModelQuery
        Whose text it is.
    text : str
    entered : str, optional
        Key of the widget with the visitor's entry, as in `change`.
    check : callable, optional
        Raises ValueError for a text that can't be used, with the reason.
    """
    known = _changing()
    try:
        if check:
            check(text)
        reader.read(text)
    except ValueError as error:
        known.complaint, known.refused = str(error), entered


def paint(edit: Callable[[], Array]) -> None:
    """Paint anew; an edit that raises ValueError changes nothing but the complaint."""
    known = _changing()
    try:
        following = edit()
        if not np.array_equal(following, known.painted):
            known.painting.set(following, known.scenario)
    except ValueError as error:
        known.complaint = str(error)


def _changing() -> Session:
    """Return the session, which is about to be changed by a widget."""
    known = session()
    known.complaint = known.refused = known.note = ""
    return known


def link(*, short: bool = False) -> str:
    """Full address of the present scenario, and of A, on the home page of this server.

    Parameters
    ----------
    short : bool
        Name the preset alone where that says it all.
    """
    known = session()
    address = Address(
        known.history.preset, known.links.scenario, known.links.pinned, head=known.head
    )
    if short and known.scenario == known.preset.scenario and not known.pinned:
        address = Address(known.history.preset, head=known.head)
    return address.at(home(st.context.url or ""))


def page_address(name: str) -> str:
    """Full address of another page of this server, without parameters.

    Parameters
    ----------
    name : str
        As it stands in addresses, such as `Course`.
    """
    return home(st.context.url or "") + name


def theme() -> Theme:
    """Return the visitor's theme."""
    return "dark" if st.context.theme.type == "dark" else "light"
