"""A model's own tokenizer: text to word pieces and their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from ...text.escape import visible
from ..files.error import ModelError, UnseenError, needs
from ..files.json_file import read_object
from . import word_list
from .written import BROKEN, SPACES, piece, shown, spelled

#: The file that says it all; without it one is made from a list of tokens.
TOKENIZER = "tokenizer.json"


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
        The tokens to be read by people, who don't know a model's own signs for bytes and
        spaces; the only names under which they are shown.
    letters : tuple of (str or None), length n
        What the model reads of the text there; None for what is no letters: parts of a
        character, what the model doesn't know, what it put there.
    unknown : tuple of bool, length n
        Which of them stand for what the model doesn't know.
    sides : tuple of (int or None), length n
        Of which sentence of a pair each is, 0 or 1; all of a single text are of 0, and what the
        model put there is of none.
    segments : tuple of int, length n
        The segments of a pair as the model numbers them, which has vectors for them; all 0
        where it has none, and of a single text.
    """

    tokens: tuple[str, ...]
    ids: tuple[int, ...]
    special: tuple[bool, ...]
    spans: tuple[tuple[int, int], ...]
    shown: tuple[str, ...]
    letters: tuple[str | None, ...]
    unknown: tuple[bool, ...]
    sides: tuple[int | None, ...]
    segments: tuple[int, ...]

    @property
    def is_pair(self) -> bool:
        """Whether these are two sentences."""
        return 1 in self.sides

    def first(self, count: int) -> Pieces:
        """So many tokens, with those that the model puts behind a text."""
        n = len(self.ids)
        behind = next((i for i, special in enumerate(reversed(self.special)) if not special), n)
        kept = [*range(max(0, count - behind)), *range(n - behind, n)]
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        return Pieces(**{name: tuple(part[i] for i in kept) for name, part in parts.items()})


class Tokenizer:
    """The tokenizer in a model's folder.

    Parameters
    ----------
    folder : Path
    kind : str
        Of the model, as config.json calls it.
    vocabulary : int
        Rows of its table of embeddings. There may be tokens that it has no row for, as
        long as no text has them.
    opened : tokenizers.Tokenizer, optional
        That was made of files of another form.

    Raises
    ------
    ModelError
        When the files can't be read, or are another model's.
    """

    def __init__(self, folder: Path, kind: str, vocabulary: int, opened: Any = None) -> None:
        self._tokenizer = opened or _opened(folder, kind)
        # Some files pad all sentences to one length, or cut long ones without a word.
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._vocabulary = vocabulary
        #: What a token begins with that goes on with a word; only word pieces have it.
        self._prefix = getattr(self._tokenizer.model, "continuing_subword_prefix", None) or ""
        self._decoder = self._tokenizer.decoder or _byte_decoder(self._tokenizer)
        # A unigram model doesn't say; all of them call it so.
        unknown = getattr(self._tokenizer.model, "unk_token", None) or "<unk>"
        #: Number of the token for what the model doesn't know; None where it spells all.
        self.unknown: int | None = self._tokenizer.token_to_id(unknown)
        with _told(f"The tokenizer in {folder} can't put its own tokens around a text", ModelError):
            around = self._tokenizer.encode("")
        if beyond := self._beyond(around.ids, around.tokens):
            raise ModelError(f"The tokenizer in {folder} is another model's: {beyond}.")

    def split(self, text: str, second: str | None = None) -> Pieces:
        """Cut a text, or a pair of sentences, into the model's tokens.

        The places of a pair's tokens are those in `pair_text(text, second)`.

        Raises
        ------
        ValueError
            When one is blank, isn't a text, or has what the model has no token for.
        """
        given = [text] if second is None else [text, second]
        encoded = self._encoded(given)
        # Not `encoded.tokens`: these have a mask's token with the space that was before it.
        named = zip(encoded.ids, encoded.tokens, strict=True)
        tokens = tuple(self._tokenizer.id_to_token(i) or token for i, token in named)
        if beyond := self._beyond(encoded.ids, tokens):
            raise ValueError(f"The model can't read this text: {beyond}. Leave that out.")
        ids, special = tuple(encoded.ids), tuple(map(bool, encoded.special_tokens_mask))
        sides = tuple(encoded.sequence_ids)
        spans = _spans(encoded.offsets, sides, len(text) + 1)
        unknown = tuple(i == self.unknown for i in ids)
        whole = text if second is None else pair_text(text, second)
        letters = self._letters(whole, tokens, spans)
        names = [*map(visible, tokens)] if self._prefix else shown(whole, spans, letters)
        for i in range(len(ids)):
            if special[i] or unknown[i]:
                letters[i], names[i] = None, tokens[i]
        segments = (0,) * len(ids) if second is None else tuple(encoded.type_ids)
        own = tuple(names), tuple(letters), unknown
        return Pieces(tokens, ids, special, spans, *own, sides, segments)

    def _encoded(self, given: Sequence[str]) -> Any:
        """Have the package cut a text, or two."""
        for text in given:
            if not isinstance(text, str):
                raise ValueError(f"A text must be a string, got {text!r:.40}.")
            try:
                text.encode()
            except UnicodeEncodeError as error:
                raise ValueError(f"A text must be valid Unicode; {text!a:.40} isn't.") from error
        with _told("The model's tokenizer can't cut this text", ValueError):
            encoded = self._tokenizer.encode(*given)
        marked = zip(encoded.sequence_ids, encoded.special_tokens_mask, strict=True)
        if len({side for side, mark in marked if not mark}) < len(given):
            raise UnseenError("Type a sentence of at least one word; the model finds none here.")
        return encoded

    def _letters(
        self, text: str, tokens: tuple[str, ...], spans: tuple[tuple[int, int], ...]
    ) -> list[str | None]:
        if self._prefix:
            return [token.removeprefix(self._prefix) for token in tokens]
        decoder = self._decoder
        decode = (lambda token: str(decoder.decode([token]))) if decoder else None
        return spelled(text, tokens, spans, decode)

    def name(self, i: int) -> str:
        """Name a token by its number; a table may have more rows than the tokenizer tokens."""
        return self._tokenizer.id_to_token(i) or f"token {i}"

    def spelling(self, i: int) -> str:
        """Spell a token as it stands in a text, with the space before it.

        A part of a character, and what the tokenizer has no token for, keep their name.
        """
        name = self.name(i)
        letters = str(self._decoder.decode([name])) if self._decoder else name
        if name[:1] in SPACES and not letters.startswith(" "):  # some strip the first one
            letters = " " + letters.removeprefix(name[:1])
        return name if BROKEN in letters else letters

    def piece(self, i: int) -> str:
        """Write a token for people, with a sign for the space before it; see `written.piece`."""
        return piece(self.spelling(i))

    @cached_property
    def mask(self) -> str | None:
        """What stands in a text for a token that is to be guessed; None where nothing does."""
        for token in ("[MASK]", "<mask>"):
            encoded = self._tokenizer.encode(token, add_special_tokens=False)
            if self._tokenizer.token_to_id(token) in encoded.ids:
                return token
        return None

    def joined(self, ids: Sequence[int]) -> str:
        """Write tokens as a text."""
        names = [self.name(i) for i in ids]
        return str(self._decoder.decode(names)) if self._decoder else "".join(names)

    def lower(self) -> None:
        """Make texts lower-case before all else."""
        from tokenizers import normalizers

        own = self._tokenizer.normalizer
        steps = [normalizers.Lowercase(), *([own] if own else [])]
        self._tokenizer.normalizer = normalizers.Sequence(steps)

    def _beyond(self, ids: Sequence[int], tokens: Sequence[str]) -> str:
        """Name a token that the table has no row for; empty where it has all."""
        for i, token in zip(ids, tokens, strict=True):
            if i >= self._vocabulary:
                return (
                    f"it numbers {token!r:.40} {i}, and the model's table of embeddings has "
                    f"{self._vocabulary} rows, from 0 on"
                )
        return ""


