"""Make the tiny models beside this file, and what transformers computes with them.

    python tests/golden/tiny/make.py

needs torch and transformers, which no test does. Sizes are distinct primes, or a product of
the number of heads and a prime, and all numbers are random and large, so that a matrix left
out, swapped or transposed can't pass. `expected.json` has texts and tokens, `expected.npz`
the numbers, from eager attention in float32. `parts.npz` has, of the second text, what leaves
the last layer with heads zeroed before W_o, and lengths of what the parts of each layer add.
"""

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

HERE = Path(__file__).parent
TEXTS = ("ab ba", "cab bad, dab a ccc", "a b c d a [MASK] <mask>", "a <pad><pad> b [PAD] c")
SIZES = {"layers": 2, "heads": 3, "d_model": 15, "d_ff": 11, "places": 17}
LETTERS = [*"abcdef,"]


def pieces(specials, joined, opened):
    """Name the tokens of a vocabulary: letters, alone and as a word's part, and two pairs."""
    begun = [opened + letter for letter in [*LETTERS, "ba", "da"]]
    return [*specials, *begun, *(joined + letter for letter in [*LETTERS, "ab"])]


def word_pieces(folder, unused):
    """Write BERT's kind of tokenizer."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    tokens = pieces(["[PAD]", *unused, "[UNK]", "[CLS]", "[SEP]", "[MASK]"], "##", "")
    vocabulary = {token: i for i, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    around = [("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])]
    tokenizer.post_processor = processors.TemplateProcessing(
        "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", around
    )
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    # As many published files have it: all sentences cut, and filled up, to one length.
    tokenizer.enable_truncation(5)
    tokenizer.enable_padding(length=5)
    tokenizer.save(str(folder / "tokenizer.json"))
    return len(tokens)


def byte_pairs(folder):
    """Write RoBERTa's kind of tokenizer."""
    from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors

    tokens = [*pieces(["<s>", "<pad>", "</s>", "<unk>"], "", "Ġ"), "Ġ", "<mask>"]
    vocabulary = {token: i for i, token in enumerate(tokens)}
    merges = [("Ġ", letter) for letter in LETTERS]
    merges += [("Ġb", "a"), ("Ġd", "a"), ("a", "b")]
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    tokenizer.add_special_tokens(
        ["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True, special=True)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    return len(tokens)


def randomised(model, seed):
    """Give each parameter, gains and biases too, random numbers that leave none near 0."""
    import torch

    torch.manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            is_gain = parameter.ndim == 1 and name.endswith("weight")
            parameter.copy_(torch.randn(parameter.shape) * 0.5 + (1 if is_gain else 0))
    return model.eval()


def bert(folder):
    """Write BERT with a head on it, as the files of 2018 call its tensors."""
    from safetensors.numpy import load_file, save_file
    from transformers import BertConfig, BertForMaskedLM

    config = BertConfig(
        vocab_size=word_pieces(folder, ["[unused0]"]),
        num_hidden_layers=SIZES["layers"],
        num_attention_heads=SIZES["heads"],
        hidden_size=SIZES["d_model"],
        intermediate_size=SIZES["d_ff"],
        max_position_embeddings=SIZES["places"],
    )
    randomised(BertForMaskedLM(config), 1).save_pretrained(folder)
    path = folder / "model.safetensors"
    tensors = load_file(path)
    for name in list(tensors):
        old = name.replace("LayerNorm.weight", "LayerNorm.gamma")
        old = old.replace("LayerNorm.bias", "LayerNorm.beta")
        tensors[old] = tensors.pop(name)
    save_file(tensors, path, {"format": "pt"})


def roberta(folder):
    """Write RoBERTa without a head, whose first place comes after that of the padding."""
    from transformers import RobertaConfig, RobertaModel

    config = RobertaConfig(
        vocab_size=byte_pairs(folder),
        num_hidden_layers=SIZES["layers"],
        num_attention_heads=SIZES["heads"],
        hidden_size=SIZES["d_model"],
        intermediate_size=SIZES["d_ff"],
        max_position_embeddings=SIZES["places"] + 2,
        type_vocab_size=1,
        layer_norm_eps=1e-5,
    )
    randomised(RobertaModel(config), 2).save_pretrained(folder)


def distilbert(folder):
    """Write DistilBERT with a head on it, in half precision."""
    from transformers import DistilBertConfig, DistilBertForMaskedLM

    config = DistilBertConfig(
        vocab_size=word_pieces(folder, []),
        n_layers=SIZES["layers"],
        n_heads=SIZES["heads"],
        dim=SIZES["d_model"],
        hidden_dim=SIZES["d_ff"],
        max_position_embeddings=SIZES["places"],
    )
    randomised(DistilBertForMaskedLM(config), 3).half().save_pretrained(folder)


def expected(folder, text):
    """Let transformers read a text."""
    import torch
    from transformers import AutoModel, PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"))
    ids = tokenizer.encode(text, truncation=False, padding=False)
    model, told = AutoModel.from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32, output_loading_info=True
    )
    left_out = [name for name in told["missing_keys"] if "pooler" not in name]
    assert not left_out, left_out
    with torch.no_grad():
        read = model.eval()(torch.tensor([ids]), output_attentions=True)
    said = {"text": text, "tokens": tokenizer.convert_ids_to_tokens(ids), "ids": ids}
    weights = torch.stack([layer[0] for layer in read.attentions])
    return said, weights.numpy(), read.last_hidden_state[0].numpy()


#: Heads that are zeroed together, (layer, head); the last are all of a layer.
OFF = {"one": [(1, 1)], "two": [(0, 0), (1, 1)], "layer": [(0, 0), (0, 1), (0, 2)]}
#: What attention and the feed-forward part end with, in the layers of each kind.
ENDS = {
    "bert": ("encoder.layer", "attention.output.dense", "output.dense"),
    "roberta": ("encoder.layer", "attention.output.dense", "output.dense"),
    "distilbert": ("transformer.layer", "attention.out_lin", "ffn.lin2"),
}


def parts(kind):
    """Zeroed heads, and lengths of what each part adds, by hooks of PyTorch."""
    import torch
    from transformers import AutoModel

    folder = HERE / kind
    ids = json.loads((folder / "expected.json").read_text(encoding="utf-8"))[1]["ids"]
    model = AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
    home, attention, mlp = ENDS[kind]
    layers = [*model.eval().get_submodule(home)]

    def run():
        with torch.no_grad():
            return model(torch.tensor([ids])).last_hidden_state[0].numpy()

    found = {}
    for name, off in OFF.items():
        hooks = []
        for i, layer in enumerate(layers):

            def zero(module, given, i=i, off=off):
                heads = given[0].clone().unflatten(-1, (SIZES["heads"], -1))
                for place, head in off:
                    if place == i:
                        heads[..., head, :] = 0
                return (heads.flatten(-2),)

            hooks.append(layer.get_submodule(attention).register_forward_pre_hook(zero))
        found[f"{kind} {name}"] = run()
        for hook in hooks:
            hook.remove()
    for name, place in (("attention", attention), ("mlp", mlp)):
        lengths = []
        for layer in layers:
            layer.get_submodule(place).register_forward_hook(
                lambda module, given, out, kept=lengths: kept.append(out[0].norm(dim=-1).numpy())
            )
        run()
        found[f"{kind} {name}"] = np.stack(lengths)
    return found


def write_parts():
    """Write those of all kinds."""
    arrays = {name: value for kind in ENDS for name, value in parts(kind).items()}
    np.savez_compressed(HERE / "parts.npz", **arrays)


def activations():
    """Write what transformers' functions of a feed-forward part give, by name."""
    import torch
    from transformers.activations import ACT2CLS, ACT2FN

    x = torch.linspace(-11, 11, 89)
    learned = ("prelu", "xielu")
    values = {name: ACT2FN[name](x).numpy() for name in ACT2CLS if name not in learned}
    np.savez_compressed(HERE / "activations.npz", x=x.numpy(), **values)


def word_lists():
    """Write which tokens transformers makes of a text, with the files of word_lists.json."""
    from transformers import AutoTokenizer

    path = HERE.parent / "word_lists.json"
    cases = json.loads(path.read_text(encoding="utf-8"))
    for case in cases:
        with TemporaryDirectory() as folder:
            shutil.copy(HERE / case["kind"] / "config.json", folder)
            for name, content in case["files"].items():
                Path(folder, name).write_text(content, encoding="utf-8")
            tokenizer = AutoTokenizer.from_pretrained(folder)
            case["tokens"] = tokenizer.convert_ids_to_tokens(tokenizer.encode(case["text"]))
    lines = ",\n".join(f" {json.dumps(case, ensure_ascii=False)}" for case in cases)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


PAIRS = (("ab ba", "cab, dab"), ("a", "b a c"))


def pair(folder, first, second):
    """Let transformers read a pair of sentences, with the segments that its tokenizer numbers."""
    import torch
    from transformers import AutoModel, PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"))
    read = tokenizer(first, second, truncation=False, padding=False, return_token_type_ids=True)
    ids, segments = read["input_ids"], read["token_type_ids"]
    model = AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
    given = {"input_ids": torch.tensor([ids])}
    if model.config.model_type != "distilbert":  # it has no segments
        given["token_type_ids"] = torch.tensor([segments])
    with torch.no_grad():
        out = model.eval()(**given, output_attentions=True)
    said = {"kind": folder.name, "first": first, "second": second, "segments": segments}
    said["tokens"] = tokenizer.convert_ids_to_tokens(ids)
    weights = torch.stack([layer[0] for layer in out.attentions])
    return said, {"weights": weights.numpy(), "hidden": out.last_hidden_state[0].numpy()}


def listed_pairs():
    """Tokens and segments of pairs, by tokenizers made of the lists of word_lists.json."""
    from transformers import AutoTokenizer

    cases = json.loads((HERE.parent / "word_lists.json").read_text(encoding="utf-8"))
    for i, case in enumerate(cases):
        with TemporaryDirectory() as folder:
            shutil.copy(HERE / case["kind"] / "config.json", folder)
            for name, content in case["files"].items():
                Path(folder, name).write_text(content, encoding="utf-8")
            tokenizer = AutoTokenizer.from_pretrained(folder)
            read = tokenizer(case["text"], "b a", return_token_type_ids=True)
            tokens = tokenizer.convert_ids_to_tokens(read["input_ids"])
            yield {"list": i, "tokens": tokens, "segments": read["token_type_ids"]}


def write_pairs():
    """Write pairs of sentences, as transformers reads them."""
    read = [pair(HERE / kind, *texts) for kind in ENDS for texts in PAIRS]
    said = [*(each for each, _ in read), *listed_pairs()]
    lines = ",\n".join(f" {json.dumps(each, ensure_ascii=False)}" for each in said)
    (HERE / "pairs.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    arrays = {f"{name}_{i}": a for i, (_, each) in enumerate(read) for name, a in each.items()}
    np.savez_compressed(HERE / "pairs.npz", **arrays)


def main():
    """Write the three folders, the functions' values, tokens of lists of words, parts and pairs."""
    activations()
    word_lists()
    for write in (bert, roberta, distilbert):
        folder = HERE / write.__name__
        folder.mkdir(exist_ok=True)
        write(folder)
        said, weights, hidden = zip(*(expected(folder, text) for text in TEXTS), strict=True)
        lines = json.dumps(said, indent=1, ensure_ascii=False)
        (folder / "expected.json").write_text(lines + "\n", encoding="utf-8")
        arrays = {f"weights_{i}": array for i, array in enumerate(weights)}
        arrays |= {f"hidden_{i}": array for i, array in enumerate(hidden)}
        np.savez_compressed(folder / "expected.npz", **arrays)
    write_parts()
    write_pairs()


if __name__ == "__main__":
    main()
