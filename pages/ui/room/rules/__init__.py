"""The rules of a room: what its presenter and its participants can do, on a store.

What a room holds, a question, a task, the votes, the record; all by strings and numbers. No
Streamlit, no session and no page: who asks is told apart by a secret and a token alone.
"""
