"""What stands in the residual stream after each layer."""

from __future__ import annotations

from ..files.checkpoint import Matrix
from .model import DecoderOutput


def logit_lens(encoded: DecoderOutput, token: int = -1) -> Matrix:
    """Read the next token's logits after every layer, as if it were the last.

    Parameters
    ----------
    encoded : DecoderOutput
    token : int
        Of the text, at which the stream is read; left out, the last.

    Returns
    -------
    ndarray, shape (layers + 1, vocabulary)
        Of what goes into each layer, and of what leaves the last: the model's own logits.

    Notes
    -----
    The last norm and the head were trained for what leaves the last layer alone, so early
    layers may speak in directions that they don't know. Source: nostalgebraist,
    "interpreting GPT: the logit lens" (2020); its faults: Belrose et al., "Eliciting Latent
    Predictions from Transformers with the Tuned Lens" (2023).
    """
    if token not in range(-encoded.n, encoded.n):
        raise ValueError(f"token must be one of the text's {encoded.n}, got {token!r:.20}.")
    return encoded.model.logits(encoded.states[:, token])
