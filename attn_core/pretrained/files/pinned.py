"""Files that are read only as they were when the lab was written: others may hold anything."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .error import ModelError


def read_pinned(path: Path, sha256: str) -> bytes:
    """Read a file whose bytes have this hash.

    Raises
    ------
    ModelError
        When it can't be read, or has been changed.
    """
    try:
        held = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} can't be read: {error}. Run `make models` again.") from error
    if (has := hashlib.sha256(held).hexdigest()) != sha256:
        raise ModelError(
            f"{path} isn't the file that the lab knows: expected the SHA-256 {sha256[:16]}…, got "
            f"{has[:16]}…. It was changed, or is another version's; run `make models` again."
        )
    return held
