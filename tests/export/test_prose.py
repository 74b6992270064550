"""Markdown of lessons as HTML: as CommonMark has it, and nothing that is printed by mistake."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from attn_core.export import prose
from attn_core.export.formula_html import formula

WORDS = st.sampled_from(
    ["Je", "suis", "heureux", "a < b", "W_q[verb, q₁]", "0.66", "(0.995 – so)", "don't", "5 > 3;"]
)
MARKED = st.builds(
    lambda words, mark: f"{mark}{' '.join(words)}{mark}",
    st.lists(st.sampled_from(["suis", "W q", "n"]), min_size=1, max_size=2),
    st.sampled_from(["**", "*", "_", "`"]),
)
LINE = st.lists(WORDS | MARKED, min_size=1, max_size=5).map(" ".join)
ITEMS = st.lists(LINE, min_size=1, max_size=3)
PARAGRAPHS = LINE | ITEMS.map("\n".join)
LISTS = ITEMS.map(lambda lines: "\n".join(f"- {line}\n  and on" for line in lines)) | ITEMS.map(
    lambda lines: "\n".join(f"{i}. {line}" for i, line in enumerate(lines, 1))
)


def without_space(written):
    return "".join(unescape(written).split())


def by_commonmark(text):
    return MarkdownIt("commonmark").render(text)


@given(st.lists(st.one_of(PARAGRAPHS, st.tuples(LISTS, LINE).map("\n\n".join)), min_size=1))
def test_as_commonmark_has_it(blocks):
    text = "\n\n".join(blocks)
    ours, theirs = prose.html(text), by_commonmark(text)
    ours = ours.replace("W<sub>q</sub>", "W_q")  # which Markdown doesn't know
    assert without_space(ours) == without_space(theirs)


@pytest.mark.parametrize(
    "text",
    [
        "# Title",
        "> said",
        "| a | b |\n|---|---|",
        "[a](https://example.org)",
        "![a](b.png)",
        "https://example.org",
        "<b>x</b>",
        "&amp;",
        "~~gone~~",
        ":red[x]",
        ":material/check: x",
        "```\ncode\n```",
        "one\n---\ntwo",
        "2 * 3",
        "`open",
        "$open",
        "**open",
        "_open",
        "one\n- two",
        "- one\n1. two",
        "[a][b]",
        "[a]: b",
        "- one\n\n- two",
        "one\n\n    two",
    ],
)
def test_what_lessons_do_not_use_is_refused(text):
    with pytest.raises(ValueError, match="Markdown that lessons don't use: "):
        prose.html(text)


@pytest.mark.parametrize(
    ("latex", "html"),
    [
        ("W_q", "<i>W</i><sub><i>q</i></sub>"),
        ("d_k = 2", "<i>d</i><sub><i>k</i></sub> = 2"),
        (r"x_{12}", "<i>x</i><sub>12</sub>"),
        (r"QK^\top / \sqrt{d_k}", '<i>Q</i><i>K</i><sup>T</sup> / √<span class="root"><i>d</i>'
         "<sub><i>k</i></sub></span>"),
        (r"\text{suis} \to \text{a<b}", "suis → a&lt;b"),
        (r"-1 - (-2.5)", "−1 − (−2.5)"),
        (r"a-b", "<i>a</i> − <i>b</i>"),
        (r"3 \times 4", "3 × 4"),
        (r"\frac{1}{\sqrt 2}", '1 / √<span class="root">2</span>'),
        (r"\operatorname{softmax}(S)_{ij}", "softmax(<i>S</i>)<sub><i>i</i><i>j</i></sub>"),
        (r"e^{-x}", "<i>e</i><sup>−<i>x</i></sup>"),
    ],
)  # fmt: skip
def test_formulas_by_hand(latex, html):
    assert formula(latex) == html
    assert prose.inline(f"so ${latex}$.") == f"so {html}."
    assert prose.html(f"$${latex}$$") == f'<p class="formula">{html}</p>'


@pytest.mark.parametrize(
    ("latex", "why"),
    [
        (r"\overbrace{x}", r"don't use: '\\\\overbrace'"),
        (r"\sqrt{x", "a brace too few"),
        (r"x}", "a brace too many"),
        (r"x_", "ends too soon"),
        (r"\frac{1}", "ends too soon"),
        (r"\text{x", "ends too soon"),
        (r"\text", "ends too soon"),
        ("a & b", "don't use: '&'"),
    ],
)
def test_formulas_that_lessons_do_not_use_are_refused(latex, why):
    with pytest.raises(ValueError, match=why):
        formula(latex)


@given(st.text(max_size=30))
def test_any_text_is_written_or_refused(text):
    try:
        written = prose.html(text) + prose.html(f"${text}$")
    except ValueError:
        return
    tags = set(re.findall(r"</?([a-z]+)", written))
    assert tags <= {"p", "ul", "ol", "li", "em", "strong", "code", "i", "sub", "sup", "span"}
    assert "<script" not in written
