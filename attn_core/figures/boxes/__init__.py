"""Matrices as boxes with numbers; and what all figures share: looks, colours, descriptions.

A colour means the same number on every page, so it is changed here or nowhere. Nothing here
computes: the numbers come from a trace.
"""
