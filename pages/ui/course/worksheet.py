"""The worksheet of the present lesson, as a page to save and print."""

from __future__ import annotations

from attn_core import export
from pages.ui.live.chart import expander
from pages.ui.session import widgets
from pages.ui.session.state import session


def offer() -> None:
    """Offer the worksheet; it is written only while the part of the page is open."""
    with expander("Worksheet, to print", "worksheet") as is_open:
        if is_open:
            _save()


def _save() -> None:
    course = session().course
    about = f"Lesson {course.key}{f', variant {course.seed}' * bool(course.seed)}"
    widgets.download_button(
        "Save the worksheet",
        export.worksheet(course.page, about),
        file_name=f"lesson-{course.key}{f'-{course.seed}' * bool(course.seed)}.html",
        mime="text/html",
        icon=":material/print:",
        key="save-worksheet",
        help="A page that a browser prints on A4 or Letter: empty boxes, and the solution behind.",
    )
