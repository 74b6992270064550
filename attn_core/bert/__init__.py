"""Transformers of the BERT family: their files, and the equations of their layers.

`attn_core.pretrained` is the door to it.
"""
