"""Two scenarios side by side: A, B and B − A over the rows and columns that both have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..attention import AttentionTrace, attend
from ..explain.wording import Escape, join_words
from ..notation import labels
from ..notation.equation import Block, Equation, block, equation
from ..notation.graph import graph
from ..notation.steps import STEPS, Axis, Kind, step
from ..scenario import Array, Scenario
from ..text import tokenize

#: Positions in A and, one for one, in B.
Pairs = tuple[list[int], list[int]]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two traces and the matrices that both have; computed by `compare`.

    Attributes
    ----------
    a, b : AttentionTrace
    """

    a: AttentionTrace
    b: AttentionTrace

    @cached_property
    def words(self) -> Pairs:
        """Words that both have, in one order."""
        return tokenize.aligned(self.a.scenario.tokens, self.b.scenario.tokens)

    @cached_property
    def keys(self) -> Pairs:
        """Keys that both have, in one order; of the second sentence, where there is one."""
        return tokenize.aligned(*map(_keys, (self.a.scenario, self.b.scenario)))

    @cached_property
    def features(self) -> Pairs:
        """Features that both have, in the order of B."""
        old, new = self.a.scenario.features, self.b.scenario.features
        pairs = [(old.index(name), j) for j, name in enumerate(new) if name in old]
        return [a for a, _ in pairs], [b for _, b in pairs]

    @property
    def same_words(self) -> bool:
        """Whether A and B have the same words, of either sentence, and the same features."""
        a, b = self.a.scenario, self.b.scenario
        return (a.tokens, a.context, a.features) == (b.tokens, b.context, b.features)

    def both_have(self, name: str) -> bool:
        """Whether both have such a matrix."""
        return name in graph(self.a.scenario) and name in graph(self.b.scenario)

    def blocks(self, name: str) -> tuple[Block, Block, Block] | None:
        """Return A, B and B − A of one matrix, in the rows and columns that both have.

        Parameters
        ----------
        name : str
            A name from `INPUTS` or `STEPS`.

        Returns
        -------
        tuple of Block, or None
            Words are matched by alignment, features by name, q, k and v by number.
            The difference is labelled as B; where both masks block, it is 0. None
            when A and B share no row or no column, or when one has no such matrix.

        Examples
        --------
        >>> from attn_core.presets import BY_KEY, DEFAULT
        >>> c = compare(DEFAULT.scenario, BY_KEY["verb-subject"].scenario)
        >>> A, B, difference = c.blocks("weights")
        >>> difference.symbol, difference.values[1].round(2).tolist()
        ('B − A', [0.69, -0.45, -0.25])
        """
        if not self.both_have(name):
            return None
        rows, columns = (self._pairs(axis) for axis in step(name).axes)
        if not rows[0] or not columns[0]:
            return None
        a = _part(block(self.a, name), rows[0], columns[0], "A")
        b = _part(block(self.b, name), rows[1], columns[1], "B")
        return a, b, _difference(a, b)

    def equation(self, name: str) -> Equation | None:
        """Write B − A with all three matrices; None where there is nothing to compare."""
        if (found := self.blocks(name)) is None:
            return None
        a, b, difference = found
        return Equation((b, "−", a, "=", difference))

    def equations(self, name: str) -> tuple[Equation, ...]:
        """Write B − A of a step, then the whole step of A and of B.

        A scenario without the step is left out.

        Examples
        --------
        >>> from attn_core.presets import DEFAULT
        >>> [e.result.symbol for e in compare(DEFAULT.scenario, DEFAULT.scenario).equations("Q")]
        ['B − A', 'Q of A', 'Q of B']
        """
        difference = self.equation(name)
        sides = (("A", self.a), ("B", self.b))
        whole = [
            _named_step(trace, name, side) for side, trace in sides if name in graph(trace.scenario)
        ]
        return (difference, *whole) if difference else tuple(whole)

    def describe_gaps(self, escape: Escape = str) -> tuple[str, ...]:
        """Describe which parts can't be compared, and why.

        Parameters
        ----------
        escape : callable
            Applied to each word and feature.

        Examples
        --------
        >>> from attn_core import edits
        >>> from attn_core.presets import DEFAULT
        >>> s = edits.with_size(edits.with_sentence(DEFAULT.scenario, "Tu suis"), d_k=3)
        >>> for sentence in compare(DEFAULT.scenario, s).describe_gaps():
        ...     print(sentence)
        Words only in A: Je and heureux. Words only in B: Tu.
        d_k is 4 in A and 3 in B: of queries and keys the first 3 numbers are compared.
        """
        return tuple(self._describe_gaps(escape))

    def _describe_gaps(self, escape: Escape) -> Iterator[str]:
        a, b = self.a.scenario, self.b.scenario
        names = labels.unique(a.tokens), labels.unique(b.tokens)
        yield from _describe_unshared("word", (a.tokens, b.tokens), names, self.words, escape)
        yield from self._describe_gaps_of_keys(escape)
        features = a.features, b.features
        yield from _describe_unshared("feature", features, features, self.features, escape)
        for name, what in (("d_k", "queries and keys"), ("d_v", "values and outputs")):
            sizes = getattr(a, name), getattr(b, name)
            if sizes[0] != sizes[1]:
                first = "number is" if min(sizes) == 1 else f"{min(sizes)} numbers are"
                yield (
                    f"{name} is {sizes[0]} in A and {sizes[1]} in B: "
                    f"of {what} the first {first} compared."
                )
        yield from _describe_missing(a, b)

    def _describe_gaps_of_keys(self, escape: Escape) -> Iterator[str]:
        a, b = self.a.scenario, self.b.scenario
        if a.is_cross != b.is_cross:
            cross, alone = ("A", "B") if a.is_cross else ("B", "A")
            yield (
                f"{cross} looks at a second sentence, {alone} at its own: "
                "of keys and values those of the same word are compared."
            )
        if a.is_cross or b.is_cross:
            keys = _keys(a), _keys(b)
            names = labels.unique(keys[0]), labels.unique(keys[1])
            yield from _describe_unshared("key", keys, names, self.keys, escape)

    def _pairs(self, axis: Axis) -> Pairs:
        match axis:
            case "query" | "word":
                return self.words
            case "key":
                return self.keys
            case "feature":
                return self.features
            case "head" | "head value":
                return [], []
        shared = range(min(len(graph(each.scenario).axis(axis)) for each in (self.a, self.b)))
        return list(shared), list(shared)


