"""What a visitor takes along: numbers, equations, code and pictures, in files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from attn_core import AttentionTrace, export
from attn_core.figures import describe, page
from attn_core.steps import step
from pages.ui import state
from pages.ui.chart import chart, drawer, look

#: Writes a file of a trace, or of one step of it.
Write = Callable[[AttentionTrace, str | None], str | bytes]


@dataclass(frozen=True)
class _File:
    """A file to save; it is written when its button is pressed, and not before."""

    label: str
    ending: str
    mime: str
    write: Write


def _files(link: str) -> dict[str, tuple[_File, ...]]:
    """All files, under what they hold."""
    return {
        "Numbers": (
            _File("CSV (zip)", ".csv.zip", "application/zip", export.csv_zip),
            _File("NPZ for NumPy", ".npz", "application/octet-stream", export.npz),
            _File("JSON of the numbers", ".numbers.json", "application/json", export.json_text),
        ),
        "Equations and code": (
            _File("LaTeX", ".tex", "application/x-tex", export.latex),
            _File("NumPy script", "_numpy.py", "text/x-python", export.numpy_script),
            _File("PyTorch script", "_pytorch.py", "text/x-python", export.torch_script),
        ),
        "To read": (
            _File("Page (HTML)", ".html", "text/html", lambda trace, only: page(trace, only, link)),
        ),
    }


def chosen(trace: AttentionTrace) -> str | None:
    """Choose what to take: one step, by its name, or None for all."""
    options = ["", *(each.name for each in export.steps(trace))]
    state.seed_view("take", "", options)
    name = st.selectbox(
        "What to take",
        options,
        key="take",
        format_func=lambda name: step(name).title if name else "The whole trace",
        on_change=state.touch,
        width=320,
    )
    return name or None


def files(trace: AttentionTrace, only: str | None) -> None:
    """Buttons that save all of the trace or one step."""
    for held, kinds in _files(state.link()).items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{held}**", width=170)
            for kind in kinds:
                _button(kind, trace, only)


def _button(kind: _File, trace: AttentionTrace, only: str | None) -> None:
    def written() -> str | bytes:
        return kind.write(trace, only)

    st.download_button(
        kind.label,
        written,
        file_name=f"attention{'' if only is None else f'-{only}'}{kind.ending}",
        mime=kind.mime,
        key=f"take-{kind.ending}",
        icon=":material/download:",
        on_click=state.touch,
    )


def picture(trace: AttentionTrace, only: str | None) -> None:
    """What is taken as one picture, which its own buttons save."""
    with drawer("Picture, to save as SVG or as PNG for print", "print") as is_open:
        if is_open:
            drawn = [written for _, _, written in export.equations(trace, only)]
            st.caption("The buttons stand above the picture, at its right end.")
            alt = " ".join(each.alt for each in drawn)
            chart(describe(*drawn, **look(margin=40)), key=f"figure-{only or 'trace'}", alt=alt)
