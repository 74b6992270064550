"""Does the order of the words matter? A sentence beside the same words in reverse."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..attention import AttentionTrace, attend
from ..edits import reversed_words
from ..edits.mask_kinds import is_a
from ..explain.wording import DISPLAY_TOLERANCE, Escape, axis_labels, largest
from ..notation.equation import Block, Equation, block
from ..notation.labels import number
from ..notation.steps import Kind
from ..scenario import Array, Scenario

#: Weights that differ by less are the same: the two sums are only added up in another order.
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Order:
    """The weights of one head for a sentence, and for its mirror image; made by `reversal_test`.

    Attributes
    ----------
    trace : AttentionTrace
        Of the sentence.
    mirrored : ndarray, shape (n, n_k)
        Weights of the same words in reverse, each with its own numbers, put back into the
        sentence's order.
    """

    trace: AttentionTrace
    mirrored: Array

    @property
    def difference(self) -> Array:
        """By how much the order changes each weight, shape (n, n_k)."""
        change: Array = self.mirrored - self.trace.weights
        return change

    @property
    def largest(self) -> float:
        """By how much the order changes a weight at most."""
        return float(np.abs(self.difference).max())

    @property
    def matters(self) -> bool:
        """Whether any weight depends on the order."""
        return self.largest > ROUNDING

    def equation(self) -> Equation:
        """Write the weights in reverse − the weights = what the order changes.

        Examples
        --------
        >>> from attn_core.presets import BY_KEY
        >>> order = reversal_test(attend(BY_KEY["word-order"].scenario))
        >>> order.equation().alt.partition(". ")[0]
        'weights in reverse (3×3) − weights (3×3) = difference (3×3)'
        """
        weights = block(self.trace, "weights")
        return Equation(
            (
                _like(weights, "weights in reverse", self.mirrored),
                "−",
                weights,
                "=",
                _like(weights, "difference", self.difference, "weight change"),
            )
        )

    def verdict(self, escape: Escape = str) -> str:
        """Say whether the weights depend on the order, where most, and why.

        Parameters
        ----------
        escape : callable
            Applied to each word.

        Examples
        --------
        >>> from attn_core.edits import with_positions
        >>> from attn_core.presets import BY_KEY
        >>> s = with_positions(BY_KEY["word-order"].scenario, "alibi")
        >>> print(reversal_test(attend(s)).verdict().partition(". ")[0])
        The order doesn't matter here: every weight is the same in reverse
        """
        s = self.trace.scenario
        if survives_reversal(s):
            what = (
                "One word has" if s.n == 1 else "This sentence reads the same in reverse, so it has"
            )
            return f"{what} no other order to compare with."
        if self.matters:
            return f"{self._where(escape)} {_told_by(s)}"
        return f"The order doesn't matter here: every weight is the same in reverse. {_untold(s)}"

    def _where(self, escape: Escape) -> str:
        if self.largest < DISPLAY_TOLERANCE:
            return (
                "The order matters, but less than the boxes show: "
                f"no weight differs by more than {self.largest:.1g}."
            )
        i, j = largest(np.abs(self.difference))
        s = self.trace.scenario
        query = axis_labels(s, "query", escape)[i]
        key = "itself" if i == j and not s.is_cross else axis_labels(s, "key", escape)[j]
        before, after = number(self.trace.weights[i, j]), number(self.mirrored[i, j])
        return (
            f"The order matters: {query} gives {key} the weight {before} in this sentence "
            f"and {after} in reverse; no weight differs by more."
        )


def reversal_test(trace: AttentionTrace) -> Order:
    """Compute what the weights of a trace would be with the words in reverse.

    Parameters
    ----------
    trace : AttentionTrace
        Of one head.

    Examples
    --------
    >>> from attn_core.edits import with_positions
    >>> from attn_core.presets import BY_KEY
    >>> s = BY_KEY["word-order"].scenario
    >>> [reversal_test(attend(with_positions(s, kind))).matters for kind in ("none", "rope")]
    [False, True]
    """
    mirrored = attend(reversed_words(trace.scenario)).weights
    # A second sentence isn't reversed, so its words are in their order already.
    return Order(trace, mirrored[::-1] if trace.scenario.is_cross else mirrored[::-1, ::-1])


def survives_reversal(scenario: Scenario) -> bool:
    """Whether a sentence is its own mirror image, words and numbers.

    Examples
    --------
    >>> W = [[1.0]]
    >>> survives_reversal(Scenario(("a", "b", "a"), X=[[1], [2], [1]], W_q=W, W_k=W, W_v=W))
    True
    """
    turned = reversed_words(scenario)
    return turned.tokens == scenario.tokens and np.array_equal(turned.X, scenario.X)


def lacks_direction(scenario: Scenario) -> bool:
    """Whether ALiBi measures distance both ways, for no causal mask leaves only what is before.

    Examples
    --------
    >>> from attn_core.edits import with_mask_kind, with_positions
    >>> from attn_core.presets import DEFAULT
    >>> s = with_positions(DEFAULT.scenario, "alibi")
    >>> lacks_direction(s), lacks_direction(with_mask_kind(s, "causal"))
    (True, False)
    """
    return scenario.positions == "alibi" and not is_a(scenario.mask, "causal")


def _like(weights: Block, symbol: str, values: Array, kind: Kind = "weight") -> Block:
    return replace(weights, step=replace(weights.step, symbol=symbol, kind=kind), values=values)


def _mask_turns(s: Scenario) -> bool:
    """Whether other pairs are open to the words in reverse."""
    turned = s.allowed[::-1] if s.is_cross else s.allowed[::-1, ::-1]
    return not np.array_equal(turned, s.allowed)


def _told_by(s: Scenario) -> str:
    """Say what tells the words of a sentence their order."""
    match s.positions:
        case "sinusoidal" | "learned":
            told = "The vector of its place is added to each word, and each place has another."
        case "rope":
            told = "Queries and keys are turned by their places, so before and after differ."
        case "alibi":
            told = (
                "Distance alone looks the same both ways, but the mask doesn't: "
                "who may look at whom depends on the place."
            )
        case "none":
            told = (
                "There are no positions, but the mask tells the order as well: "
                "who may look at whom depends on the place."
            )
    return told


def _untold(s: Scenario) -> str:
    """Say why the order can't be told, or not seen."""
    if s.positions in ("none", "alibi") and _mask_turns(s):
        return "The mask depends on the places, but with these numbers it changes no weight."
    if s.positions == "alibi":
        return (
            "ALiBi measures how far apart two words stand, and without a causal mask it measures "
            "both ways: a sentence and its mirror image look alike. The paper uses it with the "
            "causal mask, where a word only looks back."
        )
    if s.positions == "none":
        if s.allowed.all():
            return "Without positions attention only knows which words there are, not where."
        return (
            "The mask only measures how far apart two words stand: a sentence and its mirror "
            "image look alike."
        )
    return "The words know their places, but with these numbers it changes no weight."
