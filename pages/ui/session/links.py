"""Links to the other pages carry this page's address, so that a new tab shows the same.

Streamlit's own links name the page alone. That is enough for a click, which keeps the session;
a middle click, or "open in a new tab", begins another one, which knows only its address.
A click while a change is still on its way is followed once the server has taken it.
The menu, which holds most of them, goes where it would be in the way.
"""

from __future__ import annotations

from pages.ui.session import widgets

#: When a pointer, a finger or the keyboard comes to a link, it is about to be followed. So it is
#: completed then, from the address as it is; nothing is sent while numbers move.
_JS = """
const COMING = ["pointerover", "pointerdown", "focusin", "contextmenu"];
const OURS = '[data-testid="stPageLink-NavLink"]';

const ours = ({ target }) => target.closest?.(OURS);

function complete(event) {
  const link = ours(event);
  if (link?.origin !== location.origin) return;
  // Pages stand beside Streamlit's own files, wherever the app is mounted; home has no name.
  const [home] = document.querySelector('script[src*="/static/js/"]').src.split("static/js/");
  const page = new URL(link.getAttribute("href") || ".", home);
  page.search = location.search;
  link.href = page;
}

const HANDOVER = 15; // polls until what a field held as it was left is on its way at the latest
let left = -Infinity; // when a field was left
let waiting; // the timer of the link that was clicked last, until it is followed

function noteLeft({ target }) {
  if (target.matches?.("input, textarea")) left = performance.now();
}

/** A click that asks the browser for a new tab is the browser's; Streamlit would follow it, too. */
function leave(event) {
  const link = ours(event);
  if (!link) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey) return event.stopPropagation();
  clearTimeout(waiting);
  const polls = performance.now() - left < 500 ? HANDOVER : 0;
  if (polls || isBusy()) {
    event.preventDefault();
    event.stopPropagation();
    followWhenQuiet(link, polls, Date.now());
  } else {
    uncover(link);
  }
}

const CLOSE = '[data-testid="stSidebar"] [data-testid="stSidebarCollapseButton"] button';
const OPEN = '[data-testid="stExpandSidebarButton"]';
const liesOver = () => innerWidth <= 768; // the menu, on a phone, over the page

function uncover(link) {
  if (liesOver() && link.closest(".st-key-menu")) document.querySelector(CLOSE)?.click();
}

/** A projector has no room for the menu. */
function makeRoom({ target }) {
  if (!target.closest?.(".st-key-projector") || liesOver()) return;
  document.querySelector(target.checked ? CLOSE : OPEN)?.click();
}

/**
 * A field that is left hands over what it holds a little later, perhaps after the click. That
 * asks for the page of the field, and so would take the place of the page that was chosen.
 * Streamlit stops a run for that of another page. If it hadn't begun, what was handed over
 * is lost with it, or the other page is: the two share what page is wanted.
 * The end of a move has the page run once more, which forgets a page that is chosen meanwhile.
 */
const isBusy = () => window.labIsUnheard?.() || document.querySelector(".lab-boxes[data-busy]");

function followWhenQuiet(link, polls, since) {
  const busy = isBusy();
  if ((busy || polls > 0) && Date.now() - since < 3000) {
    waiting = setTimeout(followWhenQuiet, 20, link, busy ? 0 : polls - 1, since);
  } else {
    document.removeEventListener("click", leave, true);
    link.click();
    document.addEventListener("click", leave, true);
    uncover(link);
  }
}

/** A paste is handed to `table_input.py` first; Streamlit's tables listen at the window, too. */
function hand(event) {
  for (const paste of document.labPastes?.values() ?? []) paste(event);
}

export default function () {
  for (const event of COMING) document.addEventListener(event, complete, true);
  document.addEventListener("focusout", noteLeft, true);
  document.addEventListener("change", makeRoom, true);
  document.addEventListener("click", leave, true);
  window.addEventListener("paste", hand, true);
}
"""

_keep = widgets.component("links", js=_JS)


def keep() -> None:
    """Complete the links of the page from now on."""
    _keep(key="links", height=1)
