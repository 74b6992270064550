"""Decoders in NumPy, whose tokens attend to those before them: GPT-2, Llama, Qwen2 and Qwen3.

`layers` has the equations of all, `gpt2`, `llama` and `glassllm` what each family's files hold,
`model` reads a text, `generate` goes on with it, `ablation` and `residual_stream` ask what
parts are worth. Softmax, RoPE and mask are the lab's own, and `head` makes a `Scenario` of one.
"""

from .model import Decoder, DecoderOutput

__all__ = ["Decoder", "DecoderOutput"]
