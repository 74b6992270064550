"""Edit one matrix: sliders in the shape of the matrix, or a table, and whole fillings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import streamlit as st

from attn_core import edits, limits
from attn_core.edits import MatrixName
from attn_core.notation import labels
from attn_core.notation.equation import Block
from attn_core.notation.steps import step
from attn_core.scenario import Array, Scenario
from attn_core.text import escape
from pages.ui.edit import vectors as edit_vectors
from pages.ui.live import components as live
from pages.ui.live import table_paste
from pages.ui.live.components import SLIDER_BOUND, SLIDER_STEP
from pages.ui.session import state

#: From a matrix to its numbers before, and row, column and entry of each box that was typed.
Typed = Callable[[Block], tuple[Array, Iterable[tuple[int, int, Any]]]]

MOST_SLIDERS = 16
#: How many fillings with random numbers there are.
_SEEDS = 10_000


def matrices(*wanted: MatrixName) -> None:
    """Choose one of several matrices, of those that the scenario has, and edit it.

    Without names, all but W_o, which nothing shows but the page about heads.
    """
    has = edits.editable(state.scenario())
    names = [name for name in has if (name in wanted if wanted else name != "W_o")]
    if len(names) == 1:
        matrix(names[0])
        return
    chosen: MatrixName = state.seed_view("matrix", names, names[0])
    st.radio(
        "Matrix",
        names,
        key="matrix",
        horizontal=True,
        format_func=lambda name: escape.markdown(f"{name} · {step(name).title.lower()}"),
        on_change=state.touch,
        label_visibility="collapsed",
    )
    matrix(chosen)


def matrix(name: MatrixName) -> None:
    """Edit one matrix."""
    shown = _block(name)
    views = ("Boxes" if state.live() else "Sliders", "Table")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{escape.markdown(name)}**{_of_head(name)} {shown.shape}", width="content")
        view = state.seed_view(f"view-{name}", views, views[0])
        st.radio(
            f"How to edit {escape.label(name)}",
            views,
            key=f"view-{name}",
            horizontal=True,
            label_visibility="collapsed",
            on_change=state.touch,
            width="content",
        )
        _fillings(name)
    if view == "Table":
        _number_table(shown, name)
    elif state.live():
        _boxes(name)
    else:
        _sliders(shown, name)


def _block(name: MatrixName) -> Block:
    """What is edited, of the head that is looked at."""
    return edits.block_of(state.scenario(), name, _head(name))


def _head(name: MatrixName) -> int:
    """Number the head whose share is edited; 0 of what all heads have in common."""
    return 0 if name in ("X", "Z", "P") else state.head()


def _of_head(name: MatrixName) -> str:
    """Name the head whose share of a matrix is edited, where there are several."""
    heads = state.scenario().heads
    is_shared = name in ("X", "Z", "P")
    return "" if is_shared or len(heads) < 2 else f" of “{escape.markdown(heads[state.head()])}”"


def _boxes(name: MatrixName) -> None:
    """The boxes of the matrix as sliders; run alone while a hand moves them."""

    def part() -> None:
        state.begin_part(key)
        live.boxes(name, _block(name), _head(name))

    key = f"boxes-{name}"
    st.fragment(part, key=key)()
    st.caption("Drag a box sideways, use the arrow keys (Shift: ten steps), or type a number.")


def _sliders(shown: Block, name: MatrixName) -> None:
    """Sliders laid out as the matrix is, never more than a page can hold."""
    with st.container(gap=None):
        for i in _row_group(shown, name):
            for j, column in enumerate(st.columns(len(shown.columns))):
                with column:
                    _slider(shown, name, i, j)


def _row_group(shown: Block, name: MatrixName) -> range:
    """Rows whose sliders are shown; where they are too many for a page, the visitor picks."""
    n, size = len(shown.rows), max(1, MOST_SLIDERS // len(shown.columns))
    if n <= size:
        return range(n)
    groups = [range(first, min(first + size, n)) for first in range(0, n, size)]
    key = f"rows-{name}-{n}-{size}"
    chosen = state.seed_view(key, range(len(groups)), 0)
    st.radio(
        "Rows",
        range(len(groups)),
        key=key,
        horizontal=True,
        format_func=lambda g: escape.markdown(_span(shown.rows, groups[g])),
        on_change=state.touch,
    )
    return groups[chosen]


def _span(rows: Sequence[str], group: range) -> str:
    first, last = labels.isolate(rows[group[0]]), labels.isolate(rows[group[-1]])
    return first if len(group) == 1 else f"{first} … {last}"


def _slider(shown: Block, name: MatrixName, i: int, j: int) -> None:
    value = float(shown.values[i, j])
    # A table can hold larger numbers; only then the slider is wider, for its bounds
    # are part of what makes it the same slider from run to run.
    bound = SLIDER_BOUND if abs(value) <= SLIDER_BOUND else limits.BOUND
    edition = state.edition()
    st.slider(
        escape.label(labels.cell(shown.step, shown.rows[i], shown.columns[j])),
        -bound,
        bound,
        value,
        SLIDER_STEP,
        format="%.2f" if round(value, 2) == value else "%.3f",
        # Its value is only the start of a new slider: a slider that is written to while
        # the visitor moves the next one would take that move back.
        key=_slider_key(name, i, j, _head(name), edition),
        on_change=_set_cell,
        args=(name, i, j, _head(name), edition),
    )


def _slider_key(name: MatrixName, i: int, j: int, head: int, edition: int) -> str:
    return f"{name}-{i}-{j}-{head}-{edition}"


def _set_cell(name: MatrixName, i: int, j: int, head: int, edition: int) -> None:
    value = state.widget(_slider_key(name, i, j, head, edition), float, None)
    if value is not None and edition == state.edition():
        state.change(
            lambda: edits.with_cell(state.scenario(), name, i, j, value, head), by_slider=True
        )


def _fillings(name: MatrixName) -> None:
    """Buttons that fill the whole matrix, and the seed of the random numbers."""
    seed = state.seed_view(f"seed-{name}", range(_SEEDS), 1)
    fillings: dict[str, Callable[[Scenario], Array]] = {
        "identity": lambda s: edits.identity(s, name),
        "zeros": lambda s: edits.zeros(s, name),
        _start(name): lambda s: edits.as_started(s, name, state.preset().scenario, _head(name)),
        "random": lambda s: edits.random(s, name, seed),
    }
    titles = {"vocabulary": "back to vocabulary", "preset": "back to preset"}
    titles["random"] = f"random, seed {seed}"
    if name in ("X", "Z") and edit_vectors.in_use():
        del fillings["vocabulary"]
        edit_vectors.again(name)
    for key, values in fillings.items():
        title = titles.get(key, key)
        st.button(title, key=f"{key}-{name}", on_click=_fill, args=(name, values))
    st.number_input(
        f"Seed of random {escape.label(name)}",
        0,
        _SEEDS - 1,
        key=f"seed-{name}",
        label_visibility="collapsed",
        on_change=state.touch,
        width=110,
    )


def _start(name: MatrixName) -> str:
    """Say what a matrix goes back to."""
    if name in ("X", "Z"):
        return "vocabulary"
    return "sinusoidal" if name == "P" and state.preset().scenario.P is None else "preset"


def _fill(name: MatrixName, values: Callable[[Scenario], Array]) -> None:
    s = state.scenario()
    state.change(lambda: edits.with_matrix(s, name, values(s), _head(name)))


def _number_table(shown: Block, name: MatrixName) -> None:
    # As text: Streamlit's number column reads "1,5" as 15.
    written = labels.numbers(shown.values, limits.DECIMALS)
    table(shown, written, name, st.column_config.TextColumn, lambda typed: _set(name, typed))


def _set(name: MatrixName, typed: Typed) -> None:
    shown, head = _block(name), _head(name)

    def edited() -> tuple[Scenario, str]:
        values, told = entered(shown, typed)
        following = edits.with_matrix(state.scenario(), name, values, head)
        rounded = edits.describe_rounding(values, edits.matrix_of(following, name, head))
        return following, f"{told} {rounded}".strip()

    state.change(edited)


def table(
    shown: Block,
    written: Any,
    name: str,
    column: Callable[[str], Any],
    apply: Callable[[Typed], None],
) -> None:
    """A table whose numbers are taken as soon as they are typed or pasted.

    Columns are numbered and only labelled with a feature or word, for some names mean
    something to the table.
    """
    import pandas as pd  # takes as long as all else that a cold start's first page does

    columns = {str(j): column(label) for j, label in enumerate(shown.columns)}
    stamp = (shown.values.tobytes(), shown.rows, shown.columns)
    key, (values, written) = state.table(name, stamp, (shown.values, written))
    with st.container(key=f"around-table-{name}"):
        if column is st.column_config.TextColumn:
            table_paste.listen(name, lambda typed: _apply(name, apply, typed, pasted=True))
        st.data_editor(
            pd.DataFrame(written, index=list(shown.rows), columns=list(columns)),
            key=key,
            column_config=columns,
            disabled=["_index"],
            width="content",
            alt=f"Table to edit {name}",
            on_change=_apply,
            args=(name, apply, lambda shown: (values, _entries(shown, key))),
        )


def _apply(
    name: str, apply: Callable[[Typed], None], typed: Typed, *, pasted: bool = False
) -> None:
    """Take what was entered; a table that shows just that stays, and the keyboard in it."""
    try:
        apply(typed)
    finally:  # a part of the page may ask for a run of all of it
        state.keep_table(name, as_entered=not (pasted or state.note()))


def entered(shown: Block, typed: Typed) -> tuple[Array, str]:
    """The numbers of a table as they were typed, and what of them was left out."""
    before, entries = typed(shown)
    values = np.array(before)
    told = [edits.enter(values, shown, i, j, entry) for i, j, entry in entries]
    return values, " ".join(filter(None, told))


def _entries(shown: Block, key: str) -> Iterator[tuple[int, int, Any]]:
    """Row, column and entry of each box that was changed in a table."""
    for row, changes in (state.told(key, "edited_rows") or {}).items():
        if not isinstance(changes, dict):
            raise ValueError(f"Row {row + 1} of the table: expected boxes, got {changes!r:.40}.")
        for column, entry in changes.items():
            i, j = row, int(column) if column.isdecimal() else -1
            if not (0 <= i < len(shown.rows) and 0 <= j < len(shown.columns)):
                raise ValueError(f"The table is {shown.shape}; it has no box ({i + 1}, {j + 1}).")
            yield i, j, entry
