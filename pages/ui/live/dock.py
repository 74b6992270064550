"""What an answer that sticks to the window's lower edge needs of the browser.

Escape closes it, and a box that it would cover is scrolled free. From a number that the visitor
sets one button leads to its box, where the page has it.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from attn_core.notation.cells import Cell, to_text
from pages.ui.live.serialize import UNPACK, pack
from pages.ui.session import widgets

_JS = """
// Escape closes these first.
const OPEN = '[role="listbox"], [role="dialog"], :popover-open, .lab-box input';

export default function ({ parentElement, data, setTriggerValue }) {
  const { cell, told, asked_by: askedBy } = UNPACK;
  const host = parentElement.host ?? parentElement;
  const answer = host.closest(".st-key-answer");
  document.removeEventListener("keydown", host.labOnKey, true);
  host.labOnKey = (event) => {
    if (event.key !== "Escape" || document.querySelector(OPEN)) return;
    // What has the focus goes with the answer.
    const button = document.querySelector(`.st-key-${askedBy} button`);
    if (answer.contains(document.activeElement)) button?.focus({ preventScroll: true });
    setTriggerValue("close", true);
  };
  document.addEventListener("keydown", host.labOnKey, true);
  if (host.labCell !== cell) {
    document.dispatchEvent(new CustomEvent("lab-answer", { detail: answer }));
    const region = document.querySelector(".lab-said"); // of `announcer.py`
    if (region) region.textContent = told;
  }
  host.labCell = cell;
  return () => {
    if (!host.isConnected) document.removeEventListener("keydown", host.labOnKey, true);
  };
}
"""

_GO = """
const LIKES_MOTION = matchMedia("(prefers-reduced-motion: no-preference)");
const LOOKS = `
  .lab-go { font: inherit; color: inherit; cursor: pointer; padding: 0.4rem 0.8rem;
    background: none; border: 1px solid currentcolor; border-radius: 0.5rem; }
  .lab-go:hover { color: var(--st-primary-color); }`;

export default function ({ parentElement, data }) {
  const { box } = UNPACK;
  const button = '<button type="button" class="lab-go">Go to this box</button>';
  if (!parentElement.querySelector(".lab-go")) {
    parentElement.insertAdjacentHTML("beforeend", `<style>${LOOKS}</style>${button}`);
  }
  parentElement.querySelector(".lab-go").onclick = () => {
    const found = document.querySelector(`[data-cell="${box}"]`);
    found.scrollIntoView({ block: "center", behavior: LIKES_MOTION.matches ? "smooth" : "auto" });
    found.focus({ preventScroll: true });
  };
}
"""

_answer = widgets.component("answer", js=_JS.replace("UNPACK", UNPACK))
# Streamlit's own buttons aren't printed, and neither is one that is in the page itself.
_go = widgets.component("go_to_box", js=_GO.replace("UNPACK", UNPACK), isolate_styles=False)


def answer(cell: Cell, told: str, asked_by: str, close: Callable[[], None]) -> None:
    """Mind an answer that is drawn: call it after all else in its container.

    Parameters
    ----------
    cell : Cell
    told : str
        What a reader of the screen is told when it opens.
    asked_by : str
        Key of the button that asks, which gets the focus when Escape closes the answer.
    close : callable
    """
    data = pack({"cell": to_text(cell), "told": told, "asked_by": asked_by})
    _answer(key="dock", data=data, height=1, on_close_change=close)


def go_to_box(cell: Cell, elsewhere: Callable[[], None]) -> None:
    """Offer to go to the box of an input: on this page, or where it is, by a link.

    Parameters
    ----------
    cell : Cell
    elsewhere : callable
        Shows a link to a page that has the box; seen where this one hasn't.
    """
    box = f"{cell.name}-{cell.row}-{cell.column}"
    is_here = f'body:has([data-cell="{box}"])'
    st.html(
        f"<style>{is_here} .st-key-box-elsewhere, "
        f"body:not({is_here.removeprefix('body')}) .st-key-box-here {{ display: none; }}</style>"
    )
    with st.container(key="box-here"):
        _go(key="go-to-box", data=pack({"box": box}))
    with st.container(key="box-elsewhere"):
        elsewhere()
