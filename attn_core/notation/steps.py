"""The steps of self-attention: the symbol, the equation and the kind of each matrix.

Figures, tables, sentences and exports follow this one list. `graph` resolves which steps a
scenario has, and which steps replace the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ..scenario import Scenario
from . import labels

#: The colour scale: signed numbers diverge about 0; weights run from 0 to 1, and their changes
#: from −1 to 1; a mask is 0 or −∞.
Kind = Literal["signed", "weight", "weight change", "mask"]

#: The index of an axis. "query", "key" and "word" are words in three roles; "key" are those
#: of the context where there is one; "feature" is a column of X;
#: "q", "k", "v" count the projected columns from 1, "pair" counts pairs of them;
#: "head" goes by the names of the heads, and "head value" counts v within each.
Axis = Literal["query", "key", "word", "feature", "q", "k", "v", "pair", "head", "head value"]
AXES: dict[Axis, Callable[[Scenario], tuple[str, ...]]] = {
    "query": lambda s: labels.unique(s.tokens),
    "key": lambda s: labels.unique(s.context or s.tokens),
    "word": lambda s: labels.unique(s.tokens),
    "feature": lambda s: s.features,
    "q": lambda s: labels.numbered("q", s.d_k),
    "k": lambda s: labels.numbered("k", s.d_k),
    "v": lambda s: labels.numbered("v", s.d_v),
    "pair": lambda s: labels.numbered("θ", s.d_k // 2),
    "head": lambda s: s.heads,
    "head value": lambda s: labels.of_each(s.heads, labels.numbered("v", s.d_v)),
}

#: The operation that computes a matrix; an input isn't computed.
Operation = Literal[
    "input", "product", "sum", "scaling", "temperature", "softmax", "rotation", "concatenation"
]
#: The operation of each sign on a right-hand side.
_OPERATIONS: dict[str, Operation] = {
    "·": "product",
    "+": "sum",
    "/ {divisor}": "scaling",
    "/ {temperature}": "temperature",
    "softmax (": "softmax",
    "rotate (": "rotation",
    "concat (": "concatenation",
}

Condition = Callable[[Scenario], bool]


def _always(_: Scenario) -> bool:
    return True


def _never(_: Scenario) -> bool:
    return False


@dataclass(frozen=True)
class Factor:
    """A matrix in an equation, by name.

    Attributes
    ----------
    name : str
        Attribute of `AttentionTrace`.
    transposed : bool
    back_to : str
        The step before replaces an idle step, back to the step of this name;
        where it is empty, an idle step stays.
    """

    name: str
    transposed: bool = False
    back_to: str = ""


@dataclass(frozen=True)
class Step:
    """One matrix of the trace.

    Attributes
    ----------
    name : str
        Attribute of `AttentionTrace`.
    symbol : str
        Short name on the screen; a subscript follows ``_``.
    latex : str
        The symbol in LaTeX.
    axes : tuple of str
        The indices of the rows and of the columns.
    right_side : tuple
        The right-hand side as factors and signs, empty for an input.
        ``{divisor}`` and ``{temperature}`` stand for the scenario's own.
    kind : {"signed", "weight", "weight change", "mask"}
        The colour scale.
    title : str
        The step in a few words.
    before : str
        The step whose numbers replace it where it doesn't exist or is idle.
    exists : callable
        Whether a scenario has this matrix.
    idle : callable
        Whether a scenario has this matrix with the numbers of the step before.
    """

    name: str
    symbol: str
    latex: str
    axes: tuple[Axis, Axis]
    right_side: tuple[Factor | str, ...] = ()
    kind: Kind = "signed"
    title: str = ""
    before: str = ""
    exists: Condition = _always
    idle: Condition = _never

    @property
    def operation(self) -> Operation:
        """The operation that computes the matrix.

        Examples
        --------
        >>> step("Q").operation, step("weights").operation, step("X").operation
        ('product', 'softmax', 'input')
        """
        signs = (term for term in self.right_side if isinstance(term, str))
        return next((_OPERATIONS[sign] for sign in signs if sign in _OPERATIONS), "input")

    def cell(self, row: str, column: str) -> str:
        """Describe the number at a row and a column by their labels.

        Examples
        --------
        >>> step("X").cell("suis", "verb"), step("W_q").cell("verb", "q₂")
        ('suis · verb', 'verb → q₂')
        >>> step("weights").cell("suis", "Je")
        'query suis, key Je'
        """
        row, column = labels.isolate(row), labels.isolate(column)
        if self.axes == ("query", "key"):
            return f"query {row}, key {column}"
        is_projection = self.axes[0] in ("feature", "head value")
        return f"{row} {'→' if is_projection else '·'} {column}"


def _adds_positions(s: Scenario) -> bool:
    return s.positions in ("sinusoidal", "learned")


def _has_rope(s: Scenario) -> bool:
    return s.positions == "rope"


def _has_alibi(s: Scenario) -> bool:
    return s.positions == "alibi"


INPUTS: tuple[Step, ...] = (
    Step("X", "X", "X", ("word", "feature"), title="Embeddings"),
    Step(
        "Z",
        "Z",
        "Z",
        ("key", "feature"),
        title="Embeddings of the second sentence",
        before="X_pos",
        exists=lambda s: s.is_cross,
    ),
    Step("P", "P", "P", ("word", "feature"), title="Positions", exists=_adds_positions),
    Step(
        "P_context",
        "P_Z",
        "P_Z",
        ("key", "feature"),
        title="Positions in the second sentence",
        exists=lambda s: s.is_cross and _adds_positions(s),
    ),
    Step("W_q", "W_q", "W_q", ("feature", "q"), title="Projection to queries"),
    Step("W_k", "W_k", "W_k", ("feature", "k"), title="Projection to keys"),
    Step("W_v", "W_v", "W_v", ("feature", "v"), title="Projection to values"),
    Step(
        "W_o",
        "W_o",
        "W_o",
        ("head value", "feature"),
        title="Projection of the heads",
        exists=lambda s: s.W_o is not None,
    ),
    Step(
        "rotary_angles", "Θ", r"\Theta", ("word", "pair"), title="Angles of RoPE", exists=_has_rope
    ),
    Step("alibi_bias", "B", "B", ("query", "key"), title="Bias of ALiBi", exists=_has_alibi),
    Step("attn_mask", "M", "M", ("query", "key"), kind="mask", title="Mask as numbers"),
)

STEPS: tuple[Step, ...] = (
    Step(
        "similarity",
        "X Xᵀ",
        r"X X^\top",
        ("word", "word"),
        (Factor("X"), "·", Factor("X", transposed=True)),
        title="Similarity",
    ),
    Step(
        "X_pos",
        "X′",
        "X'",
        ("word", "feature"),
        (Factor("X"), "+", Factor("P")),
        title="Embeddings with positions",
        before="X",
        exists=_adds_positions,
    ),
    Step(
        "Z_pos",
        "Z′",
        "Z'",
        ("key", "feature"),
        (Factor("Z"), "+", Factor("P_context")),
        title="The second sentence with positions",
        before="Z",
        exists=lambda s: s.is_cross and _adds_positions(s),
    ),
    Step("Q", "Q", "Q", ("word", "q"), (Factor("X_pos"), "·", Factor("W_q")), title="Queries"),
    Step("K", "K", "K", ("key", "k"), (Factor("Z_pos"), "·", Factor("W_k")), title="Keys"),
    Step("V", "V", "V", ("key", "v"), (Factor("Z_pos"), "·", Factor("W_v")), title="Values"),
    Step(
        "rotated_Q",
        "Q′",
        "Q'",
        ("word", "q"),
        ("rotate (", Factor("Q"), "by", Factor("rotary_angles"), ")"),
        title="Queries turned by their places",
        before="Q",
        exists=_has_rope,
    ),
    Step(
        "rotated_K",
        "K′",
        "K'",
        ("key", "k"),
        ("rotate (", Factor("K"), "by", Factor("rotary_angles"), ")"),
        title="Keys turned by their places",
        before="K",
        exists=_has_rope,
    ),
    Step(
        "raw_scores",
        "QKᵀ",
        r"Q K^\top",
        ("query", "key"),
        (Factor("rotated_Q"), "·", Factor("rotated_K", transposed=True)),
        title="Raw scores",
    ),
    Step(
        "scores",
        "scores",
        r"\mathrm{scores}",
        ("query", "key"),
        (Factor("raw_scores"), "/ {divisor}"),
        title="Scaled scores",
        before="raw_scores",
        idle=lambda s: not s.scale,
    ),
    Step(
        "biased_scores",
        "biased",
        r"\mathrm{biased}",
        ("query", "key"),
        (Factor("scores"), "+", Factor("alibi_bias")),
        title="Scores with the bias of distance",
        before="scores",
        exists=_has_alibi,
    ),
    Step(
        "masked_scores",
        "masked",
        r"\mathrm{masked}",
        ("query", "key"),
        (Factor("biased_scores"), "+", Factor("attn_mask")),
        title="Masked scores",
        before="biased_scores",
        idle=lambda s: s.mask is None,
    ),
    Step(
        "logits",
        "logits",
        r"\mathrm{logits}",
        ("query", "key"),
        (Factor("masked_scores"), "/ {temperature}"),
        title="Divided by the temperature",
        before="masked_scores",
        idle=lambda s: s.temperature == 1,
    ),
    Step(
        "weights",
        "weights",
        r"\mathrm{weights}",
        ("query", "key"),
        ("softmax (", Factor("logits", back_to="masked_scores"), ")"),
        kind="weight",
        title="Attention weights",
    ),
    Step(
        "output",
        "output",
        r"\mathrm{output}",
        ("word", "v"),
        (Factor("weights"), "·", Factor("V")),
        title="Output",
    ),
    Step(
        "concat_heads",
        "heads",
        r"\mathrm{heads}",
        ("word", "head value"),
        ("concat (", Factor("output"), ")"),
        title="Heads side by side",
        exists=lambda s: s.W_o is not None or s.W_q.ndim == 3,
    ),
    Step(
        "projected",
        "projected",
        r"\mathrm{projected}",
        ("word", "feature"),
        (Factor("concat_heads"), "·", Factor("W_o")),
        title="Projected output",
        exists=lambda s: s.W_o is not None,
    ),
)

#: The input of the softmax under its earliest name: the scores, where nothing changes them.
SOFTMAX_INPUT = Factor("logits", back_to="scores")

#: The whole of attention in one line, for the first screen.
HEADLINE: tuple[Factor | str, ...] = (
    *("softmax (", SOFTMAX_INPUT, ")", "="),
    *(Factor("weights"), "·", Factor("V"), "=", Factor("output")),
)

HEADLINE_FORMULA = r"\operatorname{softmax}(Q K^\top / \sqrt{d_k})\, V"

_BY_NAME = {step.name: step for step in (*INPUTS, *STEPS)}


def step(name: str) -> Step:
    """Look up an input or a step by its name.

    Examples
    --------
    >>> step("weights").axes
    ('query', 'key')
    """
    return _BY_NAME[name]


#: Former names of matrices, in links and files that were saved earlier.
_FORMER = {
    "placed": "X_pos",
    "placed_context": "Z_pos",
    "angles": "rotary_angles",
    "bias": "alibi_bias",
    "blocking": "attn_mask",
    "concatenated": "concat_heads",
}


def current_name(name: str) -> str:
    """Return the current name of a matrix; an older link or file may have a former one.

    Examples
    --------
    >>> current_name("placed"), current_name("Q")
    ('X_pos', 'Q')
    """
    return _FORMER.get(name, name)


def has(name: str) -> bool:
    """Whether an input or a step has this name.

    Examples
    --------
    >>> has("weights"), has("placed")
    (True, False)
    """
    return name in _BY_NAME
