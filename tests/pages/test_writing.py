"""What a session knows of a decoder's writing, and the cache that all of them share."""

import threading
import time

import numpy as np
import pytest

from attn_core.pretrained import load
from attn_core.pretrained.decoder.generate import Continuation
from attn_core.pretrained.decoder.model import Decoder
from attn_core.pretrained.decoder.sampling import Sampling
from pages.ui.model.shared import continuations
from pages.ui.model.shared.continuations import Continuations
from pages.ui.session.writing import Draw, Drawn, Writing, from_text, to_text
from tests.pretrained import decoders

WILD = Draw(7, Sampling(1.35, 40, 0.95))


def wrote(*ids, **known):
    writing = Writing(**known)
    for i in ids:
        writing.want()
        writing.take(Drawn(i, 0.5))
    return writing


@pytest.mark.parametrize("count", [0, 1, 11])
def test_an_address_keeps_how_each_token_is_drawn(count):
    draws = [Draw()] * 3 + [WILD] * count + [Draw(5)] * 2
    for draw in (Draw(), Draw(5), WILD):
        assert from_text(to_text(draws, draw)) == (draws, draw)
    assert from_text(to_text(draws[:count], WILD)) == (draws[:count], WILD)


@pytest.mark.parametrize(
    "forged",
    [
        *("", "x", "0-1-0-1", "0-1-0-1-1_", "0-2.1-0-1-1", "0-1-0-0-1", "0-1-0-1.5-1"),
        *("4294967296-1-0-1-1", "0-1-1001-1-1", "0-1-0-1--1", "0-٣-0-1-1", "0-1-0-1-1000"),
    ],
)
def test_what_no_address_says(forged):
    assert from_text(forged) == ([], Draw())


def test_an_address_wants_no_more_tokens_than_a_text_has():
    assert len(from_text("_".join(["0-1-0-1-999"] * 9))[0]) == 512


def test_back_takes_one_and_other_texts_all():
    writing = wrote(3, 5, 8)
    writing.follow("model", "text")
    writing.change(temperature=0.5, seed=9)
    writing.back()
    assert (writing.ids, len(writing.draws), writing.awaited) == ((3, 5), 2, None)
    assert writing.draws == [Draw()] * 2 and writing.draw == Draw(9, Sampling(0.5))
    writing.follow("model", "text")
    assert writing.ids == (3, 5)
    writing.follow("model", "other text")
    assert writing.ids == () and writing.draws == [] and writing.draw.seed == 9
    writing.back()  # a browser may show an older page
    assert writing.ids == ()


def test_a_text_that_has_ended_wants_no_more():
    writing = wrote(3, is_running=True)
    for _ in range(4):
        writing.want()
    writing.take(None)
    assert (writing.ids, len(writing.draws), writing.is_running) == ((3,), 1, False)


def test_only_what_is_news_in_an_address_is_taken():
    writing = wrote(3, 5)
    writing.note_url(writing.parameter("text"), "text")
    writing.want()
    writing.take(Drawn(8, 0.5))
    writing.load_from_url("0-1-0-1-2", "text")  # it is as old as what was said last
    assert writing.ids == (3, 5, 8)
    writing.load_from_url("0-1-0-1-3", "text")  # as it is already
    assert writing.ids == (3, 5, 8)
    writing.load_from_url("7-1-0-1-1", "text")
    assert (writing.ids, writing.awaited, writing.draw) == ((), Draw(7), Draw(7))
    writing.take(Drawn(1, 0.5))
    writing.load_from_url("7-1-0-1-1", "other text")
    assert (writing.ids, writing.awaited) == ((), Draw(7))
    writing.follow("model", "other text")  # it is of whatever text comes with it
    assert writing.awaited == Draw(7)
    writing.load_from_url("", "other text")
    assert (writing.draws, writing.draw) == ([], Draw())


@pytest.fixture
def model(model_packages) -> Decoder:
    return load(decoders.HOME / "qwen3-qk-norm")


@pytest.fixture
def rows(model, monkeypatch):
    """How many rows went through the blocks, pass by pass."""
    sizes, embed = [], Decoder.embed

    def counted(self, ids, first=0):
        sizes.append(len(ids))
        return embed(self, ids, first)

    monkeypatch.setattr(Decoder, "embed", counted)
    return sizes


def same(going, model, text, ids):
    whole = Continuation(model, text)
    whole.extend(ids)
    assert (going.ids, going.text) == (whole.ids, whole.text)
    np.testing.assert_allclose(going.logits, whole.logits, rtol=0, atol=1e-5)
    np.testing.assert_allclose(going.weights(), whole.weights(), rtol=0, atol=1e-5)


def test_only_rows_that_nobody_has_are_computed(model, rows):
    kept = Continuations()
    asked = [
        ((), 2),  # the text itself
        ((), 0),
        ((3,), 1),
        ((3, 5), 1),
        ((3, 5, 8), 1),
        ((3, 5), 0),  # back
        ((3, 5, 8), 0),  # and on again
        ((3, 6), 1),  # another visitor's way
        ((3, 5, 8, 9), 1),  # who went the first way isn't held up
        ((4, 4, 4), 3),
    ]
    for ids, expected in asked:
        rows.clear()
        going = kept.get(model, "cab", ids)
        assert sum(rows) == expected, ids
        same(going, model, "cab", ids)
    rows.clear()
    kept.get(model, "cab a", (3,))  # another text shares nothing
    assert sum(rows) == 4


def test_memory_is_bounded_and_what_was_used_last_is_kept(model, rows):
    one = Continuations().get(model, "c", ())
    kept = Continuations(most=int(one.room * 2.5))
    for text in ("a", "b", "c"):
        kept.get(model, text, ())
    rows.clear()
    for text, expected in (("c", 0), ("b", 0), ("a", 1), ("c", 1)):
        kept.get(model, text, ())
        assert sum(rows) == expected, text
        rows.clear()
    small = Continuations(most=1)
    for ids in ((), (3,), (3, 5)):  # one token after the other goes on from the one that is there
        rows.clear()
        same(small.get(model, "cab", ids), model, "cab", ids)
        assert rows[0] == (1 if ids else 2)


def test_who_asks_for_many_tokens_lets_others_have_the_model(model):
    """One token is waited for, and the one that began before it."""
    asked, last = [], threading.Event()

    def slow(going):
        asked.append(going.n)
        time.sleep(0.005)  # as a larger model

    def all_of_them():
        while not last.is_set():
            continuations.ask(model, "cab", (), slow)

    thread = threading.Thread(target=all_of_them)
    thread.start()
    try:
        waits = []
        for _ in range(20):
            before = len(asked)
            waits.append(continuations.ask(model, "bad", (), lambda _: len(asked)) - before)
    finally:
        last.set()
        thread.join()
    assert len(asked) > 5
    assert np.median(waits) <= 2
