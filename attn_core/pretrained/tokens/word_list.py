"""A tokenizer made from a list of tokens, where a model has no tokenizer.json."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..files.error import ModelError
from ..files.json_file import read_object

#: BERT's list of word pieces, and RoBERTa's and GPT-2's of pairs of bytes.
WORD_PIECES, BYTE_PAIRS = ("vocab.txt",), ("vocab.json", "merges.txt")
#: What may say more about them.
OPTIONS = ("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")

#: What to do where there is none that is read.
HOW_TO_GET_ONE = (
    "transformers makes it: AutoTokenizer.from_pretrained(folder).save_pretrained(folder)."
)

#: The classes of transformers that read them, and those of each kind of model.
_FILES = {
    "BertTokenizer": WORD_PIECES,
    "DistilBertTokenizer": WORD_PIECES,
    "RobertaTokenizer": BYTE_PAIRS,
    "GPT2Tokenizer": BYTE_PAIRS,
    "Qwen2Tokenizer": BYTE_PAIRS,
}
#: Classes that read a tokenizer.json of any kind, so that the model's kind tells.
_GENERAL = ("PreTrainedTokenizer", "TokenizersBackend")
_CLASSES = {
    "bert": "BertTokenizer",
    "distilbert": "DistilBertTokenizer",
    "roberta": "RobertaTokenizer",
    "camembert": "CamembertTokenizer",
    "xlm-roberta": "XLMRobertaTokenizer",
    "gpt2": "GPT2Tokenizer",
    "llama": "LlamaTokenizer",
    **dict.fromkeys(("qwen2", "qwen3"), "Qwen2Tokenizer"),
}
_WORD_PIECE_MARKS = {
    **{"unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]"},
    **{"cls_token": "[CLS]", "mask_token": "[MASK]"},
}
_BYTE_PAIR_MARKS = {
    **{"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "sep_token": "</s>"},
    **{"pad_token": "<pad>", "cls_token": "<s>", "mask_token": "<mask>"},
}
#: What stands at the beginning and the end of texts for decoders, and for what isn't known.
_END = "<|endoftext|>"
_DECODER_MARKS = {
    "GPT2Tokenizer": {"bos_token": _END, "eos_token": _END, "unk_token": _END},
    "Qwen2Tokenizer": {"eos_token": _END, "unk_token": _END, "pad_token": _END},
}
#: How Qwen2 cuts a text before it pairs bytes.
_QWEN2_CUTS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def tokenizer_of(folder: Path, kind: str) -> Any:
    """Make the tokenizer that transformers makes of the same files.

    Parameters
    ----------
    folder : Path
    kind : str
        Of the model, as config.json calls it.

    Raises
    ------
    ModelError
        When the files aren't of a kind that is known here, or lack something.
    """
    options = _options(folder)
    name = str(options.get("tokenizer_class") or _GENERAL[0]).removesuffix("Fast")
    name = _CLASSES[kind] if name in _GENERAL else name
    files = _FILES.get(name, ())
    if not files or not all((folder / file).is_file() for file in files):
        raise ModelError(
            f"{folder} has no tokenizer.json, and the lab can't make one for {name}"
            f"{' without ' + ' and '.join(files) if files else ''}. {HOW_TO_GET_ONE}"
        )
    if name in _DECODER_MARKS:
        return _decoder_byte_pairs(folder, options, name)
    return (_word_pieces if files == WORD_PIECES else _byte_pairs)(folder, options)


def _options(folder: Path) -> dict[str, Any]:
    """What the files beside the list say, but for the tokens that were added."""
    paths = [folder / name for name in OPTIONS[:2]]
    said: dict[str, Any] = {}
    for path in paths:
        said |= read_object(path) if path.is_file() else {}
    return said


def _word_pieces(folder: Path, options: Mapping[str, Any]) -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    path, marks = folder / WORD_PIECES[0], _marks(_WORD_PIECE_MARKS, options)
    added = _added(folder, options)
    ids = _numbered(path) | added
    _check_there(marks, ids, path)
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token=_content(marks["unk_token"])))
    tokenizer.normalizer = normalizers.BertNormalizer(
        lowercase=options.get("do_lower_case", True),
        strip_accents=options.get("strip_accents"),
        handle_chinese_chars=options.get("tokenize_chinese_chars", True),
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    _add(tokenizer, added, marks, options)
    begin, end = _content(marks["cls_token"]), _content(marks["sep_token"])
    tokenizer.post_processor = processors.TemplateProcessing(
        [begin, "$A", end],
        [begin, "$A", end, "$B:1", f"{end}:1"],
        [(begin, ids[begin]), (end, ids[end])],
    )
    return tokenizer


def _byte_pairs(folder: Path, options: Mapping[str, Any]) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    paths, marks = [folder / name for name in BYTE_PAIRS], _marks(_BYTE_PAIR_MARKS, options)
    ids = read_object(paths[0])
    added = _added(folder, options)
    _check_there(marks, ids | added, paths[0])
    spaced = bool(options.get("add_prefix_space", False))
    tokenizer = Tokenizer(models.BPE.from_file(*map(str, paths)))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=spaced)
    _add(tokenizer, added, marks, options)
    ends = [_content(marks[name]) for name in ("sep_token", "cls_token")]
    tokenizer.post_processor = processors.RobertaProcessing(
        *((token, tokenizer.token_to_id(token)) for token in ends), add_prefix_space=spaced
    )
    return tokenizer


def _decoder_byte_pairs(folder: Path, options: Mapping[str, Any], name: str) -> Any:
    from tokenizers import Tokenizer, models, processors

    paths, marks = [folder / file for file in BYTE_PAIRS], _marks(_DECODER_MARKS[name], options)
    added = _added(folder, options)
    known = read_object(paths[0]) | added
    tokenizer = Tokenizer(models.BPE.from_file(*map(str, paths)))
    _set_cuts(tokenizer, name, bool(options.get("add_prefix_space", False)))
    # Unlike an encoder's they may be missing: nothing is put around a text.
    marks = {mark: token for mark, token in marks.items() if _content(token) in known}
    _add(tokenizer, added, marks, options)
    if options.get("add_bos_token") and "bos_token" in marks:
        begin = _content(marks["bos_token"])
        tokenizer.post_processor = processors.TemplateProcessing(
            [begin, "$A"], special_tokens=[(begin, tokenizer.token_to_id(begin))]
        )
    return tokenizer


def _set_cuts(tokenizer: Any, name: str, spaced: bool) -> None:
    from tokenizers import Regex, decoders, normalizers, pre_tokenizers

    tokenizer.decoder = decoders.ByteLevel()
    if name == "GPT2Tokenizer":
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=spaced)
        return
    tokenizer.normalizer = normalizers.NFC()
    to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=spaced, use_regex=False)
    cuts = pre_tokenizers.Split(Regex(_QWEN2_CUTS), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([cuts, to_bytes])


def _marks(usual: Mapping[str, str], options: Mapping[str, Any]) -> dict[str, Any]:
    """Tell how the special tokens are called here."""
    return {mark: options.get(mark) or token for mark, token in usual.items()}


def _numbered(path: Path) -> dict[str, int]:
    """Number the tokens of a list, one a line."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path} can't be read as text: {error}. Fetch it again.") from error
    return {token: i for i, token in enumerate(lines if lines[-1] else lines[:-1])}


