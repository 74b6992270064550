"""The course: its lessons, each a file in `lessons/`, and how far a visitor has come in it.

A lesson draws a task and its predictions by a seed; progress and receipts stand in addresses.
"""
