"""Links as nobody's lab would make them."""

import base64
import zlib
from collections.abc import Iterable

from attn_core.document import to_json
from attn_core.presets import DEFAULT


def packed(text: bytes) -> str:
    """A link that is right in all but what it holds."""
    return _packed([text])


def bomb(size: int) -> str:
    """A short link that unpacks to many spaces and one good scenario."""
    spaces = (b" " * min(10**6, size - i) for i in range(0, size, 10**6))
    return _packed([*spaces, to_json(DEFAULT.scenario).encode()])


def _packed(parts: Iterable[bytes]) -> str:
    deflate, checksum, data = zlib.compressobj(9, wbits=-15), 0, b""
    for part in parts:
        checksum, data = zlib.crc32(part, checksum), data + deflate.compress(part)
    data = checksum.to_bytes(4, "big") + data + deflate.flush()
    return "1" + base64.urlsafe_b64encode(data).decode().rstrip("=")
