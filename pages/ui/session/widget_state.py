"""What widgets hold: they are filled from the session, and what a browser sends is checked.

A browser could send anything, so a widget's value is read here and nowhere else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from types import UnionType
from typing import Any, TypeGuard, TypeVar, get_args

import streamlit as st

from pages.ui.session.state import session

T = TypeVar("T")
#: What a widget may hold: values of a type or of several, or all that it offers.
Kinds = type[T] | UnionType | Iterable[T]


def seed(key: str, value: Any) -> None:
    """Make a widget show a value, unless it holds an entry that was just refused.

    Call it just before the widget, in every run: a browser that was still drawing the
    last run when this one began would otherwise show the widget's default.
    """
    refused = session().refused == key and key in st.session_state
    st.session_state[key] = st.session_state[key] if refused else value


def read(key: str, kind: Kinds[T], default: T) -> T:
    """Read what a widget holds now.

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


def read_all(key: str, kind: Kinds[T]) -> list[T]:
    """Read a widget of which several choices are made, without those that can't be."""
    held = st.session_state.get(key)
    return [each for each in held if _is_of(each, kind)] if isinstance(held, list) else []


def seed_view(key: str, kind: Kinds[T], first: T) -> T:
    """Start a widget that only changes the view, and keep what the visitor chose.

    Streamlit drops a widget's value when the page changes; its copy stays in the session.

    Parameters
    ----------
    key : str
        The widget's key.
    kind : type or iterable
        What it may hold, as for `read`; a choice that is no longer offered goes back to
        the first.
    first : object
        Its first value.

    Returns
    -------
    object
        What it holds.
    """
    held = read_view(key, kind, first)
    session().views[key] = st.session_state[key] = held
    return held


def read_view(key: str, kind: Kinds[T], first: T) -> T:
    """Read what a widget of `seed_view` holds, whether it is on the page or not."""
    return checked(st.session_state.get(key, session().views.get(key, first)), kind, first)


def seed_choices(key: str, options: Sequence[T]) -> list[T]:
    """Start a widget of which several choices are made; what `seed_view` is for one."""
    views = session().views
    held = read_all(key, options) if key in st.session_state else views.get(key, [])
    views[key] = st.session_state[key] = [each for each in options if each in held]
    return list(views[key])


def event(key: str, name: str) -> Any:
    """Read what a component sent; None if it sent nothing, or has left the page since.

    It isn't checked: each event sends something else.
    """
    held = st.session_state.get(key)
    return held.get(name) if isinstance(held, Mapping) else None


def generation(key: str) -> int:
    """Count how often a widget has been replaced by a fresh one; part of its key."""
    count: int = session().views.get(key, 0)
    return count


def replace(key: str) -> None:
    """Put a fresh, empty widget in the place of one that has done its work."""
    session().views[key] = generation(key) + 1


def table(name: str, shown: object, start: T) -> tuple[str, T]:
    """Return the key of a table, and the numbers that it starts from.

    A table keeps what was typed over its start. So key and start stay while the numbers are the
    same, or are what was typed into it; otherwise the box in which somebody types would close.
    Numbers that were changed elsewhere make a fresh table.
    """
    views, seen = session().views, f"shown-{name}"
    entered = views.pop(f"own-{name}", None)
    is_own = views.get(seen) == shown if entered is None else entered == _revision()
    if not is_own or f"table-{name}-{generation(name)}" not in st.session_state:
        replace(name)
        views[f"start-{name}"] = start
    views[seen] = shown
    return f"table-{name}-{generation(name)}", views[f"start-{name}"]


def keep_table(name: str, *, as_entered: bool) -> None:
    """Keep a table at its next change, if that is what was entered into it.

    The run that shows it may be stopped for one that undoes it, and that doesn't keep the table.
    """
    session().views[f"own-{name}"] = _revision() if as_entered else None


def _revision() -> int:
    return session().history.revision


def checked(held: object, kind: Kinds[T], default: T) -> T:
    """Return a value that a browser sent, if it is one of a kind; see `read`."""
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
