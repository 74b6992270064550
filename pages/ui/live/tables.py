"""Numbers as a table of pandas, which is imported when the first one is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def data_frame(
    data: Any, rows: Sequence[str], columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Label the rows and columns of numbers; a dictionary brings its columns."""
    import pandas as pd  # takes as long as all else that a cold start's first page does

    return pd.DataFrame(data, index=list(rows), columns=None if columns is None else list(columns))
