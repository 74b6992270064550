"""Make what glassllm's own tracer computes with the weights that the package ships.

    python tests/golden/glassllm/make.py

needs glassllm 0.1.0, in an environment of its own: no test and nothing of the lab runs its code.
`expected.json` has texts, their tokens and the tokens that it writes on where it takes the
likeliest each time; `expected.npz` of each text some heads' weights, the last hidden state and
the logits, of the last rows alone where a text is long.
"""

import json
from pathlib import Path

import numpy as np
from glassllm import Tracer, load_pretrained

HERE = Path(__file__).parent
LONG = "The Queen said to the King, “Off with her head!” and Alice looked at it all. "
#: Name of the model, its language, a text.
TEXTS = [
    ("glassllm", "en", "Alice was beginning to"),
    ("glassllm", "en", "“Who are you?”\n  said the ﬁrst cafe\u0301 → <bos> 7½"),
    ("glassllm", "en", (5 * LONG).strip()),
    ("glassllm-pt", "pt", "Capitu olhou para mim, e não disse nada"),
]
HEADS = [(0, 1), (2, 3), (3, 0)]
#: Rows that are kept of each text, its last.
ROWS = 7


def main() -> None:
    """Write both files."""
    cases, arrays = [], {}
    for i, (name, language, text) in enumerate(TEXTS):
        model, tokenizer = load_pretrained(language)
        ids = tokenizer.encode(text)
        tracer = Tracer()
        model.forward(ids, trace=tracer)
        for layer, head in HEADS:
            weights = tracer.get("attn.softmax", layer=layer, head=head).value
            arrays[f"weights_{i}_{layer}_{head}"] = weights[-ROWS:]
        arrays[f"hidden_{i}"] = tracer.get("norm.final").value[-ROWS:]
        arrays[f"logits_{i}"] = tracer.get("logits").value[-ROWS:]
        written = [step.token for step in model.generate(ids, 5, greedy=True)]
        tokens, goes_on = tokenizer.tokens(ids), tokenizer.tokens(written)
        cases.append({"model": name, "text": text, "tokens": tokens, "goes_on": goes_on})
        print(name, len(ids), tokens[:9], goes_on)
    (HERE / "expected.json").write_text(json.dumps(cases, ensure_ascii=False, indent=1) + "\n")
    np.savez_compressed(
        HERE / "expected.npz", **{name: v.astype(np.float32) for name, v in arrays.items()}
    )


if __name__ == "__main__":
    main()
