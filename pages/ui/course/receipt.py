"""What a student sends to a teacher: a signed receipt of a lesson, or the link of a solved task."""

from __future__ import annotations

import streamlit as st

from attn_core.tasks import is_solved
from attn_core.tasks.course.receipt import Receipt, ReceiptError, sign, verify
from pages.ui.live.chart import expander
from pages.ui.serving import secret
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.address import MAX_ADDRESS, Address, CourseAddress
from pages.ui.session.state import session
from pages.ui.share import qr_code

_PROVES = (
    "It proves that a server of this lab saw these numbers solve this variant, and what the "
    "address said then of the solution. It can’t prove who moved them, nor that nobody helped: "
    "nobody logs in here, and a lesson can be begun anew."
)
_NOT_KEPT = (
    "This server draws its secret anew at each start, and can’t check what it signed before; "
    "whoever runs it can set `server.cookieSecret`."
)


def offer() -> None:
    """Offer what shows a teacher that the present task is solved."""
    label = "For who set the task" if session().course.foreign else "Receipt for your teacher"
    with expander(label, "receipt") as is_open:
        if not is_open:
            return
        if "the scenario" in session().missing_from_link:
            st.info("There is no link to so many numbers, and so nothing to send.")
        elif session().course.foreign:
            _link()
        else:
            _receipt()


def _link() -> None:
    """Show the link of a solved task, which is its own proof."""
    course = session().course
    st.markdown("Send this link: whoever opens it sees that the task is solved, and how.")
    _send(CourseAddress(task=course.link))


def _receipt() -> None:
    course, link = session().course, session().links.scenario
    shown = course.progress.of(course.key).with_solution
    receipt = Receipt(course.key, course.seed, link, with_solution=shown)
    st.markdown(f"{_name()}: solved, {_with(shown)}.")
    _send(CourseAddress(course.key, course.seed, receipt=sign(receipt, secret.secret())))
    st.caption(_PROVES if secret.is_kept() else f"{_PROVES} {_NOT_KEPT}")


def _send(course: CourseAddress) -> None:
    """Show the address of the present numbers on this page, and its code."""
    address = Address(link=session().links.scenario, course=course)
    written = address.at(state.page_address("Course"))
    if len(written) > MAX_ADDRESS:
        st.info(f"A link has room for {MAX_ADDRESS} characters; this would have {len(written)}.")
        return
    st.code(written, language=None, wrap_lines=True)
    if widget_state.seed_view("receipt-qr", bool, False):
        qr_code.draw(written)
    widgets.toggle("QR code", key="receipt-qr")


def verdict() -> None:
    """Say what the receipt of the address is worth, as long as its numbers are on the page."""
    course, link = session().course, session().links.scenario
    text = course.receipt_of(link)
    if not text:
        return
    if course.foreign:
        st.error("A receipt is of a lesson of the course; this address has a task that was set.")
        return
    try:
        receipt = verify(text, course.key, course.seed, link, secret.secret())
    except ReceiptError as error:
        st.error(f"**This receipt isn’t valid here.** {error} {_kept()}")
        return
    if not course.is_ready:
        st.info(
            "A server of this lab signed this receipt. Whether its numbers solve the lesson can’t "
            "be checked here, for that needs the model."
        )
    elif is_solved(course.task, session().scenario):
        said = f"**The receipt is genuine.** {_name()}: solved, {_with(receipt.with_solution)}."
        st.success(f"{said} {_PROVES}", icon=":material/verified:")
    else:
        st.warning(
            "A server of this lab signed this receipt, but these numbers don’t solve the lesson "
            "as it is on this server: the lesson was changed since, or is another one there."
        )


def _kept() -> str:
    return "" if secret.is_kept() else _NOT_KEPT


def _name() -> str:
    course = session().course
    variant = f", variant {course.seed}" if course.seed else ", the variant without a seed"
    return f"Lesson {course.key}{variant}"


def _with(shown: bool) -> str:
    return "after the solution was shown" if shown else "without the solution shown"
