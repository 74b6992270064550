"""Changes to a scenario: each takes one and returns the next; what still fits is kept.

None rounds what a visitor entered or checks it against all limits: `limits.validate` does that.
"""

from .dropped import describe_dropped
from .fillings import as_started, identity, random, side_by_side, zeros
from .matrices import (
    PROJECTIONS,
    MatrixName,
    block_of,
    editable,
    matrix_of,
    with_cell,
    with_matrix,
)
from .own_sentence import (
    dead_words,
    describe_chosen_features,
    with_features_for_words,
    with_typed_words,
)
from .settings import with_mask_kind, with_positions, with_slope
from .sizes import as_is, with_features, with_size
from .typed import (
    MAX_PASTED,
    Noted,
    describe_rounded_numbers,
    describe_rounded_scenario,
    enter,
    with_pasted,
)
from .words import CONTEXT, reversed_words, with_context, with_sentence

__all__ = [
    "CONTEXT",
    "MAX_PASTED",
    "PROJECTIONS",
    "MatrixName",
    "Noted",
    "as_is",
    "as_started",
    "block_of",
    "dead_words",
    "describe_chosen_features",
    "describe_dropped",
    "describe_rounded_numbers",
    "describe_rounded_scenario",
    "editable",
    "enter",
    "identity",
    "matrix_of",
    "random",
    "reversed_words",
    "side_by_side",
    "with_cell",
    "with_context",
    "with_features",
    "with_features_for_words",
    "with_mask_kind",
    "with_matrix",
    "with_pasted",
    "with_positions",
    "with_sentence",
    "with_size",
    "with_slope",
    "with_typed_words",
    "zeros",
]
