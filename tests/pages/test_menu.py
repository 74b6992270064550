"""The menu has every page, once; each page leads to those beside it."""

import pytest

from pages.ui.menu import ENTRIES
from tests.pages.test_pages import NAMES, PAGES, ROOT, fine, visit


def links(part):
    """Labels and addresses of the links in a part of a page."""
    return [(link.proto.label, link.proto.page) for link in part.get("page_link")]


def test_every_page_stands_in_the_menu_once():
    assert [ROOT / entry.file for entry in ENTRIES] == PAGES
    assert len({entry.title for entry in ENTRIES}) == len(ENTRIES)


@pytest.mark.parametrize("i", range(len(PAGES)), ids=NAMES)
def test_every_page_has_the_menu_and_leads_to_those_beside_it(i):
    at = fine(visit(PAGES[i].name))
    # Streamlit's own names: links that were written have them.
    paths = ["", *(name.partition("_")[2] for name in NAMES[1:])]
    menu = [(entry.title, path) for entry, path in zip(ENTRIES, paths, strict=True)]
    before = [(f"Previous: {title}", path) for title, path in menu[:i][-1:]]
    after = [(f"Next: {title}", path) for title, path in menu[i + 1 : i + 2]]
    assert links(at.sidebar) == menu
    assert links(at.main) == before + after
    groups = [caption.value for caption in at.sidebar.caption]
    assert groups == ["The mechanism", "Beyond one head", "Real text"]
    if i:
        assert at.title[0].value == ENTRIES[i].title
