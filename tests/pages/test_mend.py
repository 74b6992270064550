"""What Streamlit loses, and what the mending keeps."""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor

import pytest
import streamlit as st
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime, RuntimeConfig
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.session_manager import SessionClient
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.web.cache_storage_manager_config import create_default_cache_storage_manager

from pages.ui.serving import mend

#: Streamlit's own, which a server in this process would mend.
OWN_BEGIN = SafeSessionState.on_script_will_rerun


class Client(SessionClient):
    """A browser's end of a connection; it may do something when the first message comes."""

    client_context = None

    def __init__(self):
        self.told, self.then = [], None

    def write_forward_msg(self, message):
        self.told.append(message.page_not_found.page_name)
        if then := self.then:
            self.then = None
            then()


@pytest.fixture
def runtime(monkeypatch, tmp_path):
    """Streamlit's own runtime, not yet started, and no other beside it."""
    monkeypatch.setattr(Runtime, "_instance", None)
    monkeypatch.setattr(ForwardMsgQueue, "clear", ForwardMsgQueue.clear)  # put back afterwards
    return Runtime(
        RuntimeConfig(
            script_path=str(tmp_path / "page.py"),
            media_file_storage=MemoryMediaFileStorage("/media"),
            uploaded_file_manager=MemoryUploadedFileManager("/upload"),
            cache_storage_manager=create_default_cache_storage_manager(),
            is_hello=False,
            session_storage=MemorySessionStorage(),
        )
    )


def tell(runtime, session, word):
    message = ForwardMsg()
    message.page_not_found.page_name = word
    runtime._session_mgr.get_active_session_info(session).session._enqueue_forward_msg(message)


def heard(runtime):
    """What a visitor's old and new connection hear.

    The visitor comes back while Streamlit's loop is busy with another one.
    """

    async def visit():
        await runtime.start()
        other, old, new = Client(), Client(), Client()
        others = runtime.connect_session(other, {})
        session = runtime.connect_session(old, {})

        def come_back():
            assert runtime.connect_session(new, {}, existing_session_id=session) == session
            tell(runtime, session, "answer")
            runtime.disconnect_session(session, client=old)  # its close comes late
            tell(runtime, session, "later")

        other.then = come_back
        tell(runtime, others, "something")
        async with asyncio.timeout(20):
            while len(old.told + new.told) < 2:
                await asyncio.sleep(0.01)
        runtime.stop()
        await runtime.stopped
        return old.told, new.told

    with ThreadPoolExecutor(1) as thread:  # that of the tests has an event loop of Playwright's
        return thread.submit(asyncio.run, visit()).result()


def test_an_answer_goes_to_the_connection_that_a_visitor_came_back_with(runtime):
    mend.streamlit()
    assert heard(runtime) == ([], ["answer", "later"])


def test_streamlit_by_itself_sends_it_to_the_one_that_is_gone(runtime):
    """If this fails, Streamlit has mended it, and `answer_who_came_back` can go."""
    assert heard(runtime) == (["answer", "later"], [])


def drawn(word, part):
    """An element of a part of the page, at a place of its own."""
    message = ForwardMsg()
    message.delta.fragment_id = part
    message.delta.new_element.text.body = word
    message.metadata.delta_path.extend([0, len(part)])
    return message


def waiting(part):
    """What waits to be sent once a part is run after a page, whose last messages still wait."""
    queue = ForwardMsgQueue()
    for word, of in (("picture", "board"), ("boxes", "box"), ("title", "")):
        queue.enqueue(drawn(word, of))
    queue.enqueue(ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY))
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=part)
    queue.enqueue(ForwardMsg(script_finished=ForwardMsg.FINISHED_EARLY_FOR_RERUN))
    queue.enqueue(drawn("picture anew", "board"))
    return [
        message.delta.new_element.text.body or message.script_finished for message in queue.flush()
    ]


WHOLE, EARLY = ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_EARLY_FOR_RERUN


def test_a_part_that_draws_nothing_takes_nothing_away(runtime):
    mend.streamlit()
    before = ["picture", "boxes", "title", WHOLE]
    assert waiting(["box"]) == [*before, EARLY, "picture anew"]


def test_a_whole_page_still_takes_the_place_of_the_last(runtime):
    by_itself = waiting(None)
    mend.streamlit()
    assert waiting(None) == by_itself == [EARLY, EARLY, "picture anew"]


def test_streamlit_by_itself_takes_away_what_nobody_draws_again():
    """If this fails, Streamlit has mended it, and `_kept_by_parts` can go."""
    assert waiting(["box"]) == ["picture", "title", WHOLE, EARLY, "picture anew"]


@pytest.mark.parametrize("by_clock", [True, False])
def test_a_press_is_heard_from_whoever_pressed(by_clock):
    told = ClientState(is_auto_rerun=by_clock)
    told.widget_states.widgets.add(id="slider", double_value=3)
    told.widget_states.widgets.add(id="button", trigger_value=True)
    told.widget_states.widgets.add(id="board", json_trigger_value='[{"event": "drag"}]')
    heard = []
    mend.hear_once(lambda _, said: heard.extend(said.widget_states.widgets))(None, told)
    pressed = [] if by_clock else ["button", "board"]
    assert [each.id for each in heard] == ["slider", *pressed]


def test_a_run_that_nobody_asked_for_in_words_is_passed_on():
    heard = []
    mend.hear_once(lambda _, said: heard.append(said))(None, None)
    assert heard == [None]


class Given:
    """What a message says, and a callback that looks at the session's state twice."""

    def __init__(self):
        self.heard = []

    def on_script_will_rerun(self, said, **_more):
        self.heard.append(said)
        self.state["seen"]
        self.heard.append("whole")

    def __getitem__(self, _key):
        return None


class Next(Exception):
    """Another message has come."""


def hear(begin):
    """Begin a run while another message is there; return what was heard, and what is heard then."""

    def give_up():
        raise Next

    given = Given()
    given.state = SafeSessionState(given, give_up)
    with contextlib.suppress(Next):
        begin(given.state, "press")
    with pytest.raises(Next):
        given.state["seen"]  # the next message is looked at afterwards
    return given.heard


def test_a_press_is_heard_whole_though_another_message_is_there():
    assert hear(mend.hear_whole(OWN_BEGIN)) == ["press", "whole"]


def test_streamlit_by_itself_gives_it_up():
    assert hear(OWN_BEGIN) == []


def test_a_run_is_not_begun_beside_another():
    assert st.get_option("runner.fastReruns") is False
