"""Where does this number come from? The answer below a picture, and the ways to ask.

A number is asked about by a click on its box, by the pickers, or by following another
number back to it. It stays asked about while numbers and pages change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from attn_core import AttentionTrace, Scenario
from attn_core.explain.calculation import calculate, told
from attn_core.explain.calculation.answer import Calculation
from attn_core.figures import describe, describe_contributions, describe_play, is_product
from attn_core.figures.words.contribution_bars import contributions_alt
from attn_core.notation import labels
from attn_core.notation.cells import Cell, head_of, name_of, nearest, sources, to_text
from attn_core.notation.equation import Block, Equation, equation
from attn_core.notation.outline import outlined
from attn_core.notation.steps import step
from attn_core.text import escape
from pages.ui.live.chart import chart, clicked, drawer, look
from pages.ui.session import state

QUESTION = "Where does a number come from?"

#: Pixels that the frame around the answer takes from its width.
_FRAME = 34


def asked(trace: AttentionTrace, drawn: Sequence[Equation], picture: str) -> Cell | None:
    """The number that the answer below this picture is about, if it is below this one."""
    names = {shown.step.name for each in drawn for shown in each.blocks}
    if not state.answers(picture, names):
        return None
    standing = state.trail().standing(trace.scenario)
    return standing[-1] if standing else None


def gone(trace: AttentionTrace, picture: str) -> None:
    """Say that the number which the answer below this picture was about isn't there any more."""
    trail = state.trail()
    if trail.picture != picture or len(trail.standing(trace.scenario)) == len(trail.cells):
        return
    cell = trail.cells[-1]
    place = f"{escape.markdown(step(cell.name).symbol)}, row {cell.row + 1}, column "
    st.caption(
        f"The number that was asked about, {place}{cell.column + 1}, isn't here any more. It comes "
        "back with its row and column; Undo can bring them."
    )


def pick(
    trace: AttentionTrace, drawn: Sequence[Equation], box: Any, picture: str, before: int = 0
) -> None:
    """A box was clicked: go on to it if the present number is made of it, or begin anew.

    Parameters
    ----------
    trace : AttentionTrace
    drawn : sequence of Equation
        What can be asked about in the picture.
    box : object
        What the browser told; see `live.board`.
    picture : str
        The picture's key.
    before : int
        How many other matrices stand before these.
    """
    blocks = [shown for each in drawn for shown in each.blocks]
    place = clicked(box)
    if place is None:
        return
    matrix, row, column = place[0] - before, *place[1:]
    if matrix in range(len(blocks)) and _has(blocks[matrix], row, column):
        shown = blocks[matrix]
        if shown.transposed:
            row, column = column, row
        if shown.title:  # one of several heads, side by side
            state.choose_head(matrix)
        _go(trace, Cell(shown.step.name, row, column), picture)


def _has(shown: Block, row: int, column: int) -> bool:
    return row in range(len(shown.rows)) and column in range(len(shown.columns))


def _go(trace: AttentionTrace, cell: Cell, picture: str) -> None:
    trail = state.trail()
    standing = trail.standing(trace.scenario)
    if standing and picture == trail.picture and cell in _parts(trace, standing[-1]):
        _go_on(trace, standing[-1], cell)
    else:
        state.ask(cell, picture)


def _go_on(trace: AttentionTrace, cell: Cell, to: Cell) -> None:
    """Go on to what a number is made of; from the heads side by side to the one it is of."""
    head = head_of(trace.scenario, cell)
    if head is not None:
        state.choose_head(head)
    state.follow(to)


def _calculated(trace: AttentionTrace, cell: Cell) -> Calculation:
    """The calculation of a number; of what each head has, of the one that is looked at."""
    return calculate(trace, cell, _head(trace))


def _head(trace: AttentionTrace) -> int:
    """The head that is looked at, in a trace that may be of one head alone."""
    return min(state.head(), trace.scenario.h - 1)


def _parts(trace: AttentionTrace, cell: Cell) -> set[Cell]:
    """What a number is made of, in its calculation or in the equation of its step."""
    used = {operand.cell for operand in _calculated(trace, cell).operands}
    return used.union(*(source.cells for source in sources(trace.scenario, cell)))


def button(drawn: Sequence[Equation], picture: str, *, is_open: bool) -> None:
    """Ask about the first number of a picture's result, or close the answer."""
    first = Cell(drawn[0].result.step.name, 0, 0)
    st.button(
        "Close the answer" if is_open else QUESTION,
        key=f"ask-{picture}",
        type="tertiary",
        icon=":material/close:" if is_open else ":material/help:",
        on_click=_close if is_open else _open,
        args=() if is_open else (first, picture),
    )


def _open(cell: Cell, picture: str) -> None:
    state.ask(cell, picture)
    st.rerun()  # the answer may stand below another picture


def _close() -> None:
    state.back_on_trail(0)
    st.rerun()


