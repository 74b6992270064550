"""Tasks that check what the hand did, the lessons of the course, and what is kept of them.

Pure: a task is read from data, and a result from its start and the present scenario alone.
"""
