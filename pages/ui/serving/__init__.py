"""What the server does beside the pages: the page's head, the system, two of Streamlit's faults.

Nothing here knows a scenario.
"""
