"""How soon the page of a real model has its first picture, in headless Chromium.

    python benchmarks/model_page.py [--visits 5] [--crowd 6] [--model glassllm]

On a server that has just started: the first visit, which loads the model, and the next, in a
browser that was never here; then a link to a text of as many tokens as the model reads, and
such a text pasted. Milliseconds to the first picture, which is that of
all heads, and kB from server to browser, counted by a proxy between them; medians, but for the
first visit. Then the most memory that the server has taken; and the same once several
visitors have, all at once, had it read two texts each of that length, no two the same.
Nothing is asserted.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from attn_core.permalink import encode_text
from attn_core.pretrained import DEFAULT, load
from attn_core.pretrained.model import Model
from benchmarks.long_text import HEADER, Proxy, Visit, line, plotly_of, proxy, text, visit
from benchmarks.process import most_memory
from benchmarks.serve import serving
from benchmarks.visitor import Visitor
from pages.ui.model.shared.shared_model import VARIABLE
from tests.conftest import launch


def longest(model: Model) -> str:
    """Return a text of as many tokens as the model reads, or a few less."""
    words = text().split()
    while words:
        try:
            model.split(" ".join(words))
        except ValueError:
            words.pop()
        else:
            return " ".join(words)
    raise ValueError("The model reads no word.")


def visits(browser: Browser, between: Proxy, long_text: str) -> dict[str, Visit]:
    """Visit, open a link, paste a text: each in this order once."""
    home = f"http://127.0.0.1:{between.port}/Real_model"
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    plotly: list[int] = []
    page.on("response", lambda response: plotly.extend(plotly_of(response)))
    measured = {}
    for name, query in (
        ("visit", ""),
        ("link of the longest text", f"?read={encode_text(long_text)}"),
    ):
        between.take()
        page.goto(home + query)
        measured[name] = visit(page, between, plotly)
        page.goto("about:blank")
    page.goto(home)
    visit(page, between, plotly)
    page.get_by_label("Text", exact=True).fill(long_text)
    drawn = "document.querySelector('.lab-board').dataset.drawn"
    before = page.evaluate(drawn)
    start = page.evaluate("performance.now()")
    page.get_by_role("button", name="Read it").first.click()
    again = f"() => {drawn} !== '{before}' && performance.now()"
    measured["the longest text pasted"] = visit(page, between, plotly, start, again)
    context.close()
    return measured


def crowd(port: int, count: int, words: Sequence[str]) -> None:
    """Have two long texts read for each of several visitors at once, who all stay."""
    with contextlib.ExitStack() as stack, ThreadPoolExecutor(count) as pool:
        visitors = [stack.enter_context(Visitor(port, "Real_model")) for _ in range(count)]
        list(pool.map(read_two, visitors, range(count), [words] * count))


def read_two(visitor: Visitor, number: int, words: Sequence[str]) -> None:
    """Paste two long texts, in an order of words that no other visitor has."""
    visitor.patience = 300  # all wait for each other
    visitor.load()
    visitor.set_width(960)
    for key in ("model-text", "model-other"):
        shuffled = random.Random(f"{key} {number}").sample(words, len(words))
        visitor.type(key, " ".join(shuffled))
    assert not visitor.tab.exceptions


def main() -> None:
    """Print medians of several browsers, each with nothing kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visits", type=int, default=5)
    parser.add_argument("--crowd", type=int, default=6)
    parser.add_argument("--model", default=DEFAULT)
    given = parser.parse_args()
    long_text = longest(load(given.model))
    with (
        sync_playwright() as playwright,
        serving(ROOT / "dashboard.py", settings={VARIABLE: given.model}) as served,
        proxy(served.port) as between,
    ):
        browser = launch(playwright.chromium)
        first, *taken = (visits(browser, between, long_text) for _ in range(given.visits + 1))
        browser.close()
        memory = most_memory(served.pid)
        crowd(served.port, given.crowd, long_text.split())
        crowded = most_memory(served.pid)
    print(f"medians of {given.visits}; kB from server to browser")
    print(HEADER)
    print(line("first, loads the model", [first["visit"]]))
    for name in taken[0]:
        print(line(name, [each[name] for each in taken]))
    if memory:
        print(f"the server has taken {memory:.0f} MB at most")
    if crowded:
        print(f"and {crowded:.0f} MB with {given.crowd} visitors at once, two such texts each")


if __name__ == "__main__":
    main()
