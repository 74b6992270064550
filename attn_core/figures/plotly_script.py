"""Plotly's script for browsers, from the installed Python package."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path


def plotly_script() -> bytes:
    """Read the script as it is, 4.8 MB; importing Plotly for that would take longer.

    Examples
    --------
    >>> b"plotly.js v" in plotly_script()[:200]
    True
    """
    package = importlib.metadata.distribution("plotly")
    return Path(str(package.locate_file("plotly/package_data/plotly.min.js"))).read_bytes()
