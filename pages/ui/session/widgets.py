"""Streamlit's widgets, each of which notes that the visitor's hand started the run.

Such a run must not read the URL, which may be from before the last move; see `state.begin`. So
pages take their widgets from here, and a test keeps them from taking Streamlit's own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar, cast

import streamlit as st

from pages.ui.session.state import session

_Widget = TypeVar("_Widget", bound=Callable[..., Any])


def _noting(widget: _Widget, event: str = "on_change") -> _Widget:
    """Make a widget of Streamlit's note its event before it calls back."""

    @wraps(widget)
    def shown(*args: Any, **options: Any) -> Any:
        return widget(*args, **options | {event: _noted(options.get(event))})

    return cast(_Widget, shown)


def _noted(callback: Callable[..., None] | None) -> Callable[..., None]:
    def called(*args: Any, **options: Any) -> None:
        session().is_user_event = True
        if callback:
            callback(*args, **options)

    return called


button = _noting(st.button, "on_click")
data_editor = _noting(st.data_editor)
expander = _noting(st.expander)
file_uploader = _noting(st.file_uploader)
multiselect = _noting(st.multiselect)
number_input = _noting(st.number_input)
pills = _noting(st.pills)
radio = _noting(st.radio)
segmented_control = _noting(st.segmented_control)
select_slider = _noting(st.select_slider)
selectbox = _noting(st.selectbox)
slider = _noting(st.slider)
text_area = _noting(st.text_area)
text_input = _noting(st.text_input)
toggle = _noting(st.toggle)
#: A run would let go of the file for a moment, so there is none.
download_button = partial(st.download_button, on_click="ignore")


def component(name: str, js: str, **options: Any) -> Callable[..., Any]:
    """Make a component of our own; it notes each event that it calls back for.

    One that only has the page run calls back with `rerun`.
    """
    mount: Callable[..., Any] = st.components.v2.component(name, js=js, **options)

    def shown(**given: Any) -> Any:
        noted = {key: _noted(each) for key, each in given.items() if key.startswith("on_")}
        return mount(**given | noted)

    return shown


def rerun() -> None:
    """Do nothing: the run that a component's event starts is all that is needed."""
