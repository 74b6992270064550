"""The visitor's scenario: in the session while they work, in the URL for ever.

The only module that touches ``st.session_state`` and ``st.query_params``.
Every run begins with `begin`, which decides between the two, and every change
goes through `change`, which makes it one step of undo and redo.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from attn_core import Scenario, limits, masks, permalink, presets
from attn_core.cells import Cell
from attn_core.figures import Theme
from attn_core.masks import MaskKind
from pages.ui.address import MAX_ADDRESS, Address, home
from pages.ui.history import History
from pages.ui.pasted import Pasted
from pages.ui.trail import Trail

#: Pixels that a figure may take until the browser has told its own width.
DEFAULT_WIDTH = 960

_LAB = "lab"


@dataclass
class _Lab:
    """All that one visitor's session knows."""

    history: History
    #: What the address says of the present scenario; empty where it has no room for it.
    link: str = ""
    #: What the present scenario is compared with, and where it started from.
    pinned: tuple[Scenario, str] | None = None
    #: That one as a link, and what the address says of it.
    pinned_whole: str = ""
    pinned_link: str = ""
    complaint: str = ""
    #: Key of the widget that holds what was refused, so that it isn't overwritten.
    refused: str = ""
    #: A widget's callback ran before this script, so the URL may lag behind.
    touched: bool = False
    #: The page of the last run.
    page: str = ""
    projector: bool = False
    #: Streamlit's own sliders and charts instead of those that follow the hand.
    classic: bool = False
    #: Why this browser can't have those that follow the hand.
    lost: str = ""
    #: A hand is moving numbers: only the parts that show them are run.
    moving: bool = False
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
    #: Choices that change the view and not the scenario, by widget.
    views: dict[str, Any] = field(default_factory=dict)


def begin(page: str) -> None:
    """Adopt what the URL says, where it is news, and write the session's state into it.

    The URL is news on the first run and when the visitor goes back or forward. It is
    not while a widget is moved quickly: the browser may still send the URL from before
    the last move, so a run that a widget started never reads it.
    """
    lab: _Lab | None = st.session_state.get(_LAB)
    address = Address.read(st.query_params.to_dict())
    if lab is None:
        lab = st.session_state[_LAB] = _opened(address)
    if lab.page not in ("", page):
        lab.complaint = lab.refused = ""  # it belonged to the page that was left
        lab.trail.picture = ""
    if address.link and not lab.touched and lab.page:
        lab.head = address.head
        _adopt_cell(lab, address)
        if address.link != lab.link:
            _adopt(lab, address)
        _adopt_text(lab, address)
    _follow_pin(lab, address)
    lab.page, lab.touched, lab.moving = page, False, False
    lab.parts.clear()
    _publish(lab)


def begin_part(key: str) -> None:
    """Begin a fragment of the page that shows numbers; it may be run alone."""
    lab = _lab()
    lab.touched = False
    if key not in lab.parts:
        lab.parts.append(key)


def scenario() -> Scenario:
    """The present scenario."""
    return _lab().history.present


def preset() -> presets.Preset:
    """Where the present scenario started from."""
    return presets.BY_KEY[_lab().history.preset]


def change(
    edit: Callable[[], Scenario],
    *,
    preset: str = "",
    entered: str = "",
    by_slider: bool = False,
    gesture: str = "",
) -> None:
    """Carry out an edit as one step of undo.

    An edit that raises ValueError changes nothing but the complaint on the page;
    what it says was written for the visitor.

    Parameters
    ----------
    edit : callable
        Returns the next scenario.
    preset : str, optional
        Key of the preset that it starts from, if it is a new one.
    entered : str, optional
        Key of the widget with the visitor's entry, which stays there when refused.
    by_slider : bool, optional
        The slider shows the new number already.
    gesture : str, optional
        Name of the drag that this change is a part of; all of it is one step of undo.
    """
    lab = _lab()
    lab.touched = True
    try:
        following = limits.admit(edit())
    except ValueError as error:
        lab.complaint, lab.refused = str(error), entered
        return
    lab.complaint = lab.refused = ""
    edition = lab.history.edition
    if lab.history.push(following, preset, gesture):
        lab.mask_kind, lab.head = "none", 0
    if by_slider:
        lab.history.edition = edition


