"""The visitor's scenario: in the session while they work, in the URL for ever.

The only module that touches ``st.session_state`` and ``st.query_params``.
Every run begins with `begin`, which decides between the two, and every change
goes through `change`, which makes it one step of undo and redo.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import UnionType
from typing import Any, TypeGuard, TypeVar, get_args

import numpy as np
import streamlit as st

from attn_core import Scenario, edits, limits, presets
from attn_core.edits import mask_kinds
from attn_core.figures import Theme
from attn_core.masks import MaskKind
from attn_core.notation.cells import Cell
from attn_core.scenario import Array
from attn_core.text.embeddings import Source
from pages.ui.session.address import Address, home
from pages.ui.session.history import History
from pages.ui.session.kept_text import KeptText
from pages.ui.session.lab import Lab, Wish
from pages.ui.session.pasted import Pasted
from pages.ui.session.question import Question
from pages.ui.session.runs import Kind, Runs
from pages.ui.session.trail import Trail

_LAB = "lab"
#: Seconds before which nobody has read what a page says. Who types something and chooses
#: another page at once is told there what became of it.
_READ = 2.0
T = TypeVar("T")
#: What a widget may hold: values of a type or of several, or all that it offers.
Kinds = type[T] | UnionType | Iterable[T]


def begin(page: str) -> None:
    """Adopt what the URL says, where it is news, and write the session's state into it.

    The URL is news on the first run and when the visitor goes back or forward. It is
    not while a widget is moved quickly: the browser may still send the URL from before
    the last move, so a run that a widget started never reads it.
    """
    lab: Lab | None = st.session_state.get(_LAB)
    address = Address.read(st.query_params.to_dict())
    if lab is None:
        lab = st.session_state[_LAB] = Lab.opened(address)
    if lab.page not in ("", page):
        if not (lab.touched or time.monotonic() - lab.begun < _READ):
            lab.complaint = lab.note = ""  # they belonged to the page that was left
        lab.refused = lab.trail.picture = ""
    if address.link and not lab.touched and lab.page:
        lab.adopt(address)
    lab.follow_pin(address)
    lab.page, lab.touched, lab.moving, lab.begun = page, False, False, time.monotonic()
    lab.parts.clear()
    lab.frames.clear()
    _publish(lab)


def begin_part(key: str) -> bool:
    """Begin a fragment of the page that shows numbers; tell whether it is run alone."""
    lab = _lab()
    lab.touched = False
    if key in lab.parts:
        return True
    lab.parts.append(key)
    return False


def scenario() -> Scenario:
    """The present scenario."""
    return _lab().history.present


def preset() -> presets.Preset:
    """Where the present scenario started from."""
    return presets.BY_KEY[_lab().history.preset]


def change(
    edit: Callable[[], Scenario | tuple[Scenario, str]],
    *,
    preset: str = "",
    anew: bool = False,
    entered: str = "",
    by_slider: bool = False,
    gesture: str = "",
    completes: bool = False,
) -> str:
    """Carry out an edit as one step of undo.

    An edit that raises ValueError changes nothing but the complaint on the page;
    what it says was written for the visitor. What a change drops or alters by itself is
    noted on the page.

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
    by_slider : bool, optional
        The slider shows the new number already.
    gesture : str, optional
        Name of the drag that this change is a part of; all of it is one step of undo.
    completes : bool
        This is the rest of the last change: together they are one step.

    Returns
    -------
    str
        Why the edit was refused; empty where it was carried out.
    """
    lab = _lab()
    lab.touched = True
    try:
        edited = edit()
        given, told = edited if isinstance(edited, tuple) else (edited, "")
        following = limits.admit(given)
    except ValueError as error:
        lab.complaint, lab.refused, lab.note = str(error), entered, ""
        return lab.complaint
    lab.complaint = lab.refused = ""
    if completes:
        lab.history.amend(following)
        return ""
    dropped = "" if preset or anew else edits.describe_dropped(lab.history.present, following)
    lab.note = " ".join(filter(None, (told, dropped, edits.describe_admitting(given, following))))
    edition = lab.history.edition
    if lab.history.push(following, preset, gesture):
        lab.mask_kind, lab.head = "none", 0
    if by_slider:
        lab.history.edition = edition
    return ""


def wish() -> Wish | None:
    """What is wanted from a pretrained model for the embeddings; None if nothing is."""
    lab = _lab()
    if lab.wish and lab.wish.scenario is not lab.history.present:
        lab.wish = None
    return lab.wish


def want(source: Source, *, completes: bool = False) -> None:
    """Want a model's vectors for embeddings; see `Wish`."""
    touch()
    _lab().wish = Wish(source, scenario(), completes)


