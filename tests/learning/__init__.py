"""Gradient descent and its lessons."""
