"""The marked corpus: its file keeps what its head promises, and its reader says what is wrong."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from attn_core import limits
from attn_core.learning.corpus import FEATURES, LANGUAGES, PARTS, Marked, read, sentences, split
from attn_core.text import tokenize
from attn_core.text.embeddings import unknown
from attn_core.text.vocabulary import WORDS
from tests.cases import for_each

#: Lines of the file by their words, and who looks at whom, written out once more by hand.
LOOKS = {
    "I am happy .": ["am I", "happy I"],
    "The black cat sleeps .": ["black cat", "sleeps cat"],
    "The women see the mouse .": ["see women"],
    "The book of the children is new .": ["is book", "new book"],
    "Tom , he is tired .": ["he Tom", "is he", "tired Tom"],
    "Les chats noirs voient la souris .": ["noirs chats", "voient chats"],
    "Les garçons aiment la petite fille .": ["aiment garçons", "petite fille"],
    "L' enfant dort et les chiens courent .": ["dort enfant", "courent chiens"],
    "Le livre plaît à Marie .": ["plaît livre"],
    "Marie , elle aime les chats .": ["elle Marie", "aime elle"],
}
SENTENCES = sentences()
BY_WORDS = {" ".join(s.tokens): s for s in SENTENCES}

each = for_each(SENTENCES)


def others(s, query):
    """Nouns and pronouns that a word could look at, but for itself."""
    return [i for i, part in enumerate(s.parts) if part in ("noun", "pronoun") and i != query]


def test_there_is_enough_of_it_and_no_two_alike():
    assert len(SENTENCES) >= 60
    for language in LANGUAGES:
        own = [s for s in SENTENCES if s.language == language]
        assert 0.4 * len(SENTENCES) <= len(own) <= 0.6 * len(SENTENCES)
        assert len(own) >= 25
    assert len(BY_WORDS) == len({line.casefold() for line in BY_WORDS}) == len(SENTENCES)


@each
def test_its_words_are_known_and_split_as_they_stand(s):
    assert 3 <= len(s.tokens) <= 8
    assert unknown(s.tokens) == ()
    assert tokenize.split(tokenize.join(s.tokens)) == s.tokens


@each
def test_its_marks_are_of_grammar(s):
    """Verbs and adjectives are all marked, and look at nouns and pronouns alone."""
    marked = dict(s.looks)
    assert len(marked) == len(s.looks)
    for query, part in enumerate(s.parts):
        if part in ("verb", "adjective"):
            assert marked[query] in others(s, query)
        elif query in marked:
            assert part == "pronoun"
            assert s.parts[marked[query]] == "noun"
    # A noun set off by a comma is taken up by a pronoun.
    taken_up = [q for q, _ in s.looks if s.parts[q] == "pronoun"]
    assert len(taken_up) == s.tokens.count(",")


@each
def test_who_looks_at_whom_shows_in_the_features(s):
    """Equal words can't look at different ones, nor one word at one of two equal ones."""
    X = [tuple(row) for row in s.X]
    for query, key in s.looks:
        assert X.count(X[key]) == 1
        assert all(key == k for q, k in s.looks if X[q] == X[query])


@each
def test_grammar_decides_between_two(s):
    """No verb knows its subject by gender, nor an English adjective its noun by number."""
    animate, plural, feminine = (s.X[:, FEATURES.index(f)] for f in FEATURES[4:7])
    for query, key in s.looks:
        for other in set(others(s, query)) - {key}:
            by_life = abs(animate[key] - animate[other]) > 0.5
            by_number = plural[key] != plural[other]
            by_gender = feminine[key] != feminine[other]
            if s.parts[query] == "adjective":
                by_number &= s.language == "French"
                by_gender &= s.language == "French"
            elif s.parts[query] == "verb":
                by_gender = False
            assert by_life or by_number or by_gender or s.parts[key] != s.parts[other]


@pytest.mark.parametrize(("sentence", "looks"), LOOKS.items())
def test_marks_land_where_they_are_meant(sentence, looks):
    s = BY_WORDS[sentence]
    assert sorted(f"{s.tokens[q]} {s.tokens[k]}" for q, k in s.looks) == sorted(looks)


def test_one_bilinear_form_serves_all_sentences():
    """Rosenblatt's perceptron comes to an end only if there is such a form."""
    M = np.zeros((len(FEATURES), len(FEATURES)))
    marks = [(s.X, query, key) for s in SENTENCES for query, key in s.looks]
    for _ in range(5_000):
        faults = 0
        for X, query, key in marks:
            scores = X[query] @ M @ X.T
            scores[key] -= 0.5  # ties are faults
            best = int(scores.argmax())
            if best != key:
                M += np.outer(X[query], X[key] - X[best])
                faults += 1
        if not faults:
            break
    assert not faults


def test_neither_likeness_nor_any_noun_will_do():
    marks = [(s, query, key) for s in SENTENCES for query, key in s.looks]
    alike = [int((s.X[query] @ s.X.T).argmax()) == key for s, query, key in marks]
    guessed = [1 / len(others(s, query)) for s, query, _ in marks]
    assert np.mean(alike) < 0.4
    assert np.mean(guessed) < 0.75
    several = [s for s in SENTENCES if len(others(s, None)) > 1]
    assert len(several) >= len(SENTENCES) / 3


