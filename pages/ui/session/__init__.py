"""One visitor's session, its history and its address.

`state.session()` is what is known; `widgets` and `widget_state` are Streamlit's widgets. No other
folder touches `st.session_state` or `st.query_params`. Nothing here draws.
"""
