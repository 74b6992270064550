"""Files of a trace to save: their kinds, and the choice of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from attn_core import AttentionTrace, export
from pages.ui.session import widget_state, widgets


@dataclass(frozen=True)
class Kind:
    """A kind of file: its label, the ending of its name, and what writes it.

    `write` is given a trace, and the one step of it that is saved, or None for all.
    """

    label: str
    ending: str
    mime: str
    write: Callable[[AttentionTrace, str | None], str | bytes]


NPZ = Kind("NPZ for NumPy", ".npz", "application/octet-stream", export.npz)
NUMPY = Kind("NumPy script", "-numpy.py", "text/x-python", export.numpy_script)
TORCH = Kind("PyTorch script", "-pytorch.py", "text/x-python", export.torch_script)


def choose(key: str, kinds: Sequence[Kind]) -> Kind | None:
    """Choose a kind of file; None as long as none is chosen."""
    by_ending = {kind.ending: kind for kind in kinds}
    ending = widget_state.read(key, list(by_ending), None)
    widgets.pills(
        "As",
        list(by_ending),
        key=key,
        format_func=lambda ending: by_ending[ending].label,
        wrap=True,
    )
    return None if ending is None else by_ending[ending]


def offer(kind: Kind, stem: str, trace: AttentionTrace, only: str | None = None) -> None:
    """Offer a file to be saved.

    Only the chosen kind is written, so that the page is cheap until there is one; with the
    page the choice is left, too, so that its file isn't held any longer. Buttons
    whose files are written when they are pressed would be cheaper still, but Streamlit
    deletes such a file after the next two runs of any visitor: in a class, before the
    browser has fetched it.
    """
    name = f"{stem}{kind.ending}"
    widgets.download_button(
        f"Save {name}",
        kind.write(trace, only),
        file_name=name,
        mime=kind.mime,
        icon=":material/download:",
        type="primary",
        key=f"save-{name}",
    )
