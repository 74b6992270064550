"""Measure the page in the browser, and notice when its theme changes.

Equations break into lines that fit the width; their colours follow the theme, whose change
starts no run by itself. As a script that is on every page,
with whatever charts, it also brings `frontend/pictures.js`.
"""

from __future__ import annotations

from pathlib import Path

from attn_core.figures import NARROW
from pages.ui.live.serialize import UNPACK, pack
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.state import session

#: Sizes are sent in steps, so that a resize doesn't rerun the page at every pixel.
_STEP = 20
_KEY = "viewport"

_JS = """
export default function ({ parentElement, data, setStateValue }) {
  const { width: known, height: tall, narrow, step, dark } = UNPACK;
  const host = parentElement.host ?? parentElement;
  host.labStop?.();  // this is called again with every new width or theme
  let sent = known, sentHeight = tall, timer;
  const paper = matchMedia("print");  // as wide as it is white, and not the page
  const send = () => {
    if (paper.matches) return;
    const width = Math.floor(host.getBoundingClientRect().width / step) * step;
    // The bars of a phone's browser come and go, and with them the height.
    const isSteady = width >= narrow && !matchMedia("(pointer: coarse)").matches;
    const height = isSteady ? Math.floor(innerHeight / step) * step : 0;
    if (width > 0 && height !== sentHeight) setStateValue("height", sentHeight = height);
    if (width > 0 && width !== sent) setStateValue("width", sent = width);
  };
  const observer = new ResizeObserver(() => {
    clearTimeout(timer);
    // The first width is waited for, but not until the page's own styles are in force.
    timer = setTimeout(send, sent ? 150 : 80);
  });
  observer.observe(host);
  const onResize = () => {
    clearTimeout(timer);
    timer = setTimeout(send, 150);
  };
  addEventListener("resize", onResize);
  if (sent) send();
  const ground = () => getComputedStyle(document.querySelector(".stApp")).backgroundColor;
  const isDark = (colour) => Math.max(...colour.match(/\\d+/g).slice(0, 3)) < 128;
  const watch = setInterval(() => {
    if (paper.matches) return;
    const now = ground();
    if (isDark(now) !== dark && now !== host.labSent) setStateValue("ground", host.labSent = now);
  }, 400);
  host.labStop = () => {
    clearTimeout(timer);
    clearInterval(watch);
    observer.disconnect();
    removeEventListener("resize", onResize);
  };
  return () => { if (!host.isConnected) host.labStop(); };
}
"""

#: A browser runs a script once, however often its function is called.
_PICTURES = (Path(__file__).parent / "frontend" / "pictures.js").read_text("utf-8")
_measure = widgets.component("viewport", js=_PICTURES + _JS.replace("UNPACK", UNPACK))


def measure() -> None:
    """Keep `session().width` and `height` true. The page is rerun once when they change."""
    _measure(
        key=_KEY,
        data=pack(
            {
                "width": session().width if session().measured else None,  # so that it is sent
                "height": session().height,
                "narrow": NARROW,
                "step": _STEP,
                "dark": state.theme() == "dark",
            },
        ),
        on_width_change=widgets.rerun,
        on_height_change=widgets.rerun,
        on_ground_change=widgets.rerun,  # the run itself is all that is needed
        height=1,
    )
    # Not in the callback: for a new session of an open page there is none.
    width = widget_state.checked(widget_state.event(_KEY, "width"), float, 0.0)
    if 200 <= width <= 8000:
        session().width, session().measured = int(width), True
    height = widget_state.checked(widget_state.event(_KEY, "height"), float, 0.0)
    session().height = int(height) if 200 <= height <= 8000 else 0
