"""The secret that receipts are signed with: the one that Streamlit has for cookies."""

from __future__ import annotations

import streamlit as st
from streamlit import config

_OPTION = "server.cookieSecret"


def secret() -> str:
    """Return the secret; where nobody has set one, Streamlit draws one at each start."""
    return str(st.get_option(_OPTION))


def is_kept() -> bool:
    """Whether the secret outlives a restart, since somebody has set it."""
    return bool(config.is_manually_set(_OPTION))
