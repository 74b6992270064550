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
from .head_in_lab import in_lab, told_of_lab
from .real_vectors import Reduced, reduced, told_of_vectors, with_real_vectors, with_vocabulary

__all__ = [
    "DEFAULT",
    "PACKAGE",
    "Encoded",
    "Encoder",
    "ModelError",
    "Reduced",
    "folder_at_hand",
    "in_lab",
    "is_at_hand",
    "load",
    "reduced",
    "told_of_lab",
    "told_of_vectors",
    "with_real_vectors",
    "with_vocabulary",
]
