"""The link as a QR code, for the phones of a class."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from pages.ui.live.chart import expander
from pages.ui.session import state
from pages.ui.session.state import session

#: Largest version of a code that is read across a room; it has 17 + 4 · 15 = 77 modules a
#: side, 85 with the quiet zone, and holds 520 characters. Projected a metre high, a module
#: is 12 mm. A phone 8 m away sees about 10 m in 4000 pixels, so 4 or 5 pixels a module, of
#: which it needs 3; with more modules it would have to come nearer.
MAX_VERSION = 15

_HERE = ("localhost", "127.0.0.1", "[::1]", "::1")

#: Large, and dark on white in both themes.
_CSS = """<style>
.st-key-qr div, .st-key-qr img { width: 100% !important; border-radius: 0 !important; }
.st-key-qr { width: max(60vw, 280px) !important; max-width: 100%; margin: auto; }
</style>"""


def code() -> None:
    """Show the link as a QR code, as long as it can be read from the back of a room."""
    with expander("QR code, for phones", "qr-drawer") as is_open:
        if is_open and "the scenario" in session().missing_from_link:
            st.info("So many numbers have no link, and so no code; see the JSON file below.")
        elif is_open:
            draw(state.link(short=True))


def svg(link: str) -> str | None:
    """Draw a link as a QR code.

    Returns
    -------
    str or None
        SVG with the quiet zone of four modules; None when the link is too long.
    """
    import segno  # only who opens the code pays for it

    try:
        # A small code is read from farther away than one with much correction.
        made = segno.make_qr(link, error="l")
    except segno.DataOverflowError:
        return None
    if int(made.version) > MAX_VERSION:
        return None
    return made.svg_inline(border=4, dark="#000", light="#fff", omitsize=True)


def draw(link: str) -> None:
    """Draw a link as a code, or say that it is too long for one.

    Parameters
    ----------
    link : str
        A full address.
    """
    drawn = svg(link)
    if drawn is None:
        st.info(
            f"The link has {len(link)} characters. A QR code of it would have modules too small "
            "to be read across a room. Send the link itself, or a JSON file."
        )
        return
    st.html(_CSS)
    with st.container(key="qr"):
        st.image(drawn, width="stretch", alt=f"QR code of the link {link}")
    say_if_here(link)


def say_if_here(link: str) -> None:
    """Say where an address can't be opened from another computer."""
    if urlsplit(link).hostname in _HERE:
        st.caption(
            "This address is of this computer only; phones can't open it. Open the page under "
            "the computer's name or number in the network, and the code leads there."
        )
