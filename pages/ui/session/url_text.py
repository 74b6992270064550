"""A text that the visitor entered, and what the address says of it."""

from __future__ import annotations

from dataclasses import dataclass

from attn_core import limits, permalink

#: Stands for a text that the address has no room for.
ELSEWHERE = "~"


@dataclass
class UrlText:
    """A text, or none.

    Attributes
    ----------
    text : str
    link : str
        The text as a link, whether the address has room for it or not; empty for `first`.
    parameter : str
        What the address says of the text: its link, `ELSEWHERE` or nothing.
    first : str
        The text to begin with. Where it isn't empty, no other text may be.
    """

    text: str = ""
    link: str = ""
    parameter: str = ""
    first: str = ""
    #: The last text without room in an address, to which the browser may go back.
    _without_room: str = ""

    def __post_init__(self) -> None:
        self.text = self.text or self.first

    def read(self, text: str) -> None:
        """Take a text, or none where it is blank.

        Raises
        ------
        ValueError
            With the limit that it breaks; then the text before stays.
        """
        limits.LONG_TEXT.check(text)
        if self.first and not text.strip():
            raise ValueError("Type a sentence of at least one word; it is empty.")
        self._take(text if text.strip() else "")

    def _take(self, text: str) -> None:
        self.text = text
        self.link = permalink.encode_text(text) if text != self.first else ""

    def load_from_url(self, parameter: str) -> None:
        """Take the text that an address holds, where it is news.

        Raises
        ------
        ValueError
            When the text isn't in the address, or can't be read.
        """
        if parameter == self.parameter:
            return
        self.parameter = parameter
        if parameter != ELSEWHERE:
            self.read(permalink.decode_text(parameter) if parameter else self.first)
        elif self._without_room:
            self.read(self._without_room)
        else:
            raise ValueError("It was too long for an address. Ask for it as a file and paste it.")

    def to_url(self, *, has_room: bool) -> str:
        """Return what the address is to say of the text."""
        if self.link and not has_room:
            self._without_room = self.text
        self.parameter = self.link if has_room or not self.link else ELSEWHERE
        return self.parameter
