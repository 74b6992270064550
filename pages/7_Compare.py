"""Compare: the scenario as it was pinned, A, beside the present one, B."""

import streamlit as st

from pages.ui import frame
from pages.ui.edit import matrix
from pages.ui.live import chart
from pages.ui.show import glossary, pictures, pin

frame.page("Compare")

st.markdown(
    "What does a change do to the weights, and which of many changes does it? Pin a scenario as "
    "**A** and go on, here or on any page: **B** is always the present one. Or try a *what if*, "
    "which changes nothing until you go on with it."
)
glossary.introduce("weight", "scaling", "mask", "position", "projection", "temperature")
pin.buttons()
variant = pin.chosen_what_if()
pictures.comparison(pin.chosen_step(variant), pin.sides(variant))
with chart.expander("Move the numbers", "editor") as is_open:
    if is_open:
        pictures.inputs_to_move()
        matrix.editor()
frame.end()
