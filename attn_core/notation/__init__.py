"""What a matrix is called and made of: its symbol, its labels, its equation, its cells.

Every picture, table, sentence and export follows the one list in `steps`. Nothing here draws,
words or imports a figure.
"""
