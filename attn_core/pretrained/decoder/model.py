"""A pretrained decoder: it reads a text, and says of each token which may be next."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from ...attention import AttentionTrace, attend
from ...scenario import Scenario
from ..files.checkpoint import Checkpoint, Matrix, Progress
from ..files.error import ModelError
from ..parts.design import Design
from ..parts.heads import Head, mean_of, of_layer
from ..parts.norms import Norm
from ..parts.room import Room, told_of
from ..parts.text_rules import TextRules, read_text_rules
from ..tokens.tokenizer import Pieces
from . import gpt2
from .cache import LayerCache
from .config import Config
from .files import DecoderFiles
from .head import head_scenario
from .layers import Block, BlockTrace, forward

#: The matrix that makes logits of what leaves the last norm.
HEAD = "lm_head.weight"
#: So many attention weights are kept of the reading; more are computed again when asked for.
MOST_KEPT = 4_000_000


@dataclass(frozen=True, eq=False)
class DecoderOutput:
    """A text as a decoder read it; made by `Decoder.encode`. The arrays are read-only.

    It keeps what goes into each block, from which all else follows when it is asked for.

    Attributes
    ----------
    text : str
    pieces : Pieces
        Tokens, and where they are in the text.
    states : ndarray of float32, shape (layers + 1, n, d_model)
        The residual stream: what goes into each block, and what leaves the last.
    model : Decoder
        That read it.
    off : frozenset of (layer, head)
        Heads that were switched off; see `ablation`.
    kept : ndarray, optional
        The weights of the reading, where they are few.
    """

    text: str
    pieces: Pieces
    states: Matrix
    model: Decoder = field(repr=False)
    off: frozenset[Head] = frozenset()
    kept: Matrix | None = field(default=None, repr=False)

    @property
    def tokens(self) -> tuple[str, ...]:
        """Tokens of the text, with those that the model puts around it; n of them."""
        return self.pieces.tokens

    @property
    def n(self) -> int:
        """Number of tokens."""
        return len(self.pieces.tokens)

    @property
    def rules(self) -> TextRules:
        """How the model makes one vector of a text."""
        return self.model.rules

    @property
    def is_cut(self) -> bool:
        """Whether the text is longer than those that the model was trained for."""
        return self.rules.is_cut(self.n)

    @property
    def text_vector(self) -> Matrix | None:
        """One vector of the text, pooled as the model's files say, or the last token's.

        Shape (d_model,), or a multiple of that where several are laid end to end; None where
        the lab doesn't compute what the files ask for.
        """
        # What stands behind doesn't change the vectors of a text's beginning.
        return self.rules.pool(self.hidden[: self.rules.max_tokens])

    @cached_property
    def hidden(self) -> Matrix:
        """What leaves the last block, after the last norm; shape (n, d_model)."""
        return _read_only(self.model.norm(self.states[-1]))

    @cached_property
    def logits(self) -> Matrix:
        """How likely each token of the vocabulary is next, before softmax; (n, vocabulary)."""
        return _read_only(self.model.logits(self.states[-1]))

    @cached_property
    def next_logits(self) -> Matrix:
        """The last row of `logits`, computed alone; shape (vocabulary,)."""
        return _read_only(self.model.logits(self.states[-1, -1:])[0])

    @cached_property
    def weights(self) -> Matrix:
        """Attention weights of all heads, shape (layers, heads, n, n).

        Row = query, column = key. Of a long text they are computed when first asked for.
        """
        if self.kept is not None:
            return self.kept
        return _read_only(np.stack([self._weights(i) for i in range(self.model.layers)]))

    @cached_property
    def mean_weights(self) -> Matrix:
        """Mean of the weights of each layer's heads, shape (layers, n, n), kept once computed."""
        layers = range(self.model.layers)
        return _read_only(np.stack([mean_of(self.layer_weights(i)) for i in layers]))

    def layer_weights(self, layer: int) -> Iterator[Matrix]:
        """The weights of a layer's heads, each of shape (n, n), one after the other."""
        return iter(self._weights(layer) if self.kept is None else self.kept[layer])

    def _weights(self, layer: int) -> Matrix:
        """Those of all heads of a layer, shape (heads, n, n)."""
        block = self.model.blocks[layer]
        Q, K, _ = block.attention.projections(block.norm_1(self.states[layer]))
        return block.attention.weights(Q, K)

    def traces(self) -> Iterator[BlockTrace]:
        """What each block computes, one after the other."""
        for i, (block, X) in enumerate(zip(self.model.blocks, self.states[:-1], strict=True)):
            yield block(X, off=of_layer(self.off, i))

    def heads(self, layer: int) -> Iterator[AttentionTrace]:
        """All that the heads of a layer compute, from 0 on, one after the other."""
        return (attend(self.model.scenario_of(self, layer, i)) for i in range(self.model.heads))


