"""The course: one lesson at a time, one step of it on the screen.

What a lesson says is data in `attn_core.tasks`; here it is laid out, and nothing is computed.
`lesson` has the frame of a lesson and its steps; `predict` and `task` have the steps with hands.
"""
