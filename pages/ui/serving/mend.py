"""Places where Streamlit loses what it sends, or hears a press twice, mended from outside.

`tests/pages/test_mend.py` and `tests/browser/test_press.py` show each fault as Streamlit has it:
a test there that fails tells that a new version has mended it, and that the mending here can go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.session_manager import ActiveSessionInfo, SessionManager
from streamlit.runtime.state import SafeSessionState
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

Clear = Callable[[ForwardMsgQueue, bool, list[str] | None], None]
Request = Callable[[AppSession, ClientState | None], None]
#: Those of a widget's values that say that it was pressed.
_PRESSES = {name for name in WidgetState.DESCRIPTOR.fields_by_name if "trigger" in name}


def streamlit() -> None:
    """Mend the server that runs in this process, once."""
    sessions = getattr(Runtime.instance(), "_session_mgr", None)
    if isinstance(sessions, WebsocketSessionManager):  # not so in a test without a server
        answer_who_came_back(sessions)
        ForwardMsgQueue.clear = _kept_by_parts(ForwardMsgQueue.clear)  # type: ignore[method-assign, assignment]
        SafeSessionState.on_script_will_rerun = hear_whole(SafeSessionState.on_script_will_rerun)  # type: ignore[method-assign]
        AppSession.request_rerun = hear_once(AppSession.request_rerun)  # type: ignore[method-assign, assignment]


class _Present(list[ActiveSessionInfo]):
    """The sessions with a connection; in a loop, each with the one that it has by then."""

    def __init__(self, sessions: SessionManager, seen: list[ActiveSessionInfo]) -> None:
        super().__init__(seen)
        self._sessions = sessions

    def __iter__(self) -> Iterator[ActiveSessionInfo]:
        for seen in super().__iter__():
            if now := self._sessions.get_active_session_info(seen.session.id):
                yield now


def answer_who_came_back(sessions: WebsocketSessionManager) -> None:
    """Send messages to the connection that a session has, not to the one that it had.

    Streamlit's loop takes a list of all connections and goes through it, a message at a time,
    which takes a while where there are many. Whoever lost the connection and came back in the
    meantime is in the list with the old one, and all that the new run of their page had sent
    until then went there, and so nowhere: the page got no answer.
    """
    listed = sessions.list_active_sessions
    sessions.list_active_sessions = lambda: _Present(sessions, listed())  # type: ignore[method-assign]


def _kept_by_parts(clear: Clear) -> Clear:
    """Have the run of a part of a page (a fragment) drop nothing that waits to be sent.

    Streamlit drops what an earlier run has drawn of that part, for it will be drawn again.
    But a part that only hears what a hand did, and has others drawn, isn't: where the run of
    the whole page was still on its way to a browser, the boxes vanished under the hand.
    """

    def kept(
        queue: ForwardMsgQueue,
        retain_lifecycle_msgs: bool = False,
        fragment_ids_this_run: list[str] | None = None,
    ) -> None:
        # An empty list: the run of a part, of which nothing is dropped.
        clear(queue, retain_lifecycle_msgs, [] if fragment_ids_this_run else fragment_ids_this_run)

    return kept


def hear_once(request: Request) -> Request:
    """Have a press heard from whoever pressed, and not from a clock as well.

    A browser tells of a press a moment after it, and until then all else that it sends tells of
    it, too: so does the clock of a part that is run every so often. Of one press on *Pause* the
    first word paused the run, and the second, as the button was *Go on* by then, let it go on.
    """

    def heard(session: AppSession, client_state: ClientState | None) -> None:
        if client_state and client_state.is_auto_rerun:
            _forget_presses(client_state)
        request(session, client_state)

    return heard


def hear_whole(begin: Callable[..., None]) -> Callable[..., None]:
    """Have what a message says heard to its end before the next one is looked at.

    Streamlit gives a run up for the next message at each look at the session's state: also before
    it has called back for the press that the run is of, or in the middle of that. The press was
    lost, as when a page that was still being drawn told of its width a moment after a button.
    """

    def heard(state: SafeSessionState, *said: Any, **more: Any) -> None:
        give_up = object.__getattribute__(state, "_yield_callback")  # it has keys for attributes
        object.__setattr__(state, "_yield_callback", lambda: None)
        try:
            begin(state, *said, **more)
        finally:
            object.__setattr__(state, "_yield_callback", give_up)

    return heard


def _forget_presses(client_state: ClientState) -> None:
    states = client_state.widget_states.widgets
    kept = [state for state in states if state.WhichOneof("value") not in _PRESSES]
    if len(kept) < len(states):
        del states[:]
        states.extend(kept)


def on_every_page() -> AbstractContextManager[None]:
    """Have the browser keep what is drawn, while it turns to another page.

    Streamlit takes a page off the screen before it has anything of the next one. It leaves what
    its main script has drawn around the pages, but here no page runs that of another.
    """
    if run := get_script_run_ctx():
        return run.run_with_active_hash(run.pages_manager.main_script_hash)
    return nullcontext()
