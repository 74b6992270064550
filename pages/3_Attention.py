"""Attention: from queries and keys to scores, weights and outputs, one step at a time."""

from attn_core.notation.graph import graph
from pages.ui import frame
from pages.ui.edit import form, matrix
from pages.ui.live import chart
from pages.ui.show import glossary, pictures

trace = frame.page("Attention")

pictures.headline_formula()
glossary.introduce(
    *("score", "transpose", "scaling", "mask", "causal", "padding", "temperature"),
    *("logit", "softmax", "weight", "output"),
)
form.settings()
with chart.expander("Move the numbers", "editor") as is_open:
    if is_open:
        pictures.inputs_to_move()
        matrix.editor()

steps = tuple(graph(trace.scenario))
for name in steps[steps.index("raw_scores") :]:
    if name == "logits" and trace.scenario.temperature == 1:
        continue  # nothing is divided, so there is no step
    pictures.title(trace, name)
    pictures.step(name)
frame.end()
