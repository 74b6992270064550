"""Show steps as pictures, each with a sentence and a table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import streamlit as st

from attn_core import AttentionTrace, Scenario, document, edits
from attn_core.analysis.compare import Comparison, compare
from attn_core.analysis.describe_causes import METHOD, describe_causes
from attn_core.explain.describe import describe_step
from attn_core.figures import (
    Description,
    describe,
    describe_dot_product_pairs,
    describe_overview,
)
from attn_core.figures.boxes.dot_product_pairs import dot_product_pairs_alt, rule_of
from attn_core.notation import steps
from attn_core.notation.equation import Equation, block, equation, formula, headline, shape_mismatch
from attn_core.notation.graph import graph
from attn_core.notation.outline import highlight
from attn_core.notation.overview import overview
from attn_core.text import escape
from pages.ui.live.chart import chart, expander, look
from pages.ui.live.moves import Inputs, Shown, inputs_of
from pages.ui.live.tables import data_frame
from pages.ui.session.state import session
from pages.ui.show import inspector
from pages.ui.show.fragments import Derive, head_fragment, unchanged
from pages.ui.show.lit import with_dependencies
from pages.ui.show.why import why

#: Makes A and B from the visitor's scenario; None when there is nothing to compare.
Sides = Callable[[Scenario], tuple[Scenario, Scenario] | None]


def title(trace: AttentionTrace, name: str) -> None:
    """Show the heading of a step, with its formula."""
    which = steps.step(name)
    st.markdown(f"## {which.title}\n\n$$\n{formula(trace.scenario, name)}\n$$")


def what_is_projected(trace: AttentionTrace) -> None:
    """Say what queries, keys and values are made of, and what for."""
    nodes = graph(trace.scenario)
    X, Z = (nodes.resolve(name).step.latex for name in ("X_pos", "Z_pos"))
    if trace.scenario.is_cross:
        words = (
            f"Each word of the sentence, a row of ${X}$, **asks** with its query. Each word of "
            f"the second one, a row of ${Z}$, is **found** by its key and **tells** its value."
        )
    else:
        words = (
            f"The same ${X}$ is used three times. Each word **asks** with its query, is "
            "**found** by its key and **tells** its value."
        )
    st.markdown(f"{words} Three matrices make them; they are what a model learns.")


def formulas(trace: AttentionTrace, *names: str) -> None:
    """Show the formulas of several steps on one line."""
    written = r" \qquad ".join(formula(trace.scenario, name) for name in names)
    # What `st.latex` makes can be a pixel too narrow, and scrolls where no key can reach it.
    st.markdown(f"$$\n{written}\n$$")


def step(name: str, key: str = "", of: Derive = unchanged) -> None:
    """Show a step's picture, one sentence about these numbers, and its tables.

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
        if of is unchanged:
            picture(trace, shown, key=key or name, says_why=name == "weights")
        else:  # an address names numbers of the visitor's scenario, not of what is made of it
            unasked(shown, key=key or name, scenario=trace.scenario)
        st.markdown(describe_step(trace, name, escape.markdown))

    head_fragment(key or name, body, of)


def steps_together(*names: str) -> None:
    """Show several steps in one picture, each with its sentence below."""
    key = "-".join(names)

    def body(trace: AttentionTrace) -> None:
        picture(trace, *(equation(trace, name) for name in names), key=key, says_why=True)
        for name in names:
            st.markdown(describe_step(trace, name, escape.markdown))

    head_fragment(key, body)


def whole_attention(of: Collection[str] = ()) -> None:
    """Show the whole way from the embeddings to the output, and where each word looks.

    Parameters
    ----------
    of : collection of str, optional
        Names of steps: only the way to these; where no weights are drawn, it tells of none.
    """
    has_weights = not of or "weights" in of or "output" in of

    def body(trace: AttentionTrace) -> None:
        drawn = overview(trace, of=of)
        picture(trace, drawn, key="headline", draw=describe_overview, says_why=has_weights)

    head_fragment("headline", body)


def comparison(name: str, sides: Sides) -> None:
    """Show a step of A, of B, and their difference, with what changed most and why.

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
            st.markdown(describe_step(trace, "weights", escape.markdown))
        else:
            _compared(trace, compare(*both), name)

    head_fragment("comparison", body)


def _compared(trace: AttentionTrace, c: Comparison, name: str) -> None:
    *others, b = c.equations(name)
    if c.b.scenario == trace.scenario:
        picture(trace, b, key="comparison", beside=others, compared=_of_b(*others, b))
    else:
        unasked(*others, b, key="comparison", inputs=_of_both(c, *others, b))
    _list(c.describe_gaps(escape.markdown))
    st.markdown("## What changed most, and why")
    _list(describe_causes(c, escape.markdown))
    if c.same_words and c.a.scenario != c.b.scenario:
        st.caption(METHOD)


def _of_b(*equations: Equation) -> list[Shown | None]:
    """Say which matrices before those of B are of B, too: all of B, and B − A."""
    *others, whole = equations
    shown: list[Shown | None] = [None for each in others for _ in each.blocks]
    b, a, difference = others[0].blocks if len(others) > 1 else (None, None, None)
    if b and a and difference and (b.rows, b.columns) == (whole.result.rows, whole.result.columns):
        shown[0] = Shown(b, session().head)
        shown[2] = Shown(difference, session().head, minus=a.values)
    return shown


def _of_both(c: Comparison, *equations: Equation) -> Inputs:
    """Say what the visitor's scenario A and a variant of it, B, are computed from."""
    *others, a, b = equations
    head = session().head
    shown: list[Shown | None] = [None for each in others for _ in each.blocks]
    if others and others[0].result.values.shape == a.result.values.shape == b.result.values.shape:
        of_b, of_a, difference = others[0].blocks
        shown[:3] = (
            Shown(of_b, head, is_changed=True),
            Shown(of_a, head),
            Shown(difference, head, minus="own", is_changed=True),
        )
    shown += [Shown(each, head) for each in a.blocks]
    shown += [Shown(each, head, is_changed=True) for each in b.blocks]
    return Inputs(session().scenario, shown, _changes(c.a.scenario, c.b.scenario))


