"""Many small cases as one test, which lists all that break it."""

from collections.abc import Callable, Iterable
from typing import Any


def for_each(cases: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Hold a check for every case: its arguments where it is a tuple, else the only one."""

    def decorate(check: Callable[..., None]) -> Callable[[], None]:
        def test() -> None:
            given = [case if isinstance(case, tuple) else (case,) for case in cases]
            assert given  # a test of nothing would pass
            broken = [fault for case in given if (fault := _fault(check, case))]
            assert not broken, f"{len(broken)} of {len(given)}:\n" + "\n".join(broken)

        test.__name__, test.__doc__, test.__module__ = (
            check.__name__,
            check.__doc__,
            check.__module__,
        )
        return test

    return decorate


def _fault(check: Callable[..., None], case: tuple[Any, ...]) -> str:
    try:
        check(*case)
    except AssertionError as error:
        return f"{', '.join(map(repr, case))}: {error}"
    return ""
