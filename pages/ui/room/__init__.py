"""The room of a workshop: its pages follow the presenter's, and answer.

What a room holds is in its `store` alone, so that any replica serves it, and `rules` say what can
be done with it; here is a session's side. Outside a room no request is made to the store.
"""
