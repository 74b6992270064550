"""Scenarios and texts as one short part of a URL, and back, exactly.

Layout: the version digit, then base64url of a CRC-32 and the deflated JSON document or text.
Both directions need only the text: no server keeps anything.
"""

from __future__ import annotations

import base64
import binascii
import zlib

from .document import DocumentError, from_json, to_json
from .scenario import Scenario

VERSION = "1"
#: The longest link to read or write, and the longest document that a link may hold.
MAX_LINK = 16_000
MAX_DOCUMENT = 256_000

_RAW_DEFLATE = -zlib.MAX_WBITS


class LinkError(ValueError):
    """Raised for a link that can't be read or written; the message says why."""


def encode(scenario: Scenario) -> str:
    """Pack a scenario into characters that need no escaping in a URL.

    Raises
    ------
    LinkError
        When the result would be longer than `MAX_LINK`, or the JSON in it longer than
        `MAX_DOCUMENT`; use JSON then.

    Examples
    --------
    >>> s = Scenario(("a",), X=[[1]], W_q=[[0.5]], W_k=[[2]], W_v=[[3]])
    >>> decode(encode(s)) == s
    True
    """
    document = to_json(scenario).encode()
    link = _packed(document)
    for size, most, what in (
        (len(document), MAX_DOCUMENT, "bytes as JSON"),
        (len(link), MAX_LINK, "characters as a link"),
    ):
        if size > most:
            raise LinkError(
                f"This scenario is too large for a link: it takes {size} {what}, "
                f"at most {most} fit. Save it as JSON instead."
            )
    return link


def decode(link: str) -> Scenario:
    """Unpack a scenario.

    Raises
    ------
    LinkError
        When the link is cut, altered, too long, of another version, or foreign.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> decode(encode(DEFAULT.scenario)) == DEFAULT.scenario
    True
    """
    try:
        return from_json(_unpacked(link).decode())
    except (DocumentError, UnicodeDecodeError) as error:
        raise LinkError(f"The link holds no scenario: {error}") from error


def encode_text(text: str) -> str:
    """Pack a text as `encode` packs a scenario, of any length.

    Examples
    --------
    >>> decode_text(encode_text("Oh dear! Oh dear!"))
    'Oh dear! Oh dear!'
    """
    return _packed(text.encode())


def decode_text(link: str) -> str:
    """Unpack a text.

    Raises
    ------
    LinkError
        For the reasons of `decode`.

    Examples
    --------
    >>> decode_text(encode_text("Oh dear!"))
    'Oh dear!'
    """
    try:
        return _unpacked(link).decode()
    except UnicodeDecodeError as error:
        raise LinkError(f"The link holds no text: {error}") from error


def _packed(document: bytes) -> str:
    deflate = zlib.compressobj(level=9, wbits=_RAW_DEFLATE)
    packed = deflate.compress(document) + deflate.flush()
    data = zlib.crc32(document).to_bytes(4, "big") + packed
    return VERSION + base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unpacked(link: str) -> bytes:
    if len(link) > MAX_LINK:
        raise LinkError(f"The link has {len(link)} characters; at most {MAX_LINK} are read.")
    if not link.startswith(VERSION):
        raise LinkError(
            f"The link isn't one of this lab, or is of a newer version: "
            f"expected it to start with {VERSION}, got {link[:1]!r}."
        )
    data = _bytes(link[len(VERSION) :])
    document = _inflated(data[4:])
    if zlib.crc32(document).to_bytes(4, "big") != data[:4]:
        raise LinkError("The link was altered on its way: its checksum is wrong.")
    return document


def _bytes(text: str) -> bytes:
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise LinkError("The link was cut or altered: it has characters out of place.") from error
    # Spare bits in the last character must be 0, so that a scenario has a single link.
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != text:
        raise LinkError("The link was altered on its way: its last character is wrong.")
    return data


def _inflated(packed: bytes) -> bytes:
    inflate = zlib.decompressobj(wbits=_RAW_DEFLATE)
    try:
        # The bound keeps a small link from inflating to a large document.
        document = inflate.decompress(packed, MAX_DOCUMENT)
    except zlib.error as error:
        raise LinkError("The link was altered on its way: it can't be unpacked.") from error
    if inflate.unconsumed_tail:
        raise LinkError(f"The link unpacks to more than {MAX_DOCUMENT} bytes.")
    if not inflate.eof or inflate.unused_data:
        raise LinkError("The link was cut: its end is missing.")
    return document
