"""The page of a pretrained model: loading it, asking it, showing what it read.

The model itself is `attn_core.pretrained`; one is loaded for all visitors.
"""
