"""Edit a matrix: in a table, with a filling of the whole, or with native sliders in its shape.

Where pictures are live, their own boxes are the sliders; see `live.moves`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from attn_core import edits, limits
from attn_core.edits import MatrixName
from attn_core.notation import labels
from attn_core.notation.equation import Block
from attn_core.notation.steps import step
from attn_core.scenario import Array, Scenario
from attn_core.text import escape
from pages.ui.edit import vectors
from pages.ui.live import table_input
from pages.ui.live.chart import expander
from pages.ui.live.moves import HINT, SLIDER_BOUND, SLIDER_STEP
from pages.ui.live.tables import data_frame
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.state import session

#: From a matrix to its numbers before, and row, column and entry of each box that was typed.
Typed = Callable[[Block], tuple[Array, Iterable[tuple[int, int, Any]]]]

MOST_SLIDERS = 16
#: How many fillings with random numbers there are.
_SEEDS = 10_000


def editor(*wanted: MatrixName) -> None:
    """Edit a matrix; the visitor chooses among several.

    Without names, all but W_o, which nothing shows but the page about heads. On a page with a
    task, those of which a box may be moved.
    """
    has = edits.editable(session().scenario)
    wanted = wanted or tuple(name for name in has if name != "W_o")
    names = [name for name in has if name in wanted and _movable(name).any()]
    if not names:
        return
    if not session().is_live:
        _matrix(_chosen(names))
        return
    st.container(key="hint").caption(HINT)
    with expander("Tables and fillings", "matrices") as is_open:
        if is_open:
            name = _chosen(names)
            with _line(name):
                _fillings(name)
            _say_locked(name)
            _number_table(_block(name), name)


def _chosen(names: list[MatrixName]) -> MatrixName:
    """Choose one of several matrices."""
    if len(names) == 1:
        return names[0]
    chosen: MatrixName = widget_state.seed_view("matrix", names, names[0])
    widgets.radio(
        "Matrix",
        names,
        key="matrix",
        horizontal=True,
        format_func=lambda name: escape.markdown(f"{name} · {step(name).title.lower()}"),
        label_visibility="collapsed",
    )
    return chosen


def _line(name: MatrixName) -> DeltaGenerator:
    """Begin a line that names a matrix."""
    line = st.container(horizontal=True, vertical_alignment="center")
    shape = _block(name).shape
    line.markdown(f"**{escape.markdown(name)}**{_of_head(name)} {shape}", width="content")
    return line


def _matrix(name: MatrixName) -> None:
    """Edit a matrix with native sliders, or in a table."""
    views = ("Sliders", "Table")
    with _line(name):
        view = widget_state.seed_view(f"view-{name}", views, views[0])
        widgets.radio(
            f"How to edit {escape.label(name)}",
            views,
            key=f"view-{name}",
            horizontal=True,
            label_visibility="collapsed",
            width="content",
        )
        _fillings(name)
    _say_locked(name)
    if view == "Table":
        _number_table(_block(name), name)
    else:
        _sliders(_block(name), name)


def _block(name: MatrixName) -> Block:
    """Return the matrix as it is edited: the selected head's share of it."""
    return edits.block_of(session().scenario, name, _head(name))


def _head(name: MatrixName) -> int:
    """Number the head whose share is edited; 0 for what all heads share."""
    return 0 if name in ("X", "Z", "P") else session().head


def _of_head(name: MatrixName) -> str:
    """Name the head whose share of a matrix is edited, where there are several."""
    heads = session().scenario.heads
    is_shared = name in ("X", "Z", "P")
    return "" if is_shared or len(heads) < 2 else f" of “{escape.markdown(heads[session().head])}”"


def _movable(name: MatrixName) -> NDArray[np.bool_]:
    """Say of each box of a matrix, as it is edited, whether it may be moved."""
    s, head, movable = session().scenario, _head(name), session().movable
    if movable:
        return movable.mask(s, name, head)
    return np.ones_like(edits.matrix_of(s, name, head), dtype=bool)


