"""One goal of a task, chosen from lists: its kind, the words and the matrix, and the bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from attn_core import Scenario
from attn_core.edits.typed import read_number
from attn_core.notation import labels
from attn_core.notation.graph import graph
from attn_core.notation.steps import step
from attn_core.tasks.goals import ONE_WORD
from pages.ui.session import widget_state, widgets

#: Keys of the widgets of a goal begin with it.
GENERATION = "task"
#: The matrix that is asked about first, where it isn't the output.
_FIRST = {"cosine": "X", "row": "Q", "same": "K", "shape": "scores"}
_BOUNDS = {"above": "at least", "below": "at most", "near": "about"}


def key(name: str) -> str:
    """Key of a widget of the task; a file that is opened makes all of them anew."""
    return f"task-{widget_state.generation(GENERATION)}-{name}"


@dataclass(frozen=True)
class _Asked:
    """What a field is about: the goal's number and kind, the start, and what was chosen so far."""

    i: int
    kind: str
    s: Scenario
    chosen: dict[str, Any]

    def pick(
        self,
        name: str,
        label: str,
        options: Sequence[str],
        first: int = 0,
        say: Callable[[str], str] = labels.isolate,
        width: int = 130,
    ) -> str:
        """Choose one of several texts."""
        place = key(f"{self.i}-{name}")
        chosen = widget_state.seed_view(place, options, options[min(first, len(options) - 1)])
        widgets.selectbox(label, options, key=place, format_func=say, width=width)
        return chosen

    def number(self, name: str, label: str, first: float, **limits: Any) -> float:
        """Choose a number."""
        place = key(f"{self.i}-{name}")
        kind = int if type(first) is int else float
        chosen = widget_state.seed_view(place, kind, first)
        widgets.number_input(label, key=place, width=130, **limits)
        return chosen

    def axis(self, place: int) -> tuple[str, ...]:
        """Labels of the chosen matrix's rows or columns."""
        return graph(self.s).axis(step(self.chosen["matrix"]).axes[place])


def _query_and_key(asked: _Asked) -> dict[str, Any]:
    nodes = graph(asked.s)
    return {
        "query": asked.pick("query", "Query (attends)", nodes.axis("query"), 1),
        "key": asked.pick("key", "Key (attended to)", nodes.axis("key")),
    }


def _bound(asked: _Asked) -> dict[str, Any]:
    how = asked.pick("how", "is to be", [*_BOUNDS], say=_BOUNDS.__getitem__, width=100)
    value = asked.number("value", "Number", 0.9, step=0.1)
    return {how: value} | (_within(asked) if how == "near" else {})


def _within(asked: _Asked) -> dict[str, Any]:
    return {"within": asked.number("within", "±", 0.05, min_value=0.001, step=0.01, format="%.3f")}


def _above(asked: _Asked) -> dict[str, Any]:
    return {"above": asked.number("value", "is to be at least", 0.9, step=0.1)}


def _matrix(asked: _Asked) -> dict[str, Any]:
    names = [*graph(asked.s)]
    first = names.index(_FIRST.get(asked.kind, "output"))
    return {"matrix": asked.pick("matrix", "Matrix", names, first, _title, width=230)}


def _projection(asked: _Asked) -> dict[str, Any]:
    return {"matrix": asked.pick("matrix", "Matrix", ("W_q", "W_k"), say=_title, width=230)}


def _title(name: str) -> str:
    return f"{step(name).symbol}: {step(name).title.lower()}"


def _row(asked: _Asked) -> dict[str, Any]:
    return {"row": asked.pick("row", "Row", asked.axis(0))}


def _column(asked: _Asked) -> dict[str, Any]:
    return {"column": asked.pick("column", "Column", asked.axis(1))}


def _two_rows(asked: _Asked) -> dict[str, Any]:
    rows = asked.axis(0)
    return {"rows": [asked.pick("row", "Row", rows), asked.pick("other", "and row", rows, 1)]}


def _target(asked: _Asked) -> dict[str, Any]:
    columns = asked.axis(1)
    place = key(f"{asked.i}-target")
    first = "; ".join(["0"] * len(columns))
    typed = widget_state.seed_view(place, str, first)
    label = f"is to be near {len(columns)} numbers, with ; between"
    widgets.text_input(label, key=place, max_chars=120, width=260)
    return {"near": [read_number(each, label) for each in typed.split(";")]}


