"""How tokens are shown, and what is said of a tokenizer's doings, with tokenizers made here."""

import pytest

from attn_core.pretrained.interpret.tokenized_words import describe_words
from attn_core.pretrained.tokens.tokenizer import Tokenizer

pytestmark = pytest.mark.usefixtures("model_packages")


def saved(tokenizer, folder):
    folder.mkdir(exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    return Tokenizer(folder, "bert", tokenizer.get_vocab_size())


@pytest.fixture(scope="module")
def bytes_of(tmp_path_factory):
    """A tokenizer that spells in bytes, some of which it has merged; with its way back or not."""
    from tokenizers import Tokenizer as Made
    from tokenizers import decoders, models, pre_tokenizers, processors

    def make(*, decoder):
        letters = sorted(pre_tokenizers.ByteLevel.alphabet())
        merges = [("Ã", "©"), ("ð", "Ł"), ("ðŁ", "ĺ"), ("ðŁĺ", "Ģ"), ("Ġ", "c"), ("f", "Ã")]
        merges += [("#", "#")]
        merged = [a + b for a, b in merges]
        vocabulary = {token: i for i, token in enumerate([*letters, *merged])}
        made = Made(models.BPE(vocabulary, merges))
        made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        made.post_processor = processors.ByteLevel(trim_offsets=True)
        made.decoder = decoders.ByteLevel() if decoder else None
        return saved(made, tmp_path_factory.mktemp("bytes"))

    return make


@pytest.mark.parametrize("decoder", [True, False])
def test_bytes_are_shown_as_the_characters_that_they_spell(bytes_of, decoder):
    tokenizer, wrong = bytes_of(decoder=decoder), []
    for text, expected in {
        "é😀": ["é", "😀"],
        "a cab": ["a", "c", "a", "b"],
        "a  b": ["a", "␣", "␣", "b"],
        "a\nb": ["a", "␊", "b"],
        "😁": ["😁 (1/2)", "😁 (2/2)"],  # its first three bytes are merged
        "😁😁": ["😁 (1/2)", "😁 (2/2)"] * 2,
        "“": ["“ (1/3)", "“ (2/3)", "“ (3/3)"],
        "aé": ["a", "é"],
    }.items():
        if (shown := [*tokenizer.split(text).shown]) != expected:
            wrong.append((text, shown))
    assert not wrong


def test_a_replacement_character_that_was_typed_is_a_character(bytes_of):
    for decoder in (True, False):
        pieces = bytes_of(decoder=decoder).split("\ufffd")
        assert pieces.shown == ("\ufffd (1/3)", "\ufffd (2/3)", "\ufffd (3/3)")


def test_tokens_that_share_a_part_of_a_character_count_it_together(bytes_of):
    """The first holds a letter as well: f and the first byte of ê."""
    assert bytes_of(decoder=True).split("fê").shown == ("fê (1/2)", "ê (2/2)")


@pytest.fixture(scope="module")
def pieces_of(tmp_path_factory):
    """A unigram model with ▁ for spaces, which makes ½ of three signs."""
    from tokenizers import Tokenizer as Made
    from tokenizers import decoders, models, normalizers, pre_tokenizers

    scores = {"<unk>": 0.0, "▁": -2.0, "▁été": -1.0, "1": -2.0, "⁄": -2.0, "2": -2.0, "x": -2.0}
    made = Made(models.Unigram([*scores.items()], unk_id=0))
    made.normalizer, made.pre_tokenizer = normalizers.NFKC(), pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    return saved(made, tmp_path_factory.mktemp("pieces"))


def test_spaces_of_sentencepiece(pieces_of):
    pieces = pieces_of.split("été ½ 😀x")
    assert pieces.tokens == ("▁été", "▁", "1", "⁄", "2", "▁", "<unk>", "x")
    assert pieces.shown == ("été", "␣", "1", "⁄", "2", "␣", "<unk>", "x")
    assert pieces.unknown == (*[False] * 6, True, False)
    assert pieces_of.unknown == pieces.ids[6]
    assert describe_words("été ½ 😀x", pieces) == [
        "It cuts ½ (1, ⁄, 2); puts <unk> in place of 😀.",
        "␣ is a space.",
    ]


@pytest.fixture(scope="module")
def words_of(tmp_path_factory):
    """Word pieces without capitals and accents, as BERT's."""
    from tokenizers import Tokenizer as Made
    from tokenizers import models, normalizers, pre_tokenizers

    tokens = [
        "[UNK]",
        "the",
        "cafe",
        "cafes",
        "ete",
        "##s",
        "le",
        "a",
        "##b",
        "ab",
        "か",
        "##く",
        "東",
        "京",
        "don",
        "'",
        "t",
        "!",
        "ᄒ",
        "##ᅡ",
        "##ᆫ",
        "é",
    ]
    made = Made(models.WordPiece({t: i for i, t in enumerate(tokens)}, unk_token="[UNK]"))
    made.normalizer, made.pre_tokenizer = (
        normalizers.BertNormalizer(),
        pre_tokenizers.BertPreTokenizer(),
    )
    return saved(made, tmp_path_factory.mktemp("words"))


def test_what_becomes_of_words_is_told(words_of):
    wrong = []
    for text, expected in {
        "the cafe": [],
        "don't!": [],
        "The cafe": ["It reads The as the."],
        "THE Café the": ["It reads Café as cafe and THE as the."],
        "The The The": ["It reads The as the."],
        "Le THE CAFE Café": ["It reads Café as cafe, Le as le, THE as the and 1 more."],
        "が": ["It reads が as か."],
        "e\u0301te\u0301": ["It reads e\u0301te\u0301 as ete."],
        "a\u200bb": ["It leaves out U+200B (zero width space)."],
        "\u200e le": ["It leaves out U+200E (left-to-right mark)."],
        "le\x07": ["It leaves out U+0007."],
        "le \ufffd": ["It leaves out \ufffd."],
        "𒀀ab le": ["It puts [UNK] in place of 𒀀ab."],
        "x y z w x": ["It puts [UNK] in place of x, y, z and 1 more."],
        "étés": ["It cuts étés (ete, ##s)."],
        "東京": ["It cuts 東京 (東, 京)."],
        "がく!": ["It cuts がく (か, ##く)."],
        "한": ["It cuts 한 (ᄒ, ##ᅡ, ##ᆫ)."],
        "Le\u00ad étés x": [
            "It reads Le as le; cuts étés (ete, ##s); puts [UNK] in place of x; "
            "leaves out U+00AD (soft hyphen)."
        ],
    }.items():
        told = describe_words(text, words_of.split(text))
        note = [each for each in told if not each.startswith("A token such as ##")]
        if note != expected or (len(told) > len(note)) != any("##" in each for each in expected):
            wrong.append((text, told))
    assert not wrong


def test_words_of_a_text_are_quoted_and_shortened(words_of):
    told = describe_words("x" * 99, words_of.split("x" * 99), lambda word: f"<{word}>")
    assert told == [f"It puts <[UNK]> in place of <{'x' * 23}…>."]


def test_the_parts_of_a_character_are_explained(bytes_of):
    text = "😁"
    assert describe_words(text, bytes_of(decoder=True).split(text)) == [
        "It cuts 😁 (😁 (1/2), 😁 (2/2)).",
        "😁 (1/2) is the first of 2 tokens that spell 😁 together.",
    ]


def test_number_signs_of_a_text_are_no_sign_of_a_model(bytes_of):
    pieces = bytes_of(decoder=True).split("##")
    assert pieces.shown == ("##",)
    assert describe_words("##", pieces) == []


def test_lower_case_before_all_else(bytes_of):
    tokenizer = bytes_of(decoder=True)
    tokenizer.lower()
    pieces = tokenizer.split("É CAB")
    assert pieces.shown == ("é", "c", "a", "b")
    assert describe_words("É CAB", pieces) == ["It reads É as é; cuts CAB (c, a, b)."]


def test_the_first_tokens_keep_those_at_both_ends(model_packages):
    from attn_core.pretrained import load
    from tests.pretrained.tiny import HOME

    pieces = load(HOME / "bert").split("a b c d")
    cut = pieces.first(4)
    assert cut.tokens == ("[CLS]", "a", "b", "[SEP]")
    assert cut.ids == (*pieces.ids[:3], pieces.ids[-1])
    assert cut.spans == ((0, 0), (0, 1), (2, 3), (0, 0))
    assert pieces.first(6) == pieces


def test_without_a_way_back_the_text_itself_is_shown(tmp_path):
    """A model of whole words, and one that cuts a sign into two tokens."""
    from tokenizers import Tokenizer as Made
    from tokenizers import models, pre_tokenizers

    from attn_core.pretrained.tokens.written import spelled

    made = Made(models.WordLevel({"[UNK]": 0, "▁Je": 1, "▁": 2}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    assert saved(made, tmp_path / "words").split("Je tu").shown == ("Je", "[UNK]")
    assert spelled("ab ", ("a", "b", "▁"), ((0, 1), (0, 1), (3, 3)), None) == [None, None, " "]
