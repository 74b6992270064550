"""A long text that a visitor pasted, and what the address says of it."""

from __future__ import annotations

from dataclasses import dataclass

from attn_core import permalink
from attn_core.long_text import words_of

#: In the place of a text that the address has no room for.
ELSEWHERE = "~"


@dataclass
class Pasted:
    """The text, its words, and the word whose row of weights is shown.

    Attributes
    ----------
    text : str
        Empty while nothing is pasted.
    words : tuple of str
    word : int
        Place of the chosen word.
    link : str
        The text as a link, whether the address has room for it or not.
    parameter : str
        What the address says of the text: its link, `ELSEWHERE` or nothing.
    """

    text: str = ""
    words: tuple[str, ...] = ()
    word: int = 0
    link: str = ""
    parameter: str = ""
    #: The last text that had no room in an address, for the browser's back button.
    _without_room: str = ""

    def read(self, text: str) -> None:
        """Take a text, or none where it is blank.

        Raises
        ------
        ValueError
            With the limit that it breaks; then the text before stays.
        """
        words = words_of(text) if not isinstance(text, str) or text.strip() else ()
        self.text, self.words = (text, words) if words else ("", ())
        self.link = permalink.encode_text(text) if words else ""
        # The first word sees itself alone under a causal mask, and the last is a full stop.
        self.word = len(words) // 2

    def choose(self, i: int) -> None:
        """Choose the word whose row is shown; a place that there isn't is passed over."""
        if i in range(len(self.words)):
            self.word = i

    def adopt(self, parameter: str) -> None:
        """Take what an address says, where it is news.

        Raises
        ------
        ValueError
            When the text isn't in the address, or can't be read.
        """
        if parameter == self.parameter:
            return
        self.parameter = parameter
        if parameter != ELSEWHERE:
            self.read(permalink.decode_text(parameter) if parameter else "")
        elif self._without_room:
            self.read(self._without_room)
        else:
            raise ValueError("It was too long for an address. Ask for it as a file and paste it.")

    def publish(self, *, has_room: bool) -> str:
        """Say what the address is to say."""
        if self.link and not has_room:
            self._without_room = self.text
        self.parameter = self.link if has_room or not self.link else ELSEWHERE
        return self.parameter
