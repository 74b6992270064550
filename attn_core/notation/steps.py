"""The steps of self-attention: what each matrix is called, how it is made and drawn.

This is the one list that pictures, tables, sentences and exports follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: signed numbers diverge about 0; weights run from 0 to 1, and what changes of them from
#: −1 to 1; blocking is 0 or −∞.
Kind = Literal["signed", "weight", "weight change", "blocking"]

#: What runs along an axis. "query", "key" and "word" are the words in three parts, of
#: which "key" are those of the context where there is one; "feature" is a column of X;
#: "q", "k", "v" count the projected columns from 1, "pair" counts pairs of them;
#: "head" goes by the names of the heads, and "head value" counts v within each.
Axis = Literal["query", "key", "word", "feature", "q", "k", "v", "pair", "head", "head value"]


@dataclass(frozen=True)
class Factor:
    """A matrix as it stands in an equation; `name` is an attribute of AttentionTrace."""

    name: str
    transposed: bool = False


@dataclass(frozen=True)
class Step:
    """One matrix of the trace.

    Attributes
    ----------
    name : str
        Attribute of `AttentionTrace`.
    symbol : str
        Short name on the screen; what follows ``_`` is a subscript.
    latex : str
        The symbol in LaTeX.
    axes : tuple of str
        What the rows and the columns stand for.
    kind : {"signed", "weight", "weight change", "blocking"}
        How it is coloured.
    made_of : tuple
        The right-hand side as factors and operators, empty for an input.
        ``{divisor}`` and ``{temperature}`` stand for the scenario's own. A factor that
        a scenario doesn't make, such as X′ without positions, stands for the one before
        it with the same numbers; see `course`.
    formula : str
        The right-hand side in LaTeX, with the same stand-ins, ``{input}`` for the input
        of the softmax, and ``{name}`` for a factor as above.
    title : str
        What the step does, in a few words.
    """

    name: str
    symbol: str
    latex: str
    axes: tuple[Axis, Axis]
    kind: Kind = "signed"
    made_of: tuple[Factor | str, ...] = ()
    formula: str = ""
    title: str = ""


#: Stands for the logits, or for the step before them that has the same numbers.
SOFTMAX_INPUT = Factor("logits")

INPUTS: tuple[Step, ...] = (
    Step("X", "X", "X", ("word", "feature"), title="Embeddings"),
    Step("Z", "Z", "Z", ("key", "feature"), title="Embeddings of the second sentence"),
    Step("P", "P", "P", ("word", "feature"), title="Positions"),
    Step(
        "P_context",
        "P_Z",
        "P_Z",
        ("key", "feature"),
        title="Positions in the second sentence",
    ),
    Step("W_q", "W_q", "W_q", ("feature", "q"), title="Projection to queries"),
    Step("W_k", "W_k", "W_k", ("feature", "k"), title="Projection to keys"),
    Step("W_v", "W_v", "W_v", ("feature", "v"), title="Projection to values"),
    Step("W_o", "W_o", "W_o", ("head value", "feature"), title="Projection of the heads"),
    Step("angles", "Θ", r"\Theta", ("word", "pair"), title="Angles of RoPE"),
    Step("bias", "B", "B", ("query", "key"), title="Bias of ALiBi"),
    Step("blocking", "M", "M", ("query", "key"), kind="blocking", title="Mask as numbers"),
)

STEPS: tuple[Step, ...] = (
    Step(
        "similarity",
        "X Xᵀ",
        r"X X^\top",
        ("word", "word"),
        made_of=(Factor("X"), "·", Factor("X", transposed=True)),
        formula=r"X X^\top",
        title="Similarity",
    ),
    Step(
        "placed",
        "X′",
        "X'",
        ("word", "feature"),
        made_of=(Factor("X"), "+", Factor("P")),
        formula="X + P",
        title="Embeddings with positions",
    ),
    Step(
        "placed_context",
        "Z′",
        "Z'",
        ("key", "feature"),
        made_of=(Factor("Z"), "+", Factor("P_context")),
        formula="Z + P_Z",
        title="The second sentence with positions",
    ),
    Step(
        "Q",
        "Q",
        "Q",
        ("word", "q"),
        made_of=(Factor("placed"), "·", Factor("W_q")),
        formula="{placed} W_q",
        title="Queries",
    ),
    Step(
        "K",
        "K",
        "K",
        ("key", "k"),
        made_of=(Factor("placed_context"), "·", Factor("W_k")),
        formula="{placed_context} W_k",
        title="Keys",
    ),
    Step(
        "V",
        "V",
        "V",
        ("key", "v"),
        made_of=(Factor("placed_context"), "·", Factor("W_v")),
        formula="{placed_context} W_v",
        title="Values",
    ),
    Step(
        "rotated_Q",
        "Q′",
        "Q'",
        ("word", "q"),
        made_of=("rotate (", Factor("Q"), "by", Factor("angles"), ")"),
        formula=r"\operatorname{rotate}(Q, \Theta)",
        title="Queries turned by their places",
    ),
    Step(
        "rotated_K",
        "K′",
        "K'",
        ("key", "k"),
        made_of=("rotate (", Factor("K"), "by", Factor("angles"), ")"),
        formula=r"\operatorname{rotate}(K, \Theta)",
        title="Keys turned by their places",
    ),
    Step(
        "raw_scores",
        "QKᵀ",
        r"Q K^\top",
        ("query", "key"),
        made_of=(Factor("rotated_Q"), "·", Factor("rotated_K", transposed=True)),
        formula=r"{rotated_Q} {rotated_K}^\top",
        title="Raw scores",
    ),
    Step(
        "scores",
        "scores",
        r"\mathrm{scores}",
        ("query", "key"),
        made_of=(Factor("raw_scores"), "/ {divisor}"),
        formula=r"\frac{{raw_scores}}{{divisor}}",
        title="Scaled scores",
    ),
    Step(
        "biased_scores",
        "biased",
        r"\mathrm{biased}",
        ("query", "key"),
        made_of=(Factor("scores"), "+", Factor("bias")),
        formula=r"\mathrm{scores} + B",
        title="Scores with the bias of distance",
    ),
    Step(
        "masked_scores",
        "masked",
        r"\mathrm{masked}",
        ("query", "key"),
        made_of=(Factor("biased_scores"), "+", Factor("blocking")),
        formula=r"{biased_scores} + M",
        title="Masked scores",
    ),
    Step(
        "logits",
        "logits",
        r"\mathrm{logits}",
        ("query", "key"),
        made_of=(Factor("masked_scores"), "/ {temperature}"),
        formula=r"\frac{\mathrm{masked}}{{temperature}}",
        title="Divided by the temperature",
    ),
    Step(
        "weights",
        "weights",
        r"\mathrm{weights}",
        ("query", "key"),
        kind="weight",
        made_of=("softmax (", SOFTMAX_INPUT, ")"),
        formula=r"\operatorname{softmax}(\mathrm{{input}})",
        title="Attention weights",
    ),
    Step(
        "output",
        "output",
        r"\mathrm{output}",
        ("word", "v"),
        made_of=(Factor("weights"), "·", Factor("V")),
        formula=r"\mathrm{weights} \cdot V",
        title="Output",
    ),
    Step(
        "concatenated",
        "heads",
        r"\mathrm{heads}",
        ("word", "head value"),
        title="Heads side by side",
    ),
    Step(
        "projected",
        "projected",
        r"\mathrm{projected}",
        ("word", "feature"),
        made_of=(Factor("concatenated"), "·", Factor("W_o")),
        formula=r"\mathrm{heads} \cdot W_o",
        title="Projected output",
    ),
)

#: The whole of attention in one line, for the first screen.
HEADLINE: tuple[Factor | str, ...] = (
    "softmax (",
    SOFTMAX_INPUT,
    ")",
    "=",
    Factor("weights"),
    "·",
    Factor("V"),
    "=",
    Factor("output"),
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


def has(name: str) -> bool:
    """Whether there is an input or a step of that name."""
    return name in _BY_NAME
