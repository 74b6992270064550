"""The document is LaTeX that a parser that isn't ours reads, and that LaTeX itself sets."""

import re
import shutil
import subprocess
import unicodedata

import pytest
from hypothesis import given, settings
from pylatexenc.latexwalker import (
    LatexCharsNode,
    LatexCommentNode,
    LatexEnvironmentNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexMathNode,
    LatexSpecialsNode,
    LatexWalker,
)

from attn_core import attend
from attn_core.export import equations, latex
from attn_core.export.latex import word
from attn_core.notation.equation import formula
from attn_core.notation.labels import number
from attn_core.text import escape
from tests.export.scenarios import HOSTILE, KINDS, hostile, scenarios, words

#: All that our own document says between its beginning and its end.
MACROS = {
    *("section", "bigskip", "fitted", "displaystyle", "textstyle", "underset", "linewidth"),
    *("cdot", "times", "top", "left", "right", "operatorname", "sqrt", "frac", "mathrm", "infty"),
    *(
        "Theta",
        "hline",
        "rule",
        "rotatebox",
        "mbox",
        "run",
        "fromright",
        "fromleft",
        "\\",
        ";",
        "texttt",
    ),
    *("textsubscript", "textbackslash", "textasciicircum", "textasciitilde", "textasciigrave"),
    *("textquotesingle", "textquotedbl", " ", "{", "}", "$", "&", "#", "_", "%"),
}
#: What LaTeX's manual says that these print; of the others it is their own name.
PRINTED = {
    **{"texttt": "", "textsubscript": "", "textbackslash": "\\", "textasciicircum": "^"},
    **{"textasciitilde": "~", "textasciigrave": "`", "textquotesingle": "'", "textquotedbl": '"'},
}
FONTS = re.compile(r"[A-Z][a-z]+font")


def nodes(latex):
    """All nodes, at any depth; a fault in the text is an error."""
    todo = list(LatexWalker(latex, tolerant_parsing=False).get_latex_nodes()[0])
    while todo:
        if (node := todo.pop()) is not None:
            yield node
            arguments = getattr(node, "nodeargd", None)
            todo += (arguments.argnlist or []) if arguments else []
            todo += getattr(node, "nodelist", None) or []


def body(document):
    start = document.index(r"\begin{document}")
    return document[start:]


def assert_tame(document, found):
    """Nothing but our own macros and environments is in it."""
    assert document.count(r"\begin{document}") == document.count(r"\end{document}") == 1
    assert document.endswith("\\end{document}\n")
    for node in found:
        if isinstance(node, LatexMacroNode):
            assert node.macroname in MACROS or FONTS.fullmatch(node.macroname), node
        elif isinstance(node, LatexEnvironmentNode):
            assert node.environmentname in ("document", "minipage", "array")
        elif isinstance(node, LatexCommentNode):
            assert node.comment in ("", " a formula and its matrices on one page")


#: Long documents take seconds to parse; all hostile words are read one by one below.
DOCUMENTS = KINDS | {"hostile": hostile(HOSTILE[::5])}


@pytest.fixture(scope="module", params=DOCUMENTS.values(), ids=DOCUMENTS)
def written(request):
    """A trace, its document, and the nodes of its body."""
    trace = attend(request.param)
    document = latex(trace)
    return trace, document, list(nodes(body(document)))


def test_it_parses(written):
    _, document, found = written
    assert_tame(document, found)


@settings(max_examples=20)
@given(scenarios())
def test_no_word_breaks_out(scenario):
    document = latex(attend(scenario), "Q")
    assert_tame(document, nodes(body(document)))


def shown(text):
    """What a reader should see: code points for what has no picture."""
    for c in sorted({c for c in text if unicodedata.category(c)[0] in "CZ"} - {*"\u200c\u200d "}):
        if unicodedata.category(c) != "Zs":
            text = text.replace(c, f"U+{ord(c):04X}")
    digits = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
    return text.replace("\u00a0", " ").translate(str.maketrans(digits))


