"""Imports point one way: pages → attn_core.figures → attn_core; state has one owner."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
import streamlit as st

from attn_core.presets import PRESETS
from pages.ui.session.history import MAX_UNDO
from tests.cases import for_each

ROOT = Path(__file__).parents[1]
FIGURES = list((ROOT / "attn_core" / "figures").rglob("*.py"))
CORE = [p for p in (ROOT / "attn_core").rglob("*.py") if p not in FIGURES]
#: What only a pretrained model needs, of requirements-models.txt.
MODELS = {"safetensors", "tokenizers", "huggingface_hub", "tqdm"}
PAGES = [ROOT / "dashboard.py", *(ROOT / "pages").rglob("*.py")]


def imported(path):
    """Top-level packages that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0] if node.level == 0 else "attn_core"


@for_each(CORE)
def test_core_needs_numpy_alone(path):
    outside = set(imported(path)) - set(sys.stdlib_module_names) - {"numpy", "attn_core"}
    assert outside <= (MODELS if "pretrained" in path.parts else set())


@for_each(FIGURES)
def test_figures_need_plotly_alone(path):
    outside = set(imported(path)) - set(sys.stdlib_module_names)
    assert outside <= {"numpy", "plotly", "attn_core"}


@for_each(PAGES)
def test_pages_neither_compute_nor_draw_nor_touch_the_state(path):
    text = path.read_text()
    assert "plotly" not in set(imported(path))
    if path.parent.name != "session":
        assert "session_state" not in text
        assert "query_params" not in text
    if path.name != "chart.py":
        assert "plotly_chart" not in text
    if "ui" not in path.parts:
        assert "numpy" not in set(imported(path))
        assert len(text.splitlines()) <= 50


@pytest.mark.parametrize(
    ("ours", "late"),
    [
        ("attn_core.presets, attn_core.permalink", {"streamlit", "plotly", "pandas"}),
        ("attn_core.pretrained", {"streamlit", "plotly", "pandas", *MODELS}),
        ("attn_core.figures, attn_core.export", {"streamlit", "plotly", "pandas"}),
        # Streamlit itself imports Plotly.
        (
            "pages.ui.frame, pages.ui.edit.form, pages.ui.show.pictures",
            {"pandas", "segno"},
        ),
        ("pages.ui.edit.vectors, pages.ui.model.shared.shared_model", {"pandas", *MODELS}),
        (
            "pages.ui.share.downloads, pages.ui.share.transfer",
            {"pandas", "segno"},
        ),
    ],
)
def test_what_is_slow_to_import_is_imported_late(ours, late):
    script = f"import sys, {ours}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not late & set(loaded)


def test_readme_counts_what_there_is():
    readme = (ROOT / "README.md").read_text()
    numbers = {"ten": 10, "eleven": 11, "twelve": 12}
    assert numbers[re.findall(r"offers (\w+) scenarios", readme)[0]] == len(PRESETS)
    assert int(re.findall(r"over (\d+) changes", readme)[0]) == MAX_UNDO


HANDLERS = {"on_change", "on_click", "on_select", "on_submit"}
#: Those of Streamlit's that start a run by themselves, and those that do where they are asked.
WIDGETS = {
    name: parameter.default
    for name in dir(st)
    if callable(shown := getattr(st, name)) and not isinstance(shown, type)
    for key, parameter in inspect.signature(shown).parameters.items()
    if key in HANDLERS
}


def unnoted(path):
    """Widgets of a file that don't note that the visitor's hand started the run."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("streamlit"):
            for name in {each.name for each in node.names} & {*WIDGETS, "components"}:
                yield f"{path.name}:{node.lineno} import of {name}"
        is_own = isinstance(node, ast.Attribute) and ast.unparse(node).startswith("st.")
        if is_own and WIDGETS.get(node.attr, "ignore") != "ignore":  # called, or handed on
            yield f"{path.name}:{node.lineno} {ast.unparse(node)}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name, of = node.func.attr, ast.unparse(node.func.value)
            asks = {each.arg for each in node.keywords} & HANDLERS
            is_widget = name in WIDGETS and (asks or WIDGETS[name] != "ignore")
            if of == "st.components.v2" or (is_widget and of not in ("widgets", "st")):
                yield f"{path.name}:{node.lineno} {of}.{name}"
            if of == "st" and asks and WIDGETS.get(name) == "ignore":
                yield f"{path.name}:{node.lineno} st.{name} with {asks}"


def test_widgets_note_that_the_visitor_started_the_run():
    """One that doesn't would have its run read a URL from before the last move."""
    assert {"button", "slider", "data_editor", "file_uploader", "download_button"} <= set(WIDGETS)
    own = [p for p in PAGES if p.name != "widgets.py"]
    assert [found for path in own for found in unnoted(path)] == []
