"""The numbers of a trace, every digit of them: CSV, NPZ and JSON."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from .. import escape, labels
from ..attention import AttentionTrace
from ..equation import Block, block
from ..scenario import Array
from ..steps import Step
from .part import heads, matrices

#: How a blocked score, −∞, is written where a format has no infinity of its own.
BLOCKED = "-inf"

_README = f"""\
One file for each matrix: the first row and the first column are its labels, and the
cell above the labels of the rows is its name.

Numbers have all their digits. A pair that the mask blocks is {BLOCKED}. Files are UTF-8 with
a byte order mark, as spreadsheets expect (Python: encoding="utf-8-sig").

A label that a spreadsheet would take for a formula, such as =1+1, has an apostrophe before
it. The labels without it are in the JSON and the NPZ of the same trace.
"""


def csv_zip(trace: AttentionTrace, only: str | None = None) -> bytes:
    """Pack one CSV file for each matrix, and a README that says how they are written.

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
        for name, shown in _sheets(trace, only):
            text = _csv(shown).encode("utf-8-sig")
            archive.writestr(zipfile.ZipInfo(f"{name}.csv"), text, zipfile.ZIP_DEFLATED)
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
        ends), mask (True = may attend), scale and temperature. Nothing needs pickle.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> loaded = np.load(io.BytesIO(npz(attend(DEFAULT.scenario), "weights")))
    >>> loaded["weights"].shape, loaded["tokens"].tolist()
    ((3, 3), ['Je', 'suis', 'heureux'])
    """
    s = trace.scenario
    arrays: dict[str, Any] = {
        each.name: getattr(trace, each.name) for each in matrices(trace, only)
    }
    arrays |= {"tokens": np.array(s.tokens), "features": np.array(s.features)}
    arrays |= {"mask": s.allowed, "scale": s.scale, "temperature": s.temperature}
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
    >>> made = json.loads(json_text(attend(DEFAULT.scenario), "weights"))["matrices"][-1]
    >>> made["name"], made["shape"], made["rows"]
    ('weights', [3, 3], ['Je', 'suis', 'heureux'])
    """
    s = trace.scenario
    content = {
        "about": "Matrices of self-attention. With heads, values has one more leading axis. "
        f'A score that the mask blocks, minus infinity, is written "{BLOCKED}".',
        "tokens": s.tokens,
        "features": s.features,
        "mask": s.allowed.tolist(),
        "scale": s.scale,
        "temperature": s.temperature,
        "matrices": [_entry(trace, each) for each in matrices(trace, only)],
    }
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)


def _sheets(trace: AttentionTrace, only: str | None) -> Iterator[tuple[str, Block]]:
    """Name each matrix, and each head of it, as a file."""
    for each in matrices(trace, only):
        for head in heads(trace, each.name):
            name = each.name if head is None else f"{each.name}-head-{head + 1}"
            yield name, block(trace, each.name, head=head or 0)


def _csv(shown: Block) -> str:
    text = io.StringIO(newline="")
    # Python's csv quotes what its own reader needs; only the rest is left to decide here.
    sheet = csv.writer(text)
    sheet.writerow([shown.step.name, *map(escape.spreadsheet, shown.columns)])
    for label, row in zip(shown.rows, shown.values.tolist(), strict=True):
        sheet.writerow([escape.spreadsheet(label), *map(repr, row)])
    return text.getvalue()


def _entry(trace: AttentionTrace, which: Step) -> dict[str, Any]:
    values: Array = getattr(trace, which.name)
    rows, columns = (labels.axis(trace.scenario, axis) for axis in which.axes)
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
