"""What NumPy and PyTorch write differently, and the functions that a script brings along."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Library:
    """How one library writes the operations that both have."""

    module: str
    title: str
    name: str
    array: str
    copied: str
    transposed: str
    blocked: str
    unmasked: str
    softmax: str
    join: str
    may_attend: tuple[str, ...]
    printing: str


NUMPY = Library(
    module="import numpy as np",
    title="NumPy",
    name="np",
    array="np.array",
    copied="copy",
    transposed="swapaxes(-1, -2)",
    blocked="np.where(mask, 0.0, -np.inf)",
    unmasked="np.zeros(({rows}, {columns}))",
    softmax="softmax({input})",
    join="concatenate",
    may_attend=("# Who may look at whom: row = query, column = key; True = may attend",),
    printing="np.set_printoptions(precision=3, suppress=True, linewidth=120)",
)
TORCH = Library(
    module="import torch",
    title="PyTorch",
    name="torch",
    array="torch.tensor",
    copied="clone",
    transposed="transpose(-1, -2)",
    blocked="torch.zeros({rows}, {columns}).masked_fill(~mask, -torch.inf)",
    unmasked="torch.zeros({rows}, {columns})",
    softmax="torch.softmax({input}, dim=-1)",
    join="cat",
    may_attend=(
        "# Who may look at whom: row = query, column = key",
        "# True = may attend, as in torch.nn.functional.scaled_dot_product_attention;",
        "# in torch.nn.MultiheadAttention True = blocked: give it attn_mask=~mask",
    ),
    printing="torch.set_printoptions(precision=3, sci_mode=False, linewidth=120)",
)

#: For NumPy alone, which has none.
SOFTMAX = '''
def softmax(x):
    """Turn each row into weights that sum to 1."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))  # the maximum only prevents an overflow
    return e / e.sum(axis=-1, keepdims=True)
'''

SINUSOIDAL = '''
def sinusoidal(n, d_model):
    """Vectors of places: P[pos, 2i] = sin(pos / {base}^(2i/d_model)), P[pos, 2i+1] its cosine."""
    column = {np}.arange(d_model)
    angle = {np}.arange(n)[:, None] / {base} ** ((column - column % 2) / d_model)
    return {np}.where(column % 2 == 0, {np}.sin(angle), {np}.cos(angle))
'''

ROTATE = '''
def rotate(x, angles):
    """Turn neighbouring columns (0 and 1, 2 and 3, ...) by the angles, as RoFormer and GPT-J do.

    A last column without a pair stays.
    """
    end = 2 * angles.shape[-1]
    a, b = x[..., 0:end:2], x[..., 1:end:2]
    turned = x.{copied}()
    turned[..., 0:end:2] = a * {np}.cos(angles) - b * {np}.sin(angles)
    turned[..., 1:end:2] = a * {np}.sin(angles) + b * {np}.cos(angles)
    return turned


def rotate_halves(x, angles):
    """Turn columns i and i + d_k // 2 instead, as LLaMA and GPT-NeoX do in transformers.

    W_q and W_k are made for one of the two; nothing below is computed with this one.
    """
    half = angles.shape[-1]
    a, b = x[..., :half], x[..., half : 2 * half]
    turned = x.{copied}()
    turned[..., :half] = a * {np}.cos(angles) - b * {np}.sin(angles)
    turned[..., half : 2 * half] = a * {np}.sin(angles) + b * {np}.cos(angles)
    return turned


def as_halves(x):
    """Sort the columns for `rotate_halves`: 0, 2, 4, ..., then 1, 3, 5, ..."""
    end = x.shape[-1] // 2 * 2
    return {np}.{join}([x[..., 0:end:2], x[..., 1:end:2], x[..., end:]], -1)
'''

SAME_TURNED = """\
# The other convention gives the same numbers where the columns of W_q and W_k are sorted so
again = rotate_halves(as_halves({before}), rotary_angles)
assert {np}.allclose(again, as_halves({after}), atol=1e-5)"""
