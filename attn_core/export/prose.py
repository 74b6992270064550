"""The Markdown of lessons as HTML, for what is read without Streamlit.

Exactly what lessons use: paragraphs, lists, **strong**, *emphasis*, `code`, formulas between dollar
signs, and symbols such as W_q. Anything else is refused, so that no sign is printed that was meant
to be read.
"""

from __future__ import annotations

import re
from itertools import pairwise

from ..notation.labels import subscripts
from ..text import escape
from .formula_html import formula

_ITEM = re.compile(r"(?P<bullet>[-*])\s+|(?P<number>\d+)\.\s+")
_INLINE = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|`(?P<code>[^`]+)`"
    r"|\$(?P<formula>[^$]+)\$"
    r"|\*\*(?P<strong>[^\s*](?:.*?[^\s*])??)\*\*(?!\*)"
    r"|\*(?P<em>[^\s*](?:.*?[^\s*])??)\*(?!\*)"
    r"|(?<!\w)_(?P<also_em>[^\s_](?:.*?[^\s_])??)_(?!\w)",
    re.DOTALL,
)
#: Signs of Markdown, of Streamlit's dialect and of HTML, where they mean something.
_MEANT = re.compile(
    r"[`$*\\]|~~|<[\w/!?]|&\w+;|&#|\][(\[]|:[\w/+-]+[:\[]|(?<!\w)_|_(?!\w)|https?:|www\."
)
_BLOCK = re.compile(r"#{1,6}\s|>|[|+]|={2,}|-{3,}|(```|~~~)|[-+*]$|\[[^\]]*\]:")


def html(text: str) -> str:
    r"""Write Markdown as HTML.

    Parameters
    ----------
    text : str
        Of our own files; words from outside don't belong into it.

    Raises
    ------
    ValueError
        When it has anything that lessons don't use.

    Examples
    --------
    >>> html("So *suis* asks: $Q = X W_q$.")
    '<p>So <em>suis</em> asks: <i>Q</i> = <i>X</i> <i>W</i><sub><i>q</i></sub>.</p>'
    >>> html("- one\n- two")
    '<ul><li>one</li><li>two</li></ul>'
    >>> html("See [this](https://example.org).")
    Traceback (most recent call last):
    ValueError: Markdown that lessons don't use: '](' in 'See [this](https://example.org).'.
    """
    blocks = [part for part in re.split(r"\n[ \t]*\n", text.strip()) if part]
    for before, after in pairwise(blocks):
        if after.startswith((" ", "\t")) or (_ITEM.match(before) and _ITEM.match(after)):
            raise ValueError(
                f"Markdown that lessons don't use: {after!r:.40} after {before!r:.40}."
            )
    return "\n".join(map(_block, blocks))


def inline(text: str) -> str:
    """Write Markdown of one line or paragraph as HTML; see `html`.

    Examples
    --------
    >>> inline("**Which** is `W_q`?")
    '<strong>Which</strong> is <code>W_q</code>?'
    """
    written, end = "", 0
    for found in _INLINE.finditer(text):
        written += _plain(text[end : found.start()], text) + _marked(found)
        end = found.end()
    return written + _plain(text[end:], text)


def _marked(found: re.Match[str]) -> str:
    kind = found.lastgroup or ""
    inside = found[kind]
    if kind in ("strong", "em", "also_em"):
        tag = kind.removeprefix("also_")
        return f"<{tag}>{inline(inside)}</{tag}>"
    if kind == "formula":
        return formula(inside)
    return f"<code>{escape.html(inside)}</code>" if kind == "code" else escape.html(inside)


def _plain(text: str, whole: str) -> str:
    if meant := _MEANT.search(text):
        raise ValueError(f"Markdown that lessons don't use: {meant[0]!r} in {whole!r:.80}.")
    return subscripts(escape.html(text))


def _block(text: str) -> str:
    lines = [line.strip() for line in text.splitlines()]
    if _ITEM.match(lines[0]):
        return _list(lines)
    stripped = text.strip()
    if stripped.startswith("$$") and stripped.endswith("$$"):
        return f'<p class="formula">{formula(stripped.strip("$"))}</p>'
    for line in lines:
        if _BLOCK.match(line) or _ITEM.match(line):
            raise ValueError(f"Markdown that lessons don't use: a line that begins {line!r:.40}.")
    return f"<p>{inline(' '.join(lines))}</p>"


def _list(lines: list[str]) -> str:
    tag = "ul" if (first := _ITEM.match(lines[0])) and first["bullet"] else "ol"
    items: list[str] = []
    for line in lines:
        found = _ITEM.match(line)
        if found and bool(found["bullet"]) != (tag == "ul"):
            raise ValueError(f"Markdown that lessons don't use: {line!r:.40} in a list of {tag}.")
        if found:
            items.append(line[found.end() :])
        else:
            items[-1] += f" {line}"
    return f"<{tag}>{''.join(f'<li>{inline(item)}</li>' for item in items)}</{tag}>"
