"""How soon a long text's picture is there, and what it takes on the wire, in headless Chromium.

    python benchmarks/long_text.py [--visits 5]

512 different words, for repeated ones would pack better. For opening a link in a browser
that was never here, opening it again with what the browser kept, and pasting the text:
milliseconds to the first picture of all weights, and bytes from server to browser, counted
by a proxy between them. The home page's first picture, of three words, stands beside them.
Medians; nothing is asserted.
"""

from __future__ import annotations

import argparse
import contextlib
import socket
import statistics
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, Response, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from attn_core.limits import MAX_WORDS
from attn_core.permalink import encode_text
from benchmarks.serve import server
from tests.conftest import launch

CHUNK = 65536
HEADER = f"{'':24}{'ms':>8}{'websocket':>12}{'files':>10}{'of it Plotly':>14}{'but Plotly':>12}"
#: Time on the page's clock when the heatmap is painted.
_PAINTED = """() =>
    document.querySelector(".heatmaplayer image")?.href.baseVal && performance.now()"""
_IDLE = '[data-test-script-state="notRunning"]'


def text() -> str:
    """Return as many different words as are read."""
    syllables = product(("bra", "ke", "lim", "so", "tu", "ven", "wi", "zo"), repeat=3)
    return " ".join("".join(word) for word in syllables)


@dataclass
class Counted:
    """Bytes from server to browser: of websockets, and of all other connections."""

    socket: int = 0
    files: int = 0


class Proxy:
    """Hands on what browser and server say to each other, and counts what the server says."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self.counted = Counted()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # the door was closed
            while True:
                browser, _ = self._door.accept()
                there = socket.create_connection(("127.0.0.1", self._to))
                says = {"socket": False}
                for pair in ((browser, there, says, False), (there, browser, says, True)):
                    threading.Thread(target=self._hand_on, args=pair, daemon=True).start()

    def _hand_on(
        self, source: socket.socket, sink: socket.socket, says: dict[str, bool], down: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(CHUNK):
                if down and says["socket"]:
                    self.counted.socket += len(chunk)
                elif down:
                    self.counted.files += len(chunk)
                elif b"upgrade: websocket" in chunk.lower():
                    says["socket"] = True
                sink.sendall(chunk)
        for each in (source, sink):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def take(self) -> Counted:
        """Return what was counted since the last time."""
        counted, self.counted = self.counted, Counted()
        return counted

    def close(self) -> None:
        """Let no one in any more."""
        self._door.close()


@dataclass(frozen=True)
class Visit:
    """One way to the picture: what it took."""

    milliseconds: float
    socket: int
    files: int
    plotly: int


@contextlib.contextmanager
def proxy(port: int) -> Iterator[Proxy]:
    """Stand before a server until the end of the block."""
    between = Proxy(port)
    yield between
    between.close()


def visits(browser: Browser, between: Proxy) -> dict[str, Visit]:
    """Open the link, open it again, paste the text: each in this order once."""
    home = f"http://127.0.0.1:{between.port}/Long_text"
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    plotly: list[int] = []
    page.on("response", lambda response: plotly.extend(plotly_of(response)))
    measured = {}
    for name in ("link, first visit", "link, files kept"):
        between.take()
        page.goto(f"{home}?text={encode_text(text())}")
        measured[name] = visit(page, between, plotly)
        page.goto("about:blank")
    between.take()
    page.goto(f"http://127.0.0.1:{between.port}/")
    measured["home page, files kept"] = visit(page, between, plotly)
    page.goto(home)
    page.wait_for_selector("textarea")
    page.wait_for_selector(_IDLE, state="attached")
    page.locator("textarea").fill(text())
    between.take()
    start = page.evaluate("performance.now()")
    page.get_by_role("button", name="Show the weights").click()
    measured["pasted"] = visit(page, between, plotly, start)
    context.close()
    return measured


def visit(
    page: Page, between: Proxy, plotly: list[int], start: float = 0, painted: str = _PAINTED
) -> Visit:
    """Wait for the first picture, and for all that comes behind it."""
    there = page.wait_for_function(painted, timeout=60_000).json_value() - start
    page.wait_for_selector(_IDLE, state="attached")
    page.wait_for_timeout(1500)  # what still comes behind the first picture counts
    counted = between.take()
    # What the browser kept is answered, too, but by nobody on the wire.
    fetched = sum(plotly) if counted.files > sum(plotly) else 0
    plotly.clear()
    return Visit(there, counted.socket, counted.files, fetched)


def plotly_of(response: Response) -> list[int]:
    """Bytes of Plotly's file, where this is it."""
    is_fetched = "/plotly-" in response.url and not response.from_service_worker
    return [int(response.headers.get("content-length", 0))] if is_fetched else []


def main() -> None:
    """Print medians of several browsers, each with nothing kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visits", type=int, default=5)
    wanted = parser.parse_args().visits
    with (
        sync_playwright() as playwright,
        server(ROOT / "dashboard.py") as port,
        proxy(port) as between,
    ):
        browser = launch(playwright.chromium)
        taken = [visits(browser, between) for _ in range(wanted + 1)][1:]
        browser.close()
    print(f"{MAX_WORDS} words: medians of {wanted}; kB from server to browser")
    print(HEADER)
    for name in taken[0]:
        print(line(name, [each[name] for each in taken]))


def line(name: str, each: list[Visit]) -> str:
    """Medians of one way to the picture, as `HEADER` has them."""

    def median(*values: float) -> float:
        return statistics.median(values)

    took = median(*(visit.milliseconds for visit in each))
    sizes = [
        median(*(visit.socket for visit in each)),
        median(*(visit.files for visit in each)),
        median(*(visit.plotly for visit in each)),
    ]
    sizes.append(sizes[0] + sizes[1] - sizes[2])
    written = "".join(
        f"{size / 1000:>{room}.0f}" for size, room in zip(sizes, (12, 10, 14, 12), strict=True)
    )
    return f"{name:24}{took:>8.0f}{written}"


if __name__ == "__main__":
    main()
