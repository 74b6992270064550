"""The notation of a matrix: its symbol, its labels, its equation, its cells.

`steps` lists what there can be, `graph` resolves what a scenario has of it, and every figure,
table, sentence and export walks the graph. Nothing here draws or writes a sentence.
"""
