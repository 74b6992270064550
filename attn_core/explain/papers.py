"""The kinds of positional encoding: name, effect, formula and papers of each."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..positions import PositionKind


@dataclass(frozen=True)
class Paper:
    """A paper to read.

    Attributes
    ----------
    cited : str
        Authors, title, year and place.
    link : str
    """

    cited: str
    link: str


@dataclass(frozen=True)
class Scheme:
    """One kind of positional encoding.

    Attributes
    ----------
    title, says : str
        Its name, and its effect in plain words.
    formula : tuple of str
        In LaTeX, in lines short enough for a phone.
    papers : tuple of Paper
    """

    title: str
    says: str
    formula: tuple[str, ...]
    papers: tuple[Paper, ...]


_VASWANI = Paper(
    "Vaswani et al., “Attention Is All You Need” (2017), section 3.5",
    "https://arxiv.org/abs/1706.03762",
)

SCHEMES: dict[PositionKind, Scheme] = {
    "none": Scheme(
        "None",
        "Attention looks at a set of words: put the rows of X in another order Π, and every "
        "word keeps its weights. So a model has to be told where its words stand.",
        (r"\operatorname{attention}(\Pi X) = \Pi\,\operatorname{attention}(X)",),
        (_VASWANI,),
    ),
    "sinusoidal": Scheme(
        "Sinusoidal",
        "Each place p, counted from 0, has a vector of waves, fast ones first, which is added to "
        "the word that stands there.",
        (
            r"P_{p,\,2i} = \sin\left(p / 10000^{2i / d_{\mathrm{model}}}\right)",
            r"P_{p,\,2i+1} = \cos\left(p / 10000^{2i / d_{\mathrm{model}}}\right)",
        ),
        (_VASWANI,),
    ),
    "learned": Scheme(
        "Learned",
        "Each place has a vector of its own, a row of the table P, which is added to the "
        "word that stands there. A model learns these numbers as it learns all others; "
        "here they are yours to move.",
        (r"X'_p = X_p + P_p",),
        (
            Paper(
                "Gehring et al., “Convolutional Sequence to Sequence Learning” (2017), section 3.1",
                "https://arxiv.org/abs/1705.03122",
            ),
            Paper(
                "Devlin et al., “BERT: Pre-training of Deep Bidirectional Transformers for "
                "Language Understanding” (2019), section 3",
                "https://arxiv.org/abs/1810.04805",
            ),
        ),
    ),
    "rope": Scheme(
        "RoPE",
        "Nothing is added to X. Queries and keys are turned, the ith pair of columns (a, b) by "
        "an angle that grows with the place p, counted from 0. The dot product of two rows "
        "turned so only knows how far apart they stand.",
        (
            r"\begin{pmatrix} a' \\ b' \end{pmatrix} ="
            r"\begin{pmatrix} \cos p\theta_i & -\sin p\theta_i \\"
            r"\sin p\theta_i & \cos p\theta_i \end{pmatrix}"
            r"\begin{pmatrix} a \\ b \end{pmatrix}",
            r"\theta_i = 10000^{-2(i-1)/d_k}",
        ),
        (
            Paper(
                "Su et al., “RoFormer: Enhanced Transformer with Rotary Position Embedding” "
                "(2021), equation 15",
                "https://arxiv.org/abs/2104.09864",
            ),
        ),
    ),
    "alibi": Scheme(
        "ALiBi",
        "Nothing is added to X, and nothing is turned. Each score loses something for every "
        "step from the one word to the other: the slope m times their distance. Where h, the "
        "number of heads, is a power of two, the authors give these slopes to heads 1 to h; to "
        "other numbers those of the power of two below, then every other one of twice as many.",
        (r"B_{ij} = -m \cdot |i - j|", r"m_{\mathrm{head}} = 2^{-8\,\mathrm{head} / h}"),
        (
            Paper(
                "Press et al., “Train Short, Test Long: Attention with Linear Biases Enables "
                "Input Length Extrapolation” (2022), section 3",
                "https://arxiv.org/abs/2108.12409",
            ),
        ),
    ),
}


def written_slope(slope: float) -> str:
    """Write a slope: as a fraction where it is 2 to a negative power, as the authors' are.

    Examples
    --------
    >>> written_slope(0.00390625), written_slope(0.3), written_slope(1.0)
    ('1/256', '0.3', '1')
    """
    mantissa, exponent = math.frexp(slope)
    return f"1/{2 ** (1 - exponent)}" if mantissa == 0.5 and slope < 1 else f"{slope:g}"
