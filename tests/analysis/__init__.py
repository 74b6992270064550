"""Comparisons and measures."""
