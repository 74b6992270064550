"""Projections that are learned by gradient descent, while one looks on."""
