"""Make a word from a visitor harmless and literal, one function for each place it goes."""

from __future__ import annotations

import re

_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")  # all of ASCII punctuation
_PLOTLY = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def markdown(text: str) -> str:
    r"""Escape for Markdown, as in text and widget labels.

    CommonMark (section 2.4) lets a backslash take the meaning from any ASCII
    punctuation; Streamlit's own ``:colour[…]`` and ``$…$`` obey it as well.

    Examples
    --------
    >>> print(markdown("*a* $x$ <b>"))
    \*a\* \$x\$ \<b\>
    """
    return _MARKDOWN.sub(r"\\\1", text)


def plotly(text: str) -> str:
    """Escape for Plotly's labels and hover, which understand a few HTML tags.

    Examples
    --------
    >>> plotly("<b>&")
    '&lt;b&gt;&amp;'
    """
    return text.translate(_PLOTLY)
