"""Where does a number come from? The answer to a picture, and the ways to ask.

The answer stands below its picture. Where that is out of sight on a wide window, it sticks to the
lower edge, with a scroll bar of its own. A number is inspected by a click on its box, by the
pickers, or by drilling down from another number. It stays inspected while numbers and pages
change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from attn_core import AttentionTrace, Scenario, edits
from attn_core.explain.calculation import calculate
from attn_core.explain.calculation.answer import Calculation
from attn_core.figures import NARROW, describe, describe_contributions, describe_play, is_product
from attn_core.figures.words.contribution_bars import contributions_alt
from attn_core.notation import labels
from attn_core.notation.cells import Cell, to_text
from attn_core.notation.equation import Block, Equation, equation
from attn_core.notation.graph import graph
from attn_core.notation.outline import highlight
from attn_core.notation.steps import step
from attn_core.text import escape
from pages.ui import menu
from pages.ui.live import dock
from pages.ui.live.chart import chart, expander, look, parse_click
from pages.ui.live.moves import inputs_of
from pages.ui.live.slots import slot
from pages.ui.session import widget_state, widgets
from pages.ui.session.state import session
from pages.ui.show.lit import with_dependencies

QUESTION = "Where does a number come from?"

#: Pixels that the frame around the answer and its scroll bar take from its width.
_FRAME = 50
#: Pixels at the right of the answer for the button that closes it, and between its halves.
_CLOSE, _GAP = 72, 8
#: The answer never moves its picture, and never covers more than the lower part of the window.
_CSS = """<style>
@media screen and (min-width: 701px) {
  div:has(> [class*="st-key-docked-"]) { position: sticky; bottom: 0; z-index: 8; }
  .st-key-answer {
    max-height: 38vh; overflow-y: auto; overscroll-behavior: contain; gap: 0.6rem;
    background: Canvas; box-shadow: 0 0 18px rgb(0 0 0 / 22%);
  }
  .st-key-answer-parts { padding-right: 4.5rem; }
  .st-key-close-answer {
    position: sticky; top: 0; align-self: flex-end; height: 0; overflow: visible; z-index: 1;
  }
  .st-key-close-answer button { background: Canvas; }
  /* What gets the focus is scrolled above it. */
  :is(.lab-box, .lab-cell) { scroll-margin-bottom: 42vh; }
}
@media print, (max-width: 900px) {
  .st-key-answer-parts [data-testid="stHorizontalBlock"] { flex-direction: column; }
  .st-key-answer-parts [data-testid="stColumn"] { width: 100%; flex: none; }
}
</style>"""


def inspected(trace: AttentionTrace, drawn: Sequence[Equation], picture: str) -> Cell | None:
    """Return the number that is inspected, if its answer stands below this picture."""
    names = {shown.step.name for each in drawn for shown in each.blocks}
    if not session().inspection.owns_answer(picture, names):
        return None
    standing = session().inspection.existing(trace.scenario)
    return standing[-1] if standing else None


def say_if_gone(trace: AttentionTrace, picture: str) -> None:
    """Say where the number that was inspected isn't there any more."""
    inspection = session().inspection
    if inspection.picture != picture or len(inspection.existing(trace.scenario)) == len(
        inspection.path
    ):
        return
    cell = inspection.path[-1]
    place = f"{escape.markdown(step(cell.name).symbol)}, row {cell.row + 1}, column "
    st.caption(
        f"The number that was asked about, {place}{cell.column + 1}, isn't here any more. It comes "
        "back with its row and column; Undo can bring them."
    )


def pick(
    trace: AttentionTrace, drawn: Sequence[Equation], box: Any, picture: str, before: int = 0
) -> None:
    """Inspect the box that was clicked; drill down to it if the present number depends on it.

    Parameters
    ----------
    trace : AttentionTrace
    drawn : sequence of Equation
        What can be asked about in the picture.
    box : object
        What the browser sent; see `components.board`.
    picture : str
        The picture's key.
    before : int
        How many other matrices stand before these.
    """
    blocks = [shown for each in drawn for shown in each.blocks]
    place = parse_click(box)
    if place is None:
        return
    matrix, row, column = place[0] - before, *place[1:]
    if matrix in range(len(blocks)) and _has(blocks[matrix], row, column):
        shown = blocks[matrix]
        if shown.transposed:
            row, column = column, row
        if shown.title:  # one of several heads, side by side
            session().chosen_head = matrix
        _inspect(trace, Cell(shown.step.name, row, column), picture)


def _has(shown: Block, row: int, column: int) -> bool:
    return row in range(len(shown.rows)) and column in range(len(shown.columns))


