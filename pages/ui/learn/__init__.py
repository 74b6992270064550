"""The page Learn: its lessons, the settings and the picture of a run.

The learning itself is `attn_core.learning`.
"""
