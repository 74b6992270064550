"""The KV cache as a picture: which rows a decoder computed for each token that it wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...scenario import Array
from ..boxes.colours import Palette
from ..boxes.description import Description
from ..boxes.look import DEFAULT_LOOK, Look
from .word_map import ZOOM, labels_of, margin, plot_layout, word_axis

#: Height of a row, and room above and below it, in parts of the font's size.
_ROW, _ABOVE = 1.5, 0.4
#: Boxes from this width on, in parts of the font's size, have room for gaps between them.
_WITH_GAPS = 0.6
#: What a box is of: a row that was computed in this pass, or kept from one before.
KEPT, COMPUTED = 0.0, 1.0


def describe_cache_rows(
    tokens: Sequence[str],
    passes: Sequence[int],
    most: int = 10,
    *,
    look: Look = DEFAULT_LOOK,
) -> Description:
    """Draw a row for each pass through the blocks and a column for each token.

    Parameters
    ----------
    tokens : sequence of str, length n
    passes : sequence of int, length n
        In which pass the row of each token was computed, from 0.
    most : int
        The last so many passes are drawn.
    look : Look

    Returns
    -------
    Description
        One heatmap: `COMPUTED` where a token's row was computed in a pass, `KEPT` where keys
        and values of an earlier one were taken from the cache, nothing where there was no
        such token yet.

    Examples
    --------
    >>> described = describe_cache_rows(("Je", " suis", " heureux"), (0, 0, 1))
    >>> described.numbers[0]["z"]
    array([[ 1.,  1., nan],
           [ 0.,  0.,  1.]], dtype=float32)
    """
    scale = look.scale
    z, last = passes_of(passes)[-most:], max(passes)
    names = labels_of(tokens, look)
    rows = [f"pass {i + 1}" for i in range(last + 1)][-most:]
    left = margin(rows, scale)
    across = min(look.width - left - scale.gap, len(names) * 1.5 * scale.largest_cell)
    height = round(len(rows) * _ROW * scale.font)
    room = {"l": left, "r": scale.gap, "t": round(_ABOVE * scale.font), "b": margin(names, scale)}
    layout = plot_layout(across, height, room, look)
    layout["xaxis"] = word_axis(len(names), across, look)
    layout["xaxis"] |= {"range": [-0.5, len(names) - 0.5], "tickangle": -90}
    layout["yaxis"] = word_axis(len(rows), height, look) | {"range": [len(rows) - 0.5, -0.5]}
    has_gaps = across > _WITH_GAPS * scale.font * len(names)
    heatmap = _heatmap(look.palette) | {"xgap": int(has_gaps), "x": names, "y": rows}
    said = np.where(z == COMPUTED, "computed", "kept").tolist()
    return Description([heatmap], layout, [{"z": z, "hovertext": said}], config=ZOOM)


def _heatmap(palette: Palette) -> dict[str, Any]:
    return {
        "type": "heatmap",
        "name": "rows",
        "ygap": 1,
        "zmin": KEPT,
        "zmax": COMPUTED,
        "colorscale": [(0.0, palette.weight[1][1]), (1.0, palette.weight[-2][1])],
        "showscale": False,
        "hoverongaps": False,
        "hovertemplate": "%{y}: %{x}, %{hovertext}<extra></extra>",
    }


def passes_of(passes: Sequence[int]) -> Array:
    """Say of each pass and token whether its row was computed or kept; (passes, tokens).

    Examples
    --------
    >>> passes_of((0, 1))
    array([[ 1., nan],
           [ 0.,  1.]], dtype=float32)
    """
    of_token, each = np.asarray(passes), np.arange(max(passes) + 1)[:, None]
    z = np.where(of_token == each, np.float32(COMPUTED), np.float32(KEPT))
    return np.where(of_token <= each, z, np.float32(np.nan))
