"""What can be wrong with a model."""

from __future__ import annotations


class ModelError(ValueError):
    """A model can't be had or read; the message says why, and what to do."""


class UnseenError(ValueError):
    """Raised for a text of which a model sees nothing."""


def needs(package: str, error: ImportError) -> ModelError:
    """Tell that a package of requirements-models.txt is missing.

    Examples
    --------
    >>> print(needs("tokenizers", ImportError("No module named 'tokenizers'")))
    A pretrained model needs the package tokenizers (No module named 'tokenizers'). \
Run `make models`, or `pip install -r requirements-models.txt`.
    """
    return ModelError(
        f"A pretrained model needs the package {package} ({error}). "
        "Run `make models`, or `pip install -r requirements-models.txt`."
    )
