"""What a decoder would say next after each of its layers: the logit lens in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...attention import softmax
from ...explain.wording import Escape, say_token
from ...notation.labels import number
from ...scenario import Array
from ..decoder import DecoderOutput
from ..decoder.residual_stream import logit_lens
from ..decoder.sampling import likeliest

#: Tokens that are named of each stage.
SHOWN = 5


@dataclass(frozen=True, eq=False)
class Lens:
    """The likeliest next tokens, read at the start and after each layer.

    Attributes
    ----------
    token : str
        Of the text, at which it is read.
    tokens : tuple of tuple of str, shape (layers + 1, `SHOWN`)
        The likeliest first.
    probabilities : ndarray, shape (layers + 1, `SHOWN`)
    """

    token: str
    tokens: tuple[tuple[str, ...], ...]
    probabilities: Array

    @property
    def stages(self) -> tuple[str, ...]:
        """Where it is read."""
        return ("start", *(f"after {i}" for i in range(1, len(self.tokens))))


def lens(encoded: DecoderOutput, token: int, name: str) -> Lens:
    """Read the likeliest next tokens after every layer.

    Parameters
    ----------
    encoded : DecoderOutput
    token : int
        Of the text, behind which the next one stands.
    name : str
        Of that token.
    """
    logits = logit_lens(encoded, token).astype(np.float64)
    rows = [likeliest(softmax(row), SHOWN) for row in logits]
    named = tuple(tuple(encoded.model.tokenizer.piece(i) for i, _ in row) for row in rows)
    return Lens(name, named, np.array([[share for _, share in row] for row in rows]))


def describe_lens(lens: Lens, escape: Escape = str) -> str:
    """Say what is likeliest in the end, and from which layer on.

    Examples
    --------
    >>> tokens = (("a", "b"), ("b", "a"), ("b", "c"))
    >>> lens = Lens("ab", tokens, np.array([[0.5, 0.25], [0.75, 0.125], [0.5, 0.25]]))
    >>> describe_lens(lens)
    'After ab the model says b in the end (0.500). That is the likeliest token from layer 1 on; \
at the start it is a (0.500).'
    """
    first = [row[0] for row in lens.tokens]
    final, last = first[-1], len(first) - 1
    since = next(i for i in range(last + 1) if set(first[i:]) == {final})
    name, said = (say_token(each, escape) for each in (lens.token, final))
    told = f"After {name} the model says {said} in the end ({number(lens.probabilities[-1, 0], 3)})"
    if since == 0:
        return f"{told}. That is the likeliest token from the start on."
    before = say_token(first[since - 1], escape)
    where = "at the start" if since == 1 else f"after layer {since - 1}"
    return (
        f"{told}. That is the likeliest token from layer {since} on; {where} it is {before} "
        f"({number(lens.probabilities[since - 1, 0], 3)})."
    )
