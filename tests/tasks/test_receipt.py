"""Receipts: only who knows the secret can write one, and it is good for one scenario alone."""

import base64
import hmac
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attn_core.tasks.course.receipt import Receipt, ReceiptError, sign, verify

SECRET = "of this server"
RECEIPT = Receipt("7", "k3f9", "1jZDBCsIw", with_solution=False)
ABOUT = RECEIPT.lesson, RECEIPT.seed, RECEIPT.link
TEXTS = st.text(max_size=20)


def refused(text, lesson, seed, link, secret):
    try:
        verify(text, lesson, seed, link, secret)
    except ReceiptError:
        return True
    return False


def test_signature_is_that_of_openssl():
    # printf '["self-attention-lab receipt", "1", "1", "7", "", "1abc"]' |
    #     openssl dgst -sha256 -hmac secret
    hexadecimal = "20a60225d874a17b8ee65382192a48eb94352491522a5eda3ab755a57d12a054"
    written = sign(Receipt("7", "", "1abc", with_solution=True), "secret")
    assert written[:2] == "11"
    assert base64.urlsafe_b64decode(written[2:] + "==").hex() == hexadecimal[:32]


@given(TEXTS, TEXTS, TEXTS, st.booleans(), st.text(min_size=1, max_size=20))
def test_what_was_signed_is_verified(lesson, seed, link, shown, secret):
    receipt = Receipt(lesson, seed, link, with_solution=shown)
    text = sign(receipt, secret)
    assert verify(text, lesson, seed, link, secret) == receipt
    assert refused(text, lesson, seed, link, secret + "!")
    assert refused(text, lesson, seed, link + "A", secret)
    # What moves from one field into the next makes another receipt.
    assert not seed or refused(text, lesson + seed[0], seed[1:], link, secret)


def test_every_change_of_one_character_is_refused():
    text = sign(RECEIPT, SECRET)
    characters = string.ascii_letters + string.digits + "-_ é="
    changed = [
        text[:i] + new + text[i + 1 :]
        for i, old in enumerate(text)
        for new in characters
        if new != old
    ]
    assert len(changed) > 24 * 60
    assert [each for each in changed if not refused(each, *ABOUT, SECRET)] == []


@pytest.mark.parametrize(
    "about",
    [("8", *ABOUT[1:]), ("7", "", ABOUT[2]), ("7", "k3f", "9" + ABOUT[2]), (*ABOUT[:2], "1abc")],
)
def test_it_is_good_for_what_it_was_signed_for(about):
    text = sign(RECEIPT, SECRET)
    with pytest.raises(ReceiptError, match="another server signed it, or this one before"):
        verify(text, *about, SECRET)


def test_the_solution_that_was_shown_cannot_be_hidden():
    shown = sign(Receipt(*ABOUT, with_solution=True), SECRET)
    assert verify(shown, *ABOUT, SECRET).with_solution
    assert refused(shown[0] + "0" + shown[2:], *ABOUT, SECRET)


@pytest.mark.parametrize("text", ["", "1", "2" + sign(RECEIPT, SECRET)[1:], "1" * 25, "é" * 24])
def test_what_is_no_receipt_is_refused_in_words(text):
    with pytest.raises(ReceiptError, match="expected 1, then 0 or 1, then 22 letters"):
        verify(text, *ABOUT, SECRET)


def test_signatures_are_compared_in_the_same_time(monkeypatch):
    compared = []

    def compare(*texts):
        compared.append(texts)
        return False

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert refused(sign(RECEIPT, SECRET), *ABOUT, SECRET)
    assert compared == [(sign(RECEIPT, SECRET),) * 2]


def test_an_empty_secret_signs_nothing():
    with pytest.raises(ValueError, match="expected one, got an empty text"):
        sign(RECEIPT, "")
    with pytest.raises(ValueError, match="expected one, got an empty text"):
        verify("1" * 24, *ABOUT, "")
