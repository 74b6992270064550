"""RoPE's relative distance: the score of one query and one key at all pairs of positions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .. import positions
from ..attention import AttentionTrace
from ..explain.wording import Escape, axis_labels, pluralize
from ..notation.equation import Block, Equation, Outline
from ..notation.graph import graph
from ..notation.labels import number
from ..notation.steps import Axis, step
from ..scenario import Array, Scenario


@dataclass(frozen=True, eq=False)
class PairAtAllPositions:
    """One query and one key at all positions; computed by `pair_at_all_positions`.

    Attributes
    ----------
    trace : AttentionTrace
        Of one head with RoPE.
    query, key : int
        Positions of the two words in the sentence, from 0.
    queries, keys : ndarray, shape (n, d_k)
        The same query, and the same key, rotated by the angles of each position.
    """

    trace: AttentionTrace
    query: int
    key: int
    queries: Array
    keys: Array

    @property
    def scores(self) -> Array:
        """Score of the query at position i for the key at position j, unscaled; shape (n, n)."""
        table: Array = self.queries @ self.keys.T
        return table

    def equation(self) -> Equation:
        """Write rotated queries · rotated keys = scores, with the pair's own score outlined.

        Examples
        --------
        >>> from attn_core import attend
        >>> from attn_core.edits import with_positions
        >>> from attn_core.presets import DEFAULT
        >>> trace = attend(with_positions(DEFAULT.scenario, "rope"))
        >>> pair_at_all_positions(trace, 0, 1).equation().alt.partition(". ")[0]
        'query (3×4) · keyᵀ (4×3) = raw scores (3×3)'
        """
        i, j = self.query, self.key
        own = Outline(range(i, i + 1), range(j, j + 1), is_target=True)
        return Equation(
            (
                self._block("rotated_Q", "query", self.queries, "q"),
                "·",
                self._block("rotated_K", "key", self.keys.T, "k", transposed=True),
                "=",
                replace(
                    self._block("raw_scores", "raw scores", self.scores, "key"), outlines=(own,)
                ),
            )
        )

    def _block(
        self, name: str, symbol: str, values: Array, axis: Axis, transposed: bool = False
    ) -> Block:
        places = tuple(f"place {i}" for i in range(1, len(self.queries) + 1))
        across = places if axis == "key" else graph(self.trace.scenario).axis(axis)
        which = replace(step(name), symbol=symbol)
        rows, columns = (across, places) if transposed else (places, across)
        return Block(which, values, rows, columns, transposed)

    def describe(self, escape: Escape = str) -> str:
        r"""Describe how the score depends on the distance alone, with two scores.

        Parameters
        ----------
        escape : callable
            Applied to each word.

        Examples
        --------
        >>> from attn_core import attend
        >>> from attn_core.edits import with_positions
        >>> from attn_core.presets import DEFAULT
        >>> trace = attend(with_positions(DEFAULT.scenario, "rope"))
        >>> print(pair_at_all_positions(trace, 2, 1).describe().replace(". ", ".\n"))
        Along each diagonal the two are equally far apart, so the score is the same.
        suis stands 1 place before heureux: 0.19.
        If both stood at one place, it would be 0.18.
        """
        names = axis_labels(self.trace.scenario, "word", escape)
        query, key = names[self.query], names[self.key]
        distance = self.key - self.query
        here = self._score_at(distance)
        if len(names) == 1:
            return f"A single word has a single place, and there its score is {here}."
        if distance == 0:
            stands = f"{key} meets its own query: {here}. One place further on, it would be "
        else:
            stands = f"{key} stands {_describe_distance(distance)} {query}: {here}. "
            stands += "If both stood at one place, it would be "
        return (
            "Along each diagonal the two are equally far apart, so the score is the same. "
            f"{stands}{self._score_at(1 if distance == 0 else 0)}."
        )

    def _score_at(self, distance: int) -> str:
        """Print the score for a key so many positions after the query."""
        return number(float(np.diagonal(self.scores, distance)[0]))


def describe_pairs(scenario: Scenario) -> str:
    """Describe which columns RoPE rotates together, and that an odd last one stays.

    Examples
    --------
    >>> from attn_core.edits import with_size
    >>> from attn_core.presets import DEFAULT
    >>> describe_pairs(with_size(DEFAULT.scenario, d_k=5))
    'Pairs of columns here: q₁ and q₂, q₃ and q₄; q₅ has no partner and stays as it is.'
    """
    columns = graph(scenario).axis("q")
    together = (f"{a} and {b}" for a, b in zip(columns[::2], columns[1::2], strict=False))
    odd = f"; {columns[-1]} has no partner and stays as it is" if len(columns) % 2 else ""
    return f"Pairs of columns here: {', '.join(together)}{odd}."


def _describe_distance(distance: int) -> str:
    return f"{pluralize(abs(distance), 'place')} {'after' if distance > 0 else 'before'}"


def pair_at_all_positions(trace: AttentionTrace, query: int, key: int) -> PairAtAllPositions:
    """Compute one query and one key at every position.

    Parameters
    ----------
    trace : AttentionTrace
        Of one head with RoPE.
    query, key : int
        Which words, from 0.

    Raises
    ------
    ValueError
        When the trace has no RoPE.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.edits import with_positions
    >>> from attn_core.presets import DEFAULT
    >>> trace = attend(with_positions(DEFAULT.scenario, "rope"))
    >>> pair_at_all_positions(trace, 2, 1).scores.round(2)
    array([[0.18, 0.17, 0.17],
           [0.19, 0.18, 0.17],
           [0.19, 0.19, 0.18]])
    """
    theta = trace.rotary_angles
    if theta is None:
        raise ValueError(f"Expected positions to be rope, got {trace.scenario.positions}.")
    queries, keys = (np.tile(M[i], (len(theta), 1)) for M, i in ((trace.Q, query), (trace.K, key)))
    return PairAtAllPositions(
        trace, query, key, positions.rotate(queries, theta), positions.rotate(keys, theta)
    )
