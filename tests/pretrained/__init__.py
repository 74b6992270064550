"""Pretrained models, with the tiny ones of `tests/golden/tiny`."""
