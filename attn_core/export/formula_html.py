"""Formulas of lessons as HTML: letters, scripts, roots and fractions, on one line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..text import escape

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
#: Signs with a space on both sides.
_RELATIONS = {
    **{sign: sign for sign in "=<>≤≥≈→±×·∈"},
    **{r"\le": "≤", r"\ge": "≥", r"\approx": "≈", r"\to": "→", r"\ne": "≠"},
    **{r"\cdot": "·", r"\times": "×", r"\pm": "±", r"\in": "∈"},
}
_SIGNS = {"+": "+", "-": "−", "−": "−"}
_NAMES = {
    **{r"\top": "T", r"\infty": "∞", r"\partial": "∂", r"\sum": "Σ", r"\dots": "…"},
    **{r"\exp": "exp", r"\cos": "cos", r"\max": "max", r"\theta": "θ"},
    **{r"\,": " ", r"\;": " ", r"\ ": " ", r"\quad": "  ", r"\left": "", r"\right": ""},
    **{r"\{": "{", r"\}": "}", "'": "′"},
}
_UPRIGHT = (r"\text", r"\mathrm", r"\operatorname")
_PUNCTUATION = set("()[],;:./|!…√ᵀ″%")


def formula(latex: str) -> str:
    r"""Write a formula in LaTeX as HTML.

    Raises
    ------
    ValueError
        When it has a command that lessons don't use, or braces that don't fit.

    Examples
    --------
    >>> formula(r"QK^\top")
    '<i>Q</i><i>K</i><sup>T</sup>'
    >>> formula(r"-0.5 \to \sqrt{4}")
    '−0.5 → √<span class="root">4</span>'
    >>> formula(r"\frac{a + b}{2}")
    '(<i>a</i> + <i>b</i>) / 2'
    """
    tokens = list(_TOKEN.findall(latex.strip()))
    tokens.reverse()  # the next one is popped from the end
    written = _row(tokens, latex)
    if tokens:
        raise ValueError(f"A formula with a brace too many: {latex!r:.80}.")
    return re.sub(r" {2,}", " ", written).strip()


def _row(tokens: list[str], whole: str) -> str:
    """Write up to the closing brace that belongs to what is before it, or to the end."""
    written, is_operand = "", False
    while tokens and tokens[-1] != "}":
        token = tokens.pop()
        if token in _SIGNS:  # between two operands, or before one
            written += f" {_SIGNS[token]} " if is_operand else _SIGNS[token]
            is_operand = False
        elif token in _RELATIONS:
            written += f" {_RELATIONS[token]} "
            is_operand = False
        elif token.isspace():
            written += " "
        else:
            written += _atom(token, tokens, whole)
            is_operand = token not in "([,;"
    return written


def _atom(token: str, tokens: list[str], whole: str) -> str:
    if token in ("_", "^"):
        tag = "sub" if token == "_" else "sup"
        return f"<{tag}>{_argument(tokens, whole)}</{tag}>"
    if token == "{":
        tokens.append(token)
        return _argument(tokens, whole)
    if token == r"\sqrt":
        return f'√<span class="root">{_argument(tokens, whole)}</span>'
    if token == r"\frac":
        return " / ".join(_bracketed(_argument(tokens, whole)) for _ in range(2))
    if token in _UPRIGHT:
        return escape.html("".join(_raw(tokens, whole)))
    if token in _NAMES:
        return _NAMES[token]
    if token.isalpha():
        return f"<i>{token}</i>"
    if token in _PUNCTUATION or token[0].isdigit():
        return token
    raise ValueError(f"A formula with what lessons don't use: {token!r} in {whole!r:.80}.")


def _argument(tokens: list[str], whole: str) -> str:
    """Write a group in braces, or the next sign alone."""
    while tokens and tokens[-1].isspace():
        tokens.pop()
    if not tokens or tokens[-1] == "}":
        raise ValueError(f"A formula that ends too soon: {whole!r:.80}.")
    if (token := tokens.pop()) != "{":
        return _atom(token, tokens, whole)
    written = _row(tokens, whole)
    if not tokens:
        raise ValueError(f"A formula with a brace too few: {whole!r:.80}.")
    tokens.pop()
    return written


def _raw(tokens: list[str], whole: str) -> Iterator[str]:
    """Yield what stands in braces, as it is."""
    if not tokens or tokens.pop() != "{" or "}" not in tokens:
        raise ValueError(f"A formula that ends too soon: {whole!r:.80}.")
    while (token := tokens.pop()) != "}":
        yield token


def _bracketed(written: str) -> str:
    return f"({written})" if " " in re.sub("<[^>]*>", "", written) else written
