"""A long text that the visitor pasted, its words, and the selected one."""

from __future__ import annotations

from dataclasses import dataclass

from attn_core.analysis.long_text import words_of
from pages.ui.session.url_text import UrlText


@dataclass
class LongText(UrlText):
    """The text, its words, and the word whose row of weights is shown.

    Attributes
    ----------
    words : tuple of str
    word : int
        Place of the selected word.
    """

    words: tuple[str, ...] = ()
    word: int = 0

    def read(self, text: str) -> None:
        """Take a text, or none where it is blank.

        Raises
        ------
        ValueError
            With the limit that it breaks; then the text before stays.
        """
        words = words_of(text) if not isinstance(text, str) or text.strip() else ()
        self._take(text if words else "")
        self.words = words
        # The first word sees itself alone under a causal mask, and the last is a full stop.
        self.word = len(words) // 2

    def choose(self, i: int) -> None:
        """Select the word whose row is shown; a place beyond the text is ignored."""
        if i in range(len(self.words)):
            self.word = i
