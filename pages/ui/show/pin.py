"""Pin the scenario as A and go on as B, or try a what-if; choose what is compared."""

from __future__ import annotations

from typing import Any

import streamlit as st

from attn_core import Scenario
from attn_core.analysis import what_if
from attn_core.analysis.compare import same_head, steps_of_both
from attn_core.notation.steps import step
from attn_core.text import escape
from pages.ui.session import state, widget_state, widgets
from pages.ui.session.state import session
from pages.ui.show.pictures import Sides


def buttons() -> None:
    """Show the buttons that pin the present scenario as A, swap, and unpin."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if session().scenario_a is None:
            _pin_button("Pin the present scenario as A")
            _pin_back()
            return
        st.markdown("**A is pinned.** B is the present scenario.", width="content")
        _pin_button("Pin again")
        widgets.button(
            "Swap A and B", icon=":material/swap_horiz:", key="swap", on_click=state.swap
        )
        widgets.button("Unpin", icon=":material/keep_off:", key="unpin", on_click=state.unpin)
        _pin_back()


def _pin_back() -> None:
    """Offer the A before; Undo doesn't bring it back, for pinning changes no number."""
    if session().can_pin_back:
        widgets.button(
            "Back to the last A", icon=":material/undo:", key="pin-back", on_click=state.pin_back
        )


def quick_pin() -> None:
    """Offer to pin the present scenario on another page than Compare."""
    is_pinned = session().scenario_a == session().scenario
    _pin_button(
        "Pinned as A" if is_pinned else "Pin as A",
        disabled=is_pinned,
        type="tertiary",
        help="Compares what follows, B, with this scenario, A, on the page Compare.",
    )


def _pin_button(title: str, **options: Any) -> None:
    widgets.button(title, icon=":material/keep:", key="pin", on_click=state.pin, **options)


def chosen_what_if() -> str:
    """Choose a variant of the present scenario to compare it with; empty while none is."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = widget_state.seed_view("what-if", [None, *what_if.BY_KEY], None)
        widgets.pills(
            "What if it were …",
            list(what_if.BY_KEY),
            key="what-if",
            format_func=lambda key: escape.markdown(what_if.BY_KEY[key].title),
            wrap=True,
            width="content",
        )
        if chosen:
            idle = bool(what_if.BY_KEY[chosen].idle(session().scenario))
            widgets.button(
                "Go on with this",
                key="adopt",
                on_click=_apply_variant,
                args=(chosen,),
                disabled=idle,
            )
    return chosen or ""


def _apply_variant(key: str) -> None:
    state.change(lambda: what_if.what_if(session().scenario, key))
    widget_state.seed("what-if", None)


def _same_head(pinned: Scenario) -> Scenario:
    """Return the head of A with the name of B's selected head; without one, that in its place."""
    head = session().head
    named = same_head(pinned, session().scenario, head)
    return named or pinned.head(min(head, pinned.h - 1))


def chosen_step(variant: str) -> str:
    """Choose which step is compared, if there is something to compare."""
    pair = _pair(variant, session().scenario.head(session().head))
    if pair is None:
        return "weights"
    names = steps_of_both(*pair)
    chosen = widget_state.seed_view("compared", names, "weights")
    widgets.segmented_control(
        "Step",
        names,
        key="compared",
        required=True,
        format_func=lambda name: escape.markdown(step(name).symbol),
        label_visibility="collapsed",
    )
    return chosen


def sides(variant: str) -> Sides:
    """Say which two are compared: the scenario and its variant, or A and the scenario.

    Parameters
    ----------
    variant : str
        Key of the variant that is chosen; empty for none.
    """

    def both(present: Scenario) -> tuple[Scenario, Scenario] | None:
        if variant and (reason := what_if.BY_KEY[variant].idle(present)):
            st.markdown(escape.markdown(reason))
        elif variant:
            title = escape.markdown(what_if.BY_KEY[variant].title)
            st.markdown(f"A is the present scenario, B is what it would be: **{title}**.")
        return _pair(variant, present)

    return both


def _pair(variant: str, present: Scenario) -> tuple[Scenario, Scenario] | None:
    """Return A and B of the selected head; None where there is nothing to compare."""
    if variant and not what_if.BY_KEY[variant].idle(present):
        return present, what_if.what_if(present, variant)
    pinned = session().scenario_a
    return (_same_head(pinned), present) if pinned else None
