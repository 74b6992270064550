"""What a visitor has a decoder write: how each token is drawn, and those that were."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from typing import Any

from attn_core import limits
from attn_core.pretrained.decoder.sampling import Sampling

#: Largest values of the settings; temperature and top-p are entered to two decimals.
MAX_TEMPERATURE, MAX_TOP_K, MAX_SEED = 2.0, 1000, 2**32 - 1

_NUMBER = r"(\d(?:\.\d{1,2})?)"
#: Seed, temperature, top-k (0 for all), top-p, and how many tokens were drawn so.
_PART = re.compile(rf"(\d{{1,10}})-{_NUMBER}-(\d{{1,4}})-{_NUMBER}-(\d{{1,3}})", re.ASCII)


@dataclass(frozen=True)
class Draw:
    """How a token is drawn.

    Attributes
    ----------
    seed : int
    sampling : Sampling
    """

    seed: int = 0
    sampling: Sampling = field(default_factory=Sampling)


@dataclass(frozen=True)
class Drawn:
    """A token that was drawn, and its probability then."""

    id: int
    probability: float


@dataclass
class Writing:
    """A decoder's writing behind a text; the tokens follow from it and from how they are drawn.

    Attributes
    ----------
    draw : Draw
        How the next token is drawn.
    draws : list of Draw
        How each token that is wanted is drawn.
    drawn : list of Drawn
        Those of them that the model has written already.
    token : int or None
        Place of the token that is looked at; None for the newest.
    is_running : bool
        It goes on by itself.
    """

    draw: Draw = field(default_factory=Draw)
    draws: list[Draw] = field(default_factory=list)
    drawn: list[Drawn] = field(default_factory=list)
    token: int | None = None
    is_running: bool = False
    #: Model and text that it is behind; an empty model is whichever comes first.
    _of: tuple[str, str] | None = None
    #: What an address said last of it, and of which text.
    _said: tuple[str, str] = ("", "")

    @property
    def ids(self) -> tuple[int, ...]:
        """Numbers of the tokens that were written."""
        return tuple(each.id for each in self.drawn)

    @property
    def awaited(self) -> Draw | None:
        """How the next token is drawn that is wanted and not written yet."""
        return self.draws[len(self.drawn)] if len(self.drawn) < len(self.draws) else None

    def follow(self, model: str, text: str) -> None:
        """Begin anew where it is of another model or text."""
        if self._of and (self._of[0] or model, self._of[1]) != (model, text):
            self.restart()
        self._of = model, text

    def want(self) -> None:
        """Have one more token written."""
        self.draws.append(self.draw)
        self.token = None

    def take(self, drawn: Drawn | None) -> None:
        """Take the token that was awaited; None where the text can't go on."""
        if drawn:
            self.drawn.append(drawn)
        else:
            del self.draws[len(self.drawn) :]
            self.is_running = False

    def back(self) -> None:
        """Take the last token back."""
        del self.draws[-1:], self.drawn[len(self.draws) :]
        self.token, self.is_running = None, False

    def restart(self) -> None:
        """Take all tokens back."""
        self.draws.clear()
        self.drawn.clear()
        self.token, self.is_running = None, False

    def change(self, **settings: Any) -> None:
        """Change how the next tokens are drawn: the seed, or a setting of `Sampling`."""
        seed = settings.pop("seed", self.draw.seed)
        self.draw = Draw(seed, replace(self.draw.sampling, **settings))

    def parameter(self, text: str) -> str:
        """What an address says of it: behind another text nothing is written yet."""
        is_of_another = self._of is not None and self._of[1] != text
        return to_text([] if is_of_another else self.draws, self.draw)

    def note_url(self, parameter: str, text: str) -> None:
        """Note what an address says of it, and of which text: from then on it is no news."""
        self._said = parameter, text

    def load_from_url(self, parameter: str, text: str) -> None:
        """Take up what an address says, where it is news, or was said of another text."""
        before, self._said = self._said, (parameter, text)
        if self._said in (before, (self.parameter(text), before[1])):
            return
        self.restart()
        self.draws, self.draw = from_text(parameter)
        self._of = "", text


def to_text(draws: list[Draw], draw: Draw) -> str:
    """Write how tokens were drawn, and how the next one is; empty for none, and the first way.

    Examples
    --------
    >>> wild = Draw(7, Sampling(1.5, 40, 0.9))
    >>> to_text([Draw(), Draw(), wild], wild), to_text([Draw()], wild), to_text([], Draw())
    ('0-1-0-1-2_7-1.5-40-0.9-1', '0-1-0-1-1_7-1.5-40-0.9-0', '')
    """
    runs = [(each, len([*run])) for each, run in groupby(draws)]
    if not runs or runs[-1][0] != draw:
        runs.append((draw, 0))
    return "_".join(_part(*run) for run in runs) if runs != [(Draw(), 0)] else ""


def _part(draw: Draw, count: int) -> str:
    how = draw.sampling
    return f"{draw.seed}-{how.temperature:.3g}-{how.top_k or 0}-{how.top_p:.3g}-{count}"


def from_text(text: str) -> tuple[list[Draw], Draw]:
    """Read what `to_text` wrote; anything else is none, and the first way.

    Examples
    --------
    >>> draws, draw = from_text("0-1-0-1-2_7-1.5-40-0.9-1")
    >>> len(draws), draw
    (3, Draw(seed=7, sampling=Sampling(temperature=1.5, top_k=40, top_p=0.9)))
    >>> from_text("0-9-0-1-2")
    ([], Draw(seed=0, sampling=Sampling(temperature=1.0, top_k=None, top_p=1.0)))
    """
    parts = [_PART.fullmatch(part) for part in text.split("_")]
    try:
        read = [_draw_of(part) for part in parts if part]
    except ValueError:
        return [], Draw()
    if len(read) < len(parts):
        return [], Draw()
    draws = (draw for draw, count in read for _ in range(count))
    return [*islice(draws, limits.MAX_WORDS)], read[-1][0]


def _draw_of(part: re.Match[str]) -> tuple[Draw, int]:
    """Read a part; raises ValueError where it says what can't be entered."""
    seed, temperature, k, p, count = part.groups()
    sampling = Sampling(float(temperature), int(k) or None, float(p))
    if sampling.temperature > MAX_TEMPERATURE or int(k) > MAX_TOP_K or int(seed) > MAX_SEED:
        raise ValueError("Beyond what can be entered.")
    return Draw(int(seed), sampling), int(count)
