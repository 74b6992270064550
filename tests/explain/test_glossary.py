"""The glossary is plain: two short sentences a term, and no term twice."""

import re

import numpy as np

from attn_core import softmax
from attn_core.explain.glossary import BY_NAME, TERMS
from tests.cases import for_each


@for_each(TERMS)
def test_two_short_sentences(term):
    sentences = re.split(r"(?<=[.]) ", term.says)
    assert len(sentences) == 2, sentences
    assert all(len(each.split()) <= 25 for each in sentences)
    first = re.sub("ies$", "y", sentences[0].lower())
    assert term.name.lower() in first
    assert not re.search(r"\n|  |[<$*`]", term.says + term.formula)


def test_no_term_twice():
    assert len(BY_NAME) == len(TERMS) >= 20


def test_what_is_said_of_the_softmax_and_of_temperature_is_so():
    s = np.array([0.3, 1.7, -0.4])
    by_formula = np.exp(s) / (np.exp(s[0]) + np.exp(s[1]) + np.exp(s[2]))
    np.testing.assert_allclose(softmax(s), by_formula)
    assert softmax(s / 2).max() < softmax(s).max() < softmax(s / 0.5).max()