def _changes(a: Scenario, b: Scenario) -> dict[str, Any]:
    """Compare two documents of one head: what B has otherwise, None where it lacks a field."""
    before, after = map(document.content, (a, b))
    names = before | after
    changes = {name: after.get(name) for name in names if before.get(name) != after.get(name)}
    if "W_q" in changes:  # instead of all heads', so that of their slopes it is the chosen one's
        changes["slope"] = after.get("slope")
    return changes | {"W_o": None}


def _list(sentences: Sequence[str]) -> None:
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences))


def headline_formula() -> None:
    """Show the formula of attention as the paper writes it."""
    st.latex(steps.HEADLINE_FORMULA)


def one_matrix(name: str) -> None:
    """Show one matrix alone."""
    head_fragment(name, lambda trace: picture(trace, Equation((block(trace, name),)), key=name))


def inputs_to_move(*names: str) -> None:
    """Show inputs of the scenario side by side, where their boxes are sliders.

    Without names, all that are edited but W_o.
    """
    if not session().is_live:
        return

    def body(trace: AttentionTrace) -> None:
        has = edits.editable(trace.scenario)
        shown = [name for name in has if (name in names if names else name != "W_o")]
        drawn = Equation(tuple(block(trace, name) for name in shown))
        chart(
            describe(drawn, look=look()),
            "figure-inputs",
            lambda: " ".join(Equation((each,)).alt for each in drawn.blocks),
            inputs=inputs_of(drawn),
        )

    head_fragment("inputs", body)


def shape_rule(rows: int) -> None:
    """Show X · W_q with a W_q of so many rows: the product, or why there is none."""

    def body(trace: AttentionTrace) -> None:
        tried = shape_mismatch(trace, rows)
        X, W = tried.blocks[:2]
        rule = rule_of(X, W)
        (st.success if rule.fits else st.warning)(escape.markdown(rule.message))
        # Its W_q belongs to this experiment alone, so it can't be inspected.
        unasked(tried, key="misfit")
        st.markdown(
            f"Each number of $Q$ is made from one row of ${X.step.latex}$ and one column of $W_q$: "
            "partner times partner, all added up. A number without a partner can't be used, "
            "so $W_q$ needs **one row for each feature**."
        )
        pairs = describe_dot_product_pairs(X, W, look=look())
        chart(pairs, key="partners", alt=lambda: dot_product_pairs_alt(X, W))

    head_fragment("shape-rule", body)


def picture(
    trace: AttentionTrace,
    *drawn: Equation,
    key: str,
    beside: Sequence[Equation] = (),
    compared: Sequence[Shown | None] = (),
    draw: Callable[..., Description] = describe,
    says_why: bool = False,
) -> None:
    """Show equations of the visitor's scenario in one picture: numbers to inspect and to move.

    Equations `beside` them are drawn first; they are of another scenario and can be neither,
    but for the matrices that are `compared` with it.
    """
    name = f"figure-{key}"
    before = sum(len(each.blocks) for each in beside)
    cell = inspector.inspected(trace, drawn, name)
    shown = [highlight(each, trace.scenario, cell) for each in drawn] if cell else drawn
    chart(
        with_dependencies(draw(*beside, *shown, look=look()), drawn, trace.scenario, before),
        key=name,
        alt=lambda: " ".join(each.alt for each in (*beside, *drawn)),
        picked=lambda box: inspector.pick(trace, drawn, box, name, before),
        inputs=inputs_of(*drawn, before=compared),
    )
    if says_why:
        why(trace)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        inspector.ask_button(drawn, name, is_open=cell is not None)
        _tables(key, *beside, *drawn)
    with st.container(key=f"docked-{key}"):  # always there, as a `slot`
        inspector.say_if_gone(trace, name)
        if cell:
            inspector.answer(trace, cell, drawn)


def unasked(
    *drawn: Equation, key: str, scenario: Scenario | None = None, inputs: Inputs | None = None
) -> None:
    """Show equations in one picture whose numbers can't be inspected.

    Those of a scenario light up what they are made of; with `inputs` they follow a hand at once.
    """
    described = describe(*drawn, look=look())
    chart(
        with_dependencies(described, drawn, scenario) if scenario else described,
        key=f"figure-{key}",
        alt=lambda: " ".join(each.alt for each in drawn),
        inputs=inputs,
    )
    _tables(key, *drawn)


def _tables(key: str, *drawn: Equation) -> None:
    """Show the numbers behind a picture; they are sent only while the expander is open."""
    with expander("Numbers as tables", f"tables-{key}") as is_open:
        if is_open:
            for shown in (shown for each in drawn for shown in each.blocks):
                st.caption(f"{escape.markdown(shown.symbol)} {shown.shape}")
                table = data_frame(shown.values, shown.rows, shown.columns)
                st.dataframe(table, width="content", alt=f"Table of {shown.symbol}")
