"""Projections learned by gradient descent: optimizer, trainer, tasks, diagnostics."""
