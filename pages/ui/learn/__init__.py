"""The page Learn: its lessons, their hyperparameters and the picture of a run.

The learning itself is `attn_core.learning`.
"""
