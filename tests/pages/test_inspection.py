"""The path from number to number, and the history of undo, as they are without a page."""

from attn_core import edits
from attn_core.notation.cells import Cell, from_text, to_text
from attn_core.presets import DEFAULT
from pages.ui.session.history import MAX_UNDO, History
from pages.ui.session.inspection import Inspection

OUTPUT, WEIGHT, SCORE = Cell("output", 1, 2), Cell("weights", 1, 0), Cell("scores", 1, 0)


def test_there_and_back():
    inspection = Inspection()
    inspection.inspect(OUTPUT, "picture")
    inspection.drill_down(WEIGHT)
    inspection.drill_down(SCORE)
    assert inspection.existing(DEFAULT.scenario) == [OUTPUT, WEIGHT, SCORE]
    inspection.back_to(2)
    assert inspection.path == [OUTPUT, WEIGHT]
    inspection.inspect(SCORE, "other")
    assert (inspection.path, inspection.picture) == ([SCORE], "other")


def test_a_number_that_is_gone_comes_back_with_its_size():
    inspection = Inspection([OUTPUT, WEIGHT])
    narrow = edits.with_size(DEFAULT.scenario, d_v=2)
    assert inspection.existing(narrow) == []
    assert inspection.existing(edits.with_size(narrow, d_v=3)) == [OUTPUT, WEIGHT]
    short = edits.with_sentence(DEFAULT.scenario, "Je")
    assert Inspection([Cell("output", 0, 2), WEIGHT]).existing(short) == [Cell("output", 0, 2)]


def test_a_cell_in_an_address():
    for cell in (OUTPUT, WEIGHT, Cell("raw_scores", 11, 7)):
        assert from_text(to_text(cell)) == cell
    assert from_text("placed_context.3.2") == Cell("Z_pos", 2, 1)  # of an earlier link
    for text in ("", "weights", "weights.0.1", "weights.1.-1", "weights.1.1.1", "__class__.1.1"):
        assert from_text(text) is None
    assert from_text("weights.٣.1") is None


def test_history_forgets_what_is_too_long_ago():
    history = History(DEFAULT.scenario, DEFAULT.key)
    for i in range(MAX_UNDO + 7):
        history.push(edits.with_cell(history.present, "X", 0, 0, (i + 2) / 100))
    for _ in range(MAX_UNDO):
        assert history.can_undo
        history.undo()
    assert not history.can_undo
    assert history.present.X[0, 0] == (7 + 1) / 100


def test_a_gesture_that_ends_where_it_began_is_no_change():
    history = History(DEFAULT.scenario, DEFAULT.key)
    moved = edits.with_cell(history.present, "X", 0, 0, 2)
    history.push(moved, gesture="drag")
    history.push(DEFAULT.scenario, gesture="drag")
    history.end_gesture()
    assert not history.can_undo
