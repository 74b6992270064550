"""Pretrained transformers of the BERT family, seen with the equations of the lab.

`load` opens one; its packages are imported only then. Where its files are is `sources`, what
they hold `files`, its layers and its tokenizer `bert`, what is read from them `interpret`.
"""

from .encoder import (
    DEFAULT,
    PACKAGE,
    Encoded,
    Encoder,
    ModelError,
    folder_at_hand,
    is_at_hand,
    load,
)
from .head_in_lab import describe_lab, in_lab
from .real_vectors import Reduced, describe_vectors, reduced, with_real_vectors, with_vocabulary

__all__ = [
    "DEFAULT",
    "PACKAGE",
    "Encoded",
    "Encoder",
    "ModelError",
    "Reduced",
    "describe_lab",
    "describe_vectors",
    "folder_at_hand",
    "in_lab",
    "is_at_hand",
    "load",
    "reduced",
    "with_real_vectors",
    "with_vocabulary",
]
