"""The scenario out and in: link and files."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from attn_core import Scenario, export
from attn_core.document import to_json
from attn_core.edits import Noted
from attn_core.explain.wording import join_words
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.address import MAX_ADDRESS
from pages.ui.session.state import session

#: MB of the largest file that is uploaded: a saved page, nearly all of it Plotly.
MAX_UPLOAD = 3


def without_link() -> None:
    """Say what the address has no room for, and offer it as a file."""
    missing = session().missing_from_link
    if not missing:
        return
    with st.container(key="without-link", horizontal=True, vertical_alignment="center"):
        in_files = " Save them as JSON." if {*missing} - {"what is painted"} else ""
        st.warning(
            f"A link has room for {MAX_ADDRESS} characters, and {join_words(missing)} would "
            "need more. Until there are fewer numbers, a reload or another browser doesn't have "
            f"them.{in_files}",
            width="stretch",
        )
        if "the scenario" in missing:
            _save(session().scenario, "attention.json", "Save as JSON", "save-without-link")
        if "A" in missing and (a := session().scenario_a):
            _save(a, "attention-a.json", "Save A as JSON", "save-a-without-link")


def link() -> None:
    """Show the link to the present scenario, with a button that copies it."""
    if "the scenario" in session().missing_from_link:
        st.info("There is no link to so many numbers; the JSON file below holds them all.")
        return
    address = state.link()
    st.code(address, language=None, wrap_lines=True)
    st.caption(f"{len(address)} characters")


def download() -> None:
    """Save the scenario as JSON."""
    _save(session().scenario, "attention.json", "Save as JSON", "save")


def _save(scenario: Scenario, name: str, title: str, key: str) -> None:
    widgets.download_button(
        title,
        to_json(scenario, indent=1),
        file_name=name,
        key=key,
        mime="application/json",
        icon=":material/download:",
    )


def upload() -> None:
    """Open a scenario from a file of the lab; a file that isn't one changes nothing."""
    widgets.file_uploader(
        "Open a file of this lab: JSON, NPZ, CSV (zip) or a saved page",
        # Phones and mail programs rename files, so what is in one decides.
        key=f"upload-{widget_state.generation('upload')}",
        on_change=_open,
        max_upload_size=MAX_UPLOAD,
    )


def _open() -> None:
    file = widget_state.read(f"upload-{widget_state.generation('upload')}", UploadedFile, None)
    if file is None:  # taken away again by the visitor or the server
        return
    try:
        scenario, note = export.reopen(file.getvalue())
    except ValueError as error:
        session().complain(f"{file.name} can't be opened. {error}")
        return
    state.change(lambda: Noted(scenario, note), anew=True)
    widget_state.replace("upload")  # so that the same file can be opened again
