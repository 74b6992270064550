"""The equations of BERT-like layers in NumPy, and the settings that choose among them.

Attention is the lab's own `attend`. Nothing here opens a file.
"""
