"""A page with a task alone: its bar, its picture, and its editors."""

from attn_core.presets import BY_KEY
from attn_core.tasks import Task
from attn_core.tasks.goals import Cell, Same
from attn_core.tasks.goals.bound import Bound
from attn_core.tasks.movable import Movable
from pages.ui import frame
from pages.ui.edit import form, matrix
from pages.ui.live.goal_bar import goal_bar
from pages.ui.session.state import session
from pages.ui.show import pictures
from pages.ui.show.fragments import fragment

START = BY_KEY["similarity"].scenario
TASK = Task(
    "suis looks at Je",
    "",
    START,
    Movable(START, ("W_q", "X[suis, verb]")),
    (
        Cell(Bound(low=0.9), "weights", row=1, column=0),
        Cell(Bound(0.5, 0.7), "Q", row=1, column=0),
        Same(Bound(high=0), "K"),
    ),
)

if __name__ == "__main__":
    frame.page("Lab")
    session().movable = TASK.movable
    fragment("goals", lambda trace: goal_bar(TASK, trace.scenario))
    pictures.whole_attention()
    form.settings()
    matrix.editor()