def _shape(asked: _Asked) -> dict[str, Any]:
    limits = {"min_value": 1, "max_value": 99}
    rows = asked.number("rows", "Rows", len(asked.axis(0)), **limits)
    columns = asked.number("columns", "Columns", len(asked.axis(1)), **limits)
    return {"shape": [rows, columns]}


def _by(asked: _Asked) -> dict[str, Any]:
    return {"by": asked.number("by", "by at least", 1.0, step=0.5)}


def _pattern(asked: _Asked) -> dict[str, Any]:
    return {"pattern": asked.pick("pattern", "Every word is to attend to", ONE_WORD, width=200)}


def _two_heads(asked: _Asked) -> dict[str, Any]:
    names = asked.s.heads
    return {"heads": [asked.pick("row", "Head", names), asked.pick("other", "and head", names, 1)]}


def _at_most(asked: _Asked) -> dict[str, Any]:
    return {"at_most": asked.number("most", "Boxes at most", 2, min_value=1, max_value=999)}


def _head(asked: _Asked) -> dict[str, Any]:
    """Choose a head, where there are several."""
    names = asked.s.heads
    if len(names) < 2:
        return {}
    return {"head": names.index(asked.pick("head", "Head", names)) + 1}


@dataclass(frozen=True)
class _Kind:
    """A kind of goal: what it is called, and its fields."""

    label: str
    fields: tuple[Callable[[_Asked], dict[str, Any]], ...]


#: By the names in a task's file.
KINDS = {
    "weight": _Kind("A weight", (_query_and_key, _bound, _head)),
    "ahead": _Kind("A score ahead of its row", (_query_and_key, _by, _head)),
    "pattern": _Kind("The same place for every word", (_pattern, _above, _head)),
    "largest": _Kind("Every word’s largest weight", (_bound, _head)),
    "cell": _Kind("A number of a matrix", (_matrix, _row, _column, _bound, _head)),
    "row": _Kind("A row of a matrix", (_matrix, _row, _target, _within, _head)),
    "cosine": _Kind("Two rows point the same way", (_matrix, _two_rows, _bound, _head)),
    "same": _Kind("A matrix stays as it is", (_matrix,)),
    "shape": _Kind("The shape of a matrix", (_matrix, _shape)),
    "gradient": _Kind(
        "A gradient, as a part of the largest",
        (_pattern, _projection, _row, _column, _bound, _head),
    ),
    "blocked": _Kind("A pair that the mask blocks", (_query_and_key,)),
    "order": _Kind("The order of the words matters", (_bound, _head)),
    "heads": _Kind("Two heads are alike, or not", (_two_heads, _bound)),
    "moved": _Kind("Few boxes are moved", (_at_most,)),
}


def goal(i: int, s: Scenario) -> dict[str, Any]:
    """Choose a goal; return it as a task's file has it.

    Parameters
    ----------
    i : int
        Its number, from 0.
    s : Scenario
        The start.

    Raises
    ------
    ValueError
        When a number can't be read.
    """
    kinds = [kind for kind in KINDS if kind != "heads" or s.h > 1]
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"task-goal-{i}"):
        kind = _Asked(i, "", s, {}).pick("kind", f"Goal {i + 1}", kinds, say=_label, width=230)
        asked = _Asked(i, kind, s, {})
        for field in KINDS[kind].fields:
            asked.chosen.update(field(asked))
    return {"goal": kind, **asked.chosen}


def _label(kind: str) -> str:
    return KINDS[kind].label


def entries(i: int, content: Mapping[str, Any], heads: Sequence[str]) -> dict[str, Any]:
    """Return what the widgets hold that make a goal: `goal` the other way round."""
    held: dict[str, Any] = {"kind": content["goal"]}
    for name in ("query", "key", "matrix", "pattern", "row", "column", "within", "by"):
        if name in content:
            held[name] = content[name]
    pair = content.get("rows") or [heads[i - 1] for i in content.get("heads", ())]
    held |= dict(zip(("row", "other"), pair, strict=False))
    held |= dict(zip(("rows", "columns"), content.get("shape", ()), strict=False))
    if "head" in content:
        held["head"] = heads[content["head"] - 1]
    return {f"{i}-{name}": value for name, value in (held | _bound_entries(content)).items()}


def _bound_entries(content: Mapping[str, Any]) -> dict[str, Any]:
    held: dict[str, Any] = {}
    for how in _BOUNDS:
        if isinstance(value := content.get(how), int | float):
            held |= {"how": how, "value": float(value)}
    if isinstance(target := content.get("near"), list):
        held["target"] = "; ".join(map(labels.short, target))
    if "at_most" in content:
        held["most"] = content["at_most"]
    return held
