"""axe-core finds nothing serious on any page; what it can't see is in `test_live`."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import idle
from tests.browser.test_looks import PAGES, PINNED

LESSONS = ["Learn?learn=grammar", "Learn?learn=views"]
#: What axe calls these would keep somebody from using a page.
SERIOUS = ("serious", "critical")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_serious(tour, path, scheme):
    page = tour(path, scheme=scheme)
    if path == "Attention":
        page.get_by_text("Move the numbers").click()
        idle(page)
    assert serious(page) == []
    assert raw_names(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [*LESSONS, PINNED, "?classic=1"])
def test_nothing_serious_behind_a_link(visit, path, scheme):
    page = visit(f"/{path}", color_scheme=scheme)
    assert serious(page) == []
    assert raw_names(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_main_button_can_be_read_under_the_pointer(visit, scheme):
    page = visit("/Learn", color_scheme=scheme)
    page.get_by_role("button", name="Learn", exact=True).hover()
    idle(page)  # its colour changes slowly
    assert serious(page) == []


def raw_names(page):
    """Names with a backslash or other signs of Markdown, as a reader of the screen has them."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    names = {node.get("name", {}).get("value") or "" for node in tree if not node["ignored"]}
    assert len(names) > 20
    return [name for name in names if re.search(r"\\|\*\*|`|\$", name)]


def serious(page):
    found = Axe().run(page).response
    assert len(found["passes"]) > 20
    return [
        (rule["id"], node["target"], node["failureSummary"])
        for rule in found["violations"]
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


def test_a_box_without_a_name_would_be_found(visit):
    page = visit()
    page.locator("[data-cell='X-0-0']").evaluate("box => box.removeAttribute('aria-label')")
    found = Axe().run(page).response["violations"]
    assert "aria-input-field-name" in [rule["id"] for rule in found]
