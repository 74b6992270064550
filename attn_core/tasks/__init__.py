"""Tasks that check what a hand did; `course/` has the lessons, `goals/` what a task can want.

A task is a start, what may move, and goals; `check` reads start and present scenario alone.
"""

from .course.lesson import LESSONS, Lesson
from .document import read
from .errors import TaskError, UnsolvableError
from .task import Result, Task, check, is_solved

__all__ = [
    "LESSONS",
    "Lesson",
    "Result",
    "Task",
    "TaskError",
    "UnsolvableError",
    "check",
    "is_solved",
    "read",
]