def read(escaped):
    """Say what TeX prints for text without its ligatures, which the document turns off."""
    return "".join(map(printed, LatexWalker(escaped, tolerant_parsing=False).get_latex_nodes()[0]))


def printed(node):
    if isinstance(node, LatexCharsNode):
        return node.chars
    if isinstance(node, LatexSpecialsNode):
        return node.specials_chars.replace("~", " ")
    if isinstance(node, LatexGroupNode):
        return "".join(map(printed, node.nodelist))
    assert isinstance(node, LatexMacroNode), node
    arguments = (node.nodeargd.argnlist if node.nodeargd else None) or []
    return PRINTED.get(node.macroname, node.macroname) + "".join(map(printed, arguments))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_word_comes_out_right(text):
    assert read(escape.latex(text)) == shown(text)


@settings(max_examples=300)
@given(words)
def test_any_word_comes_out_right(text):
    assert read(escape.latex(text)) == shown(text)


def test_the_matrices_are_filled_in(written):
    trace, document, found = written
    arrays = re.findall(r"\\begin\{array\}.*?\n(.*?)\n\\end\{array\}", document, flags=re.S)
    blocks = [block for _, _, written in equations(trace) for block in written.blocks]
    for array, block in zip(arrays, blocks, strict=True):
        head, *rows = [row for row in array.split("\n") if not row.startswith(r"\hline")]
        assert head.count(" & ") == len(block.columns)
        assert all(word(column) in head for column in block.columns)
        for row, label, values in zip(rows, block.rows, block.values, strict=True):
            numbers = [number(v).replace("−", "-").replace("∞", r"\infty") for v in values]
            assert row == " & ".join([word(label), *numbers]) + r" \\"
    formulas = [n.latex_verbatim() for n in found if isinstance(n, LatexMathNode)]
    for step, _, _ in equations(trace):
        assert rf"\[{formula(trace.scenario, step.name)}\]" in formulas


POSITIONED = ("cross with heads", "RoPE with heads", "ALiBi with heads")


@pytest.mark.parametrize("engine", ["lualatex", "xelatex"])
@pytest.mark.parametrize("kind", ["hostile", "heads and W_o", "masked", *POSITIONED])
def test_latex_sets_it(engine, kind, tmp_path):
    if shutil.which(engine) is None:
        pytest.skip(f"There is no {engine} on this machine.")
    only = "Q" if kind == "hostile" else None
    (tmp_path / "a.tex").write_bytes(latex(attend(KINDS[kind]), only).encode())
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    log = (tmp_path / "a.log").read_text(errors="replace")
    # What has no font is printed as its code point, so that no character is ever missing.
    assert "Missing character" not in log
    assert not re.search(r"Overfull \\hbox \((\d{2,})", log)
    if kind == "hostile" and shutil.which("pdftotext"):
        assert_printed(tmp_path / "a.pdf")


def assert_printed(pdf):
    text = subprocess.run(
        ["pdftotext", "-raw", pdf, "-"], capture_output=True, text=True, check=True
    ).stdout
    for token in hostile().tokens:
        if token.isascii() and token.isprintable() and " " not in token:
            assert token in text, token
    assert "U+000A" in text


@pytest.mark.parametrize("engine", ["lualatex", "xelatex"])
def test_without_fonts_code_points_are_set(engine, tmp_path):
    if not (shutil.which(engine) and shutil.which("pdftotext")):
        pytest.skip(f"There is no {engine}, or no pdftotext, on this machine.")
    document = latex(attend(hostile(("你好", "سلام", "été"))), "similarity")
    bare = re.sub(r"(\\firstfont\S+)\{.*\}", r"\1{No Such Font,Nor This}", document)
    (tmp_path / "a.tex").write_bytes(bare.encode())
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=200, check=True)
    text = subprocess.run(
        ["pdftotext", "-raw", tmp_path / "a.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "U+4F60 U+597D" in text
    assert "été" in text
