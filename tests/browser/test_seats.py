"""A tab that is handed on has nothing of the last visitor; one that can't be is closed."""

from unittest.mock import MagicMock

import pytest

from tests.browser.seats import Seats


@pytest.fixture
def seats():
    """Seats in a browser that opens another tab for each new visitor, and shows nothing."""
    browser = MagicMock()
    browser.new_context.side_effect = visitor
    return Seats(browser)


def visitor(**options):
    context = MagicMock()
    context.new_page.side_effect = lambda: tab(context)
    return context


def tab(context):
    page = MagicMock()
    page.context, page.url, context.pages = context, "http://127.0.0.1:8501/", [page]
    page.is_closed.return_value = False
    return page


def test_a_tab_is_handed_on(seats):
    first = seats.take()
    seats.leave(first)
    assert seats.take() is first
    first.mouse.up.assert_called_once_with()
    first.context.clear_cookies.assert_called_once_with()


@pytest.mark.parametrize("url", ["about:blank", "chrome-error://chromewebdata/", "file:///a.html"])
def test_a_tab_that_never_came_to_the_app_is_closed(seats, url):
    """It has no storage to clear: asking for it would fail, and hide why the test did."""
    first = seats.take()
    first.url = url
    first.evaluate.side_effect = RuntimeError("Access is denied for this document")
    seats.leave(first)
    first.context.close.assert_called_once_with()
    assert seats.take() is not first


def test_who_listens_sits_alone(seats):
    first = seats.take(alone=True)
    seats.leave(first)
    first.close.assert_called_once_with()
    second = seats.take()
    assert second is not first
    assert second.context is first.context  # what it has fetched stays
    seats.leave(second)
    assert seats.take(alone=True) is second


def test_a_phone_is_no_other_visitors_tab(seats):
    phone = seats.take(has_touch=True)
    seats.leave(phone)
    assert seats.take() is not phone
    assert seats.take(has_touch=True) is phone
