"""The pages of the lab, and the links between them: the menu, and the foot of each page."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from pages.ui.live.slots import slot
from pages.ui.session.state import session


@dataclass(frozen=True)
class Entry:
    """One page.

    Attributes
    ----------
    title : str
    file : str
        Beside `dashboard.py`. Links that were written have its name, so it stays.
    icon : str
        One of Material Symbols.
    group : str
        What the menu writes above it and those beside it; empty for one that stands alone.
    """

    title: str
    file: str
    icon: str
    group: str = ""


_MECHANISM, _HEADS, _TEXT = "The mechanism", "Beyond one head", "Real text"
#: In the order of the menu.
ENTRIES = (
    Entry("Course", "pages/0_Course.py", "school"),
    Entry("Lab", "dashboard.py", "science"),
    Entry("Embeddings", "pages/1_Embeddings.py", "data_array", _MECHANISM),
    Entry("Projections", "pages/2_Projections.py", "grid_on", _MECHANISM),
    Entry("Attention", "pages/3_Attention.py", "visibility", _MECHANISM),
    Entry("Positions", "pages/4_Positions.py", "format_list_numbered", _HEADS),
    Entry("Views", "pages/5_Views.py", "view_module", _HEADS),
    Entry("Learn", "pages/6_Learn.py", "trending_down", _HEADS),
    Entry("Compare", "pages/7_Compare.py", "compare_arrows", _HEADS),
    Entry("Long text", "pages/8_Long_text.py", "article", _TEXT),
    Entry("Real model", "pages/9_Real_model.py", "neurology", _TEXT),
    Entry("Share", "pages/10_Share.py", "share"),
    Entry("Room", "pages/11_Room.py", "cast_for_education"),
)
#: Streamlit knows no other page where one is served by itself; then there are no links.
_OTHER_PAGES = suppress(StreamlitPageNotFoundError)


def menu() -> None:
    """Draw the menu: every page, each group under its title."""
    with st.sidebar, st.container(key="menu", gap="xsmall"), _OTHER_PAGES:
        group = ""
        for entry in ENTRIES:
            if entry.group not in ("", group):
                st.caption(entry.group)
            group = entry.group
            st.page_link(entry.file, label=entry.title, icon=_icon(entry.icon), width="stretch")


def neighbours(title: str) -> None:
    """Draw links to the page before this one and to the page behind it."""
    i = [entry.title for entry in ENTRIES].index(title)
    with st.container(key="neighbours", horizontal=True), _OTHER_PAGES:
        for entry in ENTRIES[max(i - 1, 0) : i]:
            label = f"Previous: {entry.title}"
            st.page_link(entry.file, label=label, icon=_icon("arrow_back"))
        st.space("stretch")
        for entry in ENTRIES[i + 1 : i + 2]:
            label, icon = f"Next: {entry.title}", _icon("arrow_forward")
            st.page_link(entry.file, label=label, icon=icon, icon_position="right")


def link_to_box(name: str) -> None:
    """Draw a link to a page where the boxes of an input are moved."""
    title = "Views" if name == "W_o" else "Lab"
    entry = next(each for each in ENTRIES if each.title == title)
    with _OTHER_PAGES:
        label = f"Go to the page with this box: {title}"
        st.page_link(entry.file, label=label, icon=_icon(entry.icon))


def link_to(title: str, label: str) -> None:
    """Draw a link to a page."""
    with _OTHER_PAGES:
        for entry in ENTRIES:
            if entry.title == title:
                st.page_link(entry.file, label=label, icon=_icon(entry.icon))


def link_to_course() -> None:
    """Draw a link to the first lesson, for who hasn't begun the course and isn't led already."""
    with _OTHER_PAGES, slot():
        if session().member or not session().course.is_new:
            return
        label = "New here? Begin with lesson 1"
        st.page_link("pages/0_Course.py", label=label, icon=_icon("school"))


def _icon(name: str) -> str:
    return f":material/{name}:"
