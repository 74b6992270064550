"""From a sentence to tokens and to vectors, and safely back onto a screen.

The vocabulary may grow; `escape` has one function for each place that a visitor's word goes.
Nothing here knows attention.
"""
