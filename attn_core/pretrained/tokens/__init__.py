"""A model's own tokenizer, from tokenizer.json or a list of tokens, and tokens written for people.

It stands on the package tokenizers, imported only when a model is loaded.
"""
