"""glassllm's tokenizer: an alphabet, and pairs of tokens that become one, in their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..files.error import needs

#: Tokens that stand for no letters, by their numbers from 0 on, and its sign of a space.
_SPECIAL, _SPACE = ("<pad>", "<unk>", "<bos>", "<eos>"), "▁"
#: Where a text is cut before pairs are joined: each line's end, and each word with its spaces.
_CUTS = r"\n|▁*[^▁\n]+|▁+"


def tokenizer_of(said: Mapping[str, Any]) -> Any:
    """Make the tokenizer of what glassllm's file says.

    Parameters
    ----------
    said : mapping
        With an ``alphabet``, a list of letters, and ``merges``, a list of pairs.
    """
    try:
        from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
    except ImportError as error:
        raise needs("tokenizers", error) from error
    merges = [tuple(pair) for pair in said["merges"]]
    tokens = (*_SPECIAL, *said["alphabet"], *map("".join, merges))
    ids = {token: i for i, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(ids, merges, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(" ", _SPACE)]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_CUTS), "isolated")
    tokenizer.decoder = decoders.Sequence([decoders.Replace(_SPACE, " "), decoders.Fuse()])
    return tokenizer
