"""What is wrong with a task."""


class TaskError(ValueError):
    """Raised for a text that isn't a task, and a task that can't be; the message says why."""


class UnsolvableError(TaskError):
    """Raised where no scenario that the task allows was found to meet its goals."""
