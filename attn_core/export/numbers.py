"""The numbers of a trace, every digit of them: CSV, NPZ and JSON."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..attention import AttentionTrace
from ..document import to_json
from ..notation.equation import Block, block
from ..notation.graph import graph
from ..notation.steps import Step
from ..scenario import Array, Scenario
from ..text import escape
from .part import head_name, heads, matrices

#: The text of a blocked score, −∞, in formats without an infinity.
BLOCKED = "-inf"

#: The file of the zip that the lab opens again.
SCENARIO = "scenario.json"

#: The fields of a scenario without its matrices, in NPZ and JSON.
SETTINGS = (
    *("tokens", "context", "features", "heads", "mask"),
    *("scale", "temperature", "positions", "slope", "frequencies"),
)

_README = f"""\
One file for each matrix: the first row and the first column are its labels, and the
cell above the labels of the rows is its name, and the name of its head if there are heads.

Numbers have all their digits. A pair that the mask blocks is {BLOCKED}. Files are UTF-8 with
a byte order mark, as spreadsheets expect (Python: encoding="utf-8-sig").

A label that a program would take for a formula, a number, a date or a gap, such as =1+1,
1e5, 00 or NaN, has an apostrophe before it, and so has one that begins with an apostrophe.
With pandas this gives every label as it is:

    import pandas as pd
    def plain(label):
        return label.removeprefix("'")
    weights = pd.read_csv("weights.csv", index_col=0).rename(index=plain, columns=plain)

With the whole trace there is {SCENARIO}: words, settings and inputs. The lab opens it, or
the zip as a whole, again; it computes the rest anew, and says which tables were changed.
"""


def csv_zip(trace: AttentionTrace, only: str | None = None) -> bytes:
    """Pack a CSV file for each matrix, and a README about their format.

    With all steps the scenario as JSON is there, too.

    Parameters
    ----------
    trace : AttentionTrace
    only : str, optional
        Name of the one step whose equation is wanted; without it, all.

    Returns
    -------
    bytes
        A zip archive; the same trace gives the same bytes.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> archive = zipfile.ZipFile(io.BytesIO(csv_zip(attend(DEFAULT.scenario), "scores")))
    >>> archive.namelist()
    ['README.txt', 'raw_scores.csv', 'scores.csv']
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        # A ZipInfo made from a name alone has a fixed date.
        archive.writestr(zipfile.ZipInfo("README.txt"), _README)
        if only is None:
            document = to_json(trace.scenario, indent=1).encode()
            archive.writestr(zipfile.ZipInfo(SCENARIO), document, zipfile.ZIP_DEFLATED)
        for name, text in sheets(trace, only):
            sheet = text.encode("utf-8-sig")
            archive.writestr(zipfile.ZipInfo(f"{name}.csv"), sheet, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def npz(trace: AttentionTrace, only: str | None = None) -> bytes:
    """Pack the arrays under the names of the trace's attributes, for `numpy.load`.

    Parameters
    ----------
    trace, only
        As in `csv_zip`.

    Returns
    -------
    bytes
        Besides the matrices there are tokens and features (NumPy drops U+0000 at their
        ends), mask (True = may attend), scale, temperature and positions, and where the
        scenario has them heads, context, slope and frequencies. Nothing needs pickle.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> loaded = np.load(io.BytesIO(npz(attend(DEFAULT.scenario), "weights")))
    >>> loaded["weights"].shape, loaded["tokens"].tolist()
    ((3, 3), ['Je', 'suis', 'heureux'])
    """
    arrays: dict[str, Any] = {
        each.name: getattr(trace, each.name) for each in matrices(trace, only)
    }
    arrays |= {name: np.array(value) for name, value in _settings(trace.scenario).items()}
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    return packed.getvalue()


def json_text(trace: AttentionTrace, only: str | None = None) -> str:
    """Write the matrices with their labels as JSON.

    Parameters
    ----------
    trace, only
        As in `csv_zip`.

    Returns
    -------
    str
        JSON has no infinity; the text says itself how a blocked score is written.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> result = json.loads(json_text(attend(DEFAULT.scenario), "weights"))["matrices"][-1]
    >>> result["name"], result["shape"], result["rows"]
    ('weights', [3, 3], ['Je', 'suis', 'heureux'])
    """
    settings = _settings(trace.scenario)
    content = {
        "about": "Matrices of attention. With heads, values has one more leading axis. "
        f'A score that the mask blocks, minus infinity, is written "{BLOCKED}".',
        **{k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in settings.items()},
        **({"dtype": "float32"} if trace.Q.dtype == np.float32 else {}),
        "matrices": [_entry(trace, each) for each in matrices(trace, only)],
    }
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)


def _settings(s: Scenario) -> dict[str, Any]:
    """Collect the fields of a scenario without its matrices; absent ones are left out."""
    settings = {name: getattr(s, name) for name in SETTINGS} | {"mask": s.allowed}
    missing = [name for name in ("context", "heads", "slope") if not settings[name]]
    missing += ["frequencies"] if s.frequencies is None else []
    return {name: value for name, value in settings.items() if name not in missing}


def sheets(trace: AttentionTrace, only: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield the file name and the CSV of each matrix, with a file for each head.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> [name for name, _ in sheets(attend(DEFAULT.scenario), "scores")]
    ['raw_scores', 'scores']
    """
    for each in matrices(trace, only):
        for head in heads(trace, each.name):
            name = head_name(trace, head)
            file = each.name if head is None else f"{each.name}-{_file(head, name)}"
            yield file, _csv(block(trace, each.name, head=head or 0), name)


def _file(head: int, name: str) -> str:
    """Name a head in a file name; the number keeps similar names apart."""
    number, safe = f"head-{head + 1}", escape.file_name(name)
    return number if safe in ("", number) else f"{number}-{safe}"


def _csv(shown: Block, head: str) -> str:
    text = io.StringIO(newline="")
    # Python's csv quotes what its own reader needs; only the rest is left to decide here.
    sheet = csv.writer(text)
    name = f"{shown.step.name}, {head}" if head else shown.step.name
    columns = map(escape.csv_label, shown.columns)
    # A column called as the corner would get another name in pandas.
    sheet.writerow([name, *(f"'{label}" if label == name else label for label in columns)])
    for label, row in zip(shown.rows, shown.values.tolist(), strict=True):
        sheet.writerow([escape.csv_label(label), *map(repr, row)])
    return text.getvalue()


def _entry(trace: AttentionTrace, which: Step) -> dict[str, Any]:
    values: Array = getattr(trace, which.name)
    node = graph(trace.scenario)[which.name]
    rows, columns = node.rows, node.columns
    return {
        "name": which.name,
        "symbol": which.symbol,
        "title": which.title,
        "shape": values.shape,
        "rows": rows,
        "columns": columns,
        "values": _finite(values.tolist()),
    }


def _finite(value: Any) -> Any:
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return BLOCKED if value == -np.inf else value
