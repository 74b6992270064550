"""Numbers in sentences and in sums: `describe` says them, `calculation` reckons them out.

Each sentence takes its numbers from a trace. Nothing here draws or imports a page.
"""