def compare(a: Scenario, b: Scenario) -> Comparison:
    """Compute both scenarios and align their words, keys and features.

    Parameters
    ----------
    a, b : Scenario
        Of one head, without W_o; their sentences, features and sizes may differ.

    Raises
    ------
    ValueError
        When one of them has a head axis or W_o.

    Examples
    --------
    >>> from attn_core import edits
    >>> from attn_core.presets import DEFAULT
    >>> b = edits.with_cell(DEFAULT.scenario, "X", 0, 0, 3)
    >>> compare(DEFAULT.scenario, b).equation("X").alt.partition(". ")[0]
    'X of B (3×4) − X of A (3×4) = B − A (3×4)'
    """
    for name, s in (("A", a), ("B", b)):
        if s.W_q.ndim == 3 or s.W_o is not None:
            raise ValueError(
                f"Only single heads without W_o can be compared: expected W_q of {name} "
                f"(d_model, d_k), got {s.W_q.shape}{'' if s.W_o is None else ' and a W_o'}."
            )
    return Comparison(attend(a), attend(b))


def steps_of_both(a: Scenario, b: Scenario) -> tuple[str, ...]:
    """List the steps of one head that both scenarios have, in the order of computation.

    Examples
    --------
    >>> from attn_core.presets import DEFAULT
    >>> steps_of_both(DEFAULT.scenario, replace(DEFAULT.scenario, positions="rope"))[:5]
    ('similarity', 'Q', 'K', 'V', 'raw_scores')
    """
    nodes = graph(a.head(0)), graph(b.head(0))
    return tuple(each.name for each in STEPS if all(each.name in own for own in nodes))


