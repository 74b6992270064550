"""What a room shows on the pages: to its presenter the way in, what to ask, and what came of it;
to its participants the question and the task. The verbs are in `rooms`; nothing here is kept.
"""
