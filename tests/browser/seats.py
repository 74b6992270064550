"""Tabs in which tests visit the app, one after the other."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

QUIET = Path(__file__).with_name("quiet.js")
# Long enough for the slowest machine: who waits for a condition goes on as soon as it holds.
PATIENCE = 60_000
WIDE = {"width": 1280, "height": 800}


class Seats:
    """Tabs of separate visitors, each taken over by the next test when one has left.

    A tab that has shown the app shows it again in half the time: what the browser has
    fetched and compiled stays with the visitor. Who listens to the events of a page or adds a
    script to it can't take that back, so it sits alone: its tab goes, and the next has another.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[Page]] = {}
        self._taken: dict[Page, tuple[str, bool]] = {}

    def take(
        self,
        *,
        alone: bool = False,
        color_scheme: str | None = None,
        viewport: dict[str, int] | None = None,
        **device: Any,
    ) -> Page:
        """Return a blank tab of a visitor of whom no other test knows."""
        kind = repr(sorted(device.items()))
        free = self._free.get(kind)
        page = free.pop() if free else new_context(self._browser, **device).new_page()
        page.set_viewport_size(viewport or WIDE)
        page.emulate_media(media="null", color_scheme=color_scheme or "light")
        self._taken[page] = kind, alone
        return page

    def leave(self, page: Page) -> None:
        """Leave nothing behind but what the browser has fetched."""
        (kind, alone), context = self._taken.pop(page), page.context
        # One that has shown nothing has no storage to clear, and nothing to show again sooner.
        if page.is_closed() or not page.url.startswith("http"):
            context.close()
            return
        for other in context.pages:
            if other != page:
                other.close()
        page.unroute_all()
        page.evaluate("localStorage.clear(), sessionStorage.clear()")
        context.clear_cookies()
        context.clear_permissions()
        context.set_offline(False)
        self._free.setdefault(kind, []).append(another(page) if alone else blank(page))


def another(page: Page) -> Page:
    """Return a tab of the same visitor instead of this one, which is closed."""
    tab = page.context.new_page()
    page.close()
    return tab


def blank(page: Page) -> Page:
    """Return the tab as it was before it showed anything."""
    page.goto("about:blank")
    page.mouse.up()  # a drag that failed has left it down
    page.mouse.move(0, 0)  # the next page would be hovered from the start
    return page


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Another visitor, for whose pages `idle` can be waited for."""
    context = browser.new_context(**({"viewport": WIDE} | options))
    context.set_default_timeout(PATIENCE)
    context.add_init_script(path=QUIET)
    return context
