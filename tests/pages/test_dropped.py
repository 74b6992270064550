"""What a change drops or alters by itself is said at once, and one step of undo brings it back."""

from dataclasses import replace

import numpy as np

from attn_core import edits
from attn_core.edits import heads
from attn_core.permalink import encode
from attn_core.presets import BY_KEY, DEFAULT
from pages.ui.session import session_url, state, widget_state
from pages.ui.session.address import Address
from tests.pages.test_pages import fine, scenario, visit

START = DEFAULT.scenario
EDITED = edits.with_cell(START, "X", 2, 1, 0.5)  # heureux · verb
#: A mask without any meaning of its own, in which suis may look at heureux alone.
CUSTOM = replace(START, mask=np.array([[1, 0, 0], [0, 0, 1], [1, 1, 1]], bool))
LEARNED = edits.with_cell(edits.with_positions(START, "learned"), "P", 1, 0, 2.5)
ALIBI = edits.with_slope(edits.with_positions(START, "alibi"), 0.35)
TWO = heads.added(edits.with_matrix(START, "W_v", np.full((4, 4), 0.5)))
CROSS = edits.with_context(START, "I am happy")
CROSS_EDITED = edits.with_cell(CROSS, "Z", 1, 2, 1.75)


def sentence(text, key="sentence"):
    return lambda at: at.text_input(key=key).set_value(text).run()


def cross(on):
    return lambda at: at.toggle(key="cross").set_value(on).run()


def size(name, value):
    return lambda at: at.number_input(key=name).set_value(value).run()


def press(key):
    return lambda at: at.button(key=key).click().run()


def positions(kind):
    return lambda at: at.button_group(key="positions").set_value(kind).run()


def features(*names):
    return lambda at: at.multiselect(key="features").set_value(list(names)).run()


#: Page, scenario, what is done, what is said; "" where nothing is lost.
DROPPED = [
    ("", EDITED, sentence("Je suis"), "the edited numbers of heureux in X"),
    ("", EDITED, sentence("Je suis heureux ici"), ""),
    ("", START, sentence("Je suis"), ""),
    ("", CROSS_EDITED, sentence("I happy", "context"), "the edited numbers of am in Z"),
    ("", CROSS, cross(False), "the second sentence, I am happy"),
    ("", CROSS, sentence("", "context"), "the second sentence, I am happy"),
    ("", edits.with_mask_kind(START, "causal"), cross(True), "the causal mask"),
    ("", edits.with_mask_kind(START, "window"), cross(True), "the window mask"),
    ("", CUSTOM, cross(True), "the custom mask"),
    ("", edits.with_mask_kind(CROSS, "padding"), cross(False), "the padding mask"),
    ("", CUSTOM, sentence("Je suis"), "all that suis might look at"),
    ("", edits.with_mask_kind(START, "causal"), sentence("Je suis"), ""),
    ("", edits.with_positions(START, "rope"), cross(True), "the positions, RoPE"),
    ("", ALIBI, cross(True), "ALiBi's slope, 0.35"),
    ("4_Positions.py", LEARNED, positions("none"), "the learned positions"),
    ("4_Positions.py", ALIBI, positions("rope"), "ALiBi's slope, 0.35"),
    ("4_Positions.py", edits.with_positions(START, "alibi"), positions("rope"), ""),
    ("", LEARNED, sentence("Je"), "rows 2 to 3 of P"),
    ("2_Projections.py", START, size("d_k", 2), "columns 3 to 4 of W_q and W_k"),
    ("2_Projections.py", START, size("d_k", 5), ""),
    ("2_Projections.py", TWO, size("d_v", 3), "column 4 of W_v and the rows of W_o"),
    ("2_Projections.py", START, size("d_model", 3), "the numbers of the feature"),
    ("1_Embeddings.py", EDITED, features("feeling", "noun"), "the edited numbers of heureux in X"),
    ("1_Embeddings.py", START, features(*START.features, "noun"), ""),
    ("5_Views.py", TWO, press("head-delete"), "all numbers of the head head 1"),
    ("", START, press("identity-X"), ""),
]


def told(at):
    return " ".join(each.value for each in at.warning).replace("\\", "")


def test_what_a_change_drops_is_said_and_undo_brings_it_back():
    bad = []
    for page, before, act, expected in DROPPED:
        at = fine(act(visit(page or "dashboard.py", s=encode(before), preset="similarity")))
        said = told(at)
        if (expected not in said) or bool(expected) != ("Gone with this change" in said):
            bad.append((page, expected, said))
        (undo,) = (button for button in at.button if button.label == "Undo")
        at = fine(undo.click().run())
        if scenario(at) != before or "Gone" in told(at):
            bad.append((page, expected, "undone:", told(at)))
    assert not bad


