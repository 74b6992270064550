"""A run of gradient descent as a picture: its curves above what it changes.

It stands on `boxes` and `words`, which know nothing of it.
"""
