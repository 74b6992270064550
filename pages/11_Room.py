"""Room: a workshop follows its presenter, answers what is asked, and solves what is given."""

from pages.ui import frame
from pages.ui.room.show import entrance

frame.page("Room", heads=False)

entrance.show()
frame.end()
