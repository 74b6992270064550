"""BERT-like models in NumPy: the settings, the layers, and the tokenizer with its rules.

Attention is the lab's own `attend`. Nothing here opens a file by itself: `files` reads strictly.
"""
