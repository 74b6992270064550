"""Many visitors at once on a real server: how long they wait, and what it takes.

    python benchmarks/load.py
    python benchmarks/load.py --visitors 100 --think 6 --seconds 60
    python benchmarks/load.py --reruns 20000
    python benchmarks/load.py --script benchmarks/reference_page.py
    python benchmarks/load.py --option runner.postScriptGC=true

Visitors speak the server's protocol without a browser; what they do is in
`behaviour.py`. Server and visitors have a processor core each, where there are two.
Nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from benchmarks import behaviour, process
from benchmarks.crowd import Guest, Tally
from benchmarks.serve import Serving, pinning, serving
from benchmarks.visitor import Answer
from pages.ui.serving.server import QUIET, TIDY_EVERY

#: Seconds that the server keeps a session whose visitor is gone, short enough to wait for.
FORGETS_AFTER = 5
#: Runs of the script between two looks at the server's memory.
EVERY = 1000
#: Visitors where none pauses.
RESTLESS = 4


@dataclass(frozen=True)
class Plan:
    """What a crowd does.

    Attributes
    ----------
    visitors : int
    think : float
        Mean seconds between an answer and the next act; exponentially distributed.
    ramp, seconds : float
        How long they take to arrive, and how long they are counted after that.
    query : str
        What follows the question mark in the first address.
    reruns : int
        Runs of the script after which all leave, instead of after a time; 0 for none.
    """

    visitors: int = 100
    think: float = 6.0
    ramp: float = 10.0
    seconds: float = 60.0
    query: str = ""
    reruns: int = 0


async def visit(port: int, plan: Plan, tally: Tally) -> None:
    """Let the crowd come, act and leave."""
    begin = time.monotonic()
    tally.counted_from = begin + plan.ramp
    end = tally.counted_from + plan.seconds

    def over() -> bool:
        return tally.runs >= plan.reruns if plan.reruns else time.monotonic() > end

    async with asyncio.TaskGroup() as group:
        for i in range(plan.visitors):
            guest, dice = Guest(port, plan.query, tally), random.Random(i)
            delay = plan.ramp * i / plan.visitors
            group.create_task(_stay(guest, dice, delay, plan.think, over))


async def _stay(
    guest: Guest, dice: random.Random, delay: float, think: float, over: Callable[[], bool]
) -> None:
    await asyncio.sleep(delay)
    well = await guest.suffer(_arrive(guest))
    while not over():
        await asyncio.sleep(dice.expovariate(1 / think) if think else 0)
        if not over():
            # A visitor who was cut off opens the link again, as people do.
            act = behaviour.act if well else behaviour.open_link
            well = await guest.suffer(act(guest, dice))
    await guest.leave()


async def _arrive(guest: Guest) -> None:
    await guest.come()
    await behaviour.arrive(guest)


async def _watch(pid: int, tally: Tally, seen: list[tuple[int, float]]) -> None:
    """Note and print the server's memory each so many runs, until cancelled."""
    while True:
        if tally.runs >= EVERY * (len(seen) + 1) and (now := process.memory(pid)) is not None:
            seen.append((tally.runs, now))
            print(f"{tally.runs:8} reruns {now:8.1f} MB", flush=True)
        await asyncio.sleep(0.05)


async def forget(port: int) -> None:
    """Wait until the sessions of visitors who left have expired and are dropped.

    The server drops them when another visitor leaves, not before.
    """
    await asyncio.sleep(FORGETS_AFTER + 1)
    last = Guest(port, "", Tally())
    await _arrive(last)
    await last.leave()
    await asyncio.sleep(QUIET + TIDY_EVERY + 1)


@dataclass
class Costs:
    """What the server took.

    Attributes
    ----------
    start, peak, left, forgotten : float or None
        MB of memory: after one visitor who saw all pages, at most, when all had left,
        and when their sessions had expired.
    server, client : float
        Shares of a processor core while visitors were counted.
    seen : list of (int, float)
        Runs of the script, and MB after them.
    """

    start: float | None = None
    peak: float | None = None
    left: float | None = None
    forgotten: float | None = None
    server: float = 0.0
    client: float = 0.0
    seen: list[tuple[int, float]] = field(default_factory=list)


async def look_round(port: int, query: str) -> None:
    """Have everything imported that the pages need, by one who sees them all and leaves."""
    guest = Guest(port, query, Tally())
    await _arrive(guest)
    for page in list(guest.tab.pages)[1:]:
        await guest.do("page", partial(guest.tab.go, page))
    await guest.leave()


