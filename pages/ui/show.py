"""Show a step: title, picture, sentence, table. The only place where a chart is shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypedDict

import streamlit as st

from attn_core import AttentionTrace, escape, narrate, steps
from attn_core.equation import Block, Equation, block, equation, formula, headline, misfit
from attn_core.figures import Figure, Theme, draw, draw_partners
from attn_core.figures.shape_rule import partners_alt, rule_of
from pages.ui import state

if TYPE_CHECKING:
    import pandas as pd


class _Look(TypedDict):
    width: int
    theme: Theme
    projector: bool


#: Plotly's own button saves one figure; the other buttons zoom what has no axes.
_CONFIG = {"displaylogo": False, "modeBarButtons": [["toImage"]]}


@contextmanager
def drawer(label: str, key: str) -> Iterator[bool]:
    """A part of the page that is made and sent only while it is open."""
    box = st.expander(label, key=key, on_change=state.touch, type="compact")
    with box:
        yield bool(box.open)


def title(trace: AttentionTrace, name: str) -> None:
    """Heading of a step, with its formula."""
    which = steps.step(name)
    st.markdown(f"### {which.title}\n\n$$\n{formula(trace.scenario, name)}\n$$")


def step(trace: AttentionTrace, name: str, key: str = "") -> None:
    """A step's picture, one sentence about these numbers, and its tables.

    Parameters
    ----------
    trace : AttentionTrace
    name : str
        Name of the step.
    key : str, optional
        Tells two pictures of the same step on one page apart.
    """
    _picture(equation(trace, name), key=key or name)
    st.markdown(narrate.explain(trace, name, escape.markdown))


def steps_together(trace: AttentionTrace, *names: str) -> None:
    """Several steps in one picture, each with its sentence below."""
    _picture(*(equation(trace, name) for name in names), key="-".join(names))
    for name in names:
        st.markdown(narrate.explain(trace, name, escape.markdown))


def whole_attention(trace: AttentionTrace) -> None:
    """Softmax(scores) · V = output, on one line, and where each word looks."""
    _picture(headline(trace), key="headline")
    st.markdown(narrate.explain(trace, "weights", escape.markdown))


def headline_formula() -> None:
    """The formula of attention as the paper writes it."""
    st.latex(steps.HEADLINE_FORMULA)


def one_matrix(trace: AttentionTrace, name: str) -> None:
    """One matrix alone."""
    _picture(Equation((block(trace, name),)), key=name)


def shape_rule(trace: AttentionTrace, rows: int) -> None:
    """X · W_q with a W_q of so many rows: the product, or why there is none."""
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
    _chart(draw_partners(X, W, **_look()), key="partners", alt=partners_alt(X, W))


def _picture(*drawn: Equation, key: str) -> None:
    alt = " ".join(each.alt for each in drawn)
    _chart(draw(*drawn, **_look()), key=f"figure-{key}", alt=alt)
    _tables(key, *drawn)


def _chart(figure: Figure, key: str, alt: str) -> None:
    st.plotly_chart(figure, width="content", theme=None, config=_CONFIG, key=key, alt=alt)


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
