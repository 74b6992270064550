"""Tasks that check what a hand did, and the lessons of the course, which are data in `lessons/`.

A task is a start, what may move, and goals; `check` reads start and present scenario alone.
"""

from .document import read
from .errors import TaskError, UnsolvableError
from .lesson import LESSONS, Lesson
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
