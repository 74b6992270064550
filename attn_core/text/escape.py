"""Make a word from a visitor harmless and literal, one function for each place it goes."""

from __future__ import annotations

import html as stdlib_html
import re
import unicodedata

_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")  # all of ASCII punctuation
#: What of it means nothing where it stands, at the least: inside a word, say.
_HARMLESS = re.compile(r"""(?<=[^\W_])[_-](?=[^\W_])|(?<!\d)[.)](?!\w)|['",;?!(/%=^{}|@]""")
_PLOTLY = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
#: Zero width joiner and non-joiner; Indic scripts, Persian and emoji are written with them.
_JOINERS = "\u200c\u200d"
#: The wide signs are there because spreadsheets read them as the narrow ones.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
#: An apostrophe, a digit behind at most two other signs, an error of a spreadsheet, and what
#: pandas reads as missing, true, false or infinite.
_NOT_TEXT = re.compile(
    r"'|\W{0,2}\d|#.|(<na>|n/?a|nan|null|none|true|false|inf|infinity)\Z", re.IGNORECASE | re.DOTALL
)
#: Controls but tab and line ends, and noncharacters.
_NOT_IN_HTML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        "'": r"\textquotesingle{}",
        "`": r"\textasciigrave{}",
        '"': r"\textquotedbl{}",
        " ": r"\ ",  # a plain one would join the next, or end a command
        "\xa0": "~",
        **{sign: f"\\{sign}" for sign in "{}$&#_%"},
        **{digit: rf"\textsubscript{{{i}}}" for i, digit in enumerate("₀₁₂₃₄₅₆₇₈₉")},
    }
)
_NOT_IN_SCRIPT = re.compile("[<>&\u2028\u2029]")


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


def label(text: str) -> str:
    r"""Escape for the label of a widget, where only what has to be gets a backslash.

    Streamlit shows a label as Markdown, but a reader of the screen is told it as it stands.

    Examples
    --------
    >>> print(label("Seed of W_q"), label("query don't, key ,"), label("*a* _b_ 1. <b>"))
    Seed of W_q query don't, key , \*a\* \_b\_ 1\. \<b\>
    """
    return _MARKDOWN.sub(
        lambda found: found[0] if _HARMLESS.match(text, found.start()) else f"\\{found[0]}", text
    )


def plotly(text: str) -> str:
    """Escape for Plotly's labels and hover, which understand a few HTML tags.

    Examples
    --------
    >>> plotly("<b>&")
    '&lt;b&gt;&amp;'
    """
    return text.translate(_PLOTLY)


def latex(text: str) -> str:
    r"""Escape for LaTeX's text mode, with an engine that reads UTF-8.

    What can't be printed (controls, line ends, marks of direction) becomes its code
    point: a line end would be a space or a paragraph, a mark would reorder the source.

    Examples
    --------
    >>> print(latex("50% of $x_1$"), latex("a\nb"))
    50\%\ of\ \$x\_1\$ a\texttt{U+000A}b
    """
    return "".join(
        rf"\texttt{{U+{ord(c):04X}}}" if is_unprintable(c) else c.translate(_LATEX) for c in text
    )


def is_unprintable(character: str) -> bool:
    """Whether a character has no picture: a control, a separator of lines, or none at all.

    Joiners are printed with their neighbours.
    """
    unseen = ("Cc", "Cf", "Cn", "Co", "Zl", "Zp")
    return character not in _JOINERS and unicodedata.category(character) in unseen


def visible(text: str) -> str:
    r"""Name the characters that nobody would see: controls, marks of direction, lone spaces.

    Examples
    --------
    >>> visible("a\u200bb"), visible(" "), visible("\n"), visible("\u200d"), visible("Je suis")
    ('aU+200Bb', '␣', '␊', 'U+200D', 'Je suis')
    """
    alone = all(c.isspace() or is_unseen(c) for c in text)
    return "".join(_code(c) if alone or _has_no_sign(c) else c for c in text)


def is_unseen(character: str) -> bool:
    """Whether a character shows nothing by itself, as a joiner or the style of an emoji."""
    styles = "\ufe00" <= character <= "\ufe0f"
    return styles or character in _JOINERS or _has_no_sign(character)


def _has_no_sign(character: str) -> bool:
    has_none = unicodedata.category(character) in ("Cc", "Cf", "Co", "Zl", "Zp")
    return has_none and character not in _JOINERS


def _code(character: str) -> str:
    """Sign of a space or a control, or the number of a character."""
    if character == " ":
        return "␣"
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else f"U+{code:04X}"


def csv_label(text: str) -> str:
    """Keep a program from taking a label of a CSV file for anything but text.

    Spreadsheets find formulas, numbers, dates, truth and errors, pandas finds numbers and
    what is missing. The apostrophe is what OWASP recommends against CSV injection. A label
    that has one of its own gets another, so that taking off the first always gives the
    label. A sign alone is no formula and stays as it is.

    Examples
    --------
    >>> csv_label("=1+1"), csv_label("NaN"), csv_label("00"), csv_label("'tis")
    ("'=1+1", "'NaN", "'00", "''tis")
    >>> csv_label("-"), csv_label("Je"), csv_label("x1")
    ('-', 'Je', 'x1')
    """
    is_formula = len(text) > 1 and text.startswith(_FORMULA)
    return f"'{text}" if is_formula or _NOT_TEXT.match(text) else text


def file_name(text: str) -> str:
    """Make a part of a file's name that any system takes: letters, digits and hyphens.

    Examples
    --------
    >>> file_name("../Who? What?"), file_name("été"), file_name("<>")
    ('Who-What', 'été', '')
    """
    kept = (c if unicodedata.category(c)[0] in "LMN" else " " for c in text[:40])
    return "-".join("".join(kept).split())


def python(text: str) -> str:
    r"""Write a string literal of Python in ASCII.

    Examples
    --------
    >>> print(python('a"b\n'), python("été"))
    'a"b\n' '\xe9t\xe9'
    """
    return ascii(text)


def html(text: str) -> str:
    """Escape for HTML, as text and in an attribute within quotes.

    Characters that HTML can't hold become the replacement character.

    Examples
    --------
    >>> html('<b title="x">')
    '&lt;b title=&quot;x&quot;&gt;'
    """
    # A carriage return as such would be read as a line feed.
    return _NOT_IN_HTML.sub("\ufffd", stdlib_html.escape(text)).replace("\r", "&#13;")


def script(json: str) -> str:
    r"""Escape JSON for a script element, where ``</script`` and ``<!--`` would end it.

    Outside its strings JSON has none of these characters, so it reads back the same.

    Examples
    --------
    >>> print(script('["</script>"]'))
    ["\u003c/script\u003e"]
    """
    return _NOT_IN_SCRIPT.sub(lambda found: f"\\u{ord(found[0]):04x}", json)
