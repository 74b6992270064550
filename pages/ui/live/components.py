"""What follows the hand: a board that redraws a figure in place, with boxes that are sliders.

It is a Streamlit component. Its JavaScript, in `frontend/`, and Plotly's own file,
from the installed package, are fetched by the browser once. If a browser can't have
them it says so, and the page goes on with Streamlit's own charts and sliders.
"""

from __future__ import annotations

import gzip
import importlib.metadata
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v1 import declare_component

from attn_core.figures import ColouredText, Description
from attn_core.figures.boxes.colours import INKS, PALETTES, for_paper
from attn_core.figures.plotly_script import plotly_script
from pages.ui.live import moves
from pages.ui.live.serialize import UNPACK, pack
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.state import session


def _compressed_plotly() -> tempfile.TemporaryDirectory[str]:
    """Return a folder with Plotly's file, compressed.

    Streamlit would compress its 4.8 MB anew for each visitor.
    """
    folder = tempfile.TemporaryDirectory(prefix="self-attention-lab-")
    (Path(folder.name) / _PLOTLY).write_bytes(gzip.compress(plotly_script(), _LEVEL, mtime=0))
    return folder


#: 3.2 times smaller in 60 ms; the best, 6, is 3.3 times in 110, and a first page waits for it.
_LEVEL = 4
_PLOTLY = f"plotly-{importlib.metadata.version('plotly')}.min.js.gz"
_folder = _compressed_plotly()

# Streamlit serves the folder of such a component; nothing else of it is used.
_scripts = declare_component("scripts", path=str(Path(__file__).parent / "frontend"))
_plotly = declare_component("plotly", path=_folder.name)


def _component(name: str) -> Any:
    """Make a component of a file in `frontend/`."""
    # Plotly's own styles are in the document; a shadow root would keep them out.
    return widgets.component(name, js=loader(name), isolate_styles=False)


def loader(name: str) -> str:
    """Return what Streamlit sends with every message, instead of a file in `frontend/`.

    It finds the file wherever the app is mounted, and says when it can't.
    """
    return f"""
export default async function (component) {{
  const {{ data, parentElement: element }} = component;
  const told = {UNPACK};
  // The room of a picture that is on its way; from then on it has its own.
  element.style.minHeight ||= (told.height ?? 0) + "px";
  const script = document.querySelector('script[src*="/static/js/"]').src;
  const home = script.split("/static/js/")[0] + "/component/";
  // Imports of one file needn't end in the order in which they began, and the last data must
  // win: each waits for all before it, which waited for all before them.
  const imported = import(home + "{_scripts.name}/{name}.js");
  const loading = element.labLoading = Promise.all([imported, element.labLoading]);
  try {{
    const [file] = await loading;
    return await file.default({{ ...component, data: told }}, home);
  }} catch (error) {{
    console.error(error);
    component.setTriggerValue("lost", String(error));
  }}
}}"""


_board, _preload, _goals = _component("board"), _component("preload"), _component("goals")
_text = _component("text")


def preload() -> None:
    """Have the browser load Plotly while there is no picture yet."""
    key = "preload"
    data = pack({"plotly": _plotly_address()})
    _preload(key=key, data=data, height=1, on_lost_change=lambda: _lost(key))


def _plotly_address() -> str:
    return f"{_plotly.name}/{_PLOTLY}"


def board(
    described: Description,
    key: str,
    alt: Callable[[], str],
    picked: Callable[[Any], None] | None = None,
    inputs: moves.Inputs | None = None,
) -> None:
    """Show a figure that is changed in place.

    Parameters
    ----------
    described : Description
    key : str
    alt : callable
        Says what the figure tells, for a reader who can't see it.
    picked : callable, optional
        Called when a box is clicked, with what the browser sends: number of the matrix,
        row and column. `chart.parse_click` checks them.
    inputs : moves.Inputs, optional
        What its matrices are computed from. The browser does so, too, before the server's
        answer, and lets the visitor move those that aren't computed.
    """
    data: dict[str, Any] = {
        "base": described.base,
        "numbers": described.plain_numbers(),
        **_answered(),
        "height": round(described.layout["height"]),
    }
    if inputs:
        data |= {"scenario": inputs.plain(), "refused": session().last_ack.refused_by(key)}
    if session().needs_frame(key, described.base):
        data["frame"] = _board_frame(described, key, alt())
        if inputs:
            data["frame"] |= {
                "steps": inputs.steps(),
                "changes": inputs.changes,
                "editing": moves.editing(),
            }
    if described.frames and not session().only_numbers:
        data["frames"] = described.plain_frames()
    _show(
        _board,
        key,
        data,
        height="content",  # a known one would come before the picture that it is of
        on_pick_change=lambda: _picked(key, picked),
        on_move_change=lambda: moves.moved(key),
    )


def goals(data: dict[str, Any]) -> None:
    """Show how near the scenario comes to goals; see `goal_bar`."""
    _show(_goals, "goals", {**_answered(), **data}, height="content")


def text(described: ColouredText, key: str, alt: str, picked: Callable[[Any], None]) -> None:
    """Show a text whose tokens are coloured; a click on one is told as on a box of a board."""
    _show(
        _text,
        key,
        {**described.plain(), "alt": alt},
        height="content",
        on_pick_change=lambda: _picked(key, picked),
    )


def _answered() -> dict[str, Any]:
    """Say which move has been answered last, and of which version of a room the numbers are."""
    followed = session().followed
    return {"ack": session().last_ack.move, **({"version": followed} if followed else {})}


def _board_frame(described: Description, key: str, alt: str) -> dict[str, Any]:
    """Return all that the board needs but its numbers."""
    return {
        "figure": [described.traces, described.layout],
        "config": {"displaylogo": False, **described.config},
        "room": session().width,
        "name": _file_name(key),
        "print_scale": described.print_scale,
        "paper": for_paper(state.theme()),
        "inks": INKS,
        "alt": alt,
        "plotly": _plotly_address(),
        "dependencies": described.dependencies,
        "highlight": PALETTES[state.theme()].highlight,
        **({"pace": described.pace, "played": described.played} if described.frames else {}),
    }


def classic_config(described: Description, key: str) -> dict[str, Any]:
    """Configure Streamlit's chart: Plotly's own button saves the figure for print.

    Its buttons to zoom are there where the figure asks for them; most have no axes.
    """
    options = {"filename": _file_name(key), "scale": described.print_scale}
    return {
        "displaylogo": False,
        **described.config,
        "modeBarButtons": [["toImage"], *described.config.get("modeBarButtons", [])],
        "toImageButtonOptions": options,
    }


def _file_name(key: str) -> str:
    return f"attention-{key.removeprefix('figure-')}"


def _picked(key: str, picked: Callable[[Any], None] | None) -> None:
    if picked:
        picked(widget_state.event(key, "pick"))
    st.rerun()  # the answer may stand below another picture than before


def _show(component: Any, key: str, data: dict[str, Any], **options: Any) -> None:
    """Send a component its data; it says when it lacks the frame or its own file."""
    component(
        key=key,
        data=pack(data),
        on_stale_change=_stale,
        on_lost_change=lambda: _lost(key),
        **options,
    )


def _stale() -> None:
    """The browser lacks the frame, since the page that brought it was interrupted."""
    st.rerun()


def _lost(key: str) -> None:
    session().frontend_error = str(widget_state.event(key, "lost"))[:200] or "no reason given"
    st.rerun()