def _added(folder: Path, options: Mapping[str, Any]) -> dict[str, int]:
    """Number the tokens that were added to the list."""
    path = folder / OPTIONS[2]
    older = read_object(path) if path.is_file() else {}
    newer = options.get("added_tokens_decoder") or {}
    return older | {_content(mark): int(i) for i, mark in newer.items()}


def _check_there(marks: Mapping[str, Any], ids: Mapping[str, int], path: Path) -> None:
    """Refuse a list without what stands around each text, or for what isn't in the list."""
    needed = [_content(marks[name]) for name in ("cls_token", "sep_token", "unk_token")]
    if missing := [token for token in needed if token not in ids]:
        raise ModelError(
            f"{path} has no {missing[0]}, which the tokenizer needs. If it is called otherwise "
            f"there, {OPTIONS[0]} must say so. {HOW_TO_GET_ONE}"
        )


def _add(tokenizer: Any, added: Mapping[str, int], marks: Mapping[str, Any], options: Any) -> None:
    """Let it find special and added tokens whole in a text."""
    from tokenizers import AddedToken

    ways = _ways(marks, options)
    for token in sorted({*added, *ways}, key=lambda token: added.get(token, -1)):
        tokenizer.add_tokens([AddedToken(token, **ways.get(token, {}))])
        if tokenizer.token_to_id(token) != added.get(token, tokenizer.token_to_id(token)):
            raise ValueError(f"the number of {token!a:.40} isn't the one after those before it")


def _ways(marks: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, dict[str, bool]]:
    """Say how each special token is found in a text; an object may say it."""
    said = [*(options.get("added_tokens_decoder") or {}).values(), *marks.values()]
    said += options.get("additional_special_tokens") or ()
    ways: dict[str, dict[str, bool]] = {}
    for mark in said:
        told = {"normalized": False, **(mark if isinstance(mark, dict) else {})}
        known = ("lstrip", "rstrip", "single_word", "normalized")
        ways.setdefault(_content(mark), {name: bool(told[name]) for name in known if name in told})
    return ways


def _content(mark: Any) -> str:
    """Spell a special token, which some files describe by an object."""
    return str(mark.get("content") if isinstance(mark, dict) else mark)
