"""What a file calls a model's tensors: something may stand before all names, and old names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from .error import ModelError

#: Files of 2018 call the gain and the shift of a LayerNorm so.
_OLD = {".gamma": ".weight", ".beta": ".bias"}


def found_names(names: Iterable[str], needed: Sequence[str], where: str) -> dict[str, str]:
    """Find a model's tensors among the names of a file: ours to the file's.

    Whatever stands before all of them is left away, as a head's ``bert.``, PyTorch's
    ``module.`` and ``_orig_mod.``, or ``0.auto_model.`` of sentence-transformers.

    Parameters
    ----------
    names : iterable of str
    needed : sequence of str
        All that the model needs; the first tells where to look.
    where : str
        For messages.

    Raises
    ------
    ModelError
        When the model isn't there whole, or is there twice.

    Examples
    --------
    >>> found_names(["a.b.table", "a.b.norm.gamma", "head"], ["table", "norm.weight"], "file")
    {'table': 'a.b.table', 'norm.weight': 'a.b.norm.gamma'}
    """
    by_plain = defaultdict(list)
    for name in sorted(names):
        by_plain[modern(name)].append(name)
    prefixes = [name.removesuffix(needed[0]) for name in by_plain if name.endswith(needed[0])]
    missing = {p: [name for name in needed if p + name not in by_plain] for p in prefixes or [""]}
    nearest = min(missing, key=lambda prefix: len(missing[prefix]))
    if missing[nearest]:
        raise ModelError(
            f"{where} has no tensor {nearest + missing[nearest][0]}. It is the file of another "
            "model, or its config.json is."
        )
    _check_one([prefix for prefix in missing if not missing[prefix]], needed[0], where)
    return {name: _only(by_plain, nearest + name, where) for name in needed}


def _check_one(whole: Sequence[str], name: str, where: str) -> None:
    if len(whole) > 1:
        both = " and ".join(prefix + name for prefix in whole)
        raise ModelError(
            f"{where} holds {len(whole)} models, with {both}; which is meant can't be told. "
            "Save the one that you mean alone."
        )


def _only(by_plain: Mapping[str, Sequence[str]], plain: str, where: str) -> str:
    stored = by_plain[plain]
    if len(stored) > 1:
        raise ModelError(f"{where} has two names for one tensor: {' and '.join(stored)}.")
    return stored[0]


def modern(name: str) -> str:
    """Name a tensor as newer files do.

    Examples
    --------
    >>> modern("output.LayerNorm.gamma")
    'output.LayerNorm.weight'
    """
    for old, new in _OLD.items():
        if name.endswith(old):
            return name.removesuffix(old) + new
    return name
