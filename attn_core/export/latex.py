r"""A trace as a LaTeX document: each step's formula, and its matrices filled in.

The document is for LuaLaTeX or XeLaTeX, which read words in any script. Its preamble
looks for a font for each script that the words need, among those that systems have; a
character that no font has is printed as its code point, so that none is lost in silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

from ..attention import AttentionTrace
from ..notation.equation import Block, Equation, formula
from ..notation.labels import number
from ..notation.steps import Step
from ..text import escape
from .part import equations, head_name, kind

#: Scripts that are written from right to left; only they need a direction here.
_FROM_THE_RIGHT = ("Arabic", "Hebrew", "Syriac", "Thaana")
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
#: Scripts whose letters change with their neighbours, by fontspec's names.
_SHAPED = (
    *_FROM_THE_RIGHT,
    *("Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada"),
    *("Malayalam", "Sinhala", "Thai", "Lao", "Tibetan", "Myanmar", "Khmer", "Mongolian"),
)
_UNSHAPED = ("Greek", "Cyrillic", "Armenian", "Georgian", "Ethiopic")
#: The first words of the names of East Asian characters.
_EAST_ASIAN = ("Cjk", "Hiragana", "Katakana", "Hangul", "Bopomofo", "Fullwidth", "Ideographic")
_LATIN, _CJK, _EMOJI = "Latin", "Cjk", "Emoji"

#: Candidate fonts of each script, the best first; other scripts have Noto's.
_FONTS = {
    "Arabic": ("Noto Naskh Arabic", "Amiri", "Geeza Pro", "Arial", "DejaVu Sans"),
    "Hebrew": ("Noto Serif Hebrew", "Noto Sans Hebrew", "Arial Hebrew", "Arial", "DejaVu Sans"),
    "Greek": ("Noto Serif", "Times New Roman", "DejaVu Serif", "FreeSerif"),
    "Cyrillic": ("Noto Serif", "Times New Roman", "DejaVu Serif", "FreeSerif"),
    _CJK: (
        *("Noto Serif CJK SC", "Noto Sans CJK SC", "Source Han Serif SC", "Source Han Sans SC"),
        *("Songti SC", "PingFang SC", "Hiragino Mincho ProN", "Microsoft YaHei", "SimSun"),
        *("FandolSong", "HaranoAjiMincho", "WenQuanYi Zen Hei"),
    ),
    _EMOJI: ("Noto Emoji", "Symbola", "Segoe UI Symbol"),
}
#: Fonts for characters that the script's own font lacks.
_ANY = ("DejaVu Sans", "FreeSerif", "Noto Sans", "Segoe UI Symbol", "Arial Unicode MS", "Symbola")

_PREAMBLE = r"""% For LuaLaTeX or XeLaTeX: lualatex attention.tex
\documentclass[a4paper,landscape]{article}
\usepackage[a4paper,landscape,margin=12mm]{geometry}
\usepackage{amsmath,graphicx,iftex}
\RequireTUTeX
\usepackage{fontspec}
\setmainfont{Latin Modern Roman}[Ligatures=TeXOff] % two hyphens in a word stay two
\setlength{\parindent}{0pt}
\setlength{\arraycolsep}{2.5pt}
\pagestyle{empty}

% Shrink what is wider or higher than the page.
\newsavebox{\equationbox}
\newcommand{\fitted}[1]{%
  \sbox{\equationbox}{#1}%
  \ifdim\wd\equationbox>\linewidth
    \sbox{\equationbox}{\resizebox{\linewidth}{!}{\usebox{\equationbox}}}%
  \fi
  \ifdim\dimexpr\ht\equationbox+\dp\equationbox\relax>0.7\textheight
    \sbox{\equationbox}{\resizebox{!}{0.7\textheight}{\usebox{\equationbox}}}%
  \fi
  {\centering\usebox{\equationbox}\par}}

% \firstfont\name[features]{font, font}: take the first of these fonts that exists.
\makeatletter
\newcommand{\firstfont}{}
\def\firstfont#1[#2]#3{%
  \let#1\relax
  \@for\candidate:=#3\do{%
    \ifx#1\relax
      \expandafter\IfFontExistsTF\expandafter{\candidate}%
        {\expandafter\newfontfamily\expandafter#1\expandafter{\candidate}[#2]}{}%
    \fi}}