class Decoder:
    """A decoder, ready to read texts; made by `load`.

    It can be used by several threads at once.

    Attributes
    ----------
    name : str
        As it was asked for.
    layers, heads, kv_heads, d_model, d_k : int
        Sizes; kv_heads is the number of heads of keys and values.
    max_tokens : int
        Of a text that it reads: as many as the model was made for, or as the lab has room
        for (`limits.most_tokens`), whichever is less.
    design : Design
        Of its attention: causal, and what else its config.json says.
    rules : TextRules
        What its files say of whole texts.
    vocabulary : int
        Number of tokens that may be next.
    ends : frozenset of int
        Tokens that end a text.
    blocks : tuple of Block
    norm : callable
        After the last block.
    tokenizer : Tokenizer
    """

    def __init__(self, files: DecoderFiles, name: str, progress: Progress | None = None) -> None:
        config, family = files.config, files.family
        self.name = name
        self.layers, self.heads, self.kv_heads = config.layers, config.heads, config.kv_heads
        self.d_model, self.d_k = config.d_model, config.d_k
        self._room = Room(config.max_tokens, self.layers, self.heads)
        self.max_tokens = self._room.max_tokens
        self._file = Checkpoint(files.tensors, family.tensors(config), files.folder)
        self._table_name = self._find_table(family.TABLE, config.tied, files.where)
        self.vocabulary = self._file.length(self._table_name, config.d_model)
        self.rules = replace(read_text_rules(files.folder), usual="lasttoken")
        self.tokenizer = files.tokenizer(self.vocabulary)
        if self.rules.lower:
            self.tokenizer.lower()
        self.ends = files.ends
        self._places = self._read_places(config) if family is gpt2 else None
        self._head, self._table = self._read_head(config, files.where)
        self.norm: Norm = family.read_norm(self._file, config)
        self.blocks = tuple(self._read_blocks(family, config, progress))
        self.design = self._design(config)

    def _design(self, config: Config) -> Design:
        return Design(
            config.kv_heads,
            is_causal=True,
            biased="qkv" in config.biases,
            rope=self.blocks[0].attention.rope,
            qk_norm=config.qk_norm,
            scale=config.scale,
            by_layer=config.divides_by_layer,
        )

    def _read_places(self, config: Config) -> Matrix:
        """Read the vectors of the places that a text can have here."""
        read = slice(self.max_tokens)
        return self._file.take(gpt2.PLACES, config.max_tokens, config.d_model, rows=read)

    def _find_table(self, table: str, tied: bool, where: str) -> str:
        """Name the table of embeddings; a file may have a tied one as the head alone."""
        if self._file.finds(table):
            return table
        if tied and self._file.finds(HEAD):
            return HEAD
        raise ModelError(f"The file beside {where} has no tensor {table}, and isn't whole.")

    def _read_head(self, config: Config, where: str) -> tuple[Matrix, Matrix | None]:
        """Read the head, and the table of embeddings where that is the head as well."""
        shape = (self.vocabulary, config.d_model)
        has_own = self._file.finds(HEAD)
        if not config.tied and not has_own:
            raise ModelError(
                f"{where}: tie_word_embeddings is false, and the file has no {HEAD}. Without a "
                "head a decoder can't say which token is next; take the file that has one."
            )
        own = self._file.take(HEAD, *shape) if has_own else None
        if own is not None and (not config.tied or self._table_name == HEAD):
            return own, own if self._table_name == HEAD else None
        table = self._file.take(self._table_name, *shape)
        # A head that differs from the table isn't tied, whatever config.json says.
        return (table, table) if own is None or np.array_equal(own, table) else (own, table)

    def _read_blocks(
        self, family: Any, config: Config, progress: Progress | None
    ) -> Iterator[Block]:
        for i in range(config.layers):
            yield family.read_block(self._file, config, i)
            if progress:
                progress(f"layer {i + 1} of {config.layers}", (i + 1) / config.layers)

    def split(self, text: str) -> Pieces:
        """Cut a text into the model's tokens.

        Raises
        ------
        ValueError
            When it is empty, or has more tokens than are read.
        """
        pieces = self.tokenizer.split(text)
        self._room.check(len(pieces.ids))
        return pieces

    def encode(self, text: str) -> DecoderOutput:
        """Let the model read a text.

        Parameters
        ----------
        text : str
            Of at most `max_tokens` tokens, with those that the model puts around it.

        Returns
        -------
        DecoderOutput

        Raises
        ------
        ValueError
            As `split` does, or when the model's numbers leave the range of float32 here.
        """
        pieces = self.split(text)
        with told_of(len(pieces.ids)):
            states, weights = [self.embed(pieces.ids)], []
            keeps = self.layers * self.heads * len(pieces.ids) ** 2 <= MOST_KEPT
            for trace in self.forward(states[0]):
                states.append(trace.output)
                weights += [trace.weights] if keeps else []
            kept = _read_only(np.stack(weights)) if keeps else None
            return DecoderOutput(text, pieces, _read_only(np.stack(states)), self, kept=kept)

    def forward(
        self,
        X: Matrix,
        past: Sequence[LayerCache] | None = None,
        off: Collection[Head] = (),
        first: int = 0,
    ) -> Iterator[BlockTrace]:
        """Send rows through the blocks; see `layers.forward`."""
        with np.errstate(over="ignore", invalid="ignore"):  # told by whoever asks
            yield from forward(self.blocks, X, past, off, first)

    def embed(self, ids: Sequence[int], first: int = 0) -> Matrix:
        """What goes into the first block; shape (len(ids), d_model).

        Parameters
        ----------
        ids : sequence of int
            Numbers of tokens.
        first : int
            Position of the first of them.
        """
        if self._table is None:
            words = self._file.rows(self._table_name, ids)
        else:
            words = self._table[[*ids]]
        return words if self._places is None else words + self._places[first : first + len(ids)]

    def logits(self, states: Matrix) -> Matrix:
        """Logits of what leaves a block, through the last norm; (m, vocabulary)."""
        logits: Matrix = self.norm(states) @ self._head.T
        return logits

    def sharing(self, head: int) -> tuple[int, ...]:
        """Name the heads that have the same keys and values, itself among them; from 0.

        With as many heads of keys and values as of queries, each is alone.
        """
        self._check("head", head, self.heads)
        group = self.heads // self.kv_heads
        first = head // group * group
        return tuple(range(first, first + group))

    def scenario(self, text: str, layer: int, head: int) -> Scenario:
        """One head's attention to a text, as a scenario of the lab.

        Parameters
        ----------
        text : str
        layer, head : int
            From 0. Several heads may share their keys and values; see `sharing`.

        Returns
        -------
        Scenario
            With a causal mask; `attend` gives the head's weights. X is what the block's norm
            makes of the residual stream; see `head.head_scenario`.

        Raises
        ------
        ValueError
            As `split` does, or when there is no such layer or head.
        """
        return self.scenario_of(self.encode(text), layer, head)

    def scenario_of(self, encoded: DecoderOutput, layer: int, head: int) -> Scenario:
        """The same of a text that was read already."""
        self.check_head(layer, head)
        block = self.blocks[layer]
        X = block.norm_1(encoded.states[layer])
        return head_scenario(encoded.tokens, X, block.attention, int(head))

    def check_head(self, layer: object, head: object) -> None:
        """Refuse a layer or a head that the model doesn't have."""
        self._check("layer", layer, self.layers)
        self._check("head", head, self.heads)

    def _check(self, what: str, i: object, count: int) -> None:
        if isinstance(i, bool) or not isinstance(i, int | np.integer) or i not in range(count):
            raise ValueError(f"{what} must be 0 to {count - 1}, got {i!r:.20}.")


def _read_only(values: Matrix) -> Matrix:
    values.setflags(write=False)
    return values
