"""Scenarios from saved files: any file of the lab that holds a whole scenario."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from .. import limits
from ..attention import AttentionTrace, attend
from ..document import FORMAT, DocumentError, build, from_content, from_json, read
from ..explain.wording import join_words
from ..notation.steps import current_name, has
from ..scenario import Array, Scenario
from .archive import array, files
from .numbers import SCENARIO, SETTINGS, sheets

#: Bytes of a file but for a saved page; the largest of the lab has 420,000.
MAX_FILE = 500_000

_ARRAYS = ("X", "W_q", "W_k", "W_v", "W_o", "Z")
_NEEDED = ("tokens", "X", "W_q", "W_k", "W_v")
_IN_PAGE = '<script type="application/json" id="scenario">'
_OPENED = "The lab opens the JSON, NPZ, CSV (zip) and HTML files that it saves."


def reopen(content: bytes) -> tuple[Scenario, str]:
    """Read the scenario in a file, of any name.

    Parameters
    ----------
    content : bytes
        A scenario as JSON; all numbers of a trace as JSON, NPZ or zipped CSV; or the
        saved page.

    Returns
    -------
    scenario : Scenario
        Within the lab's limits, if it is rounded.
    message : str
        Describes which matrices of the file differ from the scenario's; empty where none
        does.

    Raises
    ------
    ValueError
        When the file holds no whole scenario, or one beyond the lab's limits; the message
        says what was expected and what came.

    Examples
    --------
    >>> from attn_core.export import npz
    >>> from attn_core.presets import DEFAULT
    >>> reopen(npz(attend(DEFAULT.scenario))) == (DEFAULT.scenario, "")
    True
    """
    is_page = content[:1000].removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")
    if len(content) > MAX_FILE and not is_page:
        raise DocumentError(f"The file has {len(content)} bytes; at most {MAX_FILE} are read.")
    if content.startswith(b"PK"):
        return _from_archive(files(content))
    if content.startswith(b"\x93NUMPY"):
        raise DocumentError(f"One array of NumPy is no scenario: expected {join_words(_NEEDED)}.")
    text = _text(content)
    if is_page:
        return _validated(from_json(_in_page(text))), ""
    try:
        parsed = read(text)
    except DocumentError as error:
        raise DocumentError(f"{error} {_OPENED}") from error
    if FORMAT not in parsed and "matrices" in parsed:
        settings = {k: v for k, v in parsed.items() if k not in ("about", "matrices")}
        return _from_numbers(settings, _by_name(parsed["matrices"]))
    return _validated(from_content(parsed)), ""


def _text(content: bytes) -> str:
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if is_wide else "utf-8-sig")  # editors put a mark first
    except UnicodeDecodeError as error:
        raise DocumentError(f"The file isn't a text file in UTF-8, nor a zip. {_OPENED}") from error


def _in_page(text: str) -> str:
    _, mark, rest = text.partition(_IN_PAGE)
    found, end, _ = rest.partition("</script>")
    if not (mark and end):
        raise DocumentError(f"The page holds no scenario. {_OPENED}")
    if len(found) > MAX_FILE:
        raise DocumentError(f"The page's scenario has {len(found)} letters; {MAX_FILE} are read.")
    return found


def _validated(s: Scenario) -> Scenario:
    """Check the limits before any computation; numbers stay unrounded."""
    limits.validate(s)
    return s


def _from_archive(found: dict[str, bytes]) -> tuple[Scenario, str]:
    arrays = {n.removesuffix(".npy"): c for n, c in found.items() if n.endswith(".npy")}
    if arrays:
        values = _by_current_name((n, array(f"{n!r:.40}", c)) for n, c in arrays.items())
        settings = {k: v.tolist() for k, v in values.items() if k in SETTINGS}
        if "X" in values and values["X"].dtype == np.float32:
            settings["dtype"] = "float32"
        numbers = {k: v.tolist() for k, v in values.items() if k not in SETTINGS}
        return _from_numbers(settings, numbers)
    if SCENARIO not in found:
        raise DocumentError(
            f"The zip archive holds no whole scenario: expected {SCENARIO}, or the arrays "
            f"{join_words(_NEEDED)}; got {_list_some(found)}."
        )
    s = _validated(from_json(_text(found[SCENARIO])))
    return s, _describe_changed(_changed_sheets(attend(s), found))


def _by_name(matrices: Any) -> dict[str, Any]:
    """Index the matrices of the numbers' JSON by name."""
    listed = matrices if isinstance(matrices, list) else [matrices]
    for each in listed:
        if not (isinstance(each, dict) and isinstance(each.get("name"), str) and "values" in each):
            raise DocumentError(f"matrices must each have a name and values, got {each!r:.60}.")
    return _by_current_name((each["name"], each["values"]) for each in listed)


