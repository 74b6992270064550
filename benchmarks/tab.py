"""What a browser's tab says to a Streamlit server and remembers; it has no socket.

The one owner of Streamlit's protocol in this project. Whoever carries the messages
sends what the methods of `Tab` return and hands every answer to `Tab.hear`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from streamlit.components.v2.bidi_component.constants import EVENT_DELIM
from streamlit.proto.AppPage_pb2 import AppPage
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import NewSession
from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX

#: Stands where a token against forged requests would be; the server only reads the place.
_NO_TOKEN = "PLACEHOLDER_AUTH_TOKEN"


class Tab:
    """One tab: what is on its page after the last run, and what was touched.

    Parameters
    ----------
    page : str, optional
        Name of the first page, as in the address; empty for the home page.
    query : str, optional
        What follows the question mark in the address.
    """

    def __init__(self, page: str = "", query: str = "") -> None:
        self.page, self.query = page, query
        self.session_id = ""
        self.pages: dict[str, str] = {}
        self.sliders: dict[str, Slider] = {}
        self.drawers: dict[str, str] = {}
        #: Names under which the server registered the page's components, by their ids.
        self.components: dict[str, str] = {}
        self.exceptions: list[str] = []
        #: All that the last run sent.
        self.sent: list[ForwardMsg] = []
        #: Ids of widgets by their key in the app; by their label when they have none.
        self.widgets: dict[str, str] = {}
        #: Seconds between two runs of each fragment that runs by itself.
        self.timers: dict[str, float] = {}
        self._fragments: dict[str, str] = {}
        self._states: dict[str, WidgetState] = {}
        self._kept: dict[str, tuple[int, ForwardMsg]] = {}
        self._runs, self._max_age = 0, 0

    @property
    def subprotocols(self) -> list[str]:
        """What to ask for when connecting: a session that exists is named there."""
        return ["streamlit", *([_NO_TOKEN, self.session_id] if self.session_id else [])]

    def load(self) -> bytes:
        """Open the page, or tell all again after the socket was lost."""
        return self._rerun(*self._states.values())

    def move(self, label: str, value: float) -> bytes:
        """Let go of a slider at a value."""
        state = WidgetState(id=self.sliders[label].id)
        state.double_array_value.data.append(value)
        return self.set(state)

    def tick(self) -> bytes:
        """Ask for a run of the fragment that runs by itself most often."""
        fragment = min(self.timers, key=self.timers.__getitem__)
        return self._rerun(*self._states.values(), fragment=fragment)

    def open(self, label: str) -> bytes:
        """Open a drawer of the page."""
        return self.set(WidgetState(id=self.drawers[label], bool_value=True))

    def trigger(self, component: str, event: str, value: object) -> bytes:
        """Let a component tell an event, which the server hears once.

        Parameters
        ----------
        component : str
            The key that the page gave it, or its registered name.
        event : str
        value : object
            Anything that JSON can hold.
        """
        element = self._component(component)
        told = json.dumps([{"event": event, "value": value}])
        name = f"{STREAMLIT_INTERNAL_KEY_PREFIX}_{element}{EVENT_DELIM}events"
        return self._rerun(
            *self._states.values(),
            WidgetState(id=name, json_trigger_value=told),
            fragment=self._fragments[element],
        )

    def keep(self, component: str, **values: object) -> bytes:
        """Let a component set its state, which it tells again with each later message."""
        state = WidgetState(id=self._component(component), json_value=json.dumps(values))
        return self.set(state)

    def has_component(self, name: str) -> bool:
        """Whether the page has a component with this key or registered name."""
        return bool(self._named(name))

    def set(self, *states: WidgetState) -> bytes:
        """Change widgets for good, to whatever values."""
        self._states |= {state.id: state for state in states}
        return self.send(*states)

    def send(self, *changed: WidgetState) -> bytes:
        """Tell the state of all widgets, and some that the next message won't repeat."""
        # A browser names the fragment that the changed widget is in.
        fragments = {self._fragments.get(state.id, "") for state in changed}
        states = self._states | {state.id: state for state in changed}
        return self._rerun(
            *states.values(), fragment=fragments.pop() if len(fragments) == 1 else ""
        )

    def go(self, page: str) -> bytes:
        """Choose another page from the navigation."""
        # A browser drops the query and the state of the widgets of the page that it leaves.
        self.page, self.query = page, ""
        self._states.clear()
        return self._rerun()

    def hear(self, data: bytes) -> bool:
        """Take in one message; True when it ends what the last message began."""
        message = self._whole(ForwardMsg.FromString(data))
        self.sent.append(message)
        match message.WhichOneof("type"):
            case "new_session":
                self._begin(message.new_session, whole=not message.metadata.run.fragment_ids)
            case "navigation":
                self._learn_pages(message.navigation.app_pages)
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "auto_rerun":
                self.timers[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            case "delta":
                self._note(message.delta)
            case "script_finished":
                return self._end(message.script_finished)
        return False

    def _rerun(self, *states: WidgetState, fragment: str = "") -> bytes:
        self.sent = []
        message = BackMsg()
        rerun = message.rerun_script
        rerun.widget_states.widgets.extend(states)
        rerun.query_string, rerun.fragment_id = self.query, fragment
        rerun.cached_message_hashes.extend(self._kept)
        if self.page in self.pages:
            rerun.page_script_hash = self.pages[self.page]
        else:
            rerun.page_name = self.page
        data: bytes = message.SerializeToString()
        return data

    def _component(self, name: str) -> str:
        found = self._named(name)
        if len(found) != 1:
            raise KeyError(f"The page has {len(found)} components called {name!r}.")
        return found[0]

    def _named(self, name: str) -> list[str]:
        return [
            element
            for element, registered in self.components.items()
            if name == registered or element.endswith(f"-{name}")
        ]

    def _whole(self, message: ForwardMsg) -> ForwardMsg:
        """Put a message that the server only names in its place, and keep large ones."""
        if message.WhichOneof("type") == "ref_hash":
            message = self._kept[message.ref_hash][1]
        if message.metadata.cacheable:
            self._kept[message.hash] = (self._runs, message)
        return message

    def _begin(self, run: NewSession, *, whole: bool) -> None:
        self.session_id = run.initialize.session_id
        self._max_age = run.config.max_cached_message_age
        if whole:
            for found in (
                self.sliders,
                self.drawers,
                self.components,
                self.widgets,
                self.timers,
                self._fragments,
            ):
                found.clear()

    def _learn_pages(self, pages: Iterable[AppPage]) -> None:
        self.pages = {
            "" if page.is_default else page.url_pathname: page.page_script_hash for page in pages
        }

    def _end(self, status: int) -> bool:
        if status == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return False
        if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self.exceptions.append("The page doesn't compile.")
        self._runs += 1
        oldest = self._runs - self._max_age
        self._kept = {name: kept for name, kept in self._kept.items() if kept[0] >= oldest}
        return True

    def _note(self, delta: Delta) -> None:
        element, drawer = delta.new_element, delta.add_block.expandable
        kind = element.WhichOneof("type")
        widget = getattr(element, kind) if kind else None
        if name := getattr(widget, "id", ""):
            key = name.split("-", 2)[-1]  # $$ID-digest-key
            self.widgets[getattr(widget, "label", "") if key == "None" else key] = name
            self._fragments[name] = delta.fragment_id
        if drawer.id:
            self.drawers[drawer.label] = drawer.id
            self._fragments[drawer.id] = delta.fragment_id
        match kind:
            case "slider":
                self.sliders[element.slider.label] = element.slider
            case "bidi_component":
                component = element.bidi_component
                self.components[component.id] = component.component_name
            case "exception":
                self.exceptions.append(element.exception.message)
