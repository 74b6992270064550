"""What is pasted and typed into a table of Streamlit's, all of which counts.

Its own paste drops without a word what doesn't fit beyond its edge. And its box puts the end of
an entry off to the next moment after any key, not only after one that ends it: while the browser
is busy, the moment of the last digit came after Enter, and the number was dropped. Glide Data Grid
has the mending of that (its pull request 1201); when Streamlit has it, `endOnly` can go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from attn_core import edits
from attn_core.notation.equation import Block
from attn_core.scenario import Array
from pages.ui.live.serialize import UNPACK, pack
from pages.ui.session import widget_state, widgets

#: What enters cells into a matrix; see `edit.matrix.Typed`.
Apply = Callable[[Callable[[Block], tuple[Array, Iterable[Any]]]], None]

#: The table tells screen readers which box is selected; its first column holds the labels.
#: `links.py` hands a paste over before the table gets it.
_JS = """
const ENDS = ["Enter", "Tab", "Escape"];

/** A box that is open hears only the keys that end it; what others write is the browser's. */
function endOnly(event) {
  if (event.target.matches?.("#portal textarea") && !ENDS.includes(event.key)) {
    event.stopPropagation();
  }
}

export default function ({ parentElement, data, setTriggerValue }) {
  document.addEventListener("keydown", endOnly, true);
  const { room } = UNPACK;
  const host = parentElement.host ?? parentElement;
  const mine = host.closest('[data-testid="stElementContainer"]');
  const chosen = () => {
    const table = mine.nextElementSibling;
    if (!table?.contains(document.activeElement)) return null;
    const cell = table.querySelector('td[aria-selected="true"]');
    const [, column, row] = cell?.id.match(/^glide-cell-(\\d+)-(\\d+)$/) ?? [];
    return column > 0 ? { row: Number(row), column: column - 1 } : null;
  };
  const paste = (event) => {
    const text = event.clipboardData?.getData("text/plain");
    const box = text?.trim() && chosen();
    if (!box) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    setTriggerValue("paste", { ...box, text: text.slice(0, room + 1) });
  };
  (document.labPastes ??= new Map()).set(host, paste);
  // Streamlit also asks for it when new data came meanwhile; then the table stays.
  return () => { if (!host.isConnected) document.labPastes.delete(host); };
}
"""

_component = widgets.component("table_input", js=_JS.replace("UNPACK", UNPACK))


def listen(name: str, apply: Apply) -> None:
    """Apply what is pasted into the table that comes next, and let it hear what is typed."""
    key = f"paste-{name}"
    _component(
        key=key,
        data=pack({"room": edits.MAX_PASTED}),
        height=1,
        on_paste_change=lambda: _pasted(key, apply),
    )


def _pasted(key: str, apply: Apply) -> None:
    paste = widget_state.event(key, "paste")
    box = [paste.get(which) for which in ("row", "column")] if isinstance(paste, dict) else []
    if box and all(type(place) is int for place in box):
        text = widget_state.checked(paste.get("text"), str, "")
        apply(lambda shown: (shown.values, [(*box, text)]))