def _by_current_name(matrices: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Index matrices that may have their former names."""
    found: dict[str, Any] = {}
    for name, values in matrices:
        if current_name(name) in found:
            raise DocumentError(f"The matrix {name!r:.40} is there twice.")
        found[current_name(name)] = values
    return found


def _from_numbers(settings: dict[str, Any], matrices: dict[str, Any]) -> tuple[Scenario, str]:
    _check_names(settings, matrices)
    inputs = {name: matrices[name] for name in _ARRAYS if name in matrices}
    if settings.get("positions") == "learned":
        # Each sentence has the first rows of one table, so the longer part is the table.
        tables = [matrices[name] for name in ("P", "P_context") if name in matrices]
        inputs["P"] = max(tables, key=lambda t: len(t) if isinstance(t, list) else 0, default=None)
    if _is_full(settings.get("mask")):  # it is always written
        settings = {k: v for k, v in settings.items() if k != "mask"}
    s = _validated(build(settings | inputs))
    trace = attend(s)
    changed = (name for name, saved in matrices.items() if not _same(trace, name, saved))
    return s, _describe_changed(changed)


def _check_names(settings: dict[str, Any], matrices: dict[str, Any]) -> None:
    names = {**settings, **matrices}
    missing = [name for name in _NEEDED if name not in names]
    unknown = [k for k in settings if k not in (*SETTINGS, "dtype")]
    unknown += [k for k in matrices if not has(k)]
    if missing or unknown:
        alone = " It has one step; save the whole trace." if missing and not unknown else ""
        raise DocumentError(
            f"Not a whole scenario: expected {join_words(_NEEDED)}, with others that the lab "
            f"saves; got {_list_some(names)}. Missing: {_list_some(missing)}. "
            f"Unknown: {_list_some(unknown)}.{alone}"
        )


def _list_some(names: Any) -> str:
    shown = [f"{name!r:.40}" for name in names]
    return ", ".join(shown[:12]) + (", …" if len(shown) > 12 else "") if shown else "nothing"


def _is_full(mask: Any) -> bool:
    return isinstance(mask, list) and all(
        isinstance(row, list) and all(each is True for each in row) for row in mask
    )


def _describe_changed(changed: Iterable[str]) -> str:
    names = list(changed)
    if not names:
        return ""
    return (
        f"The file is open, but {_list_some(names)} in it isn't what its scenario gives: it was "
        "changed, or computed elsewhere. The lab computes it anew."
    )


def _same(trace: AttentionTrace, name: str, saved: Any) -> bool:
    """Whether a matrix of the file equals the trace's."""
    expected = getattr(trace, name)
    try:
        return expected is not None and _close(np.array(saved, dtype=float), expected)
    except (ValueError, TypeError, OverflowError):  # ragged, words, or whole numbers without end
        return False


def _close(values: Array, expected: Array) -> bool:
    """Whether numbers are equal up to the last bits, which processors differ in."""
    close = 1e-4 if expected.dtype == np.float32 else 1e-9
    return values.shape == expected.shape and np.allclose(values, expected, close, close)


def _changed_sheets(trace: AttentionTrace, found: dict[str, bytes]) -> Iterator[str]:
    """Yield the CSV files that differ from the trace's in a label or a number."""
    expected = {f"{name}.csv": text for name, text in sheets(trace)}
    for name, content in found.items():
        if name.endswith(".csv") and not _same_sheet(content, expected.get(_current(name), "")):
            yield name


def _same_sheet(content: bytes, expected: str) -> bool:
    try:
        (labels, values), (right_labels, right_values) = map(_sheet, (_text(content), expected))
    except (csv.Error, ValueError, IndexError):
        return False
    return labels == right_labels and _close(values, right_values)


def _current(text: str) -> str:
    """Replace a former matrix name at the start of a file name or of a sheet's corner."""
    name = re.match(r"\w*", text)[0]  # type: ignore[index]  # it matches any text
    return current_name(name) + text[len(name) :]


def _sheet(text: str) -> tuple[list[str], Array]:
    (corner, *columns), *rows = csv.reader(io.StringIO(text, newline=""))
    labels = [_current(corner), *columns, *(row[0] for row in rows)]
    return labels, np.array([row[1:] for row in rows], dtype=float)