def _inspect(trace: AttentionTrace, cell: Cell, picture: str) -> None:
    inspection = session().inspection
    standing = inspection.existing(trace.scenario)
    if standing and picture == inspection.picture and cell in _dependencies(trace, standing[-1]):
        _drill_down(trace, standing[-1], cell)
    else:
        session().inspection.inspect(cell, picture)


def _drill_down(trace: AttentionTrace, cell: Cell, to: Cell) -> None:
    """Drill down to a dependency; from the heads side by side to the head that has it."""
    head = graph(trace.scenario).head_of(cell)
    if head is not None:
        session().chosen_head = head
    session().inspection.drill_down(to)


def _calculated(trace: AttentionTrace, cell: Cell) -> Calculation:
    """Calculate a number; of what each head has, that of the selected head."""
    return calculate(trace, cell, _head(trace))


def _head(trace: AttentionTrace) -> int:
    """Return the selected head, in a trace that may be of one head alone."""
    return min(session().head, trace.scenario.h - 1)


def _dependencies(trace: AttentionTrace, cell: Cell) -> set[Cell]:
    """Collect what a number depends on, in its calculation or in its step's equation."""
    used = {operand.cell for operand in _calculated(trace, cell).operands}
    return used.union(*(part.cells for part in graph(trace.scenario).dependencies(cell)))


def ask_button(drawn: Sequence[Equation], picture: str, *, is_open: bool) -> None:
    """Ask about a first number of a picture, or close the answer."""
    first = _first(drawn[0])
    widgets.button(
        "Close the answer" if is_open else QUESTION,
        key=f"ask-{picture}",
        type="tertiary",
        icon=":material/close:" if is_open else ":material/help:",
        on_click=_close if is_open else _open,
        args=() if is_open else (first, picture),
    )


def _first(drawn: Equation) -> Cell:
    """Choose the first word's largest weight where weights are computed, else a result."""
    for shown in drawn.blocks[1:]:
        if shown.step.name == "weights":
            return Cell("weights", 0, int(shown.values[0].argmax()))
    return Cell(drawn.result.step.name, 0, 0)


def _open(cell: Cell, picture: str) -> None:
    session().inspection.inspect(cell, picture)
    st.rerun()  # the answer may stand below another picture


def _close() -> None:
    session().inspection.back_to(0)
    st.rerun()


def answer(trace: AttentionTrace, cell: Cell, drawn: Sequence[Equation]) -> None:
    """Say where a number comes from, with the pickers, the path here and the ways on."""
    made = _calculated(trace, cell)
    st.html(_CSS)
    with st.container(border=True, key="answer"):
        widgets.button("Close", key="close-answer", type="tertiary", on_click=_close, help="Escape")
        with st.container(key="answer-parts"):
            calculation, parts = st.columns(2)
        with calculation:
            shown = f"\n= {made.numbers}" if made.operands else f"\n{made.name} = {made.result}"
            st.code(made.symbols + shown, language=None, wrap_lines=True)
            _path(trace)
            _operands(trace, made)
            if session().is_live and cell.name in edits.editable(trace.scenario):
                dock.go_to_box(cell, lambda: menu.link_to_box(cell.name))
        with parts:
            _parts(made)
        _picture(trace, cell, drawn)
        _play(trace, cell)
        _pickers(trace, cell)
        told = f"{made.name} = {made.result}"
        dock.answer(cell, told, f"ask-{session().inspection.picture}", _close)


def _parts(made: Calculation) -> None:
    """Show what each part of a number adds, or the row of a softmax."""
    if made.table:
        st.markdown(_table(made.table))
    if made.terms:
        whole = look(_FRAME)
        half = replace(whole, width=(whole.width - _CLOSE) / 2 - _GAP)
        shown = whole if whole.width < NARROW else half
        described = describe_contributions(made, look=shown)
        chart(described, "figure-contributions", lambda: contributions_alt(made))


def _path(trace: AttentionTrace) -> None:
    """Show the numbers that led here, each a step back."""
    cells = session().inspection.existing(trace.scenario)
    with slot():
        if len(cells) == 1:
            return
        key = f"way-{len(cells)}"
        widget_state.seed(key, len(cells))
        widgets.pills(
            "The way here",
            range(1, len(cells) + 1),
            key=key,
            format_func=lambda i: escape.markdown(graph(trace.scenario).name_of(cells[i - 1])),
            wrap=True,
            on_change=_back,
            args=(key,),
        )


