"""What a board is sent while a hand moves numbers."""

import numpy as np
import pytest

from attn_core.analysis.projection_2d import project_2d
from attn_core.figures import describe_spaces
from attn_core.figures.words.word_points import Space
from pages.ui.live import components
from pages.ui.session import session_url, state
from pages.ui.session.address import Address


def spaces(x):
    points = np.array([[x, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 5.0]])
    return describe_spaces([Space("V", project_2d(points))], ("Je", "suis", "tu"), (0, 1, 2))


@pytest.fixture
def sent(monkeypatch):
    """What boards are sent in the session of a visitor whose hand moves."""
    told = []
    session = session_url.opened(Address())
    monkeypatch.setattr(components, "session", lambda: session)
    monkeypatch.setattr(state, "theme", lambda: "light")
    monkeypatch.setattr(components, "_show", lambda _, key, data, **options: told.append(data))
    components.board(spaces(1.0), "figure-spaces", str)
    session.only_numbers = True
    return told


def test_a_frame_that_changes_with_the_numbers_is_sent_along(sent):
    """Without it the browser asks for the whole page at each move."""
    components.board(spaces(9.0), "figure-spaces", str)
    assert sent[0]["base"] != sent[1]["base"]
    assert "frame" in sent[1]


def test_a_frame_that_the_browser_has_is_not_sent_again(sent):
    components.board(spaces(1.0), "figure-spaces", str)
    assert sent[0]["base"] == sent[1]["base"]
    assert "frame" not in sent[1]
