"""What is read from any pretrained model: an encoder and a decoder have it in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from ..scenario import Scenario
from .files.checkpoint import Matrix
from .parts.design import Design
from .parts.text_rules import TextRules
from .tokens.tokenizer import Pieces


class EncodedText(Protocol):
    """A text as a model read it: `Encoded`, or `DecoderOutput`."""

    @property
    def text(self) -> str:
        """What was read."""

    @property
    def pieces(self) -> Pieces:
        """Tokens, and where they are in the text."""

    @property
    def states(self) -> Matrix:
        """What goes into each layer, and what leaves the last; (layers + 1, n, d_model)."""

    @property
    def n(self) -> int:
        """Number of tokens."""

    @property
    def is_cut(self) -> bool:
        """Whether the text is longer than those that the model was trained for."""

    @property
    def rules(self) -> TextRules:
        """How the model makes one vector of a text."""

    @property
    def hidden(self) -> Matrix:
        """What the model makes of each token in the end, shape (n, d_model)."""

    @property
    def text_vector(self) -> Matrix | None:
        """One vector of the text; None where the lab doesn't compute it."""

    def traces(self) -> Iterator[Any]:
        """What each layer adds: its `attention` and its `mlp`, each of shape (n, d_model)."""

    @property
    def mean_weights(self) -> Matrix:
        """Mean of the weights of each layer's heads, shape (layers, n, n), kept once computed."""

    def layer_weights(self, layer: int) -> Iterator[Matrix]:
        """The weights of a layer's heads, each of shape (n, n), one after the other."""


class Model(Protocol):
    """A pretrained model: `Encoder`, or `Decoder`; made by `load`."""

    @property
    def name(self) -> str:
        """As it was asked for."""

    @property
    def layers(self) -> int:
        """Number of layers."""

    @property
    def heads(self) -> int:
        """Number of heads of a layer."""

    @property
    def d_model(self) -> int:
        """Numbers of a token."""

    @property
    def d_k(self) -> int:
        """Numbers of a query and of a key."""

    @property
    def max_tokens(self) -> int:
        """Tokens of the longest text that it reads."""

    @property
    def design(self) -> Design:
        """How its attention is designed."""

    def sharing(self, head: int) -> tuple[int, ...]:
        """Name the heads that have the same keys and values, itself among them; from 0."""

    def split(self, text: str) -> Pieces:
        """Cut a text into the model's tokens; ValueError where it can't be read."""

    def encode(self, text: str) -> EncodedText:
        """Let the model read a text; ValueError where it can't."""

    def scenario_of(self, encoded: Any, layer: int, head: int) -> Scenario:
        """One head's attention to a text that this model read."""
