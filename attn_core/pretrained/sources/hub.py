"""Fetching a model's files from the Hugging Face hub, once."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ..decoder.files import GENERATION
from ..files.checkpoint import Progress
from ..files.error import ModelError, needs
from ..files.json_file import CONFIG, read_object
from ..files.shards import INDEX, TENSORS, shards_of
from ..parts.kinds import DECODERS
from ..parts.text_rules import MODULES, files_of
from ..tokens import word_list
from ..tokens.tokenizer import TOKENIZER
from .model_files import FILES, INSTEAD, checked, is_whole

#: The model that is taken where none is named.
DEFAULT = "sentence-transformers/all-MiniLM-L6-v2"


@dataclass(frozen=True)
class Header:
    """What a file of tensors on the hub says of them; its numbers aren't here.

    Attributes
    ----------
    path : Path
        Where the file will be.
    tensors : mapping
        Type and sizes of each tensor, by its name.
    """

    path: Path
    tensors: Mapping[str, tuple[str, tuple[int, ...]]]

    def shape(self, name: str) -> tuple[int, ...]:
        """Sizes of a tensor."""
        return self.tensors[name][1]

    def kind(self, name: str) -> str:
        """Type of its numbers, as safetensors calls it."""
        return self.tensors[name][0]

    def read(self, name: str, rows: slice | list[int] = slice(None)) -> NDArray[Any]:
        """Refuse: the file isn't fetched."""
        raise ModelError(f"{self.path} isn't fetched yet, so that {name} can't be read.")


def fetched(name: str, progress: Progress | None) -> Path:
    """Fetch a model from the hub, or find it where it was fetched to before."""
    with _with_reasons(name):
        if folder := fetched_before(name):
            return checked(folder)
        fetch = _Fetch(name, progress)
        _fetch_settings(fetch)
        _fetch_tensors(fetch)
        return checked(fetch.folder)


def headers(name: str, progress: Progress | None) -> tuple[Path, dict[str, Header]]:
    """Fetch a model's small files, and of its tensors only what the hub's files say of them.

    Returns
    -------
    folder : Path
        Of the small files.
    tensors : dict
        The name of each tensor to the header that has it.
    """
    with _with_reasons(name):
        fetch = _Fetch(name, progress)
        _fetch_settings(fetch)
        return fetch.folder, {tensor: each for each in _headers(fetch) for tensor in each.tensors}


@contextmanager
def _with_reasons(name: str) -> Iterator[None]:
    """Say in words why a model can't be had from the hub."""
    try:
        from huggingface_hub.errors import (
            GatedRepoError,
            HFValidationError,
            HTTPError,
            LocalEntryNotFoundError,
            RepositoryNotFoundError,
            SafetensorsParsingError,
        )
    except ImportError as error:
        raise needs("huggingface_hub", error) from error
    try:
        yield
    except HFValidationError as error:
        raise ModelError(
            f"{name!r:.100} is neither a folder nor a name on the hub. Expected a folder with "
            f"{', '.join(FILES)}, or a name such as {DEFAULT}."
        ) from error
    except (RepositoryNotFoundError, GatedRepoError) as error:
        raise ModelError(
            f"The hub shows no model {name} to everybody ({_first(error)}). Look at its spelling; "
            "a model that asks for a licence or a token is to be fetched by hand, into a folder."
        ) from error
    except LocalEntryNotFoundError as error:
        raise ModelError(
            f"The hub doesn't answer ({_first(error.__cause__ or error)}), and {name} wasn't "
            "fetched before. Look at the network, name a folder, or run `make models` for "
            f"{DEFAULT}."
        ) from error
    except (OSError, HTTPError, SafetensorsParsingError) as error:
        raise ModelError(
            f"{name} couldn't be fetched from the hub ({_first(error)}). Try again later, or name "
            "a folder that has it."
        ) from error


def cached_folder(name: str) -> Path | None:
    """Folder of what was fetched from the hub before, perhaps not whole; nobody is asked."""
    from huggingface_hub import try_to_load_from_cache

    path = try_to_load_from_cache(name, CONFIG)
    return Path(path).parent if isinstance(path, str) else None


