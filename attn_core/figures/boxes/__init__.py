"""Matrices as boxes with numbers, and what all figures share: colours, numbers apart from the rest.

A colour means the same number on every page, so it is changed here or nowhere. Nothing here
computes: the numbers come from a trace.
"""
