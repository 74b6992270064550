"""What the server asks of the system."""

import gc
import socket
import weakref

from pages.ui.serving import server


def test_visitors_sockets_send_small_messages_at_once():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.send_at_once()
        with (
            socket.create_connection(listening.getsockname()),
            listening.accept()[0] as accepted,
        ):
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_what_visitors_held_is_collected():
    class Session:
        pass

    held = Session()
    held.itself = held  # only a collection finds that nobody else holds it
    gone = weakref.ref(held)
    gc.disable()
    try:
        del held
        assert gone() is not None
        server.tidy()
        assert gone() is None
    finally:
        gc.enable()
