"""The page of a pretrained model: its text, its controls, and `topics`, one file each.

The model itself is `attn_core.pretrained`; what is loaded for all visitors is in `shared/`.
"""
