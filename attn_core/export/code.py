"""The computation of a trace as a script to read and run: NumPy or PyTorch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..attention import AttentionTrace
from ..notation.graph import Node, Operand, graph
from ..notation.steps import INPUTS, STEPS, Axis, step
from ..positions import BASE
from ..scenario import Array, Scenario
from ..text import escape
from .array_library import NUMPY, ROTATE, SAME_TURNED, SINUSOIDAL, SOFTMAX, TORCH, Library
from .part import kind, matrices, steps

_SIZES: dict[Axis, str] = {
    "word": "n",
    "query": "n",
    "key": "n",  # with a second sentence, n_k
    "feature": "d_model",
    "q": "d_k",
    "k": "d_k",
    "v": "d_v",
    "pair": "d_k // 2",
    "head value": "h * d_v",
}


def numpy_script(trace: AttentionTrace, only: str | None = None) -> str:
    r"""Write a script that computes the same matrices with NumPy alone.

    Parameters
    ----------
    trace : AttentionTrace
    only : str, optional
        Name of the step after which the script stops; without it, all steps.

    Returns
    -------
    str
        ASCII. Its variables have the names of `AttentionTrace`'s attributes, except ``M``,
        the mask as numbers.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> print(*numpy_script(attend(DEFAULT.scenario), "Q").splitlines()[-11:-9], sep="\n")
    # Queries, shape (n, d_k) = (3, 4)
    Q = X @ W_q
    """
    return _script(trace, only, NUMPY)


def torch_script(trace: AttentionTrace, only: str | None = None) -> str:
    """Write a script that computes the same matrices with PyTorch.

    Parameters
    ----------
    trace, only
        As in `numpy_script`.

    Returns
    -------
    str
        ASCII, with the same variables as `numpy_script`.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> torch_script(attend(DEFAULT.scenario), "Q").splitlines()[2]
    'import torch'
    """
    return _script(trace, only, TORCH)


def _script(trace: AttentionTrace, only: str | None, library: Library) -> str:
    s = trace.scenario
    needed = _needed(trace, only)
    sentences = "two sentences" if s.is_cross else "one sentence"
    lines = [
        f'"""{kind(s)} step by step with {library.title}: every matrix of {sentences}."""',
        "",
        library.module,
        *_preparation(s, needed, library),
        *_sizes(s),
        *_inputs(trace, needed, library),
    ]
    for each in steps(trace):
        if each.name in needed:
            node = graph(s)[each.name]
            lines += [_comment(trace, each.name), *_equation(s, node, library), ""]
    return "\n".join([*lines, *_printing(needed, library)]) + "\n"


def _needed(trace: AttentionTrace, only: str | None) -> tuple[str, ...]:
    """List the matrices that the chosen steps depend on, back to the inputs, in order."""
    todo = [each.name for each in matrices(trace)] if only is None else []
    todo += [each.name for each in steps(trace, only)]
    found: set[str] = set()
    while todo:
        name = todo.pop()
        found.add(name)
        todo += [
            term.node.name
            for term in graph(trace.scenario)[name].terms
            if isinstance(term, Operand)
        ]
    return tuple(each.name for each in (*INPUTS, *STEPS) if each.name in found)


def _preparation(s: Scenario, needed: tuple[str, ...], library: Library) -> Iterator[str]:
    """Write the functions that the script calls."""
    if library is TORCH and s.X.dtype == np.float64:
        yield from ("", "torch.set_default_dtype(torch.float64)")
    functions = []
    if s.positions == "sinusoidal" and {"P", "P_context"} & set(needed):
        functions.append(SINUSOIDAL)
    if {"rotated_Q", "rotated_K"} & set(needed):
        functions.append(ROTATE)
    for function in functions:
        code = function.format(
            np=library.name, copied=library.copied, join=library.join, base=f"{BASE:g}"
        )
        yield "\n" + code.rstrip()
    if library is NUMPY and "weights" in needed:
        functions.append(SOFTMAX)
        yield "\n" + SOFTMAX.rstrip()
    yield "\n" if functions else ""


def _sizes(s: Scenario) -> Iterator[str]:
    """Write the words and the sizes."""
    yield f"tokens = {_strings(s.tokens)}"
    if s.is_cross:
        yield f"context = {_strings(s.context)}"
    yield f"features = {_strings(s.features)}"
    if s.heads:
        yield f"heads = {_strings(s.heads)}"
    yield "n, d_model = len(tokens), len(features)"
    if s.is_cross:
        yield "n_k = len(context)"
    yield (
        f"h, d_k, d_v = len(heads), {s.d_k}, {s.d_v}" if s.heads else f"d_k, d_v = {s.d_k}, {s.d_v}"
    )
    yield ""


def _strings(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(map(escape.python, texts))}]"


def _inputs(trace: AttentionTrace, needed: tuple[str, ...], library: Library) -> Iterator[str]:
    if trace.scenario.is_cross and trace.scenario.P is not None:
        yield "# A learned vector for each place, in either sentence"
        yield f"learned = {_array(trace.scenario.P, library)}"
        yield ""
    for name in (each.name for each in INPUTS if each.name in needed):
        match name:
            case "attn_mask":
                yield from _attn_mask(trace, library)
            case "alibi_bias":
                yield from _alibi_bias(trace, library)
            case "rotary_angles":
                yield _comment(trace, name)
                yield f"rotary_angles = {_rotary_angles(trace.scenario, library)}"
            case "P" | "P_context":
                yield _comment(trace, name)
                yield f"{name} = {_positions(trace, name, library)}"
            case _:
                yield _comment(trace, name)
                yield f"{name} = {_array(getattr(trace, name), library)}"
        yield ""


def _positions(trace: AttentionTrace, name: str, library: Library) -> str:
    s, size = trace.scenario, "n" if name == "P" else "n_k"
    if s.P is None:
        return _cast(s, library, f"sinusoidal({size}, d_model)")
    return f"learned[:{size}]" if s.is_cross else _array(s.P, library)


def _rotary_angles(s: Scenario, library: Library) -> str:
    np = library.name
    if s.frequencies is not None:
        frequencies = _array(s.frequencies, library)
        return _cast(s, library, f"{np}.arange(n)[:, None] * {frequencies}")
    return _cast(
        s, library, f"{np}.arange(n)[:, None] / {BASE:g} ** (2 * {np}.arange(d_k // 2) / d_k)"
    )


def _alibi_bias(trace: AttentionTrace, library: Library) -> Iterator[str]:
    s, np = trace.scenario, library.name
    slopes = "slope"
    if s.slope is None:
        yield "# The slopes that ALiBi's authors give so many heads, and how far words are apart"
        many = f"{library.array}({[*s.slopes]})[:, None, None]"
        yield f"slope = {many if s.heads else s.slopes[0]}"
    else:
        yield "# The slope of the first head, and how far each two words are apart"
        yield f"slope = {s.slope!r}"
        slopes = f"(slope ** {np}.arange(1, h + 1))[:, None, None]" if s.heads else slopes
    yield f"distance = abs({np}.arange(n)[:, None] - {np}.arange(n))"
    yield _comment(trace, "alibi_bias")
    yield f"alibi_bias = {_cast(s, library, f'{slopes} * -distance')}"


def _attn_mask(trace: AttentionTrace, library: Library) -> Iterator[str]:
    s = trace.scenario
    if s.mask is not None:
        yield from library.may_attend
        yield f"mask = {library.array}({_nested(s.mask.tolist())})"
    yield _comment(trace, "attn_mask")
    numbers = library.unmasked if s.mask is None else library.blocked
    yield f"M = {_cast(s, library, numbers.format(rows='n', columns=_size(s, 'key')))}"


def _cast(s: Scenario, library: Library, expression: str) -> str:
    """Cast to float32 where NumPy returns float64; PyTorch has a default type."""
    is_cast = library is NUMPY and s.X.dtype == np.float32
    return f"np.float32({expression})" if is_cast else expression


def _comment(trace: AttentionTrace, name: str) -> str:
    """Write the title and the shape of a matrix as a comment."""
    which, shape = step(name), getattr(trace, name).shape
    names = [_size(trace.scenario, axis) for axis in which.axes]
    if len(shape) == 3:
        names = ["h", *names]
    return f"# {which.title}, shape ({', '.join(names)}) = {shape}"


def _size(s: Scenario, axis: Axis) -> str:
    if axis == "key" and s.is_cross:
        return "n_k"
    if axis == "head value" and not s.heads:
        return "d_v"
    return _SIZES[axis]


def _equation(s: Scenario, node: Node, library: Library) -> Iterator[str]:
    yield f"{node.name} = {_right_side(s, node, library)}"
    if node.step.operation == "rotation":
        (before, *_) = _operands(s, node, library)
        yield SAME_TURNED.format(np=library.name, before=before, after=node.name)


def _right_side(s: Scenario, node: Node, library: Library) -> str:
    first, *more = _operands(s, node, library)
    match node.step.operation:
        case "product":
            return f"{first} @ {more[0]}"
        case "sum":
            return f"{first} + {more[0]}"
        case "scaling":
            return f"{first} / d_k**0.5" if s.scale else first
        case "temperature":
            return first if s.temperature == 1 else f"{first} / {s.temperature!r}"
        case "rotation":
            return f"rotate({first}, {more[0]})"
        case "softmax":
            return library.softmax.format(input=first)
        case "concatenation":
            return f"{library.name}.{library.join}(list({first}), -1)" if s.heads else first
    raise ValueError(f"There is no line of code for the step {node.name!r}.")


def _operands(s: Scenario, node: Node, library: Library) -> list[str]:
    """Write the matrices of an equation as variables."""
    swapped = library.transposed if s.heads and node.name != "similarity" else "T"
    return [
        f"{_variable(term.node.name)}{f'.{swapped}' if term.transposed else ''}"
        for term in node.terms
        if isinstance(term, Operand)
    ]


def _variable(name: str) -> str:
    """Name a matrix in a script: the trace's name, except for the mask as numbers."""
    return "M" if name == "attn_mask" else name


def _array(values: Array, library: Library) -> str:
    is_float32 = values.dtype == np.float32 and library is NUMPY
    return f"{library.array}({_nested(values)}{', dtype=np.float32' if is_float32 else ''})"


def _nested(values: Array | list[object], depth: int = 1) -> str:
    """Write nested lists, one row a line."""
    rows = list(values)
    if not isinstance(rows[0], list | np.ndarray):
        # Through str, a float32 has its own few digits.
        return f"[{', '.join(map(str, rows))}]"
    indent = "    " * depth
    inner = "".join(f"{indent}{_nested(row, depth + 1)},\n" for row in rows)
    return f"[\n{inner}{indent[4:]}]"


def _printing(needed: tuple[str, ...], library: Library) -> Iterator[str]:
    names = [_variable(name) for name in needed]
    yield library.printing
    yield "matrices = {"
    yield from (f'    "{name}": {name},' for name in names)
    yield "}"
    yield "for name, matrix in matrices.items():"
    yield '    print(f"{name} =\\n{matrix}\\n")'
