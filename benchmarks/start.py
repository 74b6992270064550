"""How long a cold start takes: until the server answers, and until the first page is whole.

    python benchmarks/start.py

Each start is a new process; medians are printed, and nothing is asserted. Files and
compiled modules are in the system's cache after the first start, which isn't counted.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from benchmarks.serve import serving
from benchmarks.visitor import Visitor

HEADS = ("health", "first page", "together", "second visitor")


def start(script: Path, *options: str) -> tuple[float, ...]:
    """Milliseconds to the first answer, from there to the first page, both, and a later page."""
    with serving(script, *options) as served:
        healthy = served.healthy - served.started
        first, second = (_load(served.port) for _ in range(2))
    return tuple(1000 * seconds for seconds in (healthy, first, healthy + first, second))


def _load(port: int) -> float:
    with Visitor(port) as visitor:
        seconds = visitor.load().seconds
        if visitor.tab.exceptions:
            raise RuntimeError(f"The page failed: {visitor.tab.exceptions[0]}")
    return seconds


def main() -> None:
    """Print medians of several starts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=7)
    parser.add_argument("--script", type=Path, default=ROOT / "dashboard.py")
    parser.add_argument("--option", action="append", default=[], help="of Streamlit: name=value")
    told = parser.parse_args()
    options = [f"--{option}" for option in told.option]
    starts = [start(told.script.resolve(), *options) for _ in range(told.starts + 1)][1:]
    medians = [statistics.median(column) for column in zip(*starts, strict=True)]
    print(f"{told.script.name}: medians of {told.starts} starts, ms")
    for head, median in zip(HEADS, medians, strict=True):
        print(f"{head:16}{median:8.0f}")


if __name__ == "__main__":
    main()
