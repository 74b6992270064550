"""How to come in, for a projector: the code in letters, the QR code, the address in words."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from attn_core.text import escape
from pages.ui.share import qr_code

#: All of it fits a window of 1280 × 720, with the projector's letters, and grows with it. Sizes
#: go by the window's height and the column's width.
_CSS = """<style>
.st-key-invitation { gap: 0.4rem; }
.room-way-in { container-type: inline-size; }
.room-code {
  font: 700 min(29cqw, 24vh) / 1 "Source Code Pro", monospace;
  letter-spacing: 0.06em; white-space: nowrap; translate: -0.04em 0;
}
.room-address { font-size: min(6cqw, 4.8vh); font-weight: 600; overflow-wrap: anywhere; }
.room-address small { display: block; font-size: 0.6em; font-weight: 400; margin-top: 0.6em; }
.st-key-room-qr { width: min(62vh, 100%) !important; min-width: min(60vw, 240px); margin: auto; }
.st-key-room-qr div, .st-key-room-qr img { width: 100% !important; border-radius: 0 !important; }
@media (max-width: 700px) {
  .room-code { font-size: 22vw; }
  .room-address { font-size: 1.15rem; }
}
</style>"""


def show(code: str, address: str) -> None:
    """Show the way into a room.

    Parameters
    ----------
    code : str
        Of the room.
    address : str
        The whole address that leads there.
    """
    st.html(_CSS)
    with st.container(key="invitation"):
        letters, picture = st.columns([1, 1], gap="medium", vertical_alignment="center")
        with letters:
            st.html(_letters(code, address))
            qr_code.say_if_here(address)
        with picture, st.container(key="room-qr"):
            _qr(address)


def _letters(code: str, address: str) -> str:
    """Write code and address large; who hears the page hears the code letter by letter."""
    where, _, which = _in_words(address).rpartition("?")
    spelled = " ".join(code)
    return (
        '<div class="room-way-in">'
        f'<div class="room-code" translate="no" role="img" aria-label="Code {spelled}">{code}</div>'
        f'<div class="room-address" translate="no">{escape.html(where)}<wbr>?{escape.html(which)}'
        "<small>or scan the code, or type the letters on the page <em>Room</em></small></div></div>"
    )


def _in_words(address: str) -> str:
    """Write an address as one says it, without its scheme.

    Examples
    --------
    >>> _in_words("https://lab.example/app/?room=KXQRT")
    'lab.example/app/?room=KXQRT'
    """
    return address.removeprefix(f"{urlsplit(address).scheme}://")


def _qr(address: str) -> None:
    drawn = qr_code.svg(address)
    if drawn:
        st.image(drawn, width="stretch", alt=f"QR code of the link {address}")
