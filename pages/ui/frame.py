"""The frame of every page: menu, title, undo, view, what went wrong, and the way on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import streamlit as st

from attn_core import AttentionTrace, attend
from attn_core.text import escape
from pages.ui import menu
from pages.ui.live import announcer, viewport
from pages.ui.live.slots import slot
from pages.ui.room import bar, follow, listen
from pages.ui.room.show import question_bar
from pages.ui.serving import mend, server
from pages.ui.session import links, state, widget_state, widgets
from pages.ui.session.state import session
from pages.ui.share import transfer
from pages.ui.show import choose_head

NAME = "Self-Attention Lab"

#: Room for a whole equation on one line of a laptop.
_CSS = """<style>
[data-testid="stSidebar"][data-collapsed="false"] { width: 200px !important; }
.st-key-menu [data-testid="stCaptionContainer"] { padding: 1rem 0 0.2rem 0.5rem; }
.st-key-menu [data-testid="stCaptionContainer"] p {
  font-size: 0.75rem; font-weight: 600; letter-spacing: 0.04em; text-transform: uppercase;
}
.st-key-menu > :last-child { margin-top: 1rem; }
[data-testid="stMainBlockContainer"] { padding: 0.5rem clamp(1rem, 2.5vw, 3rem) 0.6rem; }
/* The button that brings the menu back stands at the top left. */
.stApp:has([data-testid="stExpandSidebarButton"]) .st-key-header { padding-left: 2.6rem; }
/* Streamlit's own line holds two buttons, and a page begins beside them. */
[data-testid="stHeader"] { background: none; }
[data-testid="stHeader"], [data-testid="stHeader"] * { pointer-events: none; }
[data-testid="stHeader"] button, [data-testid="stHeader"] button * { pointer-events: auto; }
.st-key-header { padding-right: 1.6rem; }
/* Beside so much, a sign is enough; who hears the page is told the word. */
.st-key-header:has(.st-key-beside) :is(.st-key-undo, .st-key-redo) p {
  position: absolute; width: 1px; overflow: hidden; clip-path: inset(50%);
}
/* As high before the first change as after it, which would move the picture below the hand. */
@media (pointer: fine) {
  .st-key-claim { min-height: 1.5rem; }
  .st-key-restart, .st-key-restart button { height: 1.5rem; min-height: 0; padding-block: 0; }
}
.st-key-tools { gap: 0.3rem 0.8rem; }
[class*="st-key-ask-figure"] button { min-height: 1.8rem; padding-block: 0; }
.st-key-tools p { font-size: 0.875rem; }
.st-key-tools [role="radiogroup"] { column-gap: 0.5rem; }
@media (max-width: 700px) {
  .stApp [data-testid="stMainBlockContainer"] { padding-top: 3.1rem; }
  .stApp .st-key-header.st-key-header { padding: 0; }
  [data-testid="stLayoutWrapper"]:has(> .st-key-beside) { min-width: 100%; order: 1; }
  .st-key-header h1 { margin-right: auto; }
  .st-key-header :is(.st-key-undo, .st-key-redo) p {
    position: absolute; width: 1px; overflow: hidden; clip-path: inset(50%);
  }
}
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: 0.6rem; }
[data-testid="stMainBlockContainer"] h1 { padding: 0; font-size: 1.9rem; }
.st-key-header:has(.st-key-beside) h1 { font-size: 1.5rem; }
.lab-board, [class*="st-key-scroll-"] { overflow: auto hidden; }
[class*="st-key-scroll-"] > [data-testid="stLayoutWrapper"] { max-width: none !important; }
[data-testid="stMainBlockContainer"] h1 .katex { font-size: 1em; }
.stApp .katex-display, .stApp .katex-display > .katex { text-align: left; } /* as pictures are */
[data-testid="stMainBlockContainer"] h2 { font-size: 1.75rem; }
[class*="st-key-tables-"]:has(details[open]) { flex-basis: 100% !important; }
[class*="st-key-around-table-"] { padding-top: 1.8rem; } /* for the table's toolbar */
.st-key-why { min-height: 3.4rem; padding: 0.3rem 0.8rem; border-left: 3px solid #c98b2b; }
@media (max-width: 620px) { .st-key-why { min-height: 6.6rem; } }
.lab-words { font-size: 0.85rem; }
.lab-words button {
  min-height: 24px; padding: 0 0.15rem; border: 0; background: none; color: inherit; font: inherit;
  text-decoration: underline dotted; text-underline-offset: 0.2em; cursor: help;
}
.lab-meaning {
  max-width: min(26rem, 90vw); padding: 0.7rem 0.9rem; border: 1px solid #8b93a7;
  border-radius: 0.5rem; background: Canvas; color: CanvasText; font-size: 0.9rem;
}
.lab-meaning code { display: block; margin-top: 0.4rem; font-size: 0.9rem; }
@supports (position-area: bottom) {
  .lab-meaning { margin: 4px 0; inset: auto; position-area: bottom span-right;
    position-try-fallbacks: flip-block, flip-inline, flip-block flip-inline; }
}
/* They show nothing, and take no room. */
.st-key-links, .st-key-announcer, .st-key-room-news { position: absolute; width: 0 !important; }
.st-key-viewport { margin-bottom: calc(0rem - 0.6rem); } /* nor does this */
[data-testid="stLayoutWrapper"]:has(> [data-testid="stVerticalBlock"]:empty) { display: none; }
div:has(> .st-key-complaint) { position: sticky; top: 0.6rem; z-index: 9; }
.st-key-complaint { backdrop-filter: blur(12px); }
@media (pointer: coarse) {
  /* Smaller letters make an iPhone enlarge the page while one types. */
  input, textarea, select { font-size: max(16px, 1rem) !important; }
  .js-plotly-plot .modebar-btn { font-size: 20px !important; }
  .js-plotly-plot .modebar-group { background: none !important; }
  .js-plotly-plot .modebar-btn:not(.active) path { fill: #7b8794 !important; }
  .js-plotly-plot .modebar-btn.active path { fill: currentcolor !important; }
}
@media (pointer: coarse) and (max-width: 620px) {
  /* They have room of their own there, and no finger hovers. */
  .js-plotly-plot .modebar { opacity: 1 !important; }
}
</style>"""

#: A page on paper: light, without what only a screen can work, with pictures no wider than the
#: sheet. `pictures.js` tells them their size. None of it depends on where on the page things are.
_PRINT_CSS = """<style>@media print {
:root { color-scheme: light !important; }
html, body { background: #fff !important; }
body * { color: #141414 !important; }
body *:not(.js-plotly-plot *) { background: none !important; box-shadow: none !important; }
:has([data-testid="stMainBlockContainer"]) {
  display: block !important; position: static !important; overflow: visible !important;
  width: auto !important; height: auto !important; margin: 0 !important;
}
[data-testid="stMainBlockContainer"], .stApp .st-key-header { padding: 0 !important; }
[data-testid="stMarkdownContainer"] :is(th, td) { padding: 0.3rem 0.5rem; }
[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stToolbar"],
[data-testid="stExpandSidebarButton"], [data-testid="stStatusWidget"],
[data-testid="stTooltipIcon"], button, .modebar-container, .hoverlayer,
.lab-boxes, .lab-player, .st-key-neighbours, .st-key-tools, .st-key-hint,
[data-testid="stExpander"]:has(details:not([open])),
[data-testid="stElementContainer"]:has(
  button, input, textarea, select, [role="slider"], [role="combobox"]
):not(:has(.js-plotly-plot, pre, [data-testid="stDataFrame"], [data-testid="stExpander"])) {
  display: none !important;
}
:has(.js-plotly-plot), .js-plotly-plot { height: auto !important; max-width: 100% !important; }
.js-plotly-plot { break-inside: avoid; zoom: 1 !important; }
.js-plotly-plot .svg-container { max-width: 100% !important; height: auto !important; }
.js-plotly-plot .main-svg { width: 100% !important; height: 100% !important; }
.js-plotly-plot .main-svg:first-child {
  position: static !important; height: auto !important;
  max-height: 68vh; /* a sheet that lies has room for what is written above and below, too */
}
[data-testid="stElementContainer"]:has(h1, h2, .katex-display) { break-after: avoid; }
}</style>"""

#: Streamlit's own mark of what has the focus is a shade that few can see, or none.
_FOCUS_CSS = """<style>
:is(a, button, summary, [tabindex="0"]:not(input)):focus-visible,
label:has(input:is([type="radio"], [type="checkbox"]):focus-visible),
div:has(> input[type="range"]:focus-visible) {
  outline: 2px solid COLOUR !important; outline-offset: 2px;
}
</style>"""

#: Streamlit writes white on tags and main buttons, which can't be read on the bright colour
#: of the theme. Under the pointer a button is dark, so there its letters stay white.
_DARK_CSS = """<style>
[data-tag] *, [data-testid="stBaseButton-primary"]:enabled:not(:hover, :active) * {
  color: #1c1433;
}
[data-testid="stPopoverButton"] * { color: #e6e9ee; } /* open, it is as dark as under the pointer */
</style>"""

#: A live picture has itself drawn anew for paper (`board.js`).
_DARK_PRINT_CSS = """<style>@media print {
[data-testid="stPlotlyChart"], [data-testid="stDataFrame"] { filter: invert(1) hue-rotate(180deg); }
}</style>"""

#: Streamlit measures in rem, so this one rule enlarges all that isn't a figure. The figure gets
#: what the margins leave.
_PROJECTOR_CSS = """<style>html { font-size: 22px; }
.stApp [data-testid="stMainBlockContainer"] { padding: 0.5rem 1rem 0.6rem; }
.stApp [data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: 0.3rem; }
.stApp .st-key-viewport { margin-bottom: calc(0rem - 0.3rem); }
@media (min-width: 701px) { .stApp .st-key-header { padding-right: 2rem; } }
</style>"""


def page(
    title: str,
    *,
    heading: str = "",
    beside: Callable[[], None] | None = None,
    heads: bool = True,
) -> AttentionTrace:
    """Begin a page: read the scenario, draw the frame, compute the trace.

    Parameters
    ----------
    title : str
        What the menu calls it.
    heading : str, optional
        What stands above it instead.
    beside : callable, optional
        Draws what stands on the line of the heading.
    heads : bool
        Offer the heads of the scenario, where it has several.

    Returns
    -------
    AttentionTrace
        Where every number on the page comes from; of the head that is looked at.
    """
    server.note_run()
    state.begin(title, follow.follow)
    follow.turn_to(session().wanted_page)  # the run of the press may have been given up
    session().wanted_page = ""
    st.set_page_config(
        page_title=f"{title} · {NAME}",
        page_icon="🔎",
        layout="wide",
        initial_sidebar_state="collapsed" if session().projector else "auto",
    )
    with mend.on_every_page():
        st.html(_style())
        menu.menu()
    viewport.measure()
    links.keep()
    question_bar.announce()
    announcer.announce()
    _resume()
    follow.keep_up()
    listen.listen()
    is_hidden = question_bar.hides_page()
    _header(heading or title, None if is_hidden else beside)
    bar.bar()
    with st.container(key="complaint"):  # always there, as a `slot`
        if message := session().complaint:
            st.error(escape.markdown(message))
        elif note := session().note:
            st.warning(escape.markdown(note), icon=":material/info:")
    if is_hidden:
        st.stop()
    with slot():
        transfer.without_link()
    if heads:
        choose_head.choose()
    return attend(session().scenario).head(session().head)


def end() -> None:
    """End a page."""
    menu.neighbours(session().page)


def _style() -> str:
    dark = _DARK_CSS + _DARK_PRINT_CSS if state.theme() == "dark" else ""
    focus = _FOCUS_CSS.replace("COLOUR", st.get_option(f"theme.{state.theme()}.primaryColor"))
    return _CSS + focus + _PRINT_CSS + dark + (_PROJECTOR_CSS if session().projector else "")


def _header(title: str, beside: Callable[[], None] | None) -> None:
    with st.container(key="header", horizontal=True, vertical_alignment="center", gap="small"):
        st.title(title, anchor=False, width="content" if beside else "stretch")
        if beside:
            with st.container(key="beside", width="stretch"):
                beside()
        widgets.button(
            "Undo",
            key="undo",
            type="tertiary",
            icon=":material/undo:",
            on_click=state.undo,
            disabled=not session().history.can_undo,
        )
        widgets.button(
            "Redo",
            key="redo",
            type="tertiary",
            icon=":material/redo:",
            on_click=state.redo,
            disabled=not session().history.can_redo,
        )
        with st.popover("View", icon=":material/tune:", type="tertiary"):
            _view()


def _view() -> None:
    """Choose how pages look and answer."""
    widget_state.seed("projector", session().projector)
    widgets.toggle(
        "Projector",
        key="projector",
        on_change=_set_projector,
        help="Large letters and boxes, to be read from the back of a room.",
    )
    widget_state.seed("classic", session().classic)
    widgets.toggle(
        "Classic sliders",
        key="classic",
        on_change=_set_classic,
        help="Streamlit's own sliders and charts: pictures change when a slider is let go.",
    )
    st.caption("Light or dark: menu ⋮ at the top right.")


@st.fragment(run_every=timedelta(days=1))
def _resume() -> None:
    """Have the page run as soon as its connection is back.

    The browser asks for a run after a reconnect only where something is to run by itself, so
    here is something, empty. Without it a page whose server has died would meet the next
    one with a change, and a session that doesn't know what it is a change of.
    """


def _set_projector() -> None:
    session().projector = widget_state.read("projector", bool, session().projector)


def _set_classic() -> None:
    session().choose_classic(widget_state.read("classic", bool, session().classic))
