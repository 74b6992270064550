"""The scenario out and in: link and JSON file."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from attn_core import Scenario
from attn_core.document import from_json, to_json
from attn_core.wording import listed
from pages.ui import state
from pages.ui.address import MAX_ADDRESS

#: Larger than any scenario that the lab admits, small enough to be harmless.
MAX_FILE = 200_000


def without_link() -> None:
    """Say that the address holds less than the page, and offer what holds all."""
    missing = state.without_link()
    if not missing:
        return
    with st.container(key="without-link", horizontal=True, vertical_alignment="center"):
        in_files = " Save them as JSON." if {*missing} - {"what is painted"} else ""
        st.warning(
            f"A link has room for {MAX_ADDRESS} characters, and {listed(missing)} would "
            "need more. Until there are fewer numbers, a reload or another browser doesn't have "
            f"them.{in_files}",
            width="stretch",
        )
        if "the scenario" in missing:
            _save(state.scenario(), "attention.json", "Save as JSON", "save-without-link")
        if "A" in missing and (a := state.pinned()):
            _save(a, "attention-a.json", "Save A as JSON", "save-a-without-link")


def link() -> None:
    """Show the link to the present scenario, with a button that copies it."""
    if "the scenario" in state.without_link():
        st.info("There is no link to so many numbers; the JSON file below holds them all.")
        return
    address = state.link()
    st.code(address, language=None, wrap_lines=True)
    st.caption(f"{len(address)} characters")


def download() -> None:
    """Save the scenario as JSON."""
    _save(state.scenario(), "attention.json", "Save as JSON", "save")


def _save(scenario: Scenario, name: str, title: str, key: str) -> None:
    st.download_button(
        title,
        to_json(scenario, indent=1),
        file_name=name,
        key=key,
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
    file = state.widget(f"upload-{state.turn('upload')}", UploadedFile, None)
    if file is None:  # taken away again by the visitor or the server
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
    state.change(lambda: from_json(text), anew=True)
    state.replace_widget("upload")  # so that the same file can be opened again
