"""One visitor's session, its history and its address.

It is the only door to `st.session_state` and `st.query_params`. Nothing here draws.
"""
