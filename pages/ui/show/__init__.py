"""Widgets that show a trace: a step with its sentence, the inspector, heads, comparisons.

Nothing here computes a number of attention.
"""
