"""Show a step: title, picture, sentence, table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from attn_core import AttentionTrace, Scenario, attend
from attn_core.analysis.causes import METHOD
from attn_core.analysis.causes import explain as explain_causes
from attn_core.analysis.compare import Comparison, compare
from attn_core.explain import narrate
from attn_core.figures import describe, describe_dot_product_pairs
from attn_core.figures.boxes.dot_product_pairs import dot_product_pairs_alt, rule_of
from attn_core.notation import steps
from attn_core.notation.course import made
from attn_core.notation.equation import (
    Block,
    Equation,
    block,
    equation,
    formula,
    headline,
    shape_mismatch,
)
from attn_core.notation.outline import outlined
from attn_core.text import escape
from pages.ui.live.chart import chart, drawer, look
from pages.ui.session import state
from pages.ui.show import inspector

Derive = Callable[[Scenario], Scenario]

#: Makes A and B from the visitor's scenario; None when there is nothing to compare.
Sides = Callable[[Scenario], tuple[Scenario, Scenario] | None]

if TYPE_CHECKING:
    import pandas as pd


def _unchanged(scenario: Scenario) -> Scenario:
    return scenario


def title(trace: AttentionTrace, name: str) -> None:
    """Heading of a step, with its formula."""
    which = steps.step(name)
    st.markdown(f"## {which.title}\n\n$$\n{formula(trace.scenario, name)}\n$$")


def what_is_projected(trace: AttentionTrace) -> None:
    """What queries, keys and values are made of, and what for."""
    X, Z = (steps.step(made(name, trace.scenario)).latex for name in ("placed", "placed_context"))
    if trace.scenario.is_cross:
        told = (
            f"Each word of the sentence, a row of ${X}$, **asks** with its query. Each word of "
            f"the second one, a row of ${Z}$, is **found** by its key and **tells** its value."
        )
    else:
        told = (
            f"The same ${X}$ is used three times. Each word **asks** with its query, is "
            "**found** by its key and **tells** its value."
        )
    st.markdown(f"{told} Three matrices make them; they are what a model learns.")


def formulas(trace: AttentionTrace, *names: str) -> None:
    """Formulas of several steps on one line."""
    written = r" \qquad ".join(formula(trace.scenario, name) for name in names)
    # What `st.latex` makes can be a pixel too narrow, and scrolls where no key can reach it.
    st.markdown(f"$$\n{written}\n$$")


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
        shown = equation(trace, name)
        if of is _unchanged:
            picture(trace, shown, key=key or name)
        else:  # an address names numbers of the visitor's scenario, not of what is made of it
            unasked(shown, key=key or name)
        st.markdown(narrate.explain(trace, name, escape.markdown))

    _part(key or name, body, of)


def steps_together(*names: str) -> None:
    """Several steps in one picture, each with its sentence below."""
    key = "-".join(names)

    def body(trace: AttentionTrace) -> None:
        picture(trace, *(equation(trace, name) for name in names), key=key)
        for name in names:
            st.markdown(narrate.explain(trace, name, escape.markdown))

    _part(key, body)


def whole_attention() -> None:
    """Softmax(scores) · V = output, on one line, and where each word looks."""

    def body(trace: AttentionTrace) -> None:
        picture(trace, headline(trace), key="headline")
        st.markdown(narrate.explain(trace, "weights", escape.markdown))

    _part("headline", body)


def comparison(name: str, sides: Sides) -> None:
    """A step of A, of B, and their difference in one picture, with what moved most and why.

    Parameters
    ----------
    name : str
        Name of the step.
    sides : callable
        Makes A and B from the visitor's scenario. Where it returns None there is nothing
        to compare, and the scenario is shown alone.
    """

    def body(trace: AttentionTrace) -> None:
        both = sides(trace.scenario)
        if both is None:
            picture(trace, headline(trace), key="comparison")
            st.markdown(narrate.explain(trace, "weights", escape.markdown))
        else:
            _compared(trace, compare(*both), name)

    _part("comparison", body)


def _compared(trace: AttentionTrace, c: Comparison, name: str) -> None:
    *others, b = c.equations(name)
    if c.b.scenario == trace.scenario:
        picture(trace, b, key="comparison", beside=others)
    else:
        unasked(*others, b, key="comparison")
    _list(c.gaps(escape.markdown))
    st.markdown("## What changed most, and why")
    _list(explain_causes(c, escape.markdown))
    if c.same_words and c.a.scenario != c.b.scenario:
        st.caption(METHOD)


def _list(sentences: Sequence[str]) -> None:
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences))


def headline_formula() -> None:
    """The formula of attention as the paper writes it."""
    st.latex(steps.HEADLINE_FORMULA)


def one_matrix(name: str) -> None:
    """One matrix alone."""
    _part(name, lambda trace: picture(trace, Equation((block(trace, name),)), key=name))


def shape_rule(rows: int) -> None:
    """X · W_q with a W_q of so many rows: the product, or why there is none."""

    def body(trace: AttentionTrace) -> None:
        tried = shape_mismatch(trace, rows)
        X, W = tried.blocks[:2]
        rule = rule_of(X, W)
        (st.success if rule.fits else st.warning)(escape.markdown(rule.message))
        # Its W_q is of this experiment only, so there is no telling where it comes from.
        unasked(tried, key="misfit")
        st.markdown(
            f"Each number of $Q$ is made from one row of ${X.step.latex}$ and one column of $W_q$: "
            "partner times partner, all added up. A number without a partner can't be used, "
            "so $W_q$ needs **one row for each feature**."
        )
        pairs = describe_dot_product_pairs(X, W, look=look())
        chart(pairs, key="partners", alt=lambda: dot_product_pairs_alt(X, W))

    _part("shape-rule", body)


def _part(name: str, body: Callable[[AttentionTrace], None], of: Derive = _unchanged) -> None:
    """A part of the page about the head that is looked at."""
    part(name, lambda trace: body(trace.head(state.head())), of)


def part(name: str, body: Callable[[AttentionTrace], None], of: Derive = _unchanged) -> None:
    """A part of the page that shows numbers; it is run alone while a hand moves them.

    Parameters
    ----------
    name : str
        Tells it from the other parts of its page.
    body : callable
        Shows a trace, with all its heads.
    of : callable, optional
        Which scenario to show, made from the visitor's.
    """
    key = f"part-{name}"

    def run() -> None:
        state.begin_part(key)
        body(attend(of(state.scenario())))

    st.fragment(run, key=key)()


def picture(
    trace: AttentionTrace, *drawn: Equation, key: str, beside: Sequence[Equation] = ()
) -> None:
    """Equations in one picture; below it, where the number comes from that is asked about.

    What is `beside` them, and drawn first, is of another scenario and isn't asked about.
    """
    name = f"figure-{key}"
    before = sum(len(each.blocks) for each in beside)
    cell = inspector.asked(trace, drawn, name)
    shown = [outlined(each, trace.scenario, cell) for each in drawn] if cell else drawn
    chart(
        describe(*beside, *shown, look=look()),
        key=name,
        alt=lambda: " ".join(each.alt for each in (*beside, *drawn)),
        picked=lambda box: inspector.pick(trace, drawn, box, name, before),
    )
    inspector.button(drawn, name, is_open=cell is not None)
    with st.container():  # always there, so that what stands below isn't made anew
        inspector.gone(trace, name)
        if cell:
            inspector.answer(trace, cell, drawn)
    _tables(key, *beside, *drawn)


def unasked(*drawn: Equation, key: str) -> None:
    """Equations in one picture, without the question where their numbers come from."""
    chart(
        describe(*drawn, look=look()),
        key=f"figure-{key}",
        alt=lambda: " ".join(each.alt for each in drawn),
    )
    _tables(key, *drawn)


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