def _keys(s: Scenario) -> tuple[str, ...]:
    return s.context or s.tokens


def _describe_missing(a: Scenario, b: Scenario) -> Iterator[str]:
    """Describe which matrices only one of two scenarios has."""
    for letter, own, other in (("A", a, b), ("B", b, a)):
        nodes = graph(own)
        if symbols := [nodes[name].step.symbol for name in nodes if name not in graph(other)]:
            yield f"Only {letter} has {join_words(symbols)}."


def _named_step(trace: AttentionTrace, name: str, side: str) -> Equation:
    """Write a whole step, with A or B in the name of its result."""
    written = equation(trace, name)
    return Equation((*written.terms[:-1], _named(written.result, side)))


def _named(whole: Block, side: str) -> Block:
    return replace(whole, step=replace(whole.step, symbol=f"{whole.symbol} of {side}"))


def _part(whole: Block, rows: list[int], columns: list[int], side: str) -> Block:
    """Select rows and columns of a matrix, with A or B in its name."""
    return replace(
        _named(whole, side),
        values=whole.values[np.ix_(rows, columns)],
        rows=tuple(whole.rows[i] for i in rows),
        columns=tuple(whole.columns[j] for j in columns),
    )


def _difference(a: Block, b: Block) -> Block:
    # −∞ − −∞ is nan, but a pair that both masks block has no difference.
    blocked = np.isneginf(a.values) & np.isneginf(b.values)
    values: Array = np.zeros(b.values.shape, b.values.dtype)
    np.subtract(b.values, a.values, out=values, where=~blocked)
    kind: Kind = "weight change" if b.step.kind == "weight" else "signed"
    return replace(b, step=replace(b.step, symbol="B − A", kind=kind), values=values)


def _describe_unshared(
    what: str,
    sides: Sequence[Sequence[str]],
    names: Sequence[Sequence[str]],
    shared: Pairs,
    escape: Escape,
) -> Iterator[str]:
    """Describe the words or features that only A or only B has, or that aren't aligned."""
    if not shared[0]:
        yield f"A and B have no {what} in common, so nothing with a {what} in it can be compared."
        return
    left = [
        [i for i in range(len(side)) if i not in s] for side, s in zip(sides, shared, strict=True)
    ]
    counts = [Counter(side[i] for i in places) for side, places in zip(sides, left, strict=True)]
    elsewhere = counts[0] & counts[1]
    only = []
    for letter, side, own, places in zip("AB", sides, names, left, strict=True):
        if alone := [escape(labels.isolate(own[i])) for i in _remaining(elsewhere, side, places)]:
            only.append(f"{what.capitalize()}s only in {letter}: {join_words(alone)}.")
    if only:
        yield " ".join(only)
    if elsewhere:
        moved = [escape(labels.isolate(word)) for word in elsewhere.elements()]
        yield f"Not compared, for the order of A and B differs: {join_words(moved)}."


def _remaining(taken: Counter[str], side: Sequence[str], places: list[int]) -> Iterator[int]:
    """Yield the places of the words that remain when each word in `taken` is removed once."""
    rest = Counter(taken)
    for i in places:
        if rest[side[i]]:
            rest[side[i]] -= 1
        else:
            yield i


def same_head(before: Scenario, after: Scenario, head: int) -> Scenario | None:
    """Return the head of A that has the name of a head of B; None where A has no such head.

    Examples
    --------
    >>> from attn_core.edits import heads
    >>> from attn_core.presets import BY_KEY
    >>> four = BY_KEY["four-views"].scenario
    >>> same_head(heads.removed(four, 0), four, 1) == four.head(1)
    True
    """
    if before.heads == after.heads or not after.heads:
        return before.head(min(head, before.h - 1))
    if not before.heads:
        return before.head(0) if head == 0 else None
    name = after.heads[head]
    return before.head(before.heads.index(name)) if name in before.heads else None
