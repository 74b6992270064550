from dataclasses import dataclass
from . import labels
from .cells import sources
from .steps import step


@dataclass(frozen=True)
class Operand:
    cell: object
    printed: str


@dataclass(frozen=True)
class Calculation:
    cell: object
    name: str
    symbols: str
    numbers: str
    result: str
    terms: tuple = ()
    operands: tuple = ()
    table: tuple = ()


def written(trace, cell):
    w = step(cell.name)
    r, c = (labels.axis(trace.scenario, a) for a in w.axes)
    return f"{w.symbol}[{labels.isolate(r[cell.row])}, {labels.isolate(c[cell.column])}]"


def calculate(trace, cell):
    v = getattr(trace, cell.name)[cell.row, cell.column]
    ops = tuple(Operand(c, "1") for s in sources(trace.scenario, cell) for c in s.cells)
    return Calculation(cell, written(trace, cell), "stub", "stub", labels.number(v, 3), (), ops, ())