def pinned() -> Scenario | None:
    """Scenario A, which the present one, B, is compared with; None while there is none."""
    pin = _lab().pinned
    return pin[0] if pin else None


def pin() -> None:
    """Make the present scenario A. It stays B as well, so this is no step of undo."""
    lab = _changing()
    _set_pin(lab, (lab.history.present, lab.history.preset))


def unpin() -> None:
    """Compare with nothing."""
    _set_pin(_changing(), None)


def swap() -> None:
    """Let A and B change places, as one step of undo."""
    lab = _changing()
    if lab.pinned is None:  # a browser that shows an older page may still have the button
        return
    following, preset = lab.pinned
    _set_pin(lab, (lab.history.present, lab.history.preset))
    if lab.history.push(following, preset, swap=True):
        lab.mask_kind = "none"


def end_gesture() -> None:
    """A hand has let go."""
    _lab().history.end_gesture()


def start_moving(but: str) -> list[str]:
    """Only the numbers change from here to the next run of the whole page.

    Returns
    -------
    list of str
        Keys of the fragments to run: all that show numbers but the one that moves them.
    """
    lab = _lab()
    lab.moving = True
    return [part for part in lab.parts if part != but]


def moving() -> bool:
    """Whether a hand is moving numbers."""
    return _lab().moving


def hear(editor: str, move: str, refused: Any) -> None:
    """Note the last move of an editor, and its entry if it was refused."""
    _lab().heard = (editor, move, refused)


def heard() -> str:
    """Number of the last move that was noted."""
    return _lab().heard[1]


def refused(editor: str) -> Any:
    """What was refused, if the last move was this editor's and was refused."""
    last, _, entry = _lab().heard
    return entry if last == editor else None


def trail() -> Trail:
    """The number that the visitor asks about, and the way to it; change it below only."""
    return _lab().trail


def ask(cell: Cell, picture: str) -> None:
    """Ask where a number comes from; the answer stands below a picture."""
    touch()
    _lab().trail.ask(cell, picture)


def follow(cell: Cell) -> None:
    """Go on to a number that the present one is made of."""
    touch()
    _lab().trail.follow(cell)


def back_on_trail(length: int) -> None:
    """Return to the first cells of the trail; to none, to stop asking."""
    touch()
    _lab().trail.back(length)


def answers(picture: str, names: Collection[str]) -> bool:
    """Whether the answer stands below a picture with these matrices.

    On another page it moves to the first picture with the number that is asked about.
    """
    trail = _lab().trail
    if trail.cells and not trail.picture and trail.cells[-1].name in names:
        trail.picture = picture
    return bool(trail.cells) and trail.picture == picture


def undo() -> None:
    """Go back by one change. Undoing a swap swaps A back too, if A is still what it was then."""
    _step(History.undo)


def redo() -> None:
    """Take back an undo."""
    _step(History.redo)


def can_undo() -> bool:
    """Whether there is a change to undo."""
    return _lab().history.can_undo


def can_redo() -> bool:
    """Whether there is an undo to take back."""
    return _lab().history.can_redo


def edition() -> int:
    """Part of the keys of sliders: what changes a number in another way replaces them.

    A browser tells all its sliders with every request, also those that an Undo on its
    way has just moved. A slider of an older edition is not listened to.
    """
    return _lab().history.edition


def touch() -> None:
    """Note that a widget started this run; every widget without a change calls it."""
    _lab().touched = True


def complaint() -> str:
    """What was wrong with the last thing the visitor tried; empty when nothing was."""
    return _lab().complaint


def complain(message: str) -> None:
    """Tell the visitor on the page what was wrong."""
    lab = _lab()
    lab.touched, lab.complaint, lab.refused = True, message, ""


def without_link() -> tuple[str, ...]:
    """What the address has no room for: the scenario, or A."""
    lab = _lab()
    missing = {"the scenario": not lab.link, "A": bool(lab.pinned and not lab.pinned_link)}
    return tuple(name for name, is_missing in missing.items() if is_missing)


def link(*, short: bool = False) -> str:
    """Full address of the present scenario, and of A, on the home page of this server.

    Parameters
    ----------
    short : bool
        Name the preset alone where that says it all.
    """
    lab = _lab()
    address = Address(lab.history.preset, lab.link, lab.pinned_link, head=head())
    if short and scenario() == preset().scenario and not lab.pinned:
        address = Address(lab.history.preset, head=head())
    return address.at(home(st.context.url or ""))


