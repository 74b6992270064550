"""The computation of a trace as a script to read and run: NumPy or PyTorch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .. import escape
from ..attention import AttentionTrace
from ..scenario import Array, Scenario
from ..steps import INPUTS, STEPS, Factor, step
from .part import matrices, steps

_SIZES = {
    "word": "n",
    "query": "n",
    "key": "n",
    "feature": "d_model",
    "q": "d_k",
    "k": "d_k",
    "v": "d_v",
    "head value": "h * d_v",
}


@dataclass(frozen=True)
class _Language:
    """How one library says what both can do."""

    module: str
    title: str
    array: str
    transposed: str
    blocked: str
    unmasked: str
    softmax: str
    concatenated: str
    printing: str


_NUMPY = _Language(
    module="import numpy as np",
    title="NumPy",
    array="np.array",
    transposed="swapaxes(-1, -2)",
    blocked="np.where(mask, 0.0, -np.inf)",
    unmasked="np.zeros((n, n))",
    softmax="softmax(logits)",
    concatenated="np.concatenate(list(output), axis=-1)",
    printing="np.set_printoptions(precision=3, suppress=True, linewidth=120)",
)
_TORCH = _Language(
    module="import torch",
    title="PyTorch",
    array="torch.tensor",
    transposed="transpose(-1, -2)",
    blocked="torch.zeros(n, n).masked_fill(~mask, -torch.inf)",
    unmasked="torch.zeros(n, n)",
    softmax="torch.softmax(logits, dim=-1)",
    concatenated="torch.cat(list(output), dim=-1)",
    printing="torch.set_printoptions(precision=3, sci_mode=False, linewidth=120)",
)

_SOFTMAX = '''

def softmax(x):
    """Turn each row into weights that sum to 1."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))  # the maximum only prevents an overflow
    return e / e.sum(axis=-1, keepdims=True)


'''


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
        ASCII. Its variables are called as the symbols in the equations, ``M`` being the
        mask as numbers and all else an attribute of `AttentionTrace`.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> print(*numpy_script(attend(DEFAULT.scenario), "Q").splitlines()[-11:-9], sep="\n")
    # Queries, shape (n, d_k) = (3, 4)
    Q = X @ W_q
    """
    return _script(trace, only, _NUMPY)


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
    """
    return _script(trace, only, _TORCH)


def _script(trace: AttentionTrace, only: str | None, says: _Language) -> str:
    needed = _needed(trace, only)
    lines = [
        f'"""Self-attention step by step with {says.title}: every matrix of one sentence."""',
        "",
        says.module,
        *_preparation(trace.scenario, needed, says),
        *_inputs(trace, needed, says),
    ]
    for each in steps(trace):
        if each.name in needed:
            lines += [_comment(trace, each.name), _equation(trace.scenario, each.name, says), ""]
    return "\n".join([*lines, *_printing(needed, says)]) + "\n"


def _needed(trace: AttentionTrace, only: str | None) -> tuple[str, ...]:
    """Name what the chosen steps are made of, back to the inputs, in order."""
    todo = [each.name for each in matrices(trace)] if only is None else []
    todo += [each.name for each in steps(trace, only)]
    found: set[str] = set()
    while todo:
        name = todo.pop()
        found.add(name)
        todo += [term.name for term in step(name).made_of if isinstance(term, Factor)]
        todo += ["output"] if name == "concatenated" else []
    return tuple(each.name for each in (*INPUTS, *STEPS) if each.name in found)


def _preparation(s: Scenario, needed: tuple[str, ...], says: _Language) -> Iterator[str]:
    if says is _TORCH and s.X.dtype == np.float64:
        yield from ("", "torch.set_default_dtype(torch.float64)")
    if says is _NUMPY and "weights" in needed:
        yield _SOFTMAX.removesuffix("\n")
    else:
        yield ""


def _inputs(trace: AttentionTrace, needed: tuple[str, ...], says: _Language) -> Iterator[str]:
    s = trace.scenario
    yield f"tokens = [{', '.join(map(escape.python, s.tokens))}]"
    yield f"features = [{', '.join(map(escape.python, s.features))}]"
    yield "n, d_model = len(tokens), len(features)"
    yield f"d_k, d_v = {s.d_k}, {s.d_v}"
    yield ""
    for each in INPUTS:
        if each.name not in needed:
            continue
        if each.name == "blocking":
            yield from _blocking(trace, says)
        else:
            yield _comment(trace, each.name)
            yield f"{each.symbol} = {_array(getattr(trace, each.name), says)}"
        yield ""


def _blocking(trace: AttentionTrace, says: _Language) -> Iterator[str]:
    s = trace.scenario
    cast = ".astype(np.float32)" if says is _NUMPY and s.X.dtype == np.float32 else ""
    if s.mask is not None:
        yield "# Who may look at whom: row = query, column = key"
        yield f"mask = {says.array}({_nested(s.mask.tolist())})"
    yield _comment(trace, "blocking")
    yield f"M = {says.unmasked if s.mask is None else says.blocked}{cast}"


def _comment(trace: AttentionTrace, name: str) -> str:
    """Say what a matrix is, and its shape."""
    which, shape = step(name), getattr(trace, name).shape
    names = [_SIZES[axis] for axis in which.axes]
    if len(shape) == 3:
        names = ["h", *names]
    return f"# {which.title}, shape ({', '.join(names)}) = {shape}"


def _equation(s: Scenario, name: str, says: _Language) -> str:
    match name:
        case "similarity":
            return "similarity = X @ X.T"
        case "Q" | "K" | "V":
            return f"{name} = X @ W_{name.lower()}"
        case "raw_scores":
            return f"raw_scores = Q @ K.{says.transposed if s.W_k.ndim == 3 else 'T'}"
        case "scores":
            return "scores = raw_scores / d_k**0.5" if s.scale else "scores = raw_scores"
        case "masked_scores":
            return "masked_scores = scores + M"
        case "logits":
            divided = "" if s.temperature == 1 else f" / {s.temperature!r}"
            return f"logits = masked_scores{divided}"
        case "weights":
            return f"weights = {says.softmax}"
        case "output":
            return "output = weights @ V"
        case "concatenated":
            side_by_side = says.concatenated if s.W_q.ndim == 3 else "output"
            return f"concatenated = {side_by_side}"
        case "projected":
            return "projected = concatenated @ W_o"
    raise ValueError(f"There is no line of code for the step {name!r}.")


def _array(values: Array, says: _Language) -> str:
    is_float32 = values.dtype == np.float32 and says is _NUMPY
    return f"{says.array}({_nested(values)}{', dtype=np.float32' if is_float32 else ''})"


def _nested(values: Array | list[object], depth: int = 1) -> str:
    """Write nested lists, one row a line."""
    rows = list(values)
    if not isinstance(rows[0], list | np.ndarray):
        # Through str, a float32 has its own few digits.
        return f"[{', '.join(map(str, rows))}]"
    indent = "    " * depth
    inner = "".join(f"{indent}{_nested(row, depth + 1)},\n" for row in rows)
    return f"[\n{inner}{indent[4:]}]"


def _printing(needed: tuple[str, ...], says: _Language) -> Iterator[str]:
    # M is the only one whose symbol in the script isn't the trace's name.
    names = ["M" if name == "blocking" else name for name in needed]
    yield says.printing
    yield "matrices = {"
    yield from (f'    "{name}": {name},' for name in names)
    yield "}"
    yield "for name, matrix in matrices.items():"
    yield '    print(f"{name} =\\n{matrix}\\n")'
