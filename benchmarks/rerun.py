"""What one slider move costs on each page: milliseconds and bytes, also as ratios.

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
from attn_core.presets import DEFAULT
from benchmarks.serve import server
from benchmarks.visitor import Visitor

MOVES = 40
EDITOR = "Move the numbers"  # the sliders of some pages are in this drawer
WARM_UP = 5


def measure(port: int, page: str) -> tuple[float, float]:
    """Return median milliseconds and bytes of a move of the page's first matrix slider."""
    with Visitor(port, page) as visitor:
        visitor.load()
        if visitor.exceptions:
            raise RuntimeError(f"The page {page!r} failed: {visitor.exceptions[0]}")
        if EDITOR in visitor.drawers:
            visitor.open(EDITOR)
        matrix_sliders = [label for label in visitor.sliders if "·" in label or "→" in label]
        label = (matrix_sliders or list(visitor.sliders))[0]
        answers = [visitor.move(label, (i % 40) * 0.05) for i in range(WARM_UP + MOVES)]
    kept = answers[WARM_UP:]
    milliseconds = statistics.median(answer.seconds for answer in kept) * 1000
    return milliseconds, statistics.median(answer.size for answer in kept)


def main() -> None:
    """Print one line for each page with sliders."""
    with server(Path(__file__).parent / "reference_page.py") as port:
        reference_time, reference_size = measure(port, "")
    print(f"n = {DEFAULT.scenario.n}, d_model = {DEFAULT.scenario.d_model}")
    print("page            ms   x reference      kB   x reference")
    print(f"{'reference':12}{reference_time:6.1f}{'':14}{reference_size / 1000:8.1f}")
    with server(ROOT / "dashboard.py") as port:
        for page in ("", "Embeddings", "Projections", "Attention"):
            took, size = measure(port, page)
            print(
                f"{page or 'home':12}{took:6.1f}{took / reference_time:14.2f}"
                f"{size / 1000:8.1f}{size / reference_size:14.2f}"
            )


if __name__ == "__main__":
    main()
