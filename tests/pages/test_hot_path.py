"""While a hand moves one number, only what depends on that number is done again."""

from collections import Counter

from streamlit.testing.v1 import AppTest

from tests.pages.test_pages import fine


def page():
    """A page with one picture; from its second run on, a hand moves a number of X."""
    import sys
    from collections import Counter

    import streamlit as st

    from pages.ui.live import moves
    from pages.ui.session import state
    from pages.ui.session.state import session
    from pages.ui.show import pictures

    calls = st.session_state["calls"] = Counter()

    def count(frame, event, _):
        path = frame.f_code.co_filename
        if event == "call" and ("/attn_core/" in path or "/pages/" in path):
            calls[f"{path.rpartition('/')[-1]}:{frame.f_code.co_name}"] += 1

    runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    if runs == 1:
        state.begin("home")
    else:
        told = {"name": "X", "head": 0, "row": 0, "column": 1, "value": runs / 10}
        sys.setprofile(count)
        state.change(lambda: moves.edited(session().scenario, told), gesture="drag")
        session().start_dragging()
    pictures.whole_attention()
    sys.setprofile(None)


def test_one_moved_number_takes_few_calls():
    at = fine(AppTest.from_function(page, default_timeout=60).run())
    first = fine(at.run()).session_state["calls"]
    calls: Counter = fine(at.run()).session_state["calls"]
    # The picture, and what the hand started from, which the sentence below compares it with.
    assert calls["attention.py:attend"] == 2
    assert sum(n for name, n in calls.items() if name.startswith(("why.py", "shares.py"))) <= 60
    assert not {name for name in calls if name.startswith(("tokenize.py", "colours.py"))}
    assert not {name for name in calls if name.endswith((":arrange", ":arrange_overview"))}
    # Of X, Q, K, V, scores, weights and output; no projection is written again.
    assert calls["labels.py:rounded"] <= 4 * 3 * 4 + 2 * 3 * 3 + 3 * 4 + 20
    assert sum(calls.values()) <= 1200, calls.most_common(20)
    assert sum(first.values()) <= 1200  # the picture's frame was made before the hand came
