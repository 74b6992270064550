"""Embeddings from a pretrained model: chosen, made anew for other words, kept in a link."""

import hashlib

import numpy as np
import pytest
import streamlit as st

from attn_core import edits, pretrained
from attn_core.permalink import encode
from attn_core.presets import BY_KEY, DEFAULT
from attn_core.text.embeddings import axis_names, embed
from pages.ui.model.shared import shared_model
from tests.pages.test_pages import fine, press, scenario, slider, visit

PAGE = "1_Embeddings.py"
BITES = BY_KEY["word-order"].scenario
WIDTH = 17


class Tiny:
    """Stands for a model: vectors from a hash, in context turned about by the first word."""

    name = "maker/tiny*model"

    def word_vectors(self, words):
        for word in words:
            if word == "\u0301":
                raise ValueError("The model sees nothing of the word '\\u0301'.")
        seeds = [int.from_bytes(hashlib.sha256(word.encode()).digest()[:4]) for word in words]
        return np.stack([np.random.default_rng(seed).normal(size=WIDTH) for seed in seeds])

    def words_in_context(self, words):
        return self.word_vectors(words) + 0.3 * self.word_vectors(words[:1])[0] ** 3

    def unknown(self, words):
        return tuple(word for word in words if word == "\U0001f642")


@pytest.fixture
def tiny(monkeypatch):
    """A server that has the model, and counts how often it is asked for it."""
    asked = []

    def encoder():
        asked.append(1)
        return Tiny()

    monkeypatch.setattr(shared_model, "is_installed", lambda: True)
    monkeypatch.setattr(shared_model, "encoder", encoder)
    monkeypatch.setattr(shared_model, "loaded", lambda: Tiny() if asked else None)
    monkeypatch.setenv(shared_model.VARIABLE, Tiny.name)
    yield asked
    st.cache_resource.clear()


@pytest.fixture
def no_model(monkeypatch):
    monkeypatch.setattr(shared_model, "is_installed", lambda: False)
    monkeypatch.setattr(shared_model, "loaded", lambda: None)


def choose(at, source):
    at.button_group(key="vectors").set_value(source).run()
    return fine(at)


def real(s, source):
    """The same scenario with Tiny's vectors."""
    ask = Tiny().word_vectors if source == "word" else Tiny().words_in_context
    return pretrained.with_real_vectors(
        s, source, ask(s.tokens), ask(s.context) if s.context else None
    )


def said(at):
    return "\n".join(each.value for each in at.caption).replace("\\", "")


def type_(at, key, text):
    at.text_input(key=key).set_value(text).run()
    return fine(at)


@pytest.mark.parametrize("source", ["word", "context"])
def test_a_choice_is_one_step_of_undo(tiny, source):
    at = fine(visit(PAGE, s=encode(BITES)))
    assert not tiny
    choose(at, source)
    assert scenario(at) == real(BITES, source)
    assert at.button_group(key="vectors").value == source
    assert len(tiny) == 1
    assert "3 words, 4 axes: 100 % of the variance" in said(at)
    assert "tiny*model" in said(at)
    press(at, "Undo")
    assert scenario(fine(at)) == BITES
    assert at.button_group(key="vectors").value == "vocabulary"
    press(at, "Redo")
    assert scenario(fine(at)) == real(BITES, source)
    choose(at, "vocabulary")
    assert scenario(at).features == DEFAULT.scenario.features


def test_back_to_the_vocabulary_is_back_to_the_preset():
    s = real(BITES, "word")
    at = choose(visit(PAGE, preset="word-order", s=encode(s)), "vocabulary")
    assert scenario(at) == BITES


def test_nobody_who_asks_for_nothing_has_the_model_loaded(tiny):
    at = fine(visit(PAGE, s=encode(real(BITES, "word"))))
    slider(at, "X-0-0").set_value(0.5).run()
    assert scenario(fine(at)).X[0, 0] == 0.5
    assert not tiny
    assert "The model itself isn't loaded" in said(at)
    type_(at, "sentence", "dog bites")
    assert tiny


@pytest.mark.parametrize("page", [PAGE, "4_Positions.py", "dashboard.py"])
@pytest.mark.parametrize("source", ["word", "context"])
def test_other_words_have_their_own_vectors_in_one_step(tiny, page, source):
    before = real(BITES, source)
    at = fine(visit(page, s=encode(before)))
    type_(at, "sentence", "dog bites another man")
    assert scenario(at) == real(edits.with_sentence(BITES, "dog bites another man"), source)
    press(at, "Undo")
    assert scenario(fine(at)) == before


def test_a_second_sentence_and_its_words(tiny):
    at = choose(visit(PAGE, s=encode(BITES)), "context")
    at.toggle(key="cross").set_value(True).run()
    assert scenario(fine(at)) == real(edits.with_context(BITES, edits.CONTEXT), "context")
    type_(at, "context", "a cat")
    assert scenario(at) == real(edits.with_context(BITES, "a cat"), "context")
    assert "5 words of both sentences, 4 axes: 100 % of the variance" in said(at)
    at.toggle(key="cross").set_value(False).run()
    assert scenario(fine(at)) == real(BITES, "context")


