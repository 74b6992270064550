"""One real browser for all tests. A missing one is a failure on CI, a skip elsewhere."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserType, sync_playwright

from tests.browser import find

# Tests never depend on how fast a machine is, or how busy.
settings.register_profile("lab", deadline=None)
settings.load_profile("lab")

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
def browser() -> Iterator[Browser]:
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
