"""A sentence of one's own: features for its words, or an offer of them."""

import pytest

from attn_core import edits
from attn_core.permalink import encode
from attn_core.presets import BY_KEY, DEFAULT
from tests.pages.test_pages import fine, press, scenario, visit
from tests.pages.test_vectors import no_model, real, said, tiny, type_  # noqa: F401

OWN = "Le chat noir dort sur le grand tapis rouge"
OFFER = "Choose features for these words"
EDITED = edits.with_cell(DEFAULT.scenario, "W_q", 1, 2, 0.5)


def noted(at):
    return " ".join(each.value for each in at.warning).replace("\\", "")


def offered(at):
    return {b.label for b in at.button} & {OFFER, "Use pretrained vectors"}


@pytest.mark.parametrize("page", ["dashboard.py", "1_Embeddings.py"])
def test_features_are_chosen_and_said_in_one_step(no_model, page):  # noqa: F811
    at = type_(visit(page), "sentence", OWN)
    s = scenario(at)
    assert " ".join(s.tokens) == OWN and s.X.any(axis=1).all()
    assert f"X now shows {', '.join(s.features[:-1])} and {s.features[-1]}" in noted(at)
    assert not offered(at)
    press(at, "Undo")
    assert scenario(fine(at)) == DEFAULT.scenario
    assert not noted(at)


def test_a_presets_projections_stay():
    start = BY_KEY["verb-subject"].scenario
    s = scenario(type_(visit(preset="verb-subject"), "sentence", OWN))
    assert s.features[:4] == start.features and s.X.any(axis=1).all()
    assert s.W_q[:4].tolist() == start.W_q.tolist()
    assert not s.W_q[4:].any()


def test_what_was_edited_by_hand_gets_an_offer(no_model):  # noqa: F811
    at = type_(visit(s=encode(EDITED)), "sentence", OWN)
    typed = edits.with_sentence(EDITED, OWN)
    assert scenario(at) == typed
    assert offered(at) == {OFFER}
    assert "Le, chat, noir, sur, grand, tapis and rouge have rows of zeros" in said(at)
    press(at, OFFER)
    s = scenario(fine(at))
    assert s.X.any(axis=1).all()
    assert s.W_q[s.features.index("verb"), 2] == 0.5
    assert "X now shows" in noted(at) and not offered(at)
    press(at, "Undo")
    assert scenario(fine(at)) == typed


def test_nothing_is_offered_for_the_words_of_a_preset():
    at = fine(visit(preset="antecedent"))  # where "car" has a row of zeros
    assert edits.dead_words(scenario(at)) == ("car",)
    assert not offered(at)


def test_a_second_sentence_has_features_too():
    at = fine(visit(s=encode(edits.with_context(DEFAULT.scenario, "I am"))))
    s = scenario(type_(at, "context", "le tapis rouge"))
    assert s.Z.any(axis=1).all() and "X now shows" in noted(at)


def test_pretrained_vectors_are_offered_where_the_model_is(tiny):  # noqa: F811
    at = type_(visit(), "sentence", "Je suis ornithorynque")
    typed = scenario(at)
    assert offered(at) == {"Use pretrained vectors"}
    press(at, "Use pretrained vectors")
    assert scenario(fine(at)) == real(typed, "word")
    assert not offered(at)
    press(at, "Undo")
    assert scenario(fine(at)) == typed
