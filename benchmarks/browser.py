"""How soon a picture follows the hand, in headless Chromium: milliseconds and ratios.

    python benchmarks/browser.py [--moves 30] [--away 150]

For the home page as it is, the home page with classic sliders, and the reference page
(one slider, one 3×3 chart): the time from a key on a slider to the last number in a figure
that changed, and the pictures a second while a slider is dragged for two seconds; once
beside the server, and once with so many milliseconds more for every message, both ways.
Nothing is asserted.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from benchmarks.distance import far_away
from benchmarks.serve import server
from tests.conftest import launch

DRAG_SECONDS = 2.0
WARM_UP = 3
QUIET = 1200  # ms without a change after which a picture counts as the last

#: A picture is the numbers that are written into its boxes; where none are, the image that Plotly
#: paints. What draws the same again is no change. It counts when the browser has its next frame.
_WATCH = """() => {
  const shown = () => {
    const numbers = [...document.querySelectorAll(".heatmap-label text")];
    if (numbers.length) return numbers.map(text => text.textContent).join();
    const images = [...document.querySelectorAll(".heatmaplayer image")];
    return images.map(image => image.href.baseVal).join();
  };
  window.watch = { last: shown(), changes: [], input: 0 };
  for (const input of ["keydown", "pointermove"]) {
    addEventListener(input, () => { watch.input = performance.now(); }, true);
  }
  new MutationObserver(() => {
    const now = shown();
    if (!now || now === watch.last) return;
    watch.last = now;
    requestAnimationFrame(() => watch.changes.push(performance.now()));
  }).observe(document.body, {
    subtree: true, childList: true, characterData: true, attributeFilter: ["href", "xlink:href"],
  });
}"""
_SETTLED = """([before, quiet]) => watch.changes.length > before
    && performance.now() - watch.changes.at(-1) > quiet"""


def times(page: Page, move: Callable[[], None], moves: int) -> list[float]:
    """Milliseconds from the last key or pointer move to the last figure that changed."""
    measured = []
    for _ in range(WARM_UP + moves):
        before = page.evaluate("watch.changes.length")
        move()
        page.wait_for_function(_SETTLED, arg=[before, QUIET], timeout=30_000)
        measured.append(page.evaluate("watch.changes.at(-1) - watch.input"))
    return measured[WARM_UP:]


def by_mouse(page: Page, slider: Locator) -> Callable[[], None]:
    """Return a move of some pixels, to and fro, with the button let go at its end."""
    direction = itertools.cycle((1, -1))

    def move() -> None:
        x, y = grip(slider)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 20 * next(direction), y, steps=3)
        page.mouse.up()

    return move


def grip(slider: Locator) -> tuple[float, float]:
    """Where to take a slider: a box in its middle, a native one where its hidden input starts."""
    area = slider.bounding_box()
    assert area is not None
    if slider.evaluate("element => element.type") == "range":
        return area["x"], area["y"]
    return area["x"] + area["width"] / 2, area["y"] + area["height"] / 2


def pictures_a_second(page: Page, slider: Locator) -> float:
    """Pictures a second while the mouse drags the slider."""
    x, y = grip(slider)
    page.mouse.move(x, y)
    page.mouse.down()
    before = page.evaluate("watch.changes.length")
    start = time.perf_counter()
    while (passed := time.perf_counter() - start) < DRAG_SECONDS:
        # To the left, for the keys before have moved it to the right, near its bound.
        page.mouse.move(x - 200 * passed / DRAG_SECONDS, y)
    after = page.evaluate("watch.changes.length")
    page.mouse.up()
    page.wait_for_timeout(QUIET)
    return float(after - before) / DRAG_SECONDS


@dataclass(frozen=True)
class Case:
    """A page with the slider that is moved on it."""

    name: str
    script: Path
    query: str
    slider: str


CELL = "X-0-1"
CASES = (
    Case("reference", Path(__file__).parent / "reference_page.py", "", "input[type=range]"),
    Case(
        "classic",
        ROOT / "dashboard.py",
        "?classic=1",
        f'[class*="st-key-{CELL}-"] input[type=range]',
    ),
    Case("live", ROOT / "dashboard.py", "", f'[data-cell="{CELL}"]'),
)


def measure(page: Page, address: str, case: Case, moves: int) -> tuple[list[float], float]:
    """Return median and p95 of moves by key and by mouse, and the pictures a second."""
    page.goto(address + case.query)
    page.wait_for_selector(".heatmaplayer image", state="attached", timeout=60_000)
    page.wait_for_timeout(2 * QUIET)
    page.evaluate(_WATCH)
    slider = page.locator(case.slider)
    slider.focus()
    keys = times(page, lambda: slider.press("ArrowRight"), moves)
    mouse = times(page, by_mouse(page, slider), moves)
    figures = [f(t) for t in (keys, mouse) for f in (statistics.median, _p95)]
    return figures, pictures_a_second(page, slider)


def _p95(measured: list[float]) -> float:
    return statistics.quantiles(measured, n=20)[-1]


def main() -> None:
    """Print one line for each page; in brackets, multiples of the reference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=30)
    parser.add_argument("--away", type=float, default=150, help="milliseconds, each way")
    told = parser.parse_args()
    print(f"ms, median and p95 of {told.moves}")
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        for away in (0.0, told.away):
            print(f"{f'{away:g} ms away':12}{'by key':>24}{'by mouse':>26}{'pictures/s':>14}")
            _compare(browser, away / 1000, told.moves)
        browser.close()


def _compare(browser: Browser, away: float, moves: int) -> None:
    """Print a line for each page, at a distance in seconds."""
    reference: list[float] = []
    for case in CASES:
        with server(case.script) as near, far_away(near, away) as port:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            figures, rate = measure(page, f"http://127.0.0.1:{port}/", case, moves)
            page.close()
        reference = reference or figures
        print(_line(case.name, figures, reference) + f"{rate:>14.1f}", flush=True)


def _line(name: str, figures: list[float], reference: list[float]) -> str:
    cells = (f"{f:.0f} ({f / r:.2f})" for f, r in zip(figures, reference, strict=True))
    return f"{name:12}" + "".join(f"{cell:>13}" for cell in cells)


if __name__ == "__main__":
    main()
