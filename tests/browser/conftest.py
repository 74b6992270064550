"""A real server and a real browser. A missing browser is a failure on CI, a skip elsewhere."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, Page, sync_playwright

from benchmarks.serve import server
from tests.browser import find

ROOT = Path(__file__).parents[2]
# Without these flags Chromium looks for its maker's servers at every start.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def address():
    with server(ROOT / "dashboard.py") as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


def launch(chromium: BrowserType) -> Browser:
    """The system's browser if there is one, else the one that Playwright installed."""
    path = find.chromium() or chromium.executable_path
    if not Path(path).exists():
        message = "There is no Chromium: `make test` installs one, or set CHROMIUM to its path."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return chromium.launch(executable_path=path, args=FLAGS)


@pytest.fixture
def visit(browser, address):
    """Open a page in a new context, as another visitor would."""
    contexts = []

    def visit(path: str = "/", *, settled: bool = True, **options) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(path if path.startswith("http") else address + path)
        if settled:
            settle(page)
        return page

    yield visit
    for context in contexts:
        context.close()


def settle(page: Page) -> None:
    """Wait until the first run is over and drawn."""
    page.wait_for_selector(".js-plotly-plot .heatmaplayer", state="attached")
    idle(page)


def idle(page: Page) -> None:
    """Wait until no script runs."""
    page.wait_for_timeout(300)  # the browser sends a change after a short debounce
    page.wait_for_selector('[data-test-script-state="notRunning"]', state="attached")
    page.wait_for_timeout(100)