def projector() -> bool:
    """Whether letters are to be read from the back of a room."""
    return _lab().projector


def set_projector(on: bool) -> None:
    """Switch the projector's large letters on or off."""
    lab = _lab()
    lab.touched, lab.projector = True, on


def classic() -> bool:
    """Whether Streamlit's own sliders and charts were chosen."""
    return _lab().classic


def set_classic(on: bool) -> None:
    """Choose Streamlit's own sliders and charts, or give the others a new chance."""
    lab = _lab()
    lab.touched, lab.classic, lab.lost = True, on, ""


def live() -> bool:
    """Whether the page follows the hand."""
    return not (_lab().classic or _lab().lost)


def lost() -> str:
    """Why this browser can't have what follows the hand; empty when it can."""
    return _lab().lost


def give_up_live(reason: str) -> None:
    """Go on with Streamlit's own charts and sliders."""
    lab = _lab()
    lab.touched, lab.lost = True, reason or "no reason given"


def mask_kind() -> MaskKind:
    """Kind of the mask: the one that was chosen, as long as the mask is one of that kind."""
    lab = _lab()
    mask = lab.history.present.mask
    return lab.mask_kind if masks.is_a(mask, lab.mask_kind) else masks.kind(mask)


def set_mask_kind(kind: MaskKind) -> None:
    """Note which kind of mask was chosen."""
    _lab().mask_kind = kind


def head() -> int:
    """The head that is looked at, from 0."""
    lab = _lab()
    return min(lab.head, lab.history.present.h - 1)


def choose_head(i: int) -> None:
    """Look at another head."""
    touch()
    _lab().head = i


def width() -> int:
    """Pixels between the margins of the page."""
    return _lab().width


def measured() -> bool:
    """Whether the browser has told its width."""
    return _lab().measured


def set_width(pixels: int) -> None:
    """Note what the browser told."""
    lab = _lab()
    lab.width, lab.measured = pixels, True


def pasted() -> Pasted:
    """The long text; change it below only."""
    return _lab().pasted


def read_text(text: str, entered: str = "") -> None:
    """Take a long text; one that is refused changes nothing but the complaint on the page.

    Parameters
    ----------
    text : str
    entered : str, optional
        Key of the widget with the visitor's entry, as in `change`.
    """
    lab = _changing()
    try:
        lab.pasted.read(text)
    except ValueError as error:
        lab.complaint, lab.refused = str(error), entered


def choose_word(i: int) -> None:
    """Look at the row of another word of the long text."""
    touch()
    _lab().pasted.choose(i)


def theme() -> Theme:
    """The visitor's theme."""
    return "dark" if st.context.theme.type == "dark" else "light"


def seed(key: str, value: Any) -> None:
    """Make a widget show a value, unless it holds an entry that was just refused.

    Call it just before the widget, in every run: a browser that was still drawing the
    last run when this one began would otherwise show the widget's default.
    """
    refused = _lab().refused == key and key in st.session_state
    st.session_state[key] = st.session_state[key] if refused else value


def seed_view(key: str, first: Any, options: Iterable[Any] | None = None) -> None:
    """Start a widget that only changes the view, and keep what the visitor chose.

    Streamlit drops a widget's value when the page changes; its copy stays here.

    Parameters
    ----------
    key : str
        The widget's key.
    first : object
        Its first value.
    options : iterable, optional
        What it may hold; a choice that is no longer offered goes back to the first.
    """
    views = _lab().views
    held = st.session_state.get(key, views.get(key, first))
    if options is not None and held not in options:
        held = first
    views[key] = st.session_state[key] = held


def turn(key: str) -> int:
    """How often a widget has been replaced by a fresh one; part of its key."""
    turns: int = _lab().views.get(key, 0)
    return turns


def replace_widget(key: str) -> None:
    """Put a fresh, empty widget in the place of one that has done its work."""
    _lab().views[key] = turn(key) + 1


def widget(key: str, default: Any = None) -> Any:
    """What a widget holds now."""
    return st.session_state.get(key, default)


def _lab() -> _Lab:
    lab: _Lab = st.session_state[_LAB]
    return lab


