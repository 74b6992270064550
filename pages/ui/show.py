"""Show a step: title, picture, sentence, table. The only place where a chart is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypedDict

import streamlit as st

from attn_core import AttentionTrace, Scenario, attend, escape, labels, limits, narrate, steps
from attn_core.equation import Block, Equation, block, equation, formula, headline, misfit
from attn_core.figures import Description, Theme, describe, describe_partners
from attn_core.figures.shape_rule import partners_alt, rule_of
from pages.ui import live, state

Derive = Callable[[Scenario], Scenario]

if TYPE_CHECKING:
    import pandas as pd


class _Look(TypedDict):
    width: int
    theme: Theme
    projector: bool


def _unchanged(scenario: Scenario) -> Scenario:
    return scenario


@contextmanager
def drawer(label: str, key: str) -> Iterator[bool]:
    """A part of the page that is made and sent only while it is open."""
    box = st.expander(label, key=key, on_change=state.touch, type="compact")
    with box:
        yield bool(box.open)


def title(trace: AttentionTrace, name: str) -> None:
    """Heading of a step, with its formula."""
    which = steps.step(name)
    st.markdown(f"## {which.title}\n\n$$\n{formula(trace.scenario, name)}\n$$")


def step(name: str, key: str = "", of: Derive = _unchanged) -> None:
    """A step's picture, one sentence about these numbers, and its tables.

    Parameters
    ----------
    name : str
        Name of the step.
    key : str, optional
        Tells two pictures of the same step on one page apart.
    of : callable, optional
        Which scenario to show, made from the visitor's.
    """

    def body(trace: AttentionTrace) -> None:
        _picture(equation(trace, name), key=key or name)
        st.markdown(narrate.explain(trace, name, escape.markdown))

    _part(key or name, body, of)


def steps_together(*names: str) -> None:
    """Several steps in one picture, each with its sentence below."""
    key = "-".join(names)

    def body(trace: AttentionTrace) -> None:
        _picture(*(equation(trace, name) for name in names), key=key)
        for name in names:
            st.markdown(narrate.explain(trace, name, escape.markdown))

    _part(key, body)


def whole_attention() -> None:
    """Softmax(scores) · V = output, on one line, and where each word looks."""

    def body(trace: AttentionTrace) -> None:
        _picture(headline(trace), key="headline")
        st.markdown(narrate.explain(trace, "weights", escape.markdown))

    _part("headline", body)


def headline_formula() -> None:
    """The formula of attention as the paper writes it."""
    st.latex(steps.HEADLINE_FORMULA)


def one_matrix(name: str) -> None:
    """One matrix alone."""
    _part(name, lambda trace: _picture(Equation((block(trace, name),)), key=name))


def shape_rule(rows: int) -> None:
    """X · W_q with a W_q of so many rows: the product, or why there is none."""

    def body(trace: AttentionTrace) -> None:
        tried = misfit(trace, rows)
        X, W = tried.blocks[:2]
        rule = rule_of(X, W)
        (st.success if rule.fits else st.warning)(escape.markdown(rule.message))
        _picture(tried, key="misfit")
        st.markdown(
            "Each number of $Q$ is made from one row of $X$ and one column of $W_q$: "
            "partner times partner, all added up. A number without a partner can't be used, "
            "so $W_q$ needs **one row for each feature**."
        )
        _chart(describe_partners(X, W, **_look()), key="partners", alt=partners_alt(X, W))

    _part("shape-rule", body)


def _part(name: str, body: Callable[[AttentionTrace], None], of: Derive = _unchanged) -> None:
    """A part of the page that shows numbers; it is run alone while a hand moves them."""
    key = f"part-{name}"

    def run() -> None:
        state.begin_part(key)
        body(attend(of(state.scenario())))

    st.fragment(run, key=key)()


def _picture(*drawn: Equation, key: str) -> None:
    alt = " ".join(each.alt for each in drawn)
    _chart(describe(*drawn, **_look()), key=f"figure-{key}", alt=alt)
    _picked(f"figure-{key}", [shown for each in drawn for shown in each.blocks])
    _tables(key, *drawn)


def _chart(described: Description, key: str, alt: str) -> None:
    if state.live():
        live.board(described, key, alt)
        return
    figure = described.figure()
    config = live.classic_config(described, key)
    st.plotly_chart(figure, width="content", theme=None, config=config, key=key, alt=alt)
    if state.lost():
        st.caption("This browser couldn't load the live picture; this is the plain one.")


def _picked(key: str, blocks: Sequence[Block]) -> None:
    """Which number was clicked, and its value."""
    matrix, i, j = state.picked(key) or (len(blocks), 0, 0)
    if matrix not in range(len(blocks)):
        return
    shown = blocks[matrix]
    if i in range(len(shown.rows)) and j in range(len(shown.columns)):
        value = labels.number(shown.values[i, j], limits.DECIMALS)
        st.caption(escape.markdown(f"{shown.symbol}, {shown.cell(i, j)}: {value}"))


def _look() -> _Look:
    return {"width": state.width(), "theme": state.theme(), "projector": state.projector()}


def _tables(key: str, *drawn: Equation) -> None:
    """The numbers behind a picture; they are sent only while the drawer is open."""
    with drawer("Numbers as tables", f"tables-{key}") as is_open:
        if is_open:
            for shown in (shown for each in drawn for shown in each.blocks):
                st.caption(f"{escape.markdown(shown.symbol)} {shown.shape}")
                st.dataframe(_frame(shown), width="content", alt=f"Table of {shown.symbol}")


def _frame(shown: Block) -> pd.DataFrame:
    import pandas as pd  # takes as long as all else that a cold start's first page does

    return pd.DataFrame(shown.values, index=list(shown.rows), columns=list(shown.columns))
