"""Safe reading of a zip archive from anybody, within limits."""

from __future__ import annotations

import io
import sys
import zipfile
import zlib
from pathlib import PurePosixPath
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ..document import DocumentError

#: Bytes that all files of an archive may have together; the largest of the lab has 510,000.
MAX_UNPACKED = 1_000_000
#: Numbers or words of one array, and its axes; the largest of the lab has 1152 on three. As a
#: list each axis takes a hundred times the room of a truth value, and an empty one any room.
MAX_NUMBERS, MAX_AXES = 30_000, 3

#: Other methods could unpack without a bound (bzip2, LZMA), or are out of use.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: Errors of zipfile: RuntimeError for a password or an unknown feature; OverflowError for an
#: offset that no file has.
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, EOFError),
    *(RuntimeError, ValueError, OverflowError),
)
#: Errors of NumPy and of Python's parser for a header that NumPy didn't write.
_UNREADABLE = (
    *(ValueError, KeyError, EOFError, SyntaxError, TokenError),
    *(TypeError, RecursionError, MemoryError, OverflowError),
)
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


def files(content: bytes) -> dict[str, bytes]:
    """Unpack an archive to its files by name, without their folders.

    Raises
    ------
    DocumentError
        When the archive is damaged, locked or too large, or has two files of one name.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.export import csv_zip
    >>> from attn_core.presets import DEFAULT
    >>> [*files(csv_zip(attend(DEFAULT.scenario), "Q"))]
    ['README.txt', 'X.csv', 'W_q.csv', 'Q.csv']
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _unpacked(archive)
    except DocumentError:
        raise
    except _DAMAGED as error:
        raise DocumentError(
            f"The zip archive can't be unpacked: {str(error) or 'it is cut'}."
        ) from error


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = MAX_UNPACKED
    for info in archive.infolist():
        name = PurePosixPath(info.filename).name
        if info.is_dir() or info.filename.startswith("__MACOSX/"):  # what a Mac adds
            continue
        if info.compress_type not in _PACKED:
            raise DocumentError(
                f"The zip archive has {name!r:.60} packed in a way that isn't read."
            )
        if name in found:
            raise DocumentError(f"The zip archive has {name!r:.60} twice.")
        with archive.open(info) as packed:
            found[name] = packed.read(left + 1)  # not what the archive claims, which may be false
        left -= len(found[name])
        if left < 0:
            raise DocumentError(f"The zip archive unpacks to more than {MAX_UNPACKED} bytes.")
    return found


def array(name: str, content: bytes) -> NDArray[Any]:
    """Read a .npy file of numbers, truth values or text.

    Raises
    ------
    DocumentError
        When the file isn't a .npy file, is cut, or holds Python objects, which could run
        code.

    Examples
    --------
    >>> stream = io.BytesIO()
    >>> np.save(stream, [[1.0, 2.0]])
    >>> array("X", stream.getvalue())
    array([[1., 2.]])
    """
    stream = io.BytesIO(content)
    try:
        version = npy.read_magic(stream)
        shape, _, dtype = _HEADERS[version](stream)
        if dtype.kind not in "biufU" or not dtype.itemsize:
            raise DocumentError(
                f"{name} must hold numbers, truth values or text, got {dtype!s:.40}; "
                "Python's objects (pickle) aren't read."
            )
        # The check comes before NumPy allocates the memory that a few bytes may claim.
        size, has = dtype.itemsize * int(np.prod(shape, dtype=object)), len(content) - stream.tell()
        if size != has:
            raise DocumentError(f"{name} must have {size} bytes for its {shape!s:.40}, got {has}.")
        if len(shape) > MAX_AXES or not 0 < size // dtype.itemsize <= MAX_NUMBERS:
            raise DocumentError(
                f"{name} must have 1 to {MAX_NUMBERS} numbers or words on at most {MAX_AXES} axes, "
                f"got {shape!s:.40}."
            )
        if dtype.kind == "U":
            _check_letters(name, np.frombuffer(content, dtype.byteorder + "u4", -1, stream.tell()))
        return np.load(io.BytesIO(content), allow_pickle=False)  # type: ignore[no-any-return]
    except DocumentError:
        raise
    except _UNREADABLE as error:
        raise DocumentError(f"{name} isn't an array of NumPy that can be read: {error}.") from error


def _check_letters(name: str, codes: NDArray[Any]) -> None:
    """Refuse characters beyond Unicode, for which Python has no error of its own."""
    if codes.size and (largest := int(codes.max())) > sys.maxunicode:
        raise DocumentError(f"{name} must hold text, got the letter number {largest}.")
