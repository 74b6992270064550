"""French words of the lessons are said in English."""

import pytest

from attn_core.tasks import LESSONS
from attn_core.text import tokenize
from attn_core.text.gloss import gloss, gloss_of_each

ENGLISH = {"I", "You", "He", "She", "We", "They", "It", "The"}


@pytest.mark.parametrize("key", [key for key in LESSONS if not LESSONS[key].needs_model])
def test_every_sentence_of_a_lesson_is_english_or_has_a_gloss(key):
    words = LESSONS[key].content.get("words", {})
    sentences = [
        each for name in ("sentence", "short", "long", "twins") for each in words.get(name, [])
    ]
    assert sentences
    split = [tokenize.split(sentence) for sentence in sentences]
    lacking = [tokens for tokens in split if tokens[0] not in ENGLISH and not gloss(tokens)]
    assert not lacking
    assert not [tokens for tokens in split if tokens[0] in ENGLISH and gloss(tokens)]


def test_a_word_that_is_english_too_has_no_gloss_in_an_english_sentence():
    assert gloss(("I", "am", "content")) == {}
    assert gloss_of_each(("glad", "content")) == {"content": "glad"}
    assert gloss(("Tu", "n'", "es", "pas", "triste", ",", "toi")).keys() >= {"n'", "pas", "toi"}
