"""A tokenizer made from a list of tokens, where a model has no tokenizer.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .error import ModelError
from .json_file import read_object

#: BERT's list of word pieces, and RoBERTa's of pairs of bytes.
WORD_PIECES, BYTE_PAIRS = ("vocab.txt",), ("vocab.json", "merges.txt")
#: What may say more about them.
OPTIONS = ("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")

#: The classes of transformers that read them, and those of each kind of model.
_FILES = {
    "BertTokenizer": WORD_PIECES,
    "DistilBertTokenizer": WORD_PIECES,
    "RobertaTokenizer": BYTE_PAIRS,
}
_CLASSES = {
    "bert": "BertTokenizer",
    "distilbert": "DistilBertTokenizer",
    "roberta": "RobertaTokenizer",
    "camembert": "CamembertTokenizer",
    "xlm-roberta": "XLMRobertaTokenizer",
}
_WORD_PIECE_MARKS = {
    **{"unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]"},
    **{"cls_token": "[CLS]", "mask_token": "[MASK]"},
}
_BYTE_PAIR_MARKS = {
    **{"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "sep_token": "</s>"},
    **{"pad_token": "<pad>", "cls_token": "<s>", "mask_token": "<mask>"},
}


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
    name = str(options.get("tokenizer_class") or _CLASSES[kind]).removesuffix("Fast")
    files = _FILES.get(name, ())
    if not files or not all((folder / file).is_file() for file in files):
        raise ModelError(
            f"{folder} has no tokenizer.json, and the lab can't make one for {name}"
            f"{' without ' + ' and '.join(files) if files else ''}. {HOW_TO_GET_ONE}"
        )
    make, marks = (
        (_word_pieces, _WORD_PIECE_MARKS) if files == WORD_PIECES else (_byte_pairs, _BYTE_PAIR_MARKS)
    )
    said = {mark: options.get(mark) or token for mark, token in marks.items()}
    return make(folder, said, options)


HOW_TO_GET_ONE = (
    "transformers makes it: AutoTokenizer.from_pretrained(folder).save_pretrained(folder)."
)


def _options(folder: Path) -> dict[str, Any]:
    """What the files beside the list say, but for the tokens that were added."""
    paths = [folder / name for name in OPTIONS[:2]]
    said: dict[str, Any] = {}
    for path in paths:
        said |= read_object(path) if path.is_file() else {}
    return said


def _word_pieces(folder: Path, marks: Mapping[str, Any], options: Mapping[str, Any]) -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    path = folder / WORD_PIECES[0]
    ids = _numbered(path) | _added(folder)
    _check_there(marks.values(), ids, path)
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token=_content(marks["unk_token"])))
    tokenizer.normalizer = normalizers.BertNormalizer(
        lowercase=options.get("do_lower_case", True),
        strip_accents=options.get("strip_accents"),
        handle_chinese_chars=options.get("tokenize_chinese_chars", True),
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    _add(tokenizer, folder, marks)
    begin, end = _content(marks["cls_token"]), _content(marks["sep_token"])
    tokenizer.post_processor = processors.TemplateProcessing(
        [begin, "$A", end], special_tokens=[(begin, ids[begin]), (end, ids[end])]
    )
    return tokenizer


def _byte_pairs(folder: Path, marks: Mapping[str, Any], options: Mapping[str, Any]) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    paths = [folder / name for name in BYTE_PAIRS]
    ids = read_object(paths[0])
    _check_there(marks.values(), ids | _added(folder), paths[0])
    spaced = bool(options.get("add_prefix_space", False))
    tokenizer = Tokenizer(models.BPE.from_file(*map(str, paths)))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=spaced)
    _add(tokenizer, folder, marks)
    ends = [_content(marks[name]) for name in ("sep_token", "cls_token")]
    tokenizer.post_processor = processors.RobertaProcessing(
        *((token, tokenizer.token_to_id(token)) for token in ends), add_prefix_space=spaced
    )
    return tokenizer


def _numbered(path: Path) -> dict[str, int]:
    """Number the tokens of a list, one a line."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path} can't be read as text: {error}. Fetch it again.") from error
    return {token: i for i, token in enumerate(lines if lines[-1] else lines[:-1])}


def _added(folder: Path) -> dict[str, int]:
    path = folder / OPTIONS[2]
    return read_object(path) if path.is_file() else {}


def _check_there(marks: Sequence[Any], ids: Mapping[str, int], path: Path) -> None:
    if missing := [token for token in map(_content, marks) if token not in ids]:
        raise ModelError(
            f"{path} has no {missing[0]}, which the tokenizer needs. If it is called otherwise "
            f"there, {OPTIONS[0]} must say so. {HOW_TO_GET_ONE}"
        )


def _add(tokenizer: Any, folder: Path, marks: Mapping[str, Any]) -> None:
    """Let it find special and added tokens whole in a text."""
    from tokenizers import AddedToken

    tokenizer.add_tokens(sorted(_added(folder), key=_added(folder).__getitem__))
    kept = ("lstrip", "rstrip", "single_word", "normalized")
    for mark in marks.values():
        said = mark if isinstance(mark, dict) else {}
        chosen = {name: bool(said[name]) for name in kept if name in said}
        tokenizer.add_special_tokens([AddedToken(_content(mark), special=True, **chosen)])


def _content(mark: Any) -> str:
    """Spell a special token, which some files describe by an object."""
    return str(mark.get("content") if isinstance(mark, dict) else mark)
