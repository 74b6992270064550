"""Attention: from queries and keys to scores, weights and outputs, one step at a time."""

from attn_core.notation.course import course
from pages.ui import frame
from pages.ui.edit import form as edit
from pages.ui.live import chart
from pages.ui.show import pictures as show

trace = frame.page("Attention")

show.headline_formula()
edit.settings()
with chart.drawer("Move the numbers", "editor") as is_open:
    if is_open:
        edit.matrices()

steps = course(trace.scenario)
for name in steps[steps.index("raw_scores") :]:
    if name == "logits" and trace.scenario.temperature == 1:
        continue  # nothing is divided, so there is no step
    show.title(trace, name)
    show.step(name)