def test_more_axes(tiny):
    sentence = "dog bites man and cat bites the other man"
    s = edits.with_sentence(BITES, sentence)
    at = choose(visit(PAGE, s=encode(s)), "word")
    four = said(at)
    at.number_input(key="d_model").set_value(7).run()
    now = scenario(fine(at))
    assert now.features == axis_names("word", 7)
    np.testing.assert_array_equal(now.X, real(edits.with_size(s, d_model=7), "word").X)
    np.testing.assert_array_equal(now.W_q[:4], s.W_q)
    assert not now.W_q[4:].any()
    assert "9 words, 4 axes" in four and "9 words, 7 axes" in said(at)


def test_what_was_edited_is_said_and_can_be_taken_back(tiny):
    at = choose(visit(PAGE, s=encode(BITES)), "word")
    assert "other numbers" not in said(at)
    slider(at, "X-1-1").set_value(-2.5).run()
    assert "X holds other numbers now than the model gives" in said(fine(at))
    at.button(key="model-X").click().run()
    assert scenario(fine(at)) == real(BITES, "word")
    assert "other numbers" not in said(at)


def test_numbers_edited_by_hand_that_go_with_other_words_are_told(tiny):
    for edited in (False, True):
        at = choose(visit(PAGE, s=encode(BITES)), "word")
        if edited:
            slider(at, "X-1-1").set_value(-2.5).run()
        before = scenario(at)
        type_(at, "sentence", "dog bites another man")
        told = " ".join(each.value for each in at.warning)
        assert ("without what was edited by hand" in told) == edited
        press(at, "Undo")
        assert scenario(fine(at)) == before


def test_words_that_the_model_does_not_know_or_see(tiny):
    at = choose(visit(PAGE, s=encode(BITES)), "word")
    type_(at, "sentence", "dog \U0001f642")
    assert "The model doesn't know \U0001f642" in said(at)
    type_(at, "sentence", "dog . \u0301")
    s = scenario(at)
    assert "sees nothing of the word" in at.error[0].value
    assert s.tokens == ("dog", ".", "\u0301")
    assert "No table has these features for" in said(at)


def test_a_single_word_is_zeros_and_told(tiny):
    at = choose(visit(PAGE, s=encode(edits.with_sentence(BITES, "dog"))), "context")
    assert not scenario(at).X.any()
    assert "Add another word" in said(at)


def test_without_a_model_the_link_goes_on(no_model):
    before = real(BITES, "word")
    at = fine(visit(PAGE, s=encode(before)))
    assert scenario(at) == before
    type_(at, "sentence", "dog bites the man")
    s = scenario(at)
    np.testing.assert_array_equal(s.X[[0, 1, 3]], before.X)
    np.testing.assert_array_equal(s.X[2], embed(("the",), s.features)[0])
    assert "No table has these features for: the." in said(at)
    choose(at, "context")
    assert scenario(at) == s
    assert "make models" in at.error[0].value.replace("\\", "")


def test_without_a_model_the_choice_explains_itself(no_model):
    at = fine(visit(PAGE))
    assert at.button_group(key="vectors").disabled
    assert "make models" in said(at)


def test_a_forged_choice_changes_nothing(tiny):
    at = fine(visit(PAGE))
    at.button_group(key="vectors").set_value(None).run()
    assert scenario(fine(at)) == DEFAULT.scenario
    assert at.button_group(key="vectors").value == "vocabulary"


def test_what_was_wanted_for_other_words_is_wanted_no_more(tiny, monkeypatch):
    """A model that can't be had now, and words that come before it can."""
    monkeypatch.setattr(shared_model, "encoder", lambda: None)
    at = choose(fine(visit(PAGE)), "word")
    assert scenario(at) == DEFAULT.scenario
    type_(at, "sentence", "Je dors")
    monkeypatch.setattr(shared_model, "encoder", Tiny)
    fine(at.run())
    assert scenario(at) == edits.with_sentence(DEFAULT.scenario, "Je dors")
    assert at.button_group(key="vectors").value == "vocabulary"


def test_what_was_wanted_is_wanted_no_more_after_a_change_and_its_undo(tiny, monkeypatch):
    monkeypatch.setattr(shared_model, "encoder", lambda: None)
    at = choose(fine(visit(PAGE)), "word")
    type_(at, "sentence", "Je dors")
    monkeypatch.setattr(shared_model, "encoder", Tiny)
    (undo,) = (button for button in at.button if button.label == "Undo")
    fine(undo.click().run())
    assert scenario(at) == DEFAULT.scenario
    assert at.button_group(key="vectors").value == "vocabulary"


def test_what_is_wanted_comes_when_the_model_does(tiny, monkeypatch):
    monkeypatch.setattr(shared_model, "encoder", lambda: None)
    at = choose(fine(visit(PAGE)), "word")
    monkeypatch.setattr(shared_model, "encoder", Tiny)
    fine(at.run())
    assert scenario(at) == real(DEFAULT.scenario, "word")
