"""Scenarios compared and measured: differences, causes, word order, heads, spaces, long texts.

What is found is told as data and in sentences; pictures of it are in `figures`.
"""
