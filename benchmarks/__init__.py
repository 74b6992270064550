"""Measurements, printed as ratios; nothing here asserts a time."""
