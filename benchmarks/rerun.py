"""What one move of a number costs on each page: milliseconds and bytes, also as ratios.

    python benchmarks/rerun.py

A real server answers a client that speaks its protocol, without a browser. The
reference page has one slider and one chart. Nothing is asserted.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from attn_core import edits
from attn_core.permalink import encode
from attn_core.presets import BY_KEY, DEFAULT
from benchmarks.behaviour import EDITOR, boards, box_move, matrix_sliders
from benchmarks.serve import server
from benchmarks.visitor import Answer, Visitor

MOVES = 40
WARM_UP = 5
#: Pictures of a run; its 150 steps have room for no more.
PICTURES = 25
#: A, whose embeddings are others than B's, so that there are causes to be found.
PINNED = encode(edits.with_matrix(DEFAULT.scenario, "X", edits.random(DEFAULT.scenario, "X", 1)))
#: Four heads over six words.
VIEWS = edits.with_sentence(BY_KEY["four-views"].scenario, "I am Alice they are cats")


def measure(port: int, page: str, query: str = "") -> list[float]:
    """Return medians of one move: milliseconds, kB of messages, kB on the wire."""
    with Visitor(port, page, query) as visitor:
        visitor.load()
        if EDITOR in visitor.tab.drawers:
            visitor.open(EDITOR)
        if visitor.tab.exceptions:
            raise RuntimeError(f"The page {page!r} failed: {visitor.tab.exceptions[0]}")
        answers = [_move(visitor, (i % 40) * 0.05) for i in range(WARM_UP + MOVES)]
    figures = [(a.seconds * 1000, a.size / 1000, a.wire / 1000) for a in answers[WARM_UP:]]
    return [statistics.median(column) for column in zip(*figures, strict=True)]


def measure_learning(port: int, lesson: str) -> list[float]:
    """Return medians of one picture of a run that goes on by itself, as `measure` does."""
    with Visitor(port, "Learn", f"learn={lesson}") as visitor:
        visitor.load()
        visitor.press("learn-run")
        answers = [visitor.tick() for _ in range(PICTURES)]
        if visitor.tab.exceptions:
            raise RuntimeError(f"Learning failed: {visitor.tab.exceptions[0]}")
    figures = [(a.seconds * 1000, a.size / 1000, a.wire / 1000) for a in answers[WARM_UP:]]
    return [statistics.median(column) for column in zip(*figures, strict=True)]


def _move(visitor: Visitor, value: float) -> Answer:
    """One picture of a drag, or a native slider let go."""
    if pictures := boards(visitor.tab):
        return visitor.trigger(pictures[0], "move", box_move(0, 0, value, "gesture"))
    label = (matrix_sliders(visitor.tab.sliders) or list(visitor.tab.sliders))[0]
    return visitor.move(label, value)


def main() -> None:
    """Print lines for moves and for pictures of a run; in brackets, multiples of the reference."""
    with server(Path(__file__).parent / "reference_page.py") as port:
        reference = measure(port, "")
    print(f"n = {DEFAULT.scenario.n}, d_model = {DEFAULT.scenario.d_model}; one move")
    print(f"{'page':32}{'ms':>16}{'kB of messages':>16}{'kB on the wire':>16}")
    print(_line("reference", reference, reference))
    with server(ROOT / "dashboard.py") as port:
        for page in ("", "Embeddings", "Projections", "Attention", "Compare"):
            query = f"a={PINNED}" if page == "Compare" else ""
            print(_line(page or "home", measure(port, page, query), reference))
            classic = measure(port, page, f"classic=1&{query}")
            print(_line(f"{page or 'home'}, classic", classic, reference))
        print(_line("home, a weight asked", measure(port, "", "cell=weights.2.1"), reference))
        views = f"s={encode(VIEWS)}"
        title = f"Views, {VIEWS.h} heads, n = {VIEWS.n}"
        print(_line(title, measure(port, "Views", views), reference))
        print(_line(f"{title}, classic", measure(port, "Views", f"classic=1&{views}"), reference))
        for lesson in ("paint", "grammar", "views"):
            title = f"Learn, {lesson}: 5 steps"
            print(_line(title, measure_learning(port, lesson), reference))


def _line(name: str, figures: list[float], reference: list[float]) -> str:
    cells = (f"{f:.1f} ({f / r:.2f})" for f, r in zip(figures, reference, strict=True))
    return f"{name:32}" + "".join(f"{cell:>16}" for cell in cells)


if __name__ == "__main__":
    main()
