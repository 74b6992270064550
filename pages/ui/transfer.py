"""The scenario out and in: link and JSON file."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from attn_core.document import from_json, to_json
from pages.ui import state

#: Larger than any scenario that the lab admits, small enough to be harmless.
MAX_FILE = 200_000


def link() -> None:
    """Show the link to the present scenario, with a button that copies it."""
    address = state.link()
    st.code(address, language=None, wrap_lines=True)
    st.caption(f"{len(address)} characters")


def download() -> None:
    """Save the scenario as JSON."""
    st.download_button(
        "Save as JSON",
        to_json(state.scenario(), indent=1),
        file_name="attention.json",
        mime="application/json",
        icon=":material/download:",
        on_click="ignore",  # a run would let go of the file for a moment
    )


def upload() -> None:
    """Open a scenario from JSON; a file that isn't one changes nothing."""
    st.file_uploader(
        "Open a JSON file of this lab",
        type="json",
        key=f"upload-{state.turn('upload')}",
        on_change=_open,
        max_upload_size=1,  # MB, the smallest there is
    )


def _open() -> None:
    file = state.widget(f"upload-{state.turn('upload')}")
    if not isinstance(file, UploadedFile):  # taken away again by the visitor or the server
        state.touch()
        return
    if file.size > MAX_FILE:
        state.complain(f"The file has {file.size} bytes; at most {MAX_FILE} are read.")
        return
    try:
        text = file.getvalue().decode("utf-8-sig")  # some editors put a mark first
    except UnicodeDecodeError:
        state.complain(f"{file.name} isn't a text file in UTF-8.")
        return
    state.change(lambda: from_json(text))
    state.replace_widget("upload")  # so that the same file can be opened again
