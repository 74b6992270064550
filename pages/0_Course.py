"""Course: one lesson after the other, and a task in each that checks what the hand did."""

from pages.ui import frame
from pages.ui.course import lesson

frame.page("Course", beside=lesson.choose, heads=False)

lesson.show()
