"""Ask the browser how wide the page is, so that equations break into lines that fit."""

from __future__ import annotations

import streamlit as st

from pages.ui import state

#: Widths are told in steps, so that a resize doesn't rerun the page at every pixel.
_STEP = 20
_KEY = "viewport"

_JS = """
export default function ({ parentElement, data, setStateValue }) {
  const host = parentElement.host ?? parentElement;
  let told = data.width, timer;
  const tell = () => {
    const width = Math.floor(host.getBoundingClientRect().width / data.step) * data.step;
    if (width > 0 && width !== told) setStateValue("width", told = width);
  };
  const observer = new ResizeObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(tell, 150);
  });
  observer.observe(host);
  tell();
  return () => { clearTimeout(timer); observer.disconnect(); };
}
"""

_measure = st.components.v2.component("viewport", js=_JS)


def measure() -> None:
    """Keep `state.width` true. The page is rerun once when it turns out otherwise."""
    _measure(
        key=_KEY,
        data={"width": state.width(), "step": _STEP},
        on_width_change=_noted,
        height=1,
    )


def _noted() -> None:
    width = state.widget(_KEY, {}).get("width")
    # The browser could send anything.
    if isinstance(width, int | float) and 200 <= width <= 8000:
        state.set_width(int(width))
