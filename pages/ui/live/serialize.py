"""How data goes to a component of ours: as the bytes of its JSON.

In a dictionary Streamlit would look for data frames, for which it imports pandas, and
that is half of the time that a first page takes.
"""

from __future__ import annotations

import json
from typing import Any

#: JavaScript that reads `data` as it arrives.
UNPACK = "JSON.parse(new TextDecoder().decode(data))"


def pack(data: dict[str, Any]) -> bytes:
    """Write the data of a component."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