async def run(served: Serving, plan: Plan) -> tuple[Tally, Costs]:
    """Load a server with a crowd; tell what happened to them and what it took."""
    await look_round(served.port, plan.query)
    tally, costs = Tally(), Costs(start=process.memory(served.pid))
    watch = asyncio.create_task(_watch(served.pid, tally, costs.seen))
    crowd = asyncio.create_task(visit(served.port, plan, tally))
    await asyncio.sleep(plan.ramp)
    before = _clocks(served.pid)
    await crowd
    wall, server, client = (b - a for a, b in zip(before, _clocks(served.pid), strict=True))
    watch.cancel()
    costs.server, costs.client = server / wall, client / wall
    costs.peak, costs.left = process.most_memory(served.pid), process.memory(served.pid)
    return tally, costs


def _clocks(pid: int) -> tuple[float, float, float]:
    return time.monotonic(), process.processor_seconds(pid) or 0.0, time.process_time()


def report(tally: Tally, costs: Costs) -> Iterator[str]:
    """Lines that tell what happened."""
    heads = ("count", "p50 ms", "p95 ms", "max ms", "kB", "kB on wire")
    yield f"{'act':8}" + "".join(f"{head:>11}" for head in heads)
    for act, answers in tally.answers.items():
        yield _row(act, answers)
    yield f"errors: {dict(tally.errors) or 'none'}"
    yield f"processor: server {costs.server:.0%} of a core, visitors {costs.client:.0%}"
    memory = (costs.start, costs.peak, costs.left, costs.forgotten)
    start, peak, left, forgotten = (f"{mb:.0f}" if mb else "unknown" for mb in memory)
    yield (
        f"memory in MB: start {start}, peak {peak}, all gone {left}, "
        f"sessions expired after {FORGETS_AFTER} s {forgotten}"
    )
    # The first half fills the sessions' undo histories and whatever is made once.
    if len(half := costs.seen[len(costs.seen) // 2 :]) > 1:
        slope, _ = statistics.linear_regression(*zip(*half, strict=True))
        yield f"slope over the second half: {slope * 1e6:.0f} bytes a rerun"


def _row(act: str, answers: Sequence[Answer]) -> str:
    times = sorted(answer.seconds * 1000 for answer in answers)
    median, late = (times[min(len(times) - 1, int(len(times) * part))] for part in (0.5, 0.95))
    size = statistics.mean(answer.size for answer in answers) / 1000
    wire = statistics.mean(answer.wire for answer in answers) / 1000
    figures = (median, late, times[-1], size, wire)
    return f"{act:8}{len(times):11}" + "".join(f"{figure:11.1f}" for figure in figures)


def main() -> None:
    """Print what happened to the crowd."""
    told = _arguments()
    if told.reruns:
        plan = Plan(RESTLESS, 0.0, 0.0, 0.0, told.query, told.reruns)
    else:
        plan = Plan(told.visitors, told.think, told.ramp, told.seconds, told.query)
    options = [f"--{option}" for option in told.option]
    options.append(f"--server.disconnectedSessionTTL={FORGETS_AFTER}")
    own, servers = [*process.cores(), None, None][:2]
    with serving(told.script.resolve(), *options, core=servers) as served:
        if pin := pinning(own):
            pin()
        print(f"{plan}, {' '.join(options)}", flush=True)
        tally, costs = asyncio.run(run(served, plan))
        asyncio.run(forget(served.port))
        costs.forgotten = process.memory(served.pid)
    print(*report(tally, costs), sep="\n")


def _arguments() -> argparse.Namespace:
    plan, parser = Plan(), argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, default=plan.visitors)
    parser.add_argument("--think", type=float, default=plan.think, help="mean seconds")
    parser.add_argument("--ramp", type=float, default=plan.ramp, help="seconds to arrive in")
    parser.add_argument("--seconds", type=float, default=plan.seconds, help="after the ramp")
    parser.add_argument("--query", default=plan.query, help="of the first address: classic=1")
    parser.add_argument("--reruns", type=int, default=0, help="so many without pause, instead")
    parser.add_argument("--script", type=Path, default=ROOT / "dashboard.py")
    parser.add_argument("--option", action="append", default=[], help="of Streamlit: name=value")
    return parser.parse_args()


if __name__ == "__main__":
    main()