def fetched_before(name: str) -> Path | None:
    """Folder of what was fetched whole before."""
    folder = cached_folder(name)
    return folder if folder and is_whole(folder) else None


def _fetch_settings(fetch: _Fetch) -> None:
    """Fetch all small files of a model; some may stand in place of others."""
    for file in (CONFIG, TOKENIZER):
        if fetch(file):
            continue
        if file == TOKENIZER:
            for option in word_list.OPTIONS:
                fetch(option)
        _fetch_instead(fetch, file)
    _fetch_text_rules(fetch)
    _fetch_ends(fetch)


def _fetch_instead(fetch: _Fetch, file: str) -> None:
    """Fetch what does in place of a file that the hub doesn't have."""
    if not any(all(map(fetch, files)) for files in INSTEAD[file]):
        raise ModelError(f"{fetch.name} has no {file}; the lab reads models that have one.")


def _fetch_tensors(fetch: _Fetch) -> None:
    if fetch(TENSORS):
        return
    _fetch_instead(fetch, TENSORS)
    for shard in shards_of(fetch.folder / INDEX):
        if not fetch(shard):
            raise fetch.lacks(shard)


def _headers(fetch: _Fetch) -> Iterator[Header]:
    if header := fetch.header(TENSORS):
        yield header
        return
    _fetch_instead(fetch, TENSORS)
    for shard in shards_of(fetch.folder / INDEX):
        if not (header := fetch.header(shard)):
            raise fetch.lacks(shard)
        yield header


def _fetch_text_rules(fetch: _Fetch) -> None:
    """Fetch what says how texts become vectors; most models have nothing of the kind."""
    if not fetch(MODULES):
        return
    pooling, texts = files_of(fetch.folder / MODULES)
    fetch(pooling)
    any(map(fetch, texts))  # until one of them is there


def _fetch_ends(fetch: _Fetch) -> None:
    """Fetch what says with which tokens a decoder's texts end, where it has such a file."""
    if read_object(fetch.folder / CONFIG).get("model_type") in DECODERS:
        fetch(GENERATION)


class _Fetch:
    """Fetches a model's files, all of one revision; says of each whether the hub has it."""

    def __init__(self, name: str, progress: Progress | None) -> None:
        self.name, self._progress = name, progress
        self._revision: str | None = None
        self.folder = Path()

    def __call__(self, file: str) -> bool:
        from huggingface_hub import hf_hub_download
        from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

        bar = _bar(file, self._progress)
        try:
            path = hf_hub_download(self.name, file, revision=self._revision, tqdm_class=bar)
        except LocalEntryNotFoundError:  # the hub doesn't answer
            raise
        except EntryNotFoundError:
            return False
        self.folder = Path(path).parents[file.count("/")]
        self._revision = self.folder.name  # the others are to be of the same
        return True

    def header(self, file: str) -> Header | None:
        """Ask for the beginning of a file of tensors; None where the hub has no such file."""
        from huggingface_hub import HfApi
        from huggingface_hub.errors import EntryNotFoundError

        ask = HfApi().parse_safetensors_file_metadata
        try:
            found = ask(self.name, file, revision=self._revision).tensors
        except EntryNotFoundError:
            return None
        sizes = {name: (each.dtype, tuple(each.shape)) for name, each in found.items()}
        return Header(self.folder / file, sizes)

    def lacks(self, shard: str) -> ModelError:
        """Say that one of several files of tensors isn't there."""
        return ModelError(f"{self.name} has no {shard}, which its {INDEX} names.")


def _first(error: BaseException) -> str:
    return str(error).strip().split("\n")[0][:300].rstrip(".")


def _bar(file: str, progress: Progress | None) -> Any:
    """A progress bar of tqdm that tells us instead of the terminal."""
    from tqdm import tqdm

    class Bar(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **options: Any) -> None:
            options |= {"disable": progress is None, "file": io.StringIO()}
            super().__init__(*args, **options)

        def display(self, *args: Any, **options: Any) -> None:
            if progress and self.total:
                progress(file, min(1.0, self.n / self.total))

    return Bar
