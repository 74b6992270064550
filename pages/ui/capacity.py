"""Room for many connections at once, where the system allows it."""

from __future__ import annotations

import sys

#: Streamlit opens four files for each visitor, so that this is 2500 of them. Most systems
#: start a program with 1024, and allow more to one that asks.
OPEN_FILES = 10_000


def make_room() -> None:
    """Ask the system for so many open files, once they are fewer."""
    if sys.platform == "win32":
        return  # knows no such limit
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
