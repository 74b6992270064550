"""BERT-like models in NumPy: the settings and the layers.

Attention is the lab's own `attend`. Nothing here opens a file by itself: `files` reads strictly.
"""
