"""A websocket as bare as can be: it opens, and never says or reads anything more."""

import socket

OPENING = (
    "GET /_stcore/stream HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: streamlit\r\n\r\n"
)


def opened(port: int, host: str = "127.0.0.1") -> tuple[socket.socket, int]:
    """The socket, and the status that the server answered with."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.sendall(OPENING.format(host=host).encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(4096)
    return connection, int(answer.split()[1])
