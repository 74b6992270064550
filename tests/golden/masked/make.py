"""Make what transformers says of each token of a text with the head of a masked language model.

    python tests/golden/masked/make.py

needs torch and transformers, which no test does. BERT and DistilBERT are the tiny models beside
this folder, which have such a head; RoBERTa with one is made here, and `bert-own` is BERT whose
head has a table of its own, and another activation. `expected.npz` has the logits of all tokens
of each text, from eager attention in float32, and those with heads zeroed before W_o.
"""

import importlib.util
import json
import shutil
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
TINY = HERE.parent / "tiny"
TEXTS = {
    "bert": ("cab [MASK], dab a ccc", "[MASK]"),
    "distilbert": ("cab [MASK], dab a [MASK]",),
    "roberta": ("cab <mask>, dab a ccc",),
    "bert-own": ("a b [MASK] d",),
}


def of_tiny():
    """The script beside the tiny models."""
    spec = importlib.util.spec_from_file_location("tiny", TINY / "make.py")
    tiny = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tiny)
    return tiny


def made(kind, tiny):
    """The folder of a model; one that isn't beside this folder is made."""
    if kind in ("bert", "distilbert"):
        return TINY / kind
    shutil.rmtree(HERE / kind, ignore_errors=True)
    (HERE / kind).mkdir()
    return (roberta if kind == "roberta" else bert_own)(HERE / kind, tiny)


def roberta(folder, tiny):
    """Write RoBERTa with a head, in half precision; its MLP has relu, its head always gelu."""
    from transformers import RobertaConfig, RobertaForMaskedLM

    sizes = sized(tiny, tiny.byte_pairs(folder)) | {"type_vocab_size": 1, "layer_norm_eps": 1e-5}
    sizes |= {"hidden_act": "relu", "max_position_embeddings": tiny.SIZES["places"] + 2}
    model = tiny.randomised(RobertaForMaskedLM(RobertaConfig(**sizes)), 5)
    model.half().save_pretrained(folder)
    return folder


def bert_own(folder, tiny):
    """Write BERT with a table of its own in the head."""
    from transformers import BertConfig, BertForMaskedLM

    sizes = sized(tiny, tiny.word_pieces(folder, [])) | {"hidden_act": "relu"}
    config = BertConfig(**sizes, tie_word_embeddings=False)
    tiny.randomised(BertForMaskedLM(config), 6).save_pretrained(folder)
    return folder


#: Heads that are zeroed together, (layer, head).
OFF = [(0, 2), (1, 0), (1, 1)]


def zeroed(tiny, model):
    """Have hooks of PyTorch zero what these heads give to W_o."""
    kind = model.config.model_type
    home, attention, _ = tiny.ENDS[kind]
    for i, layer in enumerate(model.get_submodule(f"{kind}.{home}")):

        def zero(module, given, i=i):
            heads = given[0].clone().unflatten(-1, (tiny.SIZES["heads"], -1))
            for place, head in OFF:
                if place == i:
                    heads[..., head, :] = 0
            return (heads.flatten(-2),)

        layer.get_submodule(attention).register_forward_pre_hook(zero)
    return model


def sized(tiny, vocabulary):
    """What a config says of the sizes."""
    names = {
        **{"layers": "num_hidden_layers", "heads": "num_attention_heads"},
        **{"d_model": "hidden_size", "d_ff": "intermediate_size"},
        "places": "max_position_embeddings",
    }
    return {"vocab_size": vocabulary} | {names[name]: n for name, n in tiny.SIZES.items()}


def main():
    """Write the models and the numbers."""
    import torch
    from transformers import AutoModelForMaskedLM, PreTrainedTokenizerFast

    said, arrays, tiny = [], {}, of_tiny()
    for kind, texts in TEXTS.items():
        folder = made(kind, tiny)
        tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"))
        model, told = AutoModelForMaskedLM.from_pretrained(
            folder, attn_implementation="eager", dtype=torch.float32, output_loading_info=True
        )
        print(kind, told["missing_keys"])
        ids = [tokenizer.encode(text, truncation=False, padding=False) for text in texts]
        begun = len(said)
        for name in ("logits", "without"):
            for i, each in enumerate(ids, begun):
                with torch.no_grad():
                    arrays[f"{name}_{i}"] = model.eval()(torch.tensor([each])).logits[0].numpy()
            model = zeroed(tiny, model)
        said += [
            {"model": kind, "text": text, "ids": each}
            for text, each in zip(texts, ids, strict=True)
        ]
    (HERE / "expected.json").write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    np.savez_compressed(HERE / "expected.npz", **arrays)


if __name__ == "__main__":
    main()
