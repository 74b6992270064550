"""The QK circuit, W_q W_kᵀ: which features of a query and a key attract or repel.

Source: Elhage et al., "A Mathematical Framework for Transformer Circuits" (2021).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..attention import AttentionTrace
from ..explain.wording import Escape
from ..notation import labels
from ..notation.equation import Block, Equation, block
from ..notation.labels import number
from ..notation.steps import Step
from ..scenario import Array, Scenario

QK_CIRCUIT = Step(
    "qk_circuit",
    "W_q W_kᵀ",
    r"W_q W_k^\top",
    ("feature", "feature"),
    title="What asks meets what answers",
)
#: Numbers below this part of the largest are small beside it.
_PART = 0.3


@dataclass(frozen=True)
class FeaturePair:
    """A row of W_q times a row of W_k: one number of the QK circuit.

    Attributes
    ----------
    query, key : str
        Feature of the word that looks, and of the word that is looked at.
    value : float
        What the two add to q·k, where a word has 1 of each.
    """

    query: str
    key: str
    value: float


def matrix(s: Scenario) -> Array:
    """W_q W_kᵀ: what each two features add to q·k; shape (d_model, d_model).

    Row = feature of the query, column = feature of the key. The
    raw scores are X (W_q W_kᵀ) Xᵀ.

    Examples
    --------
    >>> s = Scenario(("a",), X=[[1, 0]], W_q=[[2], [0]], W_k=[[0], [3]], W_v=[[1], [1]])
    >>> matrix(s)
    array([[0., 6.],
           [0., 0.]])
    """
    result: Array = s.W_q @ s.W_k.T
    return result


def equation(trace: AttentionTrace) -> Equation:
    """Write W_q · W_kᵀ = W_q W_kᵀ as boxes."""
    W_q, W_k = block(trace, "W_q"), block(trace, "W_k", transposed=True)
    names = trace.scenario.features
    result = Block(QK_CIRCUIT, matrix(trace.scenario), names, names)
    return Equation((W_q, "·", W_k, "=", result))


def strongest(s: Scenario, count: int = 5) -> list[FeaturePair]:
    """The pairs of features that attract most, strongest first.

    Parameters
    ----------
    s : Scenario
        Of one head.
    count : int
        How many at most; those far below the largest are left out.
    """
    return _sorted(s, 1, count)


def repelling(s: Scenario, count: int = 3) -> list[FeaturePair]:
    """The pairs of features that repel most, strongest first."""
    return _sorted(s, -1, count)


def _sorted(s: Scenario, sign: int, count: int) -> list[FeaturePair]:
    M = matrix(s)
    order = np.argsort(-sign * M, axis=None, kind="stable")[:count]
    places = [divmod(int(k), M.shape[1]) for k in order]
    found = [FeaturePair(s.features[i], s.features[j], float(M[i, j])) for i, j in places]
    least = _PART * np.abs(M).max()
    return [each for each in found if sign * each.value > least]


def describe(pair: FeaturePair, escape: Escape = str) -> str:
    """Put a pair of features in words.

    Examples
    --------
    >>> describe(FeaturePair("verb", "pronoun", 6.21))
    '“verb” looks for “pronoun”: row verb of W_q · row pronoun of W_k = 6.21'
    """
    query, key = (escape(labels.isolate(name)) for name in (pair.query, pair.key))
    does = "looks for" if pair.value > 0 else "looks away from"
    return (
        f"“{query}” {does} “{key}”: "
        f"row {query} of {escape('W_q')} · row {key} of {escape('W_k')} = {number(pair.value)}"
    )
