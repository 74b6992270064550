"""Places on a page that stay where they are."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def slot() -> DeltaGenerator:
    """Make a container for what is there in some runs only.

    It is always there itself. Without it all that stands below would move up or down a place,
    and Streamlit would make it anew.
    """
    return st.container()
