"""A model's own tokenizer: text to word pieces and their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .error import ModelError, UnseenError, needs


@dataclass(frozen=True)
class Pieces:
    """A text as a model reads it.

    Attributes
    ----------
    tokens : tuple of str, length n
        Word pieces, with those that the model puts around a sentence.
    ids : tuple of int, length n
        Their rows in the table of embeddings.
    special : tuple of bool, length n
        Which of them were put there by the model, as ``[CLS]`` and ``[SEP]``.
    spans : tuple of (int, int), length n
        Where each begins and ends in the text; (0, 0) for what isn't in it.
    shown : tuple of str, length n
        The tokens to be read by people: where a model spells with signs of its own for
        bytes and spaces, what stands in the text.
    """

    tokens: tuple[str, ...]
    ids: tuple[int, ...]
    special: tuple[bool, ...]
    spans: tuple[tuple[int, int], ...]
    shown: tuple[str, ...]


class Tokenizer:
    """A tokenizer.json.

    Parameters
    ----------
    path : Path
    max_tokens : int
        What the model has places for.
    vocabulary : int
        Rows of its table of embeddings.

    Raises
    ------
    ModelError
        When the file can't be read, or has more tokens than the model has.
    """

    def __init__(self, path: Path, max_tokens: int, vocabulary: int) -> None:
        try:
            import tokenizers
        except ImportError as error:
            raise needs("tokenizers", error) from error
        with _told(f"{path} can't be read as a tokenizer"):
            self._tokenizer: Any = tokenizers.Tokenizer.from_file(str(path))
        # Some files pad all sentences to one length, or cut long ones without a word.
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._path, self._max_tokens = path, max_tokens
        self._is_plain = type(self._tokenizer.model).__name__ == "WordPiece"
        unknown = getattr(self._tokenizer.model, "unk_token", None)
        #: Number of the token for what the model doesn't know; None where it spells all.
        self.unknown: int | None = unknown and self._tokenizer.token_to_id(unknown)
        ids = self._tokenizer.get_vocab(with_added_tokens=True).values()
        if (last := max(ids, default=0)) >= vocabulary:
            raise ModelError(
                f"{path} is another model's: it numbers its tokens up to {last}, "
                f"and the model's table of embeddings has {vocabulary} rows."
            )

    def split(self, text: str) -> Pieces:
        """Cut a text into the model's tokens.

        Raises
        ------
        ValueError
            When it is blank, isn't a text, or has more tokens than the model reads.
        """
        if not isinstance(text, str):
            raise ValueError(f"A text must be a string, got {text!r:.40}.")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"A text must be valid Unicode; {text!a:.40} isn't.") from error
        with _told(f"{self._path} can't cut this text"):
            encoded = self._tokenizer.encode(text)
        special = tuple(bool(mark) for mark in encoded.special_tokens_mask)
        if all(special):
            raise UnseenError("Type a sentence of at least one word; the model finds none here.")
        if len(encoded.ids) > self._max_tokens:
            raise ValueError(
                f"The model reads up to {self._max_tokens} tokens; this text has "
                f"{len(encoded.ids)}, which are its words, signs and parts of words."
            )
        # Not `encoded.tokens`: these have a mask's token with the space that was before it.
        tokens = tuple(self._tokenizer.id_to_token(i) for i in encoded.ids)
        spans = tuple(encoded.offsets)
        shown = tokens if self._is_plain else _written(text, tokens, spans)
        return Pieces(tokens, tuple(encoded.ids), special, spans, shown)


def _written(
    text: str, tokens: tuple[str, ...], spans: tuple[tuple[int, int], ...]
) -> tuple[str, ...]:
    """What stands in the text for each token; the token itself for what doesn't."""
    pairs = zip(tokens, spans, strict=True)
    return tuple(text[begin:end].strip() or token for token, (begin, end) in pairs)


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Tell what the package failed at; it raises nothing more special than these."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # its panics, at files that contradict themselves, too
        raise ModelError(f"{what}: {error}. Fetch the file again.") from error