def want_nothing() -> None:
    """Want nothing from a model any more: it was given, or given up."""
    _lab().wish = None


def pinned() -> Scenario | None:
    """Scenario A, which the present one, B, is compared with; None while there is none."""
    pin = _lab().pinned
    return pin[0] if pin else None


def pin() -> None:
    """Make the present scenario A. It stays B as well, so this is no step of undo."""
    lab = _changing()
    lab.set_pin((lab.history.present, lab.history.preset))


def unpin() -> None:
    """Compare with nothing."""
    _changing().set_pin(None)


def can_pin_back() -> bool:
    """Whether there was another A, which isn't on the page any more."""
    lab = _lab()
    before = lab.pinned_before
    return before is not None and before not in (lab.pinned, lab.history.now)


def pin_back() -> None:
    """Make that A which was unpinned or replaced."""
    lab = _changing()
    lab.set_pin(lab.pinned_before)


def swap() -> None:
    """Let A and B change places, as one step of undo."""
    lab = _changing()
    if lab.pinned is None:  # a browser that shows an older page may still have the button
        return
    following, preset = lab.pinned
    lab.set_pin((lab.history.present, lab.history.preset))
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


def needs_frame(key: str, base: str) -> bool:
    """Whether a picture is to be sent with its frame, and not with its numbers alone.

    While a hand moves, only where the frame changes with the numbers, as the part of the
    variance that is written beside a principal axis.
    """
    lab = _lab()
    had, lab.frames[key] = lab.frames.get(key), base
    return not lab.moving or had != base


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
    lab.touched, lab.complaint, lab.refused, lab.note = True, message, "", ""


def note() -> str:
    """What the last change dropped or altered by itself; empty when nothing was."""
    return _lab().note


def add_note(told: str) -> None:
    """Tell one thing more of the last change."""
    lab = _lab()
    lab.note = f"{lab.note} {told}".strip()


def without_link() -> tuple[str, ...]:
    """What the address has no room for: the scenario, A, or what is painted."""
    lab = _lab()
    missing = {
        "the scenario": not lab.link,
        "A": bool(lab.pinned and not lab.pinned_link),
        "what is painted": lab.without_painting,
    }
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
    return lab.mask_kind if mask_kinds.is_a(mask, lab.mask_kind) else mask_kinds.kind(mask)


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


def question() -> Question:
    """What a pretrained model is asked; change it below only."""
    return _lab().question


def focus_on(**changes: Any) -> None:
    """Look elsewhere in the pretrained model; see `pretrained.interpret.Focus`."""
    touch()
    _lab().question.turn(**changes)


def read_text(
    reader: KeptText | Question,
    text: str,
    entered: str = "",
    check: Callable[[str], object] | None = None,
) -> None:
    """Take a text; one that is refused changes nothing but the complaint on the page.

    Parameters
    ----------
    reader : KeptText or Question
        Whose text it is.
    text : str
    entered : str, optional
        Key of the widget with the visitor's entry, as in `change`.
    check : callable, optional
        Raises ValueError for a text that can't be used, with the reason.
    """
    lab = _changing()
    try:
        if check:
            check(text)
        reader.read(text)
    except ValueError as error:
        lab.complaint, lab.refused = str(error), entered


def choose_word(i: int) -> None:
    """Look at the row of another word of the long text."""
    touch()
    _lab().pasted.choose(i)


def lesson() -> Kind:
    """What is being learned."""
    return _lab().lesson


def choose_lesson(kind: Kind) -> None:
    """Learn something else; the other runs stay as they are."""
    touch()
    _lab().lesson = kind


def runs() -> Runs:
    """The runs of gradient descent; a widget that changes them calls `touch` too."""
    return _lab().runs


def painted() -> Array:
    """What is painted over the words of the present scenario; shape (n, n_k)."""
    return _lab().painting.of(scenario())


def painted_elsewhere() -> int:
    """How many boxes were painted of words that the present scenario doesn't have."""
    return _lab().painting.lost(scenario())


def paint(edit: Callable[[], Array]) -> None:
    """Paint anew; an edit that raises ValueError changes nothing but the complaint."""
    lab = _changing()
    try:
        following = edit()
        if not np.array_equal(following, painted()):
            lab.painting.set(following, scenario())
    except ValueError as error:
        lab.complaint = str(error)


def only_numbers_change() -> None:
    """From here to the next run of the whole page pictures are sent without their frame."""
    _lab().moving = True


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


