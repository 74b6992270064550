"""A real server, and pages of it in the real browser of `tests/conftest.py`."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from benchmarks.serve import server

#: What the navigation calls the home page.
HOME = "dashboard"
#: The page that needs a pretrained model.
MODEL = "Real_model"
ROOT = Path(__file__).parents[2]
QUIET = Path(__file__).with_name("quiet.js")
# Long enough for the slowest machine: who waits for a condition goes on as soon as it holds.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with server(ROOT / "dashboard.py") as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open a page in a new context, as another visitor would."""
    contexts = []

    def visit(path: str = "/", *, settled: bool = True, **options: Any) -> Page:
        context = new_context(browser, **options)
        contexts.append(context)
        page: Page = context.new_page()
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
            context = new_context(browser, color_scheme=scheme)
            page = visitors[query, scheme] = context.new_page()
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


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Another visitor, for whose pages `idle` can be waited for."""
    context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
    context.set_default_timeout(PATIENCE)
    context.add_init_script(path=QUIET)
    return context


def settle(page: Page) -> None:
    """Wait until the first run is over and drawn."""
    page.wait_for_selector(".js-plotly-plot .cartesianlayer .subplot", state="attached")
    idle(page)


def idle(page: Page) -> None:
    """Wait until no script runs, no change is on its way, and nothing moves."""
    page.wait_for_function("labIsQuiet()")


def type_into_table(page: Page, typed: str) -> None:
    """Type into the first box of the table on the page, as a person would."""
    page.get_by_test_id("stDataFrame").first.wait_for()
    idle(page)  # what opens around it moves it
    page.get_by_test_id("stDataFrame").first.click(position={"x": 110, "y": 55})
    page.keyboard.press("Enter")  # opens the box
    page.wait_for_function("document.activeElement.closest('#portal')")
    page.keyboard.press("Control+A")
    page.keyboard.type(typed, delay=100)
    page.keyboard.press("Enter")
    idle(page)
