"""What is told of a decoder's next word, against the whole computation of the same tokens."""

import numpy as np
import pytest

from attn_core import softmax
from attn_core.pretrained import load
from attn_core.pretrained.decoder.generate import Continuation
from attn_core.pretrained.decoder.sampling import Sampling
from attn_core.pretrained.interpret import (
    candidates,
    describe_attended,
    describe_cache,
    describe_drawn,
    describe_end,
    describe_next,
    next_word,
)
from tests.pretrained import decoders

pytestmark = pytest.mark.usefixtures("model_packages")
each_kind = pytest.mark.parametrize("kind", decoders.KINDS)
TEXT = "cab bad, dab a ccc"
CLOSE = {"rtol": 0, "atol": 1e-5}


def written(kind, begin="cab bad", goes_on=TEXT):
    """A text that goes on as another one, token by token, and that one as it is read at once."""
    model = load(decoders.HOME / kind)
    whole, going = model.encode(goes_on), Continuation(model, begin)
    for i in whole.pieces.ids[going.n :]:
        going.add(i)
    return going, whole


@each_kind
def test_all_that_is_told_is_of_the_whole_computation(kind):
    going, whole = written(kind)
    word = next_word(going)
    assert (word.n, word.first, word.end) == (11, 4, "")
    assert "".join(each.before + each.written for each in word.placed) == TEXT
    assert [each.is_new for each in word.placed] == [False] * 4 + [True] * 7
    assert "".join(word.tokens).replace("␣", " ") == TEXT
    np.testing.assert_allclose(word.logits, whole.next_logits, **CLOSE)
    order = np.argsort(-whole.next_logits, kind="stable")[:10]
    assert [i for i, _ in word.likeliest] == order.tolist()
    assert (word.token, word.passes) == (10, (0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7))
    for layer, head in np.ndindex(going.model.layers, going.model.heads):
        np.testing.assert_allclose(
            word.weights(layer, head), whole.weights[layer, head, -1], **CLOSE
        )
    mean = whole.weights[1, :, 7, :8].mean(axis=0)
    np.testing.assert_allclose(next_word(going, 7).weights(1, None), mean, **CLOSE)
    assert next_word(going, 99).token == 10


def test_what_is_told_again_is_not_computed_again(monkeypatch):
    model, done = load(decoders.HOME / "gpt2"), []
    going, fresh = Continuation(model, "cab bad"), Continuation(model, "cab bad")

    def counted(name, own):
        return lambda *given: done.append(name) or own(*given)

    for name in ("logits", "forward"):
        monkeypatch.setattr(model, name, counted(name, getattr(model, name)))
    going.step()
    assert done == ["logits", "forward"]
    next_word(going), next_word(going)
    assert done[2:] == ["logits"]
    going.back()
    next_word(going), next_word(going)
    assert done[3:] == ["logits", "forward"]
    np.testing.assert_allclose(going.logits, fresh.logits, **CLOSE)
    np.testing.assert_allclose(going.weights(), fresh.weights(), **CLOSE)


def test_candidates_with_settings_and_without():
    going, whole = written("qwen2-biases")
    word = next_word(going)
    found = candidates(word, Sampling(0.5, 3, 0.9))
    whole_row = softmax(whole.next_logits.astype(np.float64))
    order = np.argsort(-whole_row, kind="stable")[:10]
    np.testing.assert_allclose(found.before, whole_row[order], **CLOSE)
    np.testing.assert_allclose(found.after.sum(), 1, rtol=0, atol=1e-12)
    assert (found.after[3:] == 0).all()
    assert (found.possible, found.vocabulary) == (np.count_nonzero(found.after), 17)
    ratio = (whole_row[order[0]] / whole_row[order[1]]) ** (1 / 0.5)
    np.testing.assert_allclose(found.after[0] / found.after[1], ratio, rtol=1e-4)


def test_the_next_word_in_words():
    going, _ = written("llama-gqa")
    word = next_word(going)
    names = [name for _, name in word.likeliest]
    plain = describe_next(candidates(word, Sampling()))
    assert plain.startswith(f"The likeliest next tokens are {names[0]} (0.")
    assert "can be drawn" not in plain
    sure = describe_next(candidates(word, Sampling(0)), str.upper)
    first = candidates(word, Sampling()).before[0]
    assert sure == (
        f"The next token is {names[0].upper()} (1.000). 1 of 17 tokens can be drawn; "
        f"without the settings {names[0].upper()} has {first:.3f}."
    )


def test_what_a_token_attends_to_in_words():
    going, whole = written("gpt2")
    word = next_word(going, 6)
    weights = word.weights(0, 2)
    told = describe_attended(word, weights, str.upper)
    best = int(whole.weights[0, 2, 6, :7].argmax())
    name = "itself" if best == 6 else word.tokens[best].upper()
    assert told.startswith(f"{word.tokens[6].upper()} attends most to {name} (0.")
    assert describe_drawn(word, 0.0625) == (
        f"{word.tokens[6]} was drawn with a probability of 0.063."
    )


def test_rows_and_bytes_in_words():
    going, _ = written("llama-tied-two-kv")
    model = going.model
    assert describe_cache(next_word(going)) == (
        "The text has 4 tokens, and 7 tokens were written. 11 rows went through the blocks; "
        "reading all tokens again for each next one, it would have been 60. "
        f"The keys and values of 11 tokens take "
        f"{2 * model.layers * model.kv_heads * model.d_k * 4 * 11 / 1000:.1f} kB."
    )
    alone = describe_cache(next_word(Continuation(model, "c")))
    assert alone.startswith("The text has 1 token. 1 row went through the blocks. The keys")


def test_why_a_text_does_not_go_on():
    model = load(decoders.HOME / "llama-gqa")
    going = Continuation(model, "ab")
    going.add(3)
    assert describe_end(next_word(going), 23) == ""
    going.add(0)
    word = next_word(going)
    assert (word.end, word.tokens[-1]) == ("ended", "<|endoftext|>")
    assert describe_end(word, 23) == "The model has ended the text: it wrote <|endoftext|>."
    going.back()
    going.extend([3] * 21)
    word = next_word(going)
    assert (word.n, word.end) == (23, "full")
    assert describe_end(word, 23) == "There is room for 23 tokens, and no place for one more."