def _back(key: str) -> None:
    cells = session().inspection.existing(session().scenario)
    chosen = widget_state.read(key, range(1, len(cells) + 1), None)
    if chosen:  # a click on the last takes it off
        session().inspection.back_to(chosen)
    st.rerun()


def _pickers(trace: AttentionTrace, cell: Cell) -> None:
    """Choose a number without a mouse."""
    nodes = graph(trace.scenario)
    rows, columns = nodes[cell.name].rows, nodes[cell.name].columns
    choices = {
        "matrix": (tuple(nodes), cell.name, _matrix_title),
        "row": (range(len(rows)), cell.row, lambda i: labels.isolate(rows[i])),
        "column": (range(len(columns)), cell.column, lambda j: labels.isolate(columns[j])),
    }
    for place, (name, (options, chosen, say)) in zip(
        st.columns([2, 1, 1]), choices.items(), strict=True
    ):
        key = f"ask-{name}"
        widget_state.seed(key, chosen)
        with place:
            widgets.selectbox(
                name.capitalize(),
                options,
                key=key,
                format_func=say,
                on_change=_choose,
                args=(trace,),
            )


def _matrix_title(name: str) -> str:
    return f"{step(name).symbol} · {step(name).title}"


def _choose(trace: AttentionTrace) -> None:
    name = widget_state.read("ask-matrix", str, "")
    # A row that there isn't is refused with its name.
    row = widget_state.read("ask-row", int | str, None)
    column = widget_state.read("ask-column", int | str, None)
    try:
        cell = graph(trace.scenario).nearest(name, row, column)
        session().inspection.inspect(cell, session().inspection.picture)
    except ValueError as error:
        session().complain(str(error))
    st.rerun()


def _picture(trace: AttentionTrace, cell: Cell, drawn: Sequence[Equation]) -> None:
    """Show the steps that made the number, unless the picture above has them."""
    s = trace.scenario
    missing = [made for made in _made(cell) if not any(_shows(each, s, made) for each in drawn)]
    with slot():
        if not missing:
            return
        shown = [equation(trace, made.name, _head(trace)) for made in missing]
        marked = [highlight(each, s, made) for each, made in zip(shown, missing, strict=True)]
        chart(
            with_dependencies(describe(*marked, look=look(_FRAME)), shown, s),
            "figure-asked",
            lambda: " ".join(each.alt for each in shown),
            lambda box: pick(trace, shown, box, session().inspection.picture),
            inputs_of(*shown),
        )


def _made(cell: Cell) -> list[Cell]:
    """List the numbers whose steps are to be seen; a scaled score begins at query and key."""
    which = step(cell.name)
    raw = [replace(cell, name=which.before)] if which.operation == "scaling" else []
    return [*raw, cell] if which.operation != "input" else []


def _shows(drawn: Equation, scenario: Scenario, cell: Cell) -> bool:
    """Whether an equation shows what a number depends on."""
    marked = highlight(drawn, scenario, cell).blocks
    return any(not outline.is_target for shown in marked for outline in shown.outlines)


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Write a table of text as Markdown."""
    header, *body = ("|" + "|".join(map(escape.markdown, row)) + "|" for row in rows)
    return "\n".join((header, "|" + "---|" * len(rows[0]), *body))


def _play(trace: AttentionTrace, cell: Cell) -> None:
    """Play in the browser how the product of the number is filled."""
    product = next((made.name for made in _made(cell) if is_product(made.name)), "")
    if not product:
        return
    with expander("Play how the matrix is filled", f"play-{product}") as is_open:
        if is_open:
            head = _head(trace)
            played = trace if product == "projected" else trace.head(head)
            chart(
                describe_play(played, product, look=look(_FRAME)),
                "figure-play",
                lambda: (
                    f"The same as above, number by number. {equation(trace, product, head).alt}"
                ),
            )


def _operands(trace: AttentionTrace, made: Calculation) -> None:
    """Show each number that it depends on, a click away."""
    if not made.operands:
        return
    cells = list(dict.fromkeys(operand.cell for operand in made.operands))
    key = f"follow-{to_text(made.cell)}"
    widgets.pills(
        "Follow it back to",
        range(len(cells)),
        key=key,
        format_func=lambda i: escape.markdown(graph(trace.scenario).name_of(cells[i])),
        wrap=True,
        on_change=_follow,
        args=(trace, made.cell, key, cells),
    )


def _follow(trace: AttentionTrace, cell: Cell, key: str, cells: Sequence[Cell]) -> None:
    chosen = widget_state.read(key, range(len(cells)), None)
    if chosen is not None:
        _drill_down(trace, cell, cells[chosen])
    st.rerun()