def pair_text(text: str, second: str) -> str:
    """Write two sentences as one text, the second on a line of its own."""
    return f"{text}\n{second}"


def _spans(
    offsets: Sequence[tuple[int, int]], sides: Sequence[int | None], second: int
) -> tuple[tuple[int, int], ...]:
    """Places of tokens in a text whose second sentence begins at a place."""
    moved = [second if side else 0 for side in sides]
    return tuple((a + by, b + by) for (a, b), by in zip(offsets, moved, strict=True))


def _opened(folder: Path, kind: str) -> Any:
    try:
        import tokenizers
    except ImportError as error:
        raise needs("tokenizers", error) from error
    path = folder / TOKENIZER
    if not path.is_file():
        with _told(f"The tokens in {folder} can't be read", ModelError):
            return word_list.tokenizer_of(folder, kind)
    try:
        return tokenizers.Tokenizer.from_file(str(path))
    except Exception as error:
        raise _unread(path, error, tokenizers.__version__) from error


def _byte_decoder(tokenizer: Any) -> Any:
    """Return the way back from bytes, where a text is cut into them and the file doesn't say it."""
    from tokenizers import decoders

    return decoders.ByteLevel() if "ByteLevel(" in str(tokenizer.pre_tokenizer) else None


def _unread(path: Path, error: Exception, version: str) -> ModelError:
    """Tell a file that is no tokenizer from one of another version of the package."""
    said = read_object(path)
    if not isinstance(said.get("model"), dict):
        return ModelError(f"{path} can't be read as a tokenizer: {error}. Fetch it again.")
    unknown = next(_unknown_types(said), None)
    of_what = f"the type {unknown!r:.40}" if unknown else "all that it says"
    return ModelError(
        f"{path} was written for another version of the package tokenizers: this server has "
        f"{version}, which doesn't know {of_what} ({error}). Install another version."
    )


def _unknown_types(said: Mapping[str, Any]) -> Iterator[str]:
    """Name the types of a tokenizer.json that the package doesn't have."""
    from tokenizers import decoders, models, normalizers, pre_tokenizers, processors

    parts = {
        **{"model": models, "normalizer": normalizers, "pre_tokenizer": pre_tokenizers},
        **{"post_processor": processors, "decoder": decoders},
    }
    for part, known in parts.items():
        for each in _types({**said["model"], "vocab": 0} if part == "model" else said.get(part)):
            if not hasattr(known, each):
                yield each


def _types(said: Any) -> Iterator[str]:
    if isinstance(said, dict) and isinstance(said.get("type"), str):
        yield said["type"]
    for each in said.values() if isinstance(said, dict) else said if isinstance(said, list) else ():
        yield from _types(each)


@contextmanager
def _told(what: str, kind: type[ValueError]) -> Iterator[None]:
    """Tell what the package failed at; it raises nothing more special than these."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, MemoryError, ModelError):
        raise
    except BaseException as error:  # its panics, at files that contradict themselves, too
        raise kind(f"{what}: {error}.") from error
