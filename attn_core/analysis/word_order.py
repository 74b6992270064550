"""Does word order matter? The weights of a sentence beside those of the reversed sentence."""

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

#: Weights that differ by less are equal: the order of a sum changes its last digits.
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class ReversalComparison:
    """The weights of a sentence and of its reversal; computed by `compare_with_reversal`.

    Attributes
    ----------
    trace : AttentionTrace
        Of the sentence, with one head.
    reversed_weights : ndarray, shape (n, n_k)
        Weights of the reversed words, each with its own numbers, sorted back into the
        sentence's order.
    """

    trace: AttentionTrace
    reversed_weights: Array

    @property
    def difference(self) -> Array:
        """Reversed weights − weights, shape (n, n_k)."""
        change: Array = self.reversed_weights - self.trace.weights
        return change

    @property
    def largest(self) -> float:
        """The largest absolute difference."""
        return float(np.abs(self.difference).max())

    @property
    def matters(self) -> bool:
        """Whether any weight depends on the order."""
        return self.largest > ROUNDING

    def equation(self) -> Equation:
        """Write reversed weights − weights = difference.

        Examples
        --------
        >>> from attn_core.presets import BY_KEY
        >>> order = compare_with_reversal(attend(BY_KEY["word-order"].scenario))
        >>> order.equation().alt.partition(". ")[0]
        'weights in reverse (3×3) − weights (3×3) = difference (3×3)'
        """
        weights = block(self.trace, "weights")
        return Equation(
            (
                _relabelled(weights, "weights in reverse", self.reversed_weights),
                "−",
                weights,
                "=",
                _relabelled(weights, "difference", self.difference, "weight change"),
            )
        )

    def describe(self, escape: Escape = str) -> str:
        """Describe whether the weights depend on the order, where most, and why.

        Parameters
        ----------
        escape : callable
            Applied to each word.

        Examples
        --------
        >>> from attn_core.edits import with_positions
        >>> from attn_core.presets import BY_KEY
        >>> s = with_positions(BY_KEY["word-order"].scenario, "alibi")
        >>> print(compare_with_reversal(attend(s)).describe().partition(". ")[0])
        The order doesn't matter here: every weight is the same in reverse
        """
        s = self.trace.scenario
        if is_palindrome(s):
            what = (
                "One word has" if s.n == 1 else "This sentence reads the same in reverse, so it has"
            )
            return f"{what} no other order to compare with."
        if self.matters:
            return f"{self._describe_largest(escape)} {_describe_effect(s)}"
        start = "The order doesn't matter here: every weight is the same in reverse."
        return f"{start} {_describe_no_effect(s)}"

    def _describe_largest(self, escape: Escape) -> str:
        if self.largest < DISPLAY_TOLERANCE:
            return (
                "The order matters, but less than the boxes show: "
                f"no weight differs by more than {self.largest:.1g}."
            )
        i, j = largest(np.abs(self.difference))
        s = self.trace.scenario
        query = axis_labels(s, "query", escape)[i]
        key = "itself" if i == j and not s.is_cross else axis_labels(s, "key", escape)[j]
        before, after = number(self.trace.weights[i, j]), number(self.reversed_weights[i, j])
        return (
            f"The order matters: {query} gives {key} the weight {before} in this sentence "
            f"and {after} in reverse; no weight differs by more."
        )


def compare_with_reversal(trace: AttentionTrace) -> ReversalComparison:
    """Compute the weights of the reversed sentence.

    Parameters
    ----------
    trace : AttentionTrace
        Of one head.

    Examples
    --------
    >>> from attn_core.edits import with_positions
    >>> from attn_core.presets import BY_KEY
    >>> s = BY_KEY["word-order"].scenario
    >>> traces = [attend(with_positions(s, kind)) for kind in ("none", "rope")]
    >>> [compare_with_reversal(trace).matters for trace in traces]
    [False, True]
    """
    A = attend(reversed_words(trace.scenario)).weights
    # A second sentence isn't reversed, so its columns stay.
    return ReversalComparison(trace, A[::-1] if trace.scenario.is_cross else A[::-1, ::-1])


def is_palindrome(scenario: Scenario) -> bool:
    """Whether the reversed sentence has the same words and numbers.

    Examples
    --------
    >>> W = [[1.0]]
    >>> is_palindrome(Scenario(("a", "b", "a"), X=[[1], [2], [1]], W_q=W, W_k=W, W_v=W))
    True
    """
    turned = reversed_words(scenario)
    return turned.tokens == scenario.tokens and np.array_equal(turned.X, scenario.X)


def is_alibi_symmetric(scenario: Scenario) -> bool:
    """Whether ALiBi measures distance both ways, because no causal mask hides later words.

    Examples
    --------
    >>> from attn_core.edits import with_mask_kind, with_positions
    >>> from attn_core.presets import DEFAULT
    >>> s = with_positions(DEFAULT.scenario, "alibi")
    >>> is_alibi_symmetric(s), is_alibi_symmetric(with_mask_kind(s, "causal"))
    (True, False)
    """
    return scenario.positions == "alibi" and not is_a(scenario.mask, "causal")


def _relabelled(weights: Block, symbol: str, values: Array, kind: Kind = "weight") -> Block:
    return replace(weights, step=replace(weights.step, symbol=symbol, kind=kind), values=values)


def _does_mask_change(s: Scenario) -> bool:
    """Whether the mask allows other pairs in the reversed sentence."""
    turned = s.allowed[::-1] if s.is_cross else s.allowed[::-1, ::-1]
    return not np.array_equal(turned, s.allowed)


def _describe_effect(s: Scenario) -> str:
    """Describe which step depends on the order."""
    match s.positions:
        case "sinusoidal" | "learned":
            sentence = "The vector of its place is added to each word, and each place has another."
        case "rope":
            sentence = "Queries and keys are turned by their places, so before and after differ."
        case "alibi":
            sentence = (
                "Distance alone looks the same both ways, but the mask doesn't: "
                "who may look at whom depends on the place."
            )
        case "none":
            sentence = (
                "There are no positions, but the mask tells the order as well: "
                "who may look at whom depends on the place."
            )
    return sentence


def _describe_no_effect(s: Scenario) -> str:
    """Describe why the order has no effect."""
    if s.positions in ("none", "alibi") and _does_mask_change(s):
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
