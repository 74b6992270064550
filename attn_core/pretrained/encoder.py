"""A pretrained encoder, seen with the equations of the lab.

The packages of requirements-models.txt are needed, and only once a model is loaded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from ..scenario import Scenario
from .bert.config import NORM, PLACES, SEGMENTS, WORDS, Config, read_config
from .bert.layers import Layer, forward, read_layer
from .bert.masked import read_masked_head
from .encoded import Encoded
from .files.checkpoint import Checkpoint, Matrix, Progress
from .files.error import UnseenError
from .files.json_file import CONFIG
from .files.shards import open_tensors
from .parts.design import Design
from .parts.heads import Head
from .parts.norms import read_layer_norm
from .parts.room import Room, told_of
from .parts.text_rules import read_text_rules
from .tokens.tokenizer import Pieces, Tokenizer, pair_text


class Encoder:
    """A model of the BERT family, ready to read texts; made by `load`.

    It can be used by several threads at once.

    Attributes
    ----------
    name : str
        As it was asked for.
    layers, heads, d_model, d_k : int
        Sizes; a head's queries, keys and values have d_k numbers each.
    design : Design
        Of its attention: each token attends to all, and each head has its own keys.
    max_tokens : int
        Of a text that it reads: as many as the model has places for, or as the lab has room
        for (`limits.most_tokens`), whichever is less.
    rules : TextRules
        What its files say of whole texts.
    tokenizer : Tokenizer
    masked : MaskedHead, optional
        Says which token may stand in a place, where the model's file has such a head.
    """

    def __init__(self, folder: Path, name: str, progress: Progress | None = None) -> None:
        files = open_tensors(folder)
        self._config = config = read_config(folder / CONFIG, files)
        self.name = name
        self.layers, self.heads = config.layers, config.heads
        self.design = Design(kv_heads=config.heads)
        self.d_model, self.d_k = config.d_model, config.d_k
        self._room = Room(config.max_tokens, self.layers, self.heads)
        self.max_tokens = self._room.max_tokens
        self._file = Checkpoint(files, config.tensors, folder)
        vocabulary = self._file.length(WORDS, config.d_model)
        self.rules = read_text_rules(folder)
        self.tokenizer = Tokenizer(folder, config.kind, vocabulary)
        if self.rules.lower:
            self.tokenizer.lower()
        self._places = self._read_places(config)
        self._segments = self._read_segments(config)
        self._norm = read_layer_norm(self._file, NORM, config.d_model, config.epsilon)
        self.masked = read_masked_head(self._file, config, vocabulary)
        self._layers = tuple(self._read_layers(config, progress))

    def _read_places(self, config: Config) -> Matrix:
        """Read the vectors of the places that a text can have here, and of padding's."""
        first = config.first_place
        read = slice(first + self.max_tokens)
        return self._file.take(PLACES, first + config.max_tokens, config.d_model, rows=read)

    def _read_segments(self, config: Config) -> Matrix:
        """Read the vectors that tell the two sentences of a pair apart; there may be one."""
        if not config.architecture.segments:
            return np.zeros((1, config.d_model), np.float32)
        count = self._file.length(SEGMENTS, config.d_model)
        return self._file.rows(SEGMENTS, range(min(count, 2)))

    @property
    def has_segments(self) -> bool:
        """Whether it has a vector for each of the two sentences of a pair."""
        return len(self._segments) == 2

    def _read_layers(self, config: Config, progress: Progress | None) -> list[Layer]:
        layers = []
        for i in range(config.layers):
            layers.append(read_layer(self._file, config, i))
            if progress:
                progress(f"layer {i + 1} of {config.layers}", (i + 1) / config.layers)
        return layers

    def split(self, text: str, second: str | None = None) -> Pieces:
        """Cut a text, or a pair of sentences, into the model's tokens.

        Raises
        ------
        ValueError
            When it is blank, or has more tokens than are read.
        """
        pieces = self.tokenizer.split(text, second)
        self._room.check(len(pieces.ids))
        return pieces

    def encode(self, text: str, second: str | None = None) -> Encoded:
        """Let the model read a text, or a pair of sentences.

        Parameters
        ----------
        text : str
            Of at most `max_tokens` tokens, with those that the model puts around it.
        second : str, optional
            The second sentence of a pair, which the model reads behind the first.

        Returns
        -------
        Encoded

        Raises
        ------
        ValueError
            As `split` does, or when the model's numbers leave the range of float32 here.
        """
        pieces = self.split(text, second)
        with told_of(len(pieces.ids)):
            states = np.stack([*self._forward(pieces)])
        states.setflags(write=False)
        whole = text if second is None else pair_text(text, second)
        return Encoded(
            whole, pieces, states, self.rules, self._layers, partial(self._begun, pieces)
        )

    def _begun(self, pieces: Pieces, off: Collection[Head]) -> Matrix:
        *_, last = self._forward(pieces.first(self.rules.max_tokens or self.max_tokens), off)
        return last

    def _forward(self, pieces: Pieces, off: Collection[Head] = ()) -> Iterator[Matrix]:
        """What goes into each layer, and what leaves the last."""
        with np.errstate(over="ignore", invalid="ignore"):  # told by `told_of`
            X = self._embedded(pieces)
            yield X
            yield from (trace.output for trace in forward(self._layers, pieces.tokens, X, off))

    def _embedded(self, pieces: Pieces) -> Matrix:
        """What goes into the first layer."""
        words = self._file.rows(WORDS, pieces.ids)
        places = self._places[self._config.places(pieces.ids)]
        # A model with a single one has it for both sentences.
        segments = self._segments[np.minimum(pieces.segments, len(self._segments) - 1)]
        return self._norm(words + segments + places)

    def scenario(self, text: str, layer: int, head: int) -> Scenario:
        """One head's attention to a text, as a scenario of the lab.

        Parameters
        ----------
        text : str
        layer, head : int
            From 0.

        Returns
        -------
        Scenario
            With d_model + 1 features: the last is 1 in every word, and its row in each
            projection is the projection's bias. `attend` gives the head's weights.

        Raises
        ------
        ValueError
            As `split` does, or when there is no such layer or head.
        """
        return self.scenario_of(self.encode(text), layer, head)

    def sharing(self, head: int) -> tuple[int, ...]:
        """Name the heads that have the same keys and values, which is itself alone; from 0."""
        return (head,)

    def scenario_of(self, encoded: Encoded, layer: int, head: int) -> Scenario:
        """The same of a text that was read already."""
        for what, i, count in (("layer", layer, self.layers), ("head", head, self.heads)):
            if isinstance(i, bool) or not isinstance(i, int | np.integer) or i not in range(count):
                raise ValueError(f"{what} must be 0 to {count - 1}, got {i!r:.20}.")
        whole = self._layers[layer].scenario(encoded.tokens, encoded.states[layer])
        return whole.head(head)

    def word_vectors(self, words: Sequence[str]) -> Matrix:
        """What the model's table has of each word, before any layer; shape (n, d_model).

        A word that the table doesn't have whole is the mean of its pieces.

        Parameters
        ----------
        words : sequence of str, length n

        Raises
        ------
        ValueError
            As `split` does, or when the model sees nothing of a word.
        """
        return np.stack([self._word_vector(word) for word in words])

    def unknown(self, words: Sequence[str]) -> tuple[str, ...]:
        """List the words of which the model doesn't know a part, each once, in order.

        All that it doesn't know has one and the same vector.
        """
        token = self.tokenizer.unknown
        return tuple(word for word in dict.fromkeys(words) if token in self.split(word).ids)

    def _word_vector(self, word: str) -> Matrix:
        try:
            pieces = self.split(word)
        except UnseenError as error:
            raise _unseen(word) from error
        ids = [i for i, special in zip(pieces.ids, pieces.special, strict=True) if not special]
        mean: Matrix = self._file.rows(WORDS, ids).mean(axis=0)
        return mean

    def words_in_context(self, words: Sequence[str]) -> Matrix:
        """What leaves the last layer for each word of a sentence; shape (n, d_model).

        A word that the model cuts into pieces is the mean of theirs.

        Parameters
        ----------
        words : sequence of str, length n

        Raises
        ------
        ValueError
            As `split` does, or when the model sees nothing of a word.
        """
        encoded = self.encode(" ".join(words))
        ends = np.cumsum([len(word) + 1 for word in words])
        spans, is_special = (
            np.array(part) for part in (encoded.pieces.spans, encoded.pieces.special)
        )
        # By its last character, for some tokenizers count the space before a word to it.
        owner = np.searchsorted(ends, spans[:, 1] - 1, side="right")
        rows = [encoded.hidden[(owner == i) & ~is_special] for i in range(len(words))]
        for word, own in zip(words, rows, strict=True):
            if not len(own):
                raise _unseen(word)
        return np.stack([own.mean(axis=0) for own in rows])


def _unseen(word: str) -> UnseenError:
    return UnseenError(
        f"The model sees nothing of the word {word!a:.40}: its vectors need a sentence without it."
    )
