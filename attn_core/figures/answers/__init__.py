"""What a room has answered: bars of its votes, and histograms of its numbers.

Only counts come in, never who gave which answer. The right one is marked where it is given.
"""