def _say_locked(name: MatrixName) -> None:
    """Say what a task lets one move, where that isn't the whole matrix."""
    if not _movable(name).all():
        st.caption(escape.markdown(session().locked))


def _sliders(shown: Block, name: MatrixName) -> None:
    """Lay out sliders as the matrix is, never more than a page can hold."""
    with st.container(gap=None):
        for i in _row_group(shown, name):
            for j, column in enumerate(st.columns(len(shown.columns))):
                with column:
                    _slider(shown, name, i, j)


def _row_group(shown: Block, name: MatrixName) -> range:
    """Return the rows whose sliders are shown; the visitor picks where a page can't hold all."""
    n, size = len(shown.rows), max(1, MOST_SLIDERS // len(shown.columns))
    if n <= size:
        return range(n)
    groups = [range(first, min(first + size, n)) for first in range(0, n, size)]
    key = f"rows-{name}-{n}-{size}"
    chosen = widget_state.seed_view(key, range(len(groups)), 0)
    widgets.radio(
        "Rows",
        range(len(groups)),
        key=key,
        horizontal=True,
        format_func=lambda g: escape.markdown(_span(shown.rows, groups[g])),
    )
    return groups[chosen]


def _span(rows: Sequence[str], group: range) -> str:
    first, last = labels.isolate(rows[group[0]]), labels.isolate(rows[group[-1]])
    return first if len(group) == 1 else f"{first} … {last}"


def _slider(shown: Block, name: MatrixName, i: int, j: int) -> None:
    value = float(shown.values[i, j])
    # Only a larger number, from a table, widens the slider: other bounds make another slider.
    bound = SLIDER_BOUND if abs(value) <= SLIDER_BOUND else limits.MAX_ABS
    revision = session().history.revision
    widgets.slider(
        escape.label(shown.cell(i, j)),
        -bound,
        bound,
        value,
        SLIDER_STEP,
        format="%.2f" if round(value, 2) == value else "%.3f",
        # Its value is only the start of a new slider: a slider that is written to while
        # the visitor moves the next one would take that move back.
        key=_slider_key(name, i, j, _head(name), revision),
        on_change=_set_cell,
        args=(name, i, j, _head(name), revision),
        disabled=not _movable(name)[i, j],
    )


def _slider_key(name: MatrixName, i: int, j: int, head: int, revision: int) -> str:
    return f"{name}-{i}-{j}-{head}-{revision}"


def _set_cell(name: MatrixName, i: int, j: int, head: int, revision: int) -> None:
    value = widget_state.read(_slider_key(name, i, j, head, revision), float, None)
    if value is not None and revision == session().history.revision:
        state.change(
            lambda: edits.with_cell(session().scenario, name, i, j, value, head), gesture=""
        )


def _fillings(name: MatrixName) -> None:
    """Show buttons that fill the whole matrix, and the seed of the random numbers."""
    if not _movable(name).all():
        return
    seed = widget_state.seed_view(f"seed-{name}", range(_SEEDS), 1)
    fillings: dict[str, Callable[[Scenario], Array]] = {
        "identity": lambda s: edits.identity(s, name),
        "zeros": lambda s: edits.zeros(s, name),
        _start(name): lambda s: edits.as_started(s, name, session().preset.scenario, _head(name)),
        "random": lambda s: edits.random(s, name, seed),
    }
    titles = {"vocabulary": "back to vocabulary", "preset": "back to preset"}
    titles["random"] = f"random, seed {seed}"
    if name in ("X", "Z") and vectors.in_use():
        del fillings["vocabulary"]
        vectors.reset_button(name)
    for key, values in fillings.items():
        title = titles.get(key, key)
        widgets.button(title, key=f"{key}-{name}", on_click=_fill, args=(name, values))
    widgets.number_input(
        f"Seed of random {escape.label(name)}",
        0,
        _SEEDS - 1,
        key=f"seed-{name}",
        label_visibility="collapsed",
        width=110,
    )


def _start(name: MatrixName) -> str:
    """Name what a matrix goes back to."""
    if name in ("X", "Z"):
        return "vocabulary"
    return "sinusoidal" if name == "P" and session().preset.scenario.P is None else "preset"


def _fill(name: MatrixName, values: Callable[[Scenario], Array]) -> None:
    s = session().scenario
    state.change(lambda: edits.with_matrix(s, name, values(s), _head(name)))


def _number_table(shown: Block, name: MatrixName) -> None:
    # As text: Streamlit's number column reads "1,5" as 15.
    written = labels.numbers(shown.values, limits.DECIMALS)
    table(shown, written, name, st.column_config.TextColumn, lambda typed: _set(name, typed))


def _set(name: MatrixName, typed: Typed) -> None:
    shown, head = _block(name), _head(name)

    def edited() -> edits.Noted:
        values, left_out = entered(shown, typed)
        return edits.Noted(edits.with_matrix(session().scenario, name, values, head), left_out)

    state.change(edited)


def table(
    shown: Block,
    written: Any,
    name: str,
    column: Callable[[str], Any],
    apply: Callable[[Typed], None],
) -> None:
    """Show a table whose numbers count as soon as they are typed or pasted.

    Columns are numbered and only labelled with a feature or word, for some names mean
    something to the table.
    """
    columns = {str(j): column(label) for j, label in enumerate(shown.columns)}
    stamp = (shown.values.tobytes(), shown.rows, shown.columns)
    key, (values, written) = widget_state.table(name, stamp, (shown.values, written))
    with st.container(key=f"around-table-{name}"):
        if column is st.column_config.TextColumn:
            table_input.listen(name, lambda typed: _apply(name, apply, typed, pasted=True))
        widgets.data_editor(
            data_frame(written, shown.rows, list(columns)),
            key=key,
            column_config=columns,
            disabled=["_index", *_locked_columns(name)],
            width="content",
            alt=f"Table to edit {name}",
            on_change=_apply,
            args=(name, apply, lambda shown: (values, _entries(shown, key))),
        )


def _locked_columns(name: str) -> list[str]:
    """Number the columns of a table in which no box may be moved."""
    own = [each for each in edits.editable(session().scenario) if each == name]
    return [str(j) for each in own for j, box in enumerate(_movable(each).T) if not box.any()]


def _apply(
    name: str, apply: Callable[[Typed], None], typed: Typed, *, pasted: bool = False
) -> None:
    """Apply what was entered, and keep a table that shows just that, with the keyboard in it."""
    try:
        apply(typed)
    finally:  # a fragment may ask for a run of the whole page
        widget_state.keep_table(name, as_entered=not (pasted or session().note))


def entered(shown: Block, typed: Typed) -> tuple[Array, str]:
    """Return the numbers of a table as they were typed, and say what was left out."""
    before, entries = typed(shown)
    values = np.array(before)
    left_out = [edits.enter(values, shown, i, j, entry) for i, j, entry in entries]
    return values, " ".join(filter(None, left_out))


def _entries(shown: Block, key: str) -> Iterator[tuple[int, int, Any]]:
    """Find row, column and entry of each box that was changed in a table."""
    for row, changes in (widget_state.event(key, "edited_rows") or {}).items():
        if not isinstance(changes, dict):
            raise ValueError(f"Row {row + 1} of the table: expected boxes, got {changes!r:.40}.")
        for column, entry in changes.items():
            i, j = row, int(column) if column.isdecimal() else -1
            if not (0 <= i < len(shown.rows) and 0 <= j < len(shown.columns)):
                raise ValueError(f"The table is {shown.shape}; it has no box ({i + 1}, {j + 1}).")
            yield i, j, entry
