"""Widgets that change the scenario: sentence, sizes, matrices, mask, positions, vectors.

Each hands what was entered to `session.state.change`, and changes nothing by itself.
"""