% \run\font{code, code}{text}: the text, if this font or any has all its characters.
\newif\ifcomplete
\newcommand{\tryfont}[2]{%
  #1\completetrue
  \@for\code:=#2\do{\iffontchar\font"\code\relax\else\completefalse\fi}}
\newcommand{\run}[3]{{%
  \tryfont{#1}{#2}\ifcomplete\else\normalfont\tryfont{\anyfont}{#2}\fi
  \ifcomplete#3\else
    \normalfont\ttfamily\footnotesize\@for\code:=#2\do{U+\code\ }\unskip
  \fi}}
\makeatother

% Words from right to left, and what is from left to right within them.
\ifdefined\directlua
  \newcommand{\harfbuzz}{Renderer=HarfBuzz}
  \newcommand{\fromright}[1]{\hbox dir TRT{#1}}
  \newcommand{\fromleft}[1]{\hbox dir TLT{#1}}
\else
  \newcommand{\harfbuzz}{}
  \TeXXeTstate=1
  \newcommand{\fromright}[1]{\beginR#1\endR}
  \newcommand{\fromleft}[1]{\beginL#1\endL}
\fi
"""


def latex(trace: AttentionTrace, only: str | None = None) -> str:
    r"""Write a whole document.

    Parameters
    ----------
    trace : AttentionTrace
    only : str, optional
        Name of one step; without it, all.

    Returns
    -------
    str
        For LuaLaTeX or XeLaTeX. Numbers have two decimals, as on the screen.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> document = latex(attend(DEFAULT.scenario), "Q")
    >>> r"\[Q = X W_q\]" in document
    True
    """
    s = trace.scenario
    written = tuple(equations(trace, only))
    body = "\n".join(_sections(trace, written))
    shown = [block for _, _, each in written for block in each.blocks]
    labels = {label for block in shown for label in (*block.rows, *block.columns)}
    fonts = _font_choices({*s.tokens, *s.context, *s.heads, *labels})
    sentences = "\n\n".join(" ".join(map(word, each)) for each in (s.tokens, s.context) if each)
    return (
        f"{_PREAMBLE}\n{fonts}\n\\begin{{document}}\n"
        f"\\section*{{{kind(s)}}}\n"
        f"{sentences}\n\n"
        "Numbers are rounded to two decimals.\n\n"
        f"{body}\n\\end{{document}}\n"
    )


def word(text: str) -> str:
    r"""Write a word, each part of it in a font for its script.

    Examples
    --------
    >>> print(word("R&D"), word("été"))
    \mbox{R\&D} \mbox{\run\Latinfont{00E9,00E9}{été}}
    """
    parts = [(script, "".join(part)) for script, part in _by_script(text)]
    if any(script in _FROM_THE_RIGHT for script, _ in parts):
        return rf"\mbox{{\fromright{{{''.join(_within_right(*part) for part in parts)}}}}}"
    return rf"\mbox{{{''.join(_run(*part) for part in parts)}}}"


def _within_right(script: str, text: str) -> str:
    """Write a part of a word that runs from right to left."""
    if script in _FROM_THE_RIGHT:
        return _run(script, text)
    if not any(unicodedata.bidirectional(c) in ("L", "EN") for c in text):
        # Signs alone take the direction around them, in which brackets look the other way.
        text = text[::-1].translate(_MIRRORED)
    return rf"\fromleft{{{_run(script, text)}}}"


def _sections(
    trace: AttentionTrace, equations: Iterable[tuple[Step, int | None, Equation]]
) -> Iterator[str]:
    for step, head, written in equations:
        name = head_name(trace, head)
        of_head = f", {word(name)}" if name else ""
        yield r"\bigskip\begin{minipage}{\linewidth} % a formula and its matrices on one page"
        yield rf"\section*{{{step.title}{of_head}}}"
        yield rf"\[{formula(trace.scenario, step.name)}\]"
        yield rf"\fitted{{$\displaystyle {_equation(written)}$}}"
        yield "\\end{minipage}\n"


def _equation(written: Equation) -> str:
    return "\\;\n".join(
        _matrix(term) if isinstance(term, Block) else _sign(term) for term in written.terms
    )


def _sign(text: str) -> str:
    """Write a sign between matrices; parentheses grow with their content."""
    text = re.sub("softmax|rotate", r"\\operatorname{\g<0>}", text).replace("·", r"\cdot")
    text = r"\;\mathrm{by}" if text == "by" else text
    text = text.replace("(", r"\left(").replace(")", r"\right)")
    return re.sub(r"√(\d+)", r"\\sqrt{\1}", text)


def _matrix(block: Block) -> str:
    r"""Write a matrix as a table with its labels, its name and its shape."""
    is_long = max(map(len, block.columns)) > 6
    heads = [rf"\rotatebox{{60}}{{{word(c)}}}" if is_long else word(c) for c in block.columns]
    rows = [" & ".join(["", *heads])]
    for label, values in zip(block.rows, block.values, strict=True):
        rows.append(" & ".join([word(label), *map(_number, values)]))
    top, *others = (row + r" \\" for row in rows)
    table = "\n".join([top, r"\hline\rule{0pt}{2.5ex}%", *others])
    symbol = block.step.latex + (r"^\top" if block.transposed else "")
    name = word(block.title) if block.title else symbol
    shape = rf"{len(block.rows)} \times {len(block.columns)}"
    alignment = "r|" + "r" * len(block.columns)
    return (
        rf"\underset{{\textstyle {name}\;({shape})}}{{\begin{{array}}{{{alignment}}}"
        f"\n{table}\n"
        r"\end{array}}"
    )


def _number(value: float) -> str:
    return number(value).replace("−", "-").replace("∞", r"\infty")


def _font_choices(words: Iterable[str]) -> str:
    """Choose fonts for the scripts of these words alone."""
    used = sorted({script for text in words for script, _ in _by_script(text)} - {_LATIN})
    lines = [
        r"\newcommand{\Latinfont}{}",
        rf"\firstfont\anyfont[\harfbuzz]{{{','.join(_ANY)}}}",
    ]
    for script in used:
        fonts = _FONTS.get(script, (f"Noto Serif {script}", f"Noto Sans {script}", *_ANY))
        shaping = f"Script={script}," if script in _SHAPED else ""
        lines.append(rf"\firstfont\{script}font[{shaping}\harfbuzz]{{{','.join(fonts)}}}")
    return "\n".join(lines)


def _by_script(text: str) -> Iterator[tuple[str, Iterator[str]]]:
    """Split a text where its script changes; marks and joiners stay with their letter."""
    scripts: list[str] = []
    for c in text:
        clings = unicodedata.category(c).startswith("M") or c in "\u200c\u200d"
        scripts.append(scripts[-1] if clings and scripts else _script(c))
    pairs = groupby(zip(scripts, text, strict=True), key=lambda pair: pair[0])
    return ((script, (c for _, c in part)) for script, part in pairs)


def _script(c: str) -> str:
    """Find a character's script, by the first word of its name."""
    if ord(c) >= 0x1F000 and unicodedata.category(c) in ("So", "Sk"):
        return _EMOJI
    first = re.split("[ -]", unicodedata.name(c, ""))[0].capitalize()
    if first in _EAST_ASIAN:
        return _CJK
    return first if first in (*_SHAPED, *_UNSHAPED) else _LATIN


def _run(script: str, text: str) -> str:
    """Write characters of one script, in a font that has them."""
    codes = [f"{ord(c):04X}" for c in text if not c.isascii() and _is_drawn(c)]
    if not codes:
        return escape.latex(text)
    return rf"\run\{script}font{{{','.join(codes)}}}{{{escape.latex(text)}}}"


def _is_drawn(c: str) -> bool:
    """Whether a font must have the character: it isn't escaped, and no variation selector."""
    clings = unicodedata.category(c) == "Cf" or unicodedata.name(c, "").startswith("VARIATION")
    return not (clings or escape.latex(c) != c)
