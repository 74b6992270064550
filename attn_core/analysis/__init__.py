"""Scenarios compared and measured: differences, causes, word order, heads, spaces, long texts.

Results are data and sentences; `figures` draws them.
"""
