"""The sentence on why, below the picture: of the last change, drag or undo."""

import pytest

from attn_core import edits
from attn_core.permalink import encode
from attn_core.presets import BY_KEY, DEFAULT
from pages.ui.session.history import History
from tests.pages.test_pages import PAGES, fine, press, visit

S = DEFAULT.scenario
SHOWN = {"dashboard", "2_Projections", "3_Attention", "4_Positions", "5_Views", "10_Share"}


def why(at):
    (told,) = (each.value for each in at.markdown if each.value.startswith(("**Why:", "**Undone:")))
    return told.removeprefix("**Why:** ").replace("\\", "")


def test_a_drag_is_one_change_and_an_undo_is_another():
    dragged = [edits.with_cell(S, "X", 0, 0, value) for value in (1.5, 2, 2.5)]
    history = History(S, "similarity")
    assert history.before is None
    for following in dragged:
        history.push(following, gesture="drag")
        assert history.before is S
    history.end_gesture()
    history.push(edits.with_cell(dragged[-1], "X", 0, 0, -1))
    assert history.before == dragged[-1] and not history.is_undone
    history.undo()
    assert history.before.X[0, 0] == -1 and history.is_undone
    history.undo()
    assert history.before == dragged[-1]
    history.undo()  # there is nothing more, so the last one is the last
    assert history.before == dragged[-1] and history.is_undone
    history.redo()
    assert history.before is S and not history.is_undone
    history.redo()
    assert history.before == dragged[-1]
    # A drag back to where it began is none, so the sentence is of the change before it.
    history.push(S, gesture="back")
    history.push(history._past[-1][0], gesture="back")
    history.end_gesture()
    assert history.before == dragged[-1]


def test_before_any_change_after_one_and_after_its_undo():
    at = visit(preset="verb-subject")
    assert why(fine(at)).startswith("suis attends mostly to Je, 1.00: q₁ of suis (from W_q verb")
    press(at, "identity")
    assert "numbers of X" in why(fine(at))
    press(at, "Undo")
    assert why(fine(at)).startswith("**Undone:** ") and "numbers of X" in why(at)
    press(at, "Redo")
    assert "Undone" not in why(fine(at))


def test_a_preset_is_named():
    at = visit()
    at.selectbox(key="preset").set_value("verb-subject").run()
    title = BY_KEY["verb-subject"].title
    assert why(fine(at)).startswith(f"“{title}”: suis attends mostly to Je, 1.00")
    press(at, "Undo")
    assert why(fine(at)).startswith(f"**Undone:** “{DEFAULT.title}”: ")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pages_with_a_picture_of_the_weights_say_why(page):
    at = fine(visit(page.name, s=encode(BY_KEY["verb-subject"].scenario)))
    found = [each for each in at.markdown if each.value.startswith("**Why:**")]
    assert len(found) == (page.stem in SHOWN)
