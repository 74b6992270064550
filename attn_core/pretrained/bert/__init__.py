"""BERT-like models in NumPy: the settings, the layers, and the rules of whole texts.

Attention is the lab's own `attend`. Nothing here opens a file by itself: `files` reads strictly.
"""
