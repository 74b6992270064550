"""Matrices as boxes with numbers: an equation to scale, its layout, its frames.

Nothing here computes: the numbers come from a trace.
"""
