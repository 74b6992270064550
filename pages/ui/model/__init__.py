"""The page of a pretrained model: loading it, its controls, what it attends to.

The model itself is `attn_core.pretrained`; one is loaded for all visitors.
"""