def _opened(address: Address) -> _Lab:
    """A new session, from a link, a preset's name, or the default."""
    start = presets.BY_KEY.get(address.preset, presets.DEFAULT)
    lab = _Lab(History(start.scenario, start.key))
    lab.projector, lab.classic, lab.head = address.projector, address.classic, address.head
    _adopt_cell(lab, address)
    try:
        presets.named(address.preset or start.key)
    except ValueError as error:
        lab.complaint = str(error)
    if address.link:
        _adopt(lab, address)
        lab.history.forget()
    _adopt_text(lab, address)
    return lab


def _adopt(lab: _Lab, address: Address) -> None:
    """Open its link; one that can't be opened leaves everything as it is, and says so."""
    try:
        opened = limits.admit(permalink.decode(address.link))
    except ValueError as error:
        lab.complaint = (
            "The link in the address can't be opened; "
            f"what you see is the scenario without it. {error}"
        )
        return
    lab.complaint, lab.refused, lab.mask_kind = "", "", "none"
    lab.history.push(opened, address.preset if address.preset in presets.BY_KEY else "")


def _adopt_text(lab: _Lab, address: Address) -> None:
    """Open its long text; one that can't be opened leaves the text as it is, and says so."""
    try:
        lab.pasted.adopt(address.text)
    except ValueError as error:
        reason = f"The long text of this address can't be shown. {error}"
        lab.complaint, lab.refused = f"{lab.complaint} {reason}".strip(), ""


def _adopt_cell(lab: _Lab, address: Address) -> None:
    """Ask about the number that the address names, or about nothing."""
    if address.cell != _asked(lab):
        lab.trail = Trail([address.cell] if address.cell else [])


def _asked(lab: _Lab) -> Cell | None:
    return lab.trail.cells[-1] if lab.trail.cells else None


def _follow_pin(lab: _Lab, address: Address) -> None:
    """Pin or unpin what the address says, where it is news as in `begin`.

    An address without a scenario, as of a page just turned to, says nothing of A either.
    """
    a = address.pinned
    if lab.touched or a == lab.pinned_link or (lab.page and not address.link):
        return
    if not a:
        _set_pin(lab, None)
        return
    try:
        _set_pin(lab, (limits.admit(permalink.decode(a)), lab.history.preset))
    except ValueError as error:
        reason = f"The link of A in the address can't be opened; what you see is B alone. {error}"
        lab.complaint, lab.refused = f"{lab.complaint} {reason}".strip(), ""
        _set_pin(lab, None)


def _changing() -> _Lab:
    """The lab, about to be changed by a widget."""
    lab = _lab()
    lab.touched, lab.complaint, lab.refused = True, "", ""
    return lab


def _set_pin(lab: _Lab, pin: tuple[Scenario, str] | None) -> None:
    lab.pinned = pin
    lab.pinned_whole = lab.pinned_link = _as_link(pin[0]) if pin else ""


def _step(go: Callable[[History], bool]) -> None:
    """Go through the history."""
    lab = _changing()
    left = (lab.history.present, lab.history.preset)
    swapped = go(lab.history)
    if swapped and lab.pinned and lab.pinned[0] == lab.history.present:
        _set_pin(lab, left)


def _publish(lab: _Lab) -> None:
    """Write the session into the URL; what isn't ours goes out of it."""
    address = Address(
        preset=lab.history.preset,
        link=_as_link(lab.history.present),
        head=head(),
        pinned=lab.pinned_whole,
        cell=_asked(lab),
        projector=lab.projector,
        classic=lab.classic,
    ).fitting(st.context.url or "")
    lab.link, lab.pinned_link = address.link, address.pinned
    wanted = replace(address, text=_text_in(address, lab.pasted)).query()
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def _as_link(scenario: Scenario) -> str:
    """Pack a scenario; empty where it is too large for any link."""
    try:
        return permalink.encode(scenario)
    except permalink.LinkError:  # the page says so and offers JSON, see `without_link`
        return ""


def _text_in(address: Address, pasted: Pasted) -> str:
    """Return what an address is to say of the long text."""
    whole = replace(address, text=pasted.link).at(st.context.url or "")
    return pasted.publish(has_room=len(whole) <= MAX_ADDRESS)