def test_numbers_of_a_link_or_a_file_that_are_rounded_are_told():
    fine_numbers = replace(START, W_q=np.array(START.W_q) + 0.00012, temperature=1.23456)
    at = fine(visit(s=encode(fine_numbers)))
    assert (
        told(at) == "17 numbers were rounded to three decimals, which the lab holds; the first "
        "is 1.23456, now 1.235."
    )
    assert not told(fine(visit(s=encode(START))))


def test_a_note_stays_until_the_next_change_and_goes_with_the_page():
    at = sentence("Je suis")(visit(s=encode(EDITED)))
    at.toggle(key="projector").set_value(True).run()
    assert "heureux" in told(fine(at))
    at.toggle(key="scale").set_value(False).run()
    assert not told(fine(at))


def test_a_long_sentence_is_refused_and_not_cut():
    typed = "Je suis " * 200
    at = fine(sentence(typed)(visit()))
    assert "has room for 1000 characters; this one has 1600" in at.error[0].value.replace("\\", "")
    assert at.text_input(key="sentence").value == typed
    at = visit("5_Views.py", s=encode(TWO))
    at = fine(at.text_input(key="head-name").set_value("n" * 30).run())
    assert "room for 24 characters" in at.error[0].value


def test_the_last_a_can_be_brought_back():
    a, b = BY_KEY["verb-subject"].scenario, START
    for press_first in ("unpin", "pin"):
        at = fine(visit("7_Compare.py", s=encode(b), a=encode(a)))
        at = fine(at.button(key=press_first).click().run())
        at = fine(at.button(key="pin-back").click().run())
        assert "".join(at.query_params["a"]) == encode(a)


def test_what_is_painted_waits_for_its_words():
    at = visit("6_Learn.py", preset="verb-subject")
    at = fine(at.button(key="paint-all alike").click().run())
    before = "".join(at.query_params["paint"])
    at = fine(sentence("Je suis")(at))
    assert any("Painted boxes of words that aren't here any more: 5" in c.value for c in at.caption)
    assert "".join(at.query_params["paint"]) != before
    (undo,) = (button for button in at.button if button.label == "Undo")
    at = fine(undo.click().run())
    assert "".join(at.query_params["paint"]) == before
    assert not any("Painted boxes" in c.value for c in at.caption)


def test_a_run_comes_back_with_what_it_was_of():
    at = visit("6_Learn.py", preset="verb-subject")
    at = fine(at.button(key="learn-step").click().run())
    at = fine(sentence("Je suis")(at))
    assert any("What was learned before" in c.value for c in at.caption)
    (undo,) = (button for button in at.button if button.label == "Undo")
    at = fine(undo.click().run())
    assert not any("What was learned before" in c.value for c in at.caption)
    (reset,) = (button for button in at.button if button.key == "learn-reset")
    assert not reset.disabled


def test_a_question_about_a_number_that_is_gone_is_told():
    at = fine(sentence("Je suis")(visit(cell="weights.3.1", s=encode(START))))
    said = "The number that was asked about, weights, row 3, column 1, isn't here any more"
    assert any(said in caption.value for caption in at.caption)
    (undo,) = (button for button in at.button if button.label == "Undo")
    at = fine(undo.click().run())
    assert not any(said in caption.value for caption in at.caption)
    assert at.selectbox(key="ask-row").value == 2


def test_a_table_whose_entry_is_undone_before_it_is_shown_starts_anew(monkeypatch):
    """Two changes may come before a page is drawn, where a server is busy."""
    held = {"session": session_url.opened(Address())}
    monkeypatch.setattr(state.st, "session_state", held)

    def enter():
        state.change(lambda: EDITED)
        widget_state.keep_table("X", as_entered=True)

    first, _ = widget_state.table("X", START.X.tobytes(), START)
    held[first] = {}
    enter()
    assert widget_state.table("X", EDITED.X.tobytes(), EDITED) == (first, START)
    state.undo()
    second, start = widget_state.table("X", START.X.tobytes(), START)
    assert (second != first, start) == (True, START)
    held[second] = {}
    enter()
    state.undo()
    third, _ = widget_state.table("X", START.X.tobytes(), START)
    assert third not in (first, second)
