"""How long a cold start takes: until the server answers, and until the first page is whole.

    python benchmarks/start.py

Each start is a new process; medians are printed, and nothing is asserted. Files and
compiled modules are in the system's cache after the first start, which isn't counted.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from benchmarks import process
from benchmarks.serve import Serving, serving
from benchmarks.visitor import Visitor

HEADS = ("until it answers", "from there to the first page", "together", "a second visitor's page")


@dataclass(frozen=True)
class Start:
    """One cold start; milliseconds on the clock, and of the server's processor time.

    Processor time is the steadier of the two where other work goes on.
    """

    clock: tuple[float, ...]
    processor: tuple[float, ...]


def start(script: Path, *options: str) -> Start:
    """Start a server, wait until it answers, open the page, and open it again."""
    with serving(script, *options) as served:
        clock, spent = [served.healthy - served.started], [_spent(served)]
        for _ in range(2):
            clock.append(_load(served.port))
            spent.append(_spent(served))
    processor = [spent[0], spent[1] - spent[0], spent[2] - spent[1]]
    return Start(_together(clock), _together(processor))


def _together(seconds: list[float]) -> tuple[float, ...]:
    first, page, again = (1000 * each for each in seconds)
    return first, page, first + page, again


def _spent(served: Serving) -> float:
    return process.processor_seconds(served.pid) or 0.0


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
    print(f"{told.script.name}: medians of {told.starts} starts in ms, and of processor time")
    for i, head in enumerate(HEADS):
        clock = statistics.median(each.clock[i] for each in starts)
        spent = statistics.median(each.processor[i] for each in starts)
        print(f"{head:30}{clock:8.0f}{spent:8.0f}")


if __name__ == "__main__":
    main()
