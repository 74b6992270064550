"""The menu has every page, once; each page leads to those beside it."""

from pathlib import PurePath

import pytest

from pages.ui.menu import ENTRIES
from tests.pages.test_pages import PAGES, ROOT, fine, visit


def links(part):
    """Labels and addresses of the links in a part of a page."""
    return [(link.proto.label, link.proto.page) for link in part.get("page_link")]


def test_every_page_stands_in_the_menu_once():
    home, course, *others = PAGES
    assert [ROOT / entry.file for entry in ENTRIES] == [course, home, *others]
    assert len({entry.title for entry in ENTRIES}) == len(ENTRIES)


@pytest.mark.parametrize("i", range(len(PAGES)), ids=[entry.title for entry in ENTRIES])
def test_every_page_has_the_menu_and_leads_to_those_beside_it(i):
    name = PurePath(ENTRIES[i].file).name
    at = fine(visit(name))
    # Streamlit's own names: links that were written have them.
    stems = [PurePath(entry.file).stem for entry in ENTRIES]
    paths = ["" if stem == "dashboard" else stem.partition("_")[2] for stem in stems]
    menu = [(entry.title, path) for entry, path in zip(ENTRIES, paths, strict=True)]
    before = [(f"Previous: {title}", path) for title, path in menu[:i][-1:]]
    after = [(f"Next: {title}", path) for title, path in menu[i + 1 : i + 2]]
    assert links(at.sidebar) == menu
    new = [("New here? Begin with lesson 1", "Course")] if name == "dashboard.py" else []
    is_course = name == "0_Course.py"  # whose own Next leads to the next lesson
    assert links(at.main) == ([] if is_course else new + before + after)
    groups = [caption.value for caption in at.sidebar.caption]
    assert groups == ["The mechanism", "Beyond one head", "Real text"]
    if new == []:
        assert at.title[0].value == ENTRIES[i].title
