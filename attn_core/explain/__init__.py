"""Numbers in words and in formulas: `describe` writes sentences, `calculation` the arithmetic.

Each sentence takes its numbers from a trace. Nothing here draws or imports a page.
"""
