"""How soon a newcomer has the first picture, and what it takes on the wire, in headless Chromium.

    python benchmarks/first_visit.py [--visits 5] [--page Course]

For the reference page (one slider, one 3×3 chart) and a page of the lab, in a browser that was
never here and in one that has kept the files: milliseconds to the first picture, and kB from
server to browser, counted by a proxy between them. Medians; nothing is asserted.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from benchmarks.long_text import HEADER, Proxy, Visit, line, plotly_of, proxy, visit
from benchmarks.serve import server
from tests.conftest import launch

WAYS = ("first visit", "files kept")


def visits(browser: Browser, between: Proxy, page_name: str) -> list[Visit]:
    """Visit a page for the first time and again."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    plotly: list[int] = []
    page.on("response", lambda response: plotly.extend(plotly_of(response)))
    measured = []
    for _ in WAYS:
        between.take()
        page.goto(f"http://127.0.0.1:{between.port}/{page_name}")
        measured.append(visit(page, between, plotly))
        page.goto("about:blank")
    context.close()
    return measured


def main() -> None:
    """Print medians of several browsers; the first one warms the server up and isn't counted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visits", type=int, default=5)
    parser.add_argument("--page", default="", help="as in the address; home if left out")
    told = parser.parse_args()
    reference = Path(__file__).parent / "reference_page.py"
    pages = {"reference": (reference, ""), told.page or "home": (ROOT / "dashboard.py", told.page)}
    print(f"medians of {told.visits}; kB from server to browser")
    print(HEADER)
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        for name, (script, page_name) in pages.items():
            with server(script) as port, proxy(port) as between:
                _, *taken = (visits(browser, between, page_name) for _ in range(told.visits + 1))
            for way, each in zip(WAYS, zip(*taken, strict=True), strict=True):
                print(line(f"{name}, {way}", [*each]), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
