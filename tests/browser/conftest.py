"""A real server, and pages of it in the real browser of `tests/conftest.py`."""

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Position, TimeoutError, expect

from benchmarks.serve import server
from tests.browser.seats import PATIENCE, WIDE, Seats

#: What the navigation calls the home page.
HOME = "Lab"
#: The page that needs a pretrained model.
MODEL = "Real_model"
ROOT = Path(__file__).parents[2]
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with server(ROOT / "dashboard.py") as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def seats(browser: Browser) -> Seats:
    return Seats(browser)  # they close with the browser


@pytest.fixture
def visit(seats: Seats, address: str) -> Iterator[Callable[..., Page]]:
    """Open a page as another visitor would; `Seats` says what the options may be."""
    taken = []

    def visit(path: str = "/", *, settled: bool = True, **options: Any) -> Page:
        page = seats.take(**options)
        taken.append(page)
        page.goto(path if path.startswith("http") else address + path)
        if settled:
            settle(page)
        return page

    yield visit
    for page in taken:
        seats.leave(page)


@pytest.fixture(scope="module")
def tour(
    request: pytest.FixtureRequest, seats: Seats, address: str
) -> Iterator[Callable[..., Page]]:
    """Go to a page as a visitor of the module who is there already.

    A first page takes a browser seconds, the next ones a part of one.
    """
    visitors: dict[tuple[str, str], Page] = {}

    def tour(name: str, *, query: str = "", scheme: str = "light") -> Page:
        if name == MODEL:
            request.getfixturevalue("encoder")  # without it the page has no pictures
        if (query, scheme) not in visitors:
            page = visitors[query, scheme] = seats.take(color_scheme=scheme)
            page.goto(f"{address}/{query}")
        page = visitors[query, scheme]
        page.set_viewport_size(WIDE)  # so that the navigation is there
        settle(page)
        if name or "/?" not in page.url:
            link = (name or HOME).replace("_", " ")
            page.locator(".st-key-menu").get_by_text(link, exact=True).click()
            page.wait_for_url(re.compile(rf"/{name}(\?|$)"))
            settle(page)
        return page

    yield tour
    for page in visitors.values():
        seats.leave(page)


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
    type_into_chosen(page, typed, at={"x": 110, "y": 55})
    idle(page)


def open_chosen(page: Page, at: Position | None = None) -> None:
    """Open the box of a table that the keyboard is in, or at a place in it."""
    # What is typed before the box is open is lost, so a hand looks whether it is, and tries again.
    while True:
        if at:
            page.keyboard.press("Escape")  # it may have opened late
            page.get_by_test_id("stDataFrame").first.click(position=at)
        page.keyboard.press("Enter")
        with contextlib.suppress(TimeoutError):
            page.wait_for_function("document.activeElement.closest('#portal')", timeout=20_000)
            break


def type_into_chosen(page: Page, typed: str, at: Position | None = None) -> None:
    """Type into the box of a table that the keyboard is in, or at a place in it; go below it."""
    open_chosen(page, at)
    page.keyboard.press("Control+A")
    page.keyboard.type(typed, delay=100)
    page.keyboard.press("Enter")
    page.wait_for_function("!document.activeElement.closest('#portal')")
