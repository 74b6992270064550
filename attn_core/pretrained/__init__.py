"""Pretrained transformers, encoders and decoders, seen with the equations of the lab.

`load` opens one; its packages are imported only then. Where its files are is `sources`, what
they hold `files`, its tokenizer `tokens`, what all families have in common `parts`, their
layers `bert` and `decoder`, what is read from a model `interpret`.
"""

from .decoder import Decoder, DecoderOutput
from .encoded import Encoded
from .encoder import Encoder
from .files.error import ModelError
from .head_in_lab import beginning, describe_lab, in_lab
from .loading import is_decoder, load
from .real_vectors import Reduced, describe_vectors, reduced, with_real_vectors, with_vocabulary
from .sources.locate import DEFAULT, DEFAULTS, GLASSLLM, PACKAGE, folder_at_hand, is_at_hand

__all__ = [
    "DEFAULT",
    "DEFAULTS",
    "GLASSLLM",
    "PACKAGE",
    "Decoder",
    "DecoderOutput",
    "Encoded",
    "Encoder",
    "ModelError",
    "Reduced",
    "beginning",
    "describe_lab",
    "describe_vectors",
    "folder_at_hand",
    "in_lab",
    "is_at_hand",
    "is_decoder",
    "load",
    "reduced",
    "with_real_vectors",
    "with_vocabulary",
]
