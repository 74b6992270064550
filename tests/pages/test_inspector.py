"""The answer to where a number comes from, on every page, for every matrix."""

from dataclasses import replace

import pytest

from attn_core import attend, edits
from attn_core.explain.calculation import calculate
from attn_core.notation.cells import Cell, to_text
from attn_core.notation.equation import equation
from attn_core.permalink import encode
from attn_core.presets import BY_KEY, DEFAULT
from pages.ui.session import session_url
from pages.ui.session.address import Address
from pages.ui.show import inspector
from pages.ui.show.inspector import QUESTION
from tests.pages.test_pages import NAMES, PAGES, fine, parameter, press, slider, visit

MATRICES = ["X", "W_q", "W_k", "W_v", "attn_mask", "similarity", "Q", "K", "V", "raw_scores"]
MATRICES += ["scores", "masked_scores", "logits", "weights", "output"]


def answer(at):
    """The calculation that is shown; on the Share page the link is code, too."""
    (code,) = (c.value for c in at.code if "preset=" not in c.value)
    return code


def is_inspected(at):
    return any("preset=" not in c.value for c in at.code)


def shown(trace, cell):
    return calculate(trace, cell).result


@pytest.mark.parametrize("preset", ["verb-subject", "previous-word", "sharp"])
def test_every_matrix_can_be_asked_about(preset):
    trace = attend(BY_KEY[preset].scenario)
    at = fine(visit("3_Attention.py", preset=preset, cell="weights.2.1"))
    bad = []
    for name in MATRICES:
        at.selectbox(key="ask-matrix").set_value(name).run()
        expected = f"= {shown(trace, Cell(name, 1, 0))}"
        if not answer(fine(at)).endswith(expected) or parameter(at, "cell") != f"{name}.2.1":
            bad.append((name, answer(at), expected, parameter(at, "cell")))
    assert not bad


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_the_result_of_every_picture_can_be_asked_about(page):
    at = fine(visit(page.name, preset="previous-word"))
    for button in [b for b in at.button if b.label == QUESTION]:
        at.button(key=button.key).click().run()
        assert is_inspected(fine(at))
        press(at, "Close the answer")
        assert not is_inspected(fine(at))


@pytest.mark.parametrize("n", [1, 12])
def test_at_the_limits(n):
    s = edits.with_sentence(DEFAULT.scenario, "Je " * n)
    s = edits.with_size(s, d_model=8 if n == 12 else 2, d_k=8 if n == 12 else 1, d_v=1)
    at = fine(visit(s=encode(s), cell=to_text(Cell("weights", n - 1, n - 1))))
    for name in MATRICES:
        at.selectbox(key="ask-matrix").set_value(name).run()
        assert is_inspected(fine(at))


def test_the_pickers_choose_row_and_column():
    trace = attend(BY_KEY["verb-subject"].scenario)
    at = fine(visit(preset="verb-subject", cell="output.1.1"))
    at.selectbox(key="ask-row").set_value(2).run()
    at.selectbox(key="ask-column").set_value(1).run()
    assert answer(fine(at)).endswith(f"= {shown(trace, Cell('output', 2, 1))}")
    at.selectbox(key="ask-matrix").set_value("W_k").run()
    assert answer(fine(at)).startswith("W_k[feeling, k₂] is an input")


def test_it_stays_while_numbers_and_sizes_change():
    at = fine(visit(cell="weights.1.2"))
    before = answer(at)
    slider(at, "X-0-0").set_value(3.0).run()
    assert answer(fine(at)) != before
    at.text_input(key="sentence").set_value("Je").run()
    assert not is_inspected(fine(at))
    at.text_input(key="sentence").set_value("Je dors").run()
    assert answer(fine(at)).startswith("weights[Je, dors] =")


def test_it_moves_to_the_picture_of_the_other_page():
    at = fine(visit(cell="raw_scores.2.1"))
    assert not is_inspected(at)  # home shows the scores that are divided
    at.switch_page("pages/3_Attention.py").run()
    assert answer(fine(at)).startswith("QKᵀ[suis, Je] =")
    at = fine(visit(cell="Q.2.1"))
    assert answer(fine(at)).startswith("Q[suis, q₁] =")
    at.switch_page("pages/2_Projections.py").run()
    assert answer(fine(at)).startswith("Q[suis, q₁] =")
    at.switch_page("pages/3_Attention.py").run()
    assert answer(fine(at)).startswith("Q[suis, q₁] =")


@pytest.mark.parametrize("word", ["<b>x</b>", "$x$", "`a`", "a|b", "*a*", ":red[b]", "שלום"])
def test_words_are_shown_literally(word):
    s = replace(DEFAULT.scenario, tokens=(word, "suis", "heureux"))
    at = fine(visit(s=encode(s), cell="weights.1.1"))
    assert word in answer(at)
    (table,) = (m.value for m in at.markdown if m.value.startswith("|"))
    assert word in table.replace("\\", "")
    assert len({line.replace("\\|", "").count("|") for line in table.splitlines()}) == 1


def test_another_address_is_another_question():
    at = fine(visit(preset="verb-subject", cell="weights.2.1"))
    at.query_params["cell"] = "weights.1.3"
    assert answer(fine(at.run())).startswith("weights[Je, heureux] =")
    del at.query_params["cell"]
    assert not is_inspected(fine(at.run()))


@pytest.mark.parametrize("cell", ["weights.9.9", "nothing.1.1", "<b>", "X.0.0"])
def test_a_number_that_is_not_there_is_not_asked_about(cell):
    at = fine(visit(cell=cell))
    assert not is_inspected(at)
    assert not (at.error or at.warning)


def test_a_run_by_itself_keeps_the_way():
    at = fine(visit(preset="verb-subject", cell="weights.2.1"))
    (on,) = (b for b in at.button_group if str(b.key).startswith("follow-"))
    on.set_value(0).run()
    for _ in range(2):
        assert answer(fine(at)).startswith("scores[suis, Je] =")
        assert at.button_group(key="way-2").value == 2
        at.run()  # as after a reconnect


def test_an_address_without_a_scenario_asks_nothing_new():
    at = fine(visit(preset="verb-subject", cell="weights.2.1"))
    at.query_params.clear()  # as a page does that is turned to
    assert answer(fine(at.run())).startswith("weights[suis, Je] =")
    assert parameter(at, "cell") == "weights.2.1"


@pytest.fixture
def clicked(monkeypatch):
    """Clicks on a box of a step's picture; returns the path that it leaves."""
    session = session_url.opened(Address(preset="verb-subject"))
    trace = attend(session.scenario)
    monkeypatch.setattr(inspector, "session", lambda: session)

    def click(name, box, picture="below"):
        inspector.pick(trace, [equation(trace, name)], box, picture)
        return session.inspection.path

    return click


def test_a_click_in_a_transposed_matrix_means_the_matrix_itself(clicked):
    assert clicked("raw_scores", [1, 1, 2]) == [Cell("K", 2, 1)]
    assert clicked("raw_scores", [2, 1, 2]) == [Cell("raw_scores", 1, 2)]


def test_a_click_follows_only_in_the_picture_above_the_answer(clicked):
    assert clicked("output", [2, 1, 0]) == [Cell("output", 1, 0)]
    assert clicked("output", [0, 1, 2]) == [Cell("output", 1, 0), Cell("weights", 1, 2)]
    clicked("output", [2, 1, 0])
    assert clicked("output", [0, 1, 2], "another") == [Cell("weights", 1, 2)]