def seed_view(key: str, kind: Kinds[T], first: T) -> T:
    """Start a widget that only changes the view, and keep what the visitor chose.

    Streamlit drops a widget's value when the page changes; its copy stays here.

    Parameters
    ----------
    key : str
        The widget's key.
    kind : type or iterable
        What it may hold, as for `widget`; a choice that is no longer offered goes back to
        the first.
    first : object
        Its first value.

    Returns
    -------
    object
        What it holds.
    """
    held = held_view(key, kind, first)
    _lab().views[key] = st.session_state[key] = held
    return held


def held_view(key: str, kind: Kinds[T], first: T) -> T:
    """What a widget of `seed_view` holds, whether it is on the page or not."""
    return checked(st.session_state.get(key, _lab().views.get(key, first)), kind, first)


def turn(key: str) -> int:
    """How often a widget has been replaced by a fresh one; part of its key."""
    turns: int = _lab().views.get(key, 0)
    return turns


def replace_widget(key: str) -> None:
    """Put a fresh, empty widget in the place of one that has done its work."""
    _lab().views[key] = turn(key) + 1


def table(name: str, shown: object, start: T) -> tuple[str, T]:
    """Key of a table, and what it starts from; fresh ones where another hand changed numbers.

    What was typed stays in a table, over what it starts from. So a table is kept, with the
    same start, while its numbers are the same, or are what was typed into it: other
    ones would close the box in which somebody types.
    """
    views, seen = _lab().views, f"shown-{name}"
    entered = views.pop(f"own-{name}", None)
    is_own = views.get(seen) == shown if entered is None else entered == edition()
    if not is_own or f"table-{name}-{turn(name)}" not in st.session_state:
        replace_widget(name)
        views[f"start-{name}"] = start
    views[seen] = shown
    return f"table-{name}-{turn(name)}", views[f"start-{name}"]


def keep_table(name: str, *, as_entered: bool) -> None:
    """Keep a table at its next change, if that is what was entered into it.

    The run that shows it may be stopped for one that undoes it, and that doesn't keep the table.
    """
    _lab().views[f"own-{name}"] = edition() if as_entered else None


def widget(key: str, kind: Kinds[T], default: T) -> T:
    """What a widget holds now. A browser could send anything, so this is the way to read one.

    Parameters
    ----------
    key : str
        The widget's key.
    kind : type or iterable
        The type of its values, or all that it offers.
    default : object
        Stands for what is of another type, or isn't offered.
    """
    return checked(st.session_state.get(key), kind, default)


def widgets(key: str, kind: Kinds[T]) -> list[T]:
    """Read a widget of which several choices are made, without those that can't be."""
    held = st.session_state.get(key)
    return [each for each in held if _is_of(each, kind)] if isinstance(held, list) else []


def seed_choices(key: str, options: Sequence[T]) -> list[T]:
    """Start a widget of which several choices are made; what `seed_view` is for one."""
    held = widgets(key, options) if key in st.session_state else _lab().views.get(key, [])
    _lab().views[key] = st.session_state[key] = [each for each in options if each in held]
    return list(_lab().views[key])


def told(key: str, event: str) -> Any:
    """What a component told; None if it told nothing, or has left the page since.

    It isn't checked: what it should be is another matter with each event.
    """
    held = st.session_state.get(key)
    return held.get(event) if isinstance(held, Mapping) else None


def checked(held: object, kind: Kinds[T], default: T) -> T:
    """A value that a browser sent, if it is one of a kind; see `widget`."""
    return held if _is_of(held, kind) else default


def _is_of(held: object, kind: Kinds[T]) -> TypeGuard[T]:
    """Whether a value is of a type, True being no number, or among choices of its own type."""
    if kind is float:
        return type(held) is int or (type(held) is float and math.isfinite(held))
    if isinstance(kind, type | UnionType):
        return type(held) in (get_args(kind) or (kind,))
    if isinstance(kind, range):
        return type(held) is int and held in kind
    return any(type(held) is type(choice) and held == choice for choice in kind)


def _lab() -> Lab:
    lab: Lab = st.session_state[_LAB]
    return lab


def _changing() -> Lab:
    """The lab, about to be changed by a widget."""
    lab = _lab()
    lab.touched, lab.complaint, lab.refused, lab.note = True, "", "", ""
    return lab


def _step(go: Callable[[History], bool]) -> None:
    """Go through the history."""
    lab = _changing()
    left = (lab.history.present, lab.history.preset)
    swapped = go(lab.history)
    if swapped and lab.pinned and lab.pinned[0] == lab.history.present:
        lab.set_pin(left)


def _publish(lab: Lab) -> None:
    """Write the session into the URL; what isn't ours goes out of it."""
    wanted = lab.publish(head(), st.context.url or "").query()
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
