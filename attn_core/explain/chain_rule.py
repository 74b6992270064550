"""The equations of `gradients` in LaTeX: each of the forward pass beside its chain rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """An equation of the forward pass and its chain rule; one of them may be empty.

    Attributes
    ----------
    forward, backward : str
        In LaTeX.
    """

    forward: str
    backward: str = ""


#: From the embeddings to the loss; read it downwards, and its right side upwards.
ATTENTION: tuple[Pair, ...] = (
    Pair("Q = X W_q", r"dW_q = X^\top dQ"),
    Pair("K = X W_k", r"dW_k = X^\top dK"),
    Pair(r"S = \frac{Q K^\top}{\sqrt{d_k}}", r"dQ = \frac{dS\,K}{\sqrt{d_k}}"),
    Pair("", r"dK = \frac{dS^\top Q}{\sqrt{d_k}}"),
    Pair(r"A = \operatorname{softmax}(S)"),
    Pair(r"L = -\frac{1}{n} \sum_{ij} T_{ij} \log A_{ij}", r"dS = \frac{A - T}{n}"),
)
READOUT: tuple[Pair, ...] = (
    Pair("V = X W_v", r"dW_v = X^\top dV"),
    Pair("Y = V W_r + b", r"dV = dY\,W_r^\top"),
    Pair("", r"dW_r = V^\top dY"),
    Pair("", r"db = \sum_i dY_i"),
    Pair(r"P = \operatorname{softmax}(Y)"),
    Pair(r"L = -\frac{1}{n} \sum_{ij} T_{ij} \log P_{ij}", r"dY = \frac{P - T}{n}"),
)
