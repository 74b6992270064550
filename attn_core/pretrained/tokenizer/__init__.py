"""A model's own tokenizer, and what its files say of whole texts.

The package `tokenizers` is imported only when a tokenizer is made.
"""
