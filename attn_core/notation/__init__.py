"""The notation of a matrix: its symbol, its labels, its equation, its cells.

Every figure, table, sentence and export follows the one list in `steps`. Nothing here draws,
writes a sentence or imports a figure.
"""
