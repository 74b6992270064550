"""A real server, and pages of it in the real browser of `tests/conftest.py`."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from benchmarks.serve import server

#: What the navigation calls the home page.
HOME = "dashboard"
#: The page that needs a pretrained model.
MODEL = "Real_model"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with server(ROOT / "dashboard.py") as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open a page in a new context, as another visitor would."""
    contexts = []

    def visit(path: str = "/", *, settled: bool = True, **options: Any) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        contexts.append(context)
        page: Page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(path if path.startswith("http") else address + path)
        if settled:
            settle(page)
        return page

    yield visit
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def tour(
    request: pytest.FixtureRequest, browser: Browser, address: str
) -> Iterator[Callable[..., Page]]:
    """Go to a page as a visitor of the module who is there already.

    A first page takes a browser seconds, the next ones a part of one.
    """
    visitors: dict[tuple[str, str], Page] = {}

    def tour(name: str, *, query: str = "", scheme: str = "light") -> Page:
        if name == MODEL:
            request.getfixturevalue("encoder")  # without it the page has no pictures
        if (query, scheme) not in visitors:
            context = browser.new_context(color_scheme=scheme)
            page = visitors[query, scheme] = context.new_page()
            page.set_default_timeout(20_000)
            page.goto(f"{address}/{query}")
        page = visitors[query, scheme]
        # Wide, so that the navigation is there.
        page.set_viewport_size({"width": 1280, "height": 800})
        settle(page)
        if name or "/?" not in page.url:
            link = (name or HOME).replace("_", " ")
            page.get_by_test_id("stSidebarNav").get_by_text(link, exact=True).click()
            page.wait_for_url(re.compile(rf"/{name}(\?|$)"))
            settle(page)
        return page

    yield tour
    for page in visitors.values():
        page.context.close()


def settle(page: Page) -> None:
    """Wait until the first run is over and drawn."""
    page.wait_for_selector(".js-plotly-plot .cartesianlayer .subplot", state="attached")
    idle(page)


def idle(page: Page) -> None:
    """Wait until no script runs and no change is on its way."""
    page.wait_for_timeout(300)  # the browser sends a change after a short debounce
    page.wait_for_selector(".lab-boxes[data-busy]", state="detached")
    page.wait_for_selector('[data-test-script-state="notRunning"]', state="attached")
    page.wait_for_timeout(100)
