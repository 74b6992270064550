"""Files to save: numbers, equations, code and pictures."""

from __future__ import annotations

import streamlit as st

from attn_core import AttentionTrace, attend, export
from attn_core.figures import describe, html_page
from attn_core.notation.graph import graph
from attn_core.notation.steps import step
from pages.ui.live import save
from pages.ui.live.chart import chart, expander, look
from pages.ui.live.save import NPZ, NUMPY, TORCH, Kind
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.state import session


def _page(trace: AttentionTrace, only: str | None) -> str:
    link = state.link()
    # Before the browser has sent its address, a link is only the end of one.
    return html_page(trace, only, link if link.startswith("http") else "")


KINDS = (
    Kind("CSV (zip)", ".csv.zip", "application/zip", export.csv_zip),
    NPZ,
    Kind("JSON of the numbers", ".numbers.json", "application/json", export.json_text),
    Kind("LaTeX", ".tex", "application/x-tex", export.latex),
    NUMPY,
    TORCH,
    Kind("Page to read (HTML)", ".html", "text/html", _page),
)


def whole() -> AttentionTrace:
    """Compute the trace of all heads, for the files; the page shows one head."""
    return attend(session().scenario)


def chosen(trace: AttentionTrace) -> str | None:
    """Choose what to save: one step, by its name, or None for all."""
    options = ["", *(each.name for each in export.steps(trace))]
    name = widget_state.seed_view("take", options, "")
    widgets.selectbox(
        "What to take",
        options,
        key="take",
        format_func=lambda name: step(name).title if name else "The whole trace",
        width=320,
    )
    return name or None


def file(trace: AttentionTrace, only: str | None) -> None:
    """Choose a kind of file, and save it."""
    if kind := save.choose("take-as", KINDS):
        save.offer(kind, f"attention{'' if only is None else f'-{only}'}", trace, only)


def picture(trace: AttentionTrace, only: str | None) -> None:
    """Show what is saved as one picture of the selected head; its own buttons save it."""
    with expander("Picture, to save as SVG or as PNG for print", "print") as is_open:
        if is_open:
            # One head alone doesn't have what all heads make together.
            shown = trace if only is None or only in graph(trace.scenario) else whole()
            drawn = [written for _, _, written in export.equations(shown, only)]
            st.caption("The buttons stand above the picture, at its right end.")
            chart(
                describe(*drawn, look=look(margin=40)),
                key=f"figure-{only or 'trace'}",
                alt=lambda: " ".join(each.alt for each in drawn),
            )