def answer(trace: AttentionTrace, cell: Cell, drawn: Sequence[Equation]) -> None:
    """Say where a number comes from, with the pickers, the way here and the way on."""
    made = _calculated(trace, cell)
    with st.container(border=True):
        _way(trace)
        _pickers(trace, cell)
        shown = f"\n= {made.numbers}" if made.operands else f"\n{made.name} = {made.result}"
        st.code(made.symbols + shown, language=None, wrap_lines=True)
        _picture(trace, cell, drawn)
        if made.terms:
            described = describe_contributions(made, look=look(_FRAME))
            chart(described, "figure-contributions", lambda: contributions_alt(made))
        if made.table:
            st.markdown(_table(made.table))
        _on(trace, made)
        _play(trace, cell)


def _way(trace: AttentionTrace) -> None:
    """The numbers that led here, each a step back."""
    cells = state.trail().standing(trace.scenario)
    with st.container():  # always there, so that what stands below isn't made anew
        if len(cells) == 1:
            return
        key = f"way-{len(cells)}"
        state.seed(key, len(cells))
        st.pills(
            "The way here",
            range(1, len(cells) + 1),
            key=key,
            format_func=lambda i: escape.markdown(name_of(trace.scenario, cells[i - 1])),
            on_change=_back,
            args=(key,),
        )


def _back(key: str) -> None:
    cells = state.trail().standing(state.scenario())
    if length := state.widget(key, range(1, len(cells) + 1), 0):  # a click on the last takes it off
        state.back_on_trail(length)
    st.rerun()


def _pickers(trace: AttentionTrace, cell: Cell) -> None:
    """Choose a number without a mouse."""
    rows, columns = (labels.axis(trace.scenario, axis) for axis in step(cell.name).axes)
    choices = {
        "matrix": (told(trace.scenario), cell.name, _said),
        "row": (range(len(rows)), cell.row, lambda i: labels.isolate(rows[i])),
        "column": (range(len(columns)), cell.column, lambda j: labels.isolate(columns[j])),
    }
    for place, (name, (options, chosen, say)) in zip(
        st.columns([2, 1, 1]), choices.items(), strict=True
    ):
        key = f"ask-{name}"
        state.seed(key, chosen)
        place.selectbox(
            name.capitalize(), options, key=key, format_func=say, on_change=_choose, args=(trace,)
        )


def _said(name: str) -> str:
    return f"{step(name).symbol} · {step(name).title}"


def _choose(trace: AttentionTrace) -> None:
    name = state.widget("ask-matrix", str, "")
    # A row that there isn't is refused with its name.
    row = state.widget("ask-row", int | str, None)
    column = state.widget("ask-column", int | str, None)
    try:
        if name not in told(trace.scenario):
            raise ValueError(f"There is no matrix {name!r:.40} here.")
        state.ask(nearest(trace.scenario, name, row, column), state.trail().picture)
    except ValueError as error:
        state.complain(str(error))
    st.rerun()


def _picture(trace: AttentionTrace, cell: Cell, drawn: Sequence[Equation]) -> None:
    """The steps that made the number, as far as they aren't in the picture above."""
    s = trace.scenario
    missing = [made for made in _made(cell) if not any(_shows(each, s, made) for each in drawn)]
    with st.container():  # as in `_way`
        if not missing:
            return
        shown = [equation(trace, made.name, _head(trace)) for made in missing]
        marked = [outlined(each, s, made) for each, made in zip(shown, missing, strict=True)]
        chart(
            describe(*marked, look=look(_FRAME)),
            "figure-asked",
            lambda: " ".join(each.alt for each in shown),
            lambda box: pick(trace, shown, box, state.trail().picture),
        )


def _made(cell: Cell) -> list[Cell]:
    """The numbers whose steps are to be seen; a scaled score is told from its query and key."""
    raw = [replace(cell, name="raw_scores")] if cell.name == "scores" else []
    return [made for made in (*raw, cell) if step(made.name).made_of]


def _shows(drawn: Equation, scenario: Scenario, cell: Cell) -> bool:
    """Whether an equation has what a number is made of."""
    marked = outlined(drawn, scenario, cell).blocks
    return any(not outline.is_asked for shown in marked for outline in shown.outlines)


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Markdown of a table whose cells are text."""
    header, *body = ("|" + "|".join(map(escape.markdown, row)) + "|" for row in rows)
    return "\n".join((header, "|" + "---|" * len(rows[0]), *body))


def _play(trace: AttentionTrace, cell: Cell) -> None:
    """The product that made the number, filling in the browser."""
    product = next((made.name for made in _made(cell) if is_product(made.name)), "")
    if not product:
        return
    with drawer("Play how the matrix is filled", f"play-{product}") as is_open:
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


def _on(trace: AttentionTrace, made: Calculation) -> None:
    """Each number that it is made of, a click away."""
    if not made.operands:
        return
    cells = list(dict.fromkeys(operand.cell for operand in made.operands))
    key = f"follow-{to_text(made.cell)}"
    st.pills(
        "Follow it back to",
        range(len(cells)),
        key=key,
        format_func=lambda i: escape.markdown(name_of(trace.scenario, cells[i])),
        on_change=_follow,
        args=(trace, made.cell, key, cells),
    )


def _follow(trace: AttentionTrace, cell: Cell, key: str, cells: Sequence[Cell]) -> None:
    chosen = state.widget(key, range(len(cells)), None)
    if chosen is not None:
        _go_on(trace, cell, cells[chosen])
    st.rerun()
