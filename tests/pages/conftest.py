"""Pages run in Streamlit's own test harness, without a server."""

from collections.abc import Iterator
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner

from pages.ui.room.rules import code


@pytest.fixture(scope="session", autouse=True)
def packages_read_once() -> Iterator[None]:
    """Each new `AppTest` reads the metadata of all installed packages, which don't change."""
    with pytest.MonkeyPatch.context() as patch:
        scan = manifest_scanner.scan_component_manifests
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(scan))
        yield


@pytest.fixture(autouse=True)
def nobody_has_opened_a_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests have opened in this process is forgotten."""
    monkeypatch.setattr(code, "opened_rooms", code.OpenedRooms())
