"""What a model's files say of whole texts: how long they may be, and how they become one vector.

The models of sentence-transformers (Reimers and Gurevych 2019) say it in small files of
their own, beside those of the transformer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from ..files.checkpoint import Matrix
from ..files.error import ModelError
from ..files.json_file import read, read_object

#: Lists the steps from a text to its vector, each with the folder of its own file.
MODULES = "modules.json"
#: Says of the transformer how long a text may be; it was called after its kind first.
TRANSFORMER = tuple(
    f"sentence_{kind}_config.json"
    for kind in ("bert", "roberta", "distilbert", "camembert", "xlm-roberta")
)
#: Where the file of the pooling is, in the folder that `MODULES` names, or in this one.
POOLING, POOLING_FOLDER = "config.json", "1_Pooling"
#: Steps that leave a cosine as it is.
_HARMLESS = ("Transformer", "Pooling", "Normalize", "Dropout")
#: Of fewer tokens none is the text's, between those that the model puts around it.
_LEAST = 3

#: Ways to make one vector of those of all tokens, shape (n, d_model), by their names there.
_WAYS: dict[str, Callable[[Matrix], Matrix]] = {
    "cls": lambda hidden: hidden[0],
    "max": lambda hidden: hidden.max(axis=0),
    "mean": lambda hidden: hidden.mean(axis=0),
    "mean_sqrt_len_tokens": lambda hidden: hidden.sum(axis=0) / np.float32(math.sqrt(len(hidden))),
    "weightedmean": lambda hidden: np.average(
        hidden, axis=0, weights=np.arange(1, len(hidden) + 1, dtype=np.float32)
    ),
    "lasttoken": lambda hidden: hidden[-1],
}
#: The same ways as yes or no, in the order in which several are laid end to end.
_BY_FLAG = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}


@dataclass(frozen=True)
class TextRules:
    """What a model's files say of whole texts.

    Attributes
    ----------
    max_tokens : int, optional
        Of the longest text that the model was trained for; None where they don't say.
    lower : bool
        Whether a text is made lower-case first.
    pooling : tuple of str
        How all tokens' vectors become one, as sentence-transformers calls it; of several
        ways the vectors are laid end to end. Empty where the files don't say.
    others : tuple of str
        Further steps to the vector, which the lab doesn't compute, by their names.
    usual : str
        The way where the files name none: a decoder's last token alone has seen the whole text.
    """

    max_tokens: int | None = None
    lower: bool = False
    pooling: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    usual: str = "mean"

    @property
    def ways(self) -> tuple[str, ...]:
        """`pooling`, or the usual way where no other is named."""
        return self.pooling or (self.usual,)

    def is_cut(self, n: int) -> bool:
        """Whether n tokens are more than the model was trained for."""
        return self.max_tokens is not None and self.max_tokens < n

    def pool(self, hidden: Matrix) -> Matrix | None:
        """Make one vector of those that leave the last layer.

        None where the files ask for what the lab doesn't compute. Its length may be another
        than the model gives it; a cosine doesn't see that.

        Examples
        --------
        >>> hidden = np.array([[1, 2], [3, 0]], np.float32)
        >>> TextRules().pool(hidden), TextRules(pooling=("max",)).pool(hidden)
        (array([2., 1.], dtype=float32), array([3., 2.], dtype=float32))
        """
        if self.others:
            return None
        return np.concatenate([_WAYS[way](hidden) for way in self.ways])


def read_text_rules(folder: Path) -> TextRules:
    """Read what a model's folder says of whole texts; most models say nothing.

    Raises
    ------
    ModelError
        When a file isn't JSON, or says what can't be.
    """
    path = folder / MODULES
    steps = _steps(path) if path.is_file() else {"Pooling": POOLING_FOLDER}
    others = [kind for kind in steps if kind not in _HARMLESS]
    ways: tuple[str, ...] = ()
    if "Pooling" in steps and (file := folder / steps["Pooling"] / POOLING).is_file():
        ways = _ways(read_object(file), file)
        others += [f"pooling by {way}" for way in ways if way not in _WAYS]
    elif "Pooling" in steps and path.is_file():
        others.append(f"pooling as {steps['Pooling']}/{POOLING} says, which isn't there")
    files = (folder / steps.get("Transformer", "") / name for name in TRANSFORMER)
    if (found := next(filter(Path.is_file, files), None)) is None:
        return TextRules(pooling=ways, others=tuple(others))
    said = read_object(found)
    return TextRules(_most(said, found), said.get("do_lower_case") is True, ways, tuple(others))


def files_of(modules: Path) -> tuple[str, tuple[str, ...]]:
    """Name the files that belong to a `MODULES`: that of the pooling, and those of which the
    first that is there says how long a text may be.
    """
    steps = _steps(modules)
    texts = tuple(str(PurePosixPath(steps.get("Transformer", ""), name)) for name in TRANSFORMER)
    return str(PurePosixPath(steps.get("Pooling", POOLING_FOLDER), POOLING)), texts


def _steps(path: Path) -> dict[str, str]:
    """Folder of each step from a text to its vector, by its kind."""
    said = read(path)
    try:
        return {str(step["type"]).rpartition(".")[2]: _inside(step["path"]) for step in said}
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(
            f"{path} must be a list of steps in JSON, each with a type and a path within the "
            f"model's folder ({error}). Fetch it again."
        ) from error


def _inside(path: str) -> str:
    """Refuse a path that leads out of a model's folder."""
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or "\\" in path:
        raise ValueError(f"got the path {path!r:.80}")
    return path


def _ways(said: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    """How a pooling's file says that it is done; where it doesn't, the mean is meant."""
    ways = said.get("pooling_mode")
    if ways is None:
        ways = [way for flag, way in _BY_FLAG.items() if said.get(flag)] or ["mean"]
    ways = [ways] if isinstance(ways, str) else ways
    if not isinstance(ways, list) or not ways:
        raise ModelError(
            f"{path}: pooling_mode must be a name or a list of some, got {ways!r:.80}."
        )
    return tuple(f"{way:.40}" if isinstance(way, str) else f"{way!r:.40}" for way in ways)


def _most(said: Mapping[str, Any], path: Path) -> int | None:
    most = said.get("max_seq_length")
    if most is not None and (type(most) is not int or most < _LEAST):
        raise ModelError(
            f"{path}: max_seq_length must be a whole number from {_LEAST} on, got {most!r:.40}."
        )
    return most