def test_features_and_parts():
    assert len(FEATURES) == limits.D_MODEL[1]
    assert FEATURES[:4] == PARTS[:4]
    s = Marked(("Marie", ",", "elle", "aime", "les", "petits", "chats"), ((2, 0), (3, 2)), "French")
    assert s.parts == ("noun", "other", "pronoun", "verb", "other", "adjective", "noun")
    assert s.is_name == (True, *(False,) * 6)
    assert s.X.shape == (7, 8)
    expected = np.zeros((7, 7))
    expected[2, 0] = expected[3, 2] = 1
    np.testing.assert_array_equal(s.target, expected)


def test_agreement_is_true_in_the_vocabulary():
    """What agrees in a sentence has the sign that it agrees in."""
    for singular, plural in (
        ("dort", "dorment"),
        ("loves", "love"),
        ("was", "were"),
        ("noir", "noirs"),
        ("petite", "petites"),
        ("souris", "mice"),
        ("ma", "mes"),
    ):
        assert "plural" not in WORDS[singular]
        assert WORDS[plural]["plural"] > 0
    for masculine, feminine in (("noir", "noire"), ("petits", "petites"), ("neuf", "neuve")):
        assert "feminine" not in WORDS[masculine]
        assert WORDS[feminine]["feminine"] == 1


def test_reading():
    text = """
        # nothing yet
        [French]
          Paul>paul dort>PAUL .

        [English]
        The dog saw>dog#2 the other dog .
        # the same marks, both ways of saying which
        Dogs run>Dogs#1 .
    """
    first, second, third = read(text)
    assert first == Marked(("Paul", "dort", "."), ((0, 0), (1, 0)), "French")
    assert (second.looks, second.language) == (((2, 5),), "English")
    assert third.looks == ((1, 0),)
    assert read("") == read("# [French]\n\n") == ()
    assert read("[French]\r\nElle dort>Elle .\r\n") == read("[French]\nElle dort>Elle .")


REFUSED = {
    "Dogs run>dog .": "run must look at a word of its sentence, Dogs run .; got 'dog'.",
    "The dog saw>dog the dog .": "saw must say which dog, #1 to #2; got none.",
    "The dog saw>dog#3 the dog .": "saw must say which dog, #1 to #2; got #3.",
    "The dog saw>dog#0 the dog .": "saw must say which dog, #1 to #2; got #0.",
    "Dogs run>Dogs#2 .": "run must say which Dogs, #1 to #1; got #2.",
    "Dogs run .": "a sentence must have a mark, word>target; got Dogs run .",
    "Dogs run> .": "a mark must be word>target or word>target#2, got run>.",
    "Dogs >Dogs .": "a mark must be word>target or word>target#2, got >Dogs.",
    "Dogs run>Dogs.": "run must look at a word of its sentence, Dogs run; got 'Dogs.'.",
    "L'enfant dort>enfant .": "words and signs must stand apart, L' enfant dort .; "
    "got L'enfant dort .",
    "[Dutch]": "a heading must be one of English, French, got Dutch.",
    "the cat sleeps>cat .": "a sentence must be new, but line 2 has it too: the cat sleeps .",
    "Dogs " * 12 + "run>Dogs": "A sentence has room for 12 words and signs; this one has 13.",
    "Dogs ru\x07n>Dogs .": "Text must be visible characters and spaces, got the control "
    "character U+0007 at position 8.",
}


@pytest.mark.parametrize(("line", "fault"), REFUSED.items())
def test_a_line_that_can_not_be_read_is_named(line, fault):
    with pytest.raises(ValueError, match=f"^{re.escape(f'Line 4: {fault}')}$"):
        read(f"[English]\nThe cat sleeps>cat .\n# next\n{line}")


def test_a_sentence_needs_a_language():
    expected = r"^Line 1: \[English\] or \[French\] must come before the first sentence\.$"
    with pytest.raises(ValueError, match=expected):
        read("Dogs run>Dogs .")


@pytest.mark.parametrize("seed", [0, 1, 7, 2**31])
@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_split_parts_each_language(seed, share):
    training, held_out = split(seed, share)
    assert not set(training) & set(held_out)
    assert set(training) | set(held_out) == set(SENTENCES)
    assert (training, held_out) == split(seed, share)
    for language in LANGUAGES:
        own = sum(s.language == language for s in SENTENCES)
        held = sum(s.language == language for s in held_out)
        assert abs(held - share * own) <= 0.5
    for part in (training, held_out):
        assert list(part) == sorted(part, key=SENTENCES.index)


def test_another_seed_is_another_split():
    assert len({split(seed)[1] for seed in range(10)}) == 10


@pytest.mark.parametrize("share", [0, 1, -0.25, float("nan")])
def test_split_refuses_other_shares(share):
    with pytest.raises(ValueError, match=f"between 0 and 1, got {share:g}"):
        split(0, share)


def test_a_share_too_small_for_any_sentence_is_refused():
    with pytest.raises(ValueError, match=r"a share of 0\.001 of \d+ makes \d+ and 0\."):
        split(1, share=0.001)


def test_the_file_is_read_when_it_is_asked_for():
    script = (
        "import pathlib, attn_core.text.vocabulary\n"
        "def refuse(*_, **__): raise OSError('read')\n"
        "pathlib.Path.read_text = refuse\n"
        "from attn_core.learning import corpus\n"
        "try: corpus.sentences()\n"
        "except OSError as error: print(error)"
    )
    root = Path(__file__).parents[2]
    run = [sys.executable, "-c", script]
    done = subprocess.run(run, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "read\n"
