"""The whole way of one head as one equation, from the embeddings to the output."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..attention import AttentionTrace
from .equation import Equation, of_terms
from .graph import Graph, Node, Operand, graph
from .steps import SOFTMAX_INPUT

#: Between the equations of an overview.
END = ";"
#: A product of the embeddings, and the step that stands for it where its rows are rotated.
_PROJECTED = {"Q": "rotated_Q", "K": "rotated_K", "V": "V"}


def overview(trace: AttentionTrace, head: int = 0, of: Collection[str] = ()) -> Equation:
    """Write every matrix of a head once: projections, scores, weights and output.

    Its equations stand one behind the other. A matrix that an earlier one has shown, and a step
    between the products and the softmax, is written in the sign.

    Parameters
    ----------
    trace : AttentionTrace
    head : int
        The head, from 0.
    of : collection of str, optional
        Names of steps: only these, and what they are made of.

    Returns
    -------
    Equation
        Its blocks end with the input of the softmax, the weights and the output.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> whole = overview(attend(DEFAULT.scenario))
    >>> [shown.symbol for shown in whole.blocks]
    ['X', 'W_q', 'Q', 'W_k', 'K', 'W_v', 'V', 'scores', 'weights', 'output']
    >>> [term for term in whole.terms if isinstance(term, str)][:6]
    ['·', '=', ';', 'X ·', '=', ';']
    >>> [shown.symbol for shown in overview(attend(DEFAULT.scenario), of={"scores"}).blocks]
    ['X', 'W_q', 'Q', 'W_k', 'K', 'scores']
    """
    nodes = graph(trace.scenario)
    drawn = _made_of(nodes, of or ("output",))
    terms = [*_projections(nodes, drawn), *_attention(nodes, drawn)]
    if terms[-1] == END:
        terms.pop()
    return of_terms(trace, (t if isinstance(t, str) else Operand(t) for t in terms), head)


def _made_of(nodes: Graph, names: Collection[str]) -> set[str]:
    """Return steps, and all that they are made of."""
    found = {nodes.resolve(name).name for name in names}
    for name in reversed([*nodes]):
        if name in found:
            found |= {operand.node.name for operand in nodes[name].operands}
    return found


def _projections(nodes: Graph, drawn: Collection[str]) -> Iterator[Node | str]:
    """Write the products, the embeddings where they come first."""
    shown: set[str] = set()
    products = {name: rotated for name, rotated in _PROJECTED.items() if name in drawn}
    if not products:
        yield nodes["X"]
    for name, rotated in products.items():
        product = nodes[name]
        projected, projection = (operand.node for operand in product.operands)
        if projected.name in shown:
            yield f"{projected.step.symbol} ·"
        else:
            yield from _embeddings(projected)
            shown.add(projected.name)
        yield from (projection, "=", product)
        if (turned := nodes.resolve(rotated)) is not product:
            yield from ("→", turned)
        yield END


def _embeddings(projected: Node) -> Iterator[Node | str]:
    """Write the embeddings, and the sum that is projected where positions are added."""
    if projected.terms:
        yield from (term if isinstance(term, str) else term.node for term in projected.terms)
        yield from ("=", projected, END, f"{projected.step.symbol} ·")
    else:
        yield from (projected, "·")


def _attention(nodes: Graph, drawn: Collection[str]) -> Iterator[Node | str]:
    """Write the last scores before the softmax, the weights and the output."""
    scores, weights, output = nodes.operand(SOFTMAX_INPUT).node, nodes["weights"], nodes["output"]
    if nodes["raw_scores"].name in drawn:
        yield from (f"{_expanded(nodes, scores)} =", scores, END)
    if weights.name in drawn:
        yield from (f"softmax({scores.step.symbol}) =", weights, END)
    if output.name in drawn:
        yield from (f"{weights.step.symbol} · {nodes['V'].step.symbol} =", output)


def _expanded(nodes: Graph, node: Node) -> str:
    """Write a step as what is done to the raw scores."""
    node = nodes[node.original]
    if node.name == "raw_scores" or not node.terms:
        return node.step.symbol
    left, *others = [
        term if isinstance(term, str) else _expanded(nodes, term.node) for term in node.terms
    ]
    is_divided = node.step.operation in ("scaling", "temperature")
    return " ".join((f"({left})" if is_divided and " + " in left else left, *others))
