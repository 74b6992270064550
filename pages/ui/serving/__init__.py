"""What the server does beside the pages: the page's head, the pace, the system, Streamlit's faults.

Nothing here knows a scenario.
"""
