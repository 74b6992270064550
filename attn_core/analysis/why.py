"""One sentence on why: what the last change did, or what a word attends to, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

import numpy as np

from ..attention import AttentionTrace
from ..explain.calculation import calculate
from ..explain.papers import SCHEMES
from ..explain.wording import (
    DISPLAY_TOLERANCE,
    Escape,
    join_words,
    pluralize,
)
from ..notation.cells import Cell
from ..notation.graph import divisor, graph
from ..notation.labels import isolate, number
from ..notation.steps import step
from ..positions import PositionKind
from ..scenario import Array, Scenario
from .causes import largest_moves
from .changes import Change, NumberChange, SettingChange, SizeChange, changes_of
from .compare import Comparison
from .shares import product_shares, value_shares

#: Queries and keys as they meet, with the projection that makes each.
_PROJECTION = {"rotated_Q": ("W_q", "X_pos"), "rotated_K": ("W_k", "Z_pos"), "V": ("W_v", "Z_pos")}
#: As many numbers are named one by one.
_FEW = 4
_Side = Literal["rotated_Q", "rotated_K", "V"]


def describe_change(c: Comparison, escape: Escape = str, of: Cell | None = None) -> str:
    r"""Describe what turned A into B, what that did most, and through which product.

    Parameters
    ----------
    c : Comparison
        The scenario before and after a change.
    escape : callable
        Applied to each word and feature.
    of : Cell, optional
        A weight or an output that moved, instead of the one that moved most.

    Examples
    --------
    >>> from attn_core import edits
    >>> from attn_core.analysis.compare import compare
    >>> from attn_core.presets import BY_KEY
    >>> b = BY_KEY["verb-subject"].scenario
    >>> a = edits.with_cell(b, "W_q", 1, 0, 1)
    >>> print(describe_change(compare(a, b)).replace(", ", ",\n"))
    W_q verb → q₁ 1.00 → 3.00: q₁ of suis,
    now 3.00,
    meets k₁ of Je,
    3.00 (from W_k pronoun → k₁),
    and the weight suis → Je rises from 0.81 to 1.00.
    """
    if not c.same_words:
        return f"{_new_words(c, escape)}: {describe_focus(c.b, escape)}"
    changed = changes_of(c)
    if not changed:
        return "The last change left the numbers of this head as they are."
    subject = _capital(join_words(_subjects(changed, escape)))
    names = _Names(c.b, escape)
    if of and of.name == "weights":
        return f"{subject}: {_on_a_weight(names, c.a, changed, of.row, of.column)}"
    if of and c.a.scenario.d_v == c.b.scenario.d_v:
        return f"{subject}: {_on_an_output(names, c.a, changed, of.row, of.column)}"
    if found := largest_moves(c.b.weights - c.a.weights):
        return f"{subject}: {_on_a_weight(names, c.a, changed, *found[0])}"
    if c.a.scenario.d_v != c.b.scenario.d_v:
        size = pluralize(c.b.scenario.d_v, "number")
        return f"{subject}: no weight moves, and each output has {size}."
    if found := largest_moves(c.b.output - c.a.output):
        return f"{subject}: no weight moves, but {_on_an_output(names, c.a, changed, *found[0])}"
    return f"{subject}: no weight and no output moves{_why_idle(names, changed)}."


def describe_moves(c: Comparison, escape: Escape = str) -> str:
    """Name what turned A into B: each number where they are few, else of which matrices they are.

    Parameters
    ----------
    c : Comparison
        Of the same words.
    escape : callable
        Applied to each word and feature.

    Examples
    --------
    >>> from attn_core import edits
    >>> from attn_core.analysis.compare import compare
    >>> from attn_core.presets import BY_KEY
    >>> a = BY_KEY["similarity"].scenario
    >>> b = edits.with_cell(edits.with_cell(a, "X", 1, 1, 0), "X", 1, 2, 3)
    >>> describe_moves(compare(a, b))
    'X suis · verb 1.00 → 0.00 and X suis · feeling 0.00 → 3.00'
    """
    changed = changes_of(c)
    numbers = [each for each in changed if isinstance(each, NumberChange)]
    if len(numbers) > _FEW:
        return _capital(join_words(_subjects(changed, escape)))
    rest = [_setting(each) for each in changed if not isinstance(each, NumberChange)]
    return _capital(join_words([*(_number(each, escape) for each in numbers), *rest]))


def describe_focus(trace: AttentionTrace, escape: Escape = str) -> str:
    r"""Describe what the most decided word attends to, and why.

    Parameters
    ----------
    trace : AttentionTrace
        Of one head.
    escape : callable
        Applied to each word and feature.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import BY_KEY
    >>> t = attend(BY_KEY["verb-subject"].scenario)
    >>> print(describe_focus(t).replace("; ", ";\n").replace(": ", ":\n"))
    suis attends mostly to Je, 1.00:
    q₁ of suis (from W_q verb → q₁) meets k₁ of Je (from W_k pronoun → k₁), 3.00 × 3.00 = 9.00;
    so, divided by √2, the score of Je is 6.36, and that of suis, the next, 0.00.
    """
    has_choice = trace.scenario.allowed.sum(axis=1) > 1
    if not has_choice.any():
        return "Each word may attend to one word only, so that weight is 1.00."
    order = np.argsort(-trace.logits, axis=1, kind="stable")[:, :2]  # what is blocked comes last
    best, second = np.take_along_axis(trace.weights, order, axis=1).T
    i = int(np.argmax(np.where(has_choice, best - second, -1)))
    if best[i] - second[i] < DISPLAY_TOLERANCE:
        return "No word attends to one word more than to any other: the largest weights are equal."
    j, following = map(int, order[i])
    most = "mostly" if best[i] > 0.5 + DISPLAY_TOLERANCE else "most"
    names = _Names(trace, escape)
    start = f"{names.word(i)} attends {most} to {names.key(j, own=i)}, {number(best[i])}"
    return f"{start}: {_reason(names, i, j, following)}"


class _Names:
    """What a trace's rows and columns are called in a sentence, with the visitor's words escaped.

    Labels are looked up once, for a sentence is written with every move of a hand.
    """

    def __init__(self, trace: AttentionTrace, escape: Escape) -> None:
        self.trace, self.escape, self.nodes = trace, escape, graph(trace.scenario)

    def word(self, i: int) -> str:
        return self.escape(isolate(self.nodes.axis("query")[i]))

    def key(self, k: int, own: int = -1) -> str:
        """Name a key; the word's own is “itself”, where a word is given."""
        is_own = k == own and not self.trace.scenario.is_cross
        return "itself" if is_own else self.escape(isolate(self.nodes.axis("key")[k]))

    def feature(self, f: int) -> str:
        return self.escape(isolate(self.nodes.axis("feature")[f]))

    def column(self, name: _Side, column: int) -> str:
        """Name a column of Q, K or V; RoPE's are rotated."""
        node = self.nodes.resolve(name)
        is_rotated = node.name in ("rotated_Q", "rotated_K")
        return f"{'rotated ' if is_rotated else ''}{node.columns[column]}"

    def factor(self, name: _Side, row: int, column: int) -> str:
        """Name a number of Q, K or V."""
        word = self.word(row) if name == "rotated_Q" else self.key(row)
        return f"{self.column(name, column)} of {word}"

    def source(self, name: _Side, row: int, column: int, changed: Sequence[Change] = ()) -> str:
        """Name the number of a projection that gives a query, key or value its largest part.

        Empty where there is none, where RoPE mixes two, and where it is itself all that changed.
        """
        t = self.trace
        value = float(getattr(t, name)[row, column])
        if abs(value) < DISPLAY_TOLERANCE or (name != "V" and t.scenario.positions == "rope"):
            return ""
        which, seen = _PROJECTION[name]
        parts = getattr(t, seen)[row] * getattr(t.scenario, which)[:, column] * np.sign(value)
        f = int(np.argmax(parts))
        match changed:
            case [NumberChange(name=only, row=r, column=k)] if (only, r, k) == (which, f, column):
                return ""
        W = self.nodes[which]
        cell = W.step.cell(W.rows[f], W.columns[column])
        return f" (from {W.step.symbol} {self.escape(cell)})"


def _side(
    names: _Names,
    before: AttentionTrace,
    name: _Side,
    place: tuple[int, int],
    changed: Sequence[Change],
) -> str:
    """Name one factor of a product, its number, and the projection that it comes from."""
    was, value = (number(getattr(t, name)[place]) for t in (before, names.trace))
    now = "" if was == value else "now "
    return f"{names.factor(name, *place)}, {now}{value}{names.source(name, *place, changed)}"


def _reason(names: _Names, i: int, j: int, following: int) -> str:
    """Describe why query i meets key j better than the one that follows."""
    trace = names.trace
    products: Array = trace.rotated_Q[i] * trace.rotated_K
    ahead = products[j] - products[following]
    c = int(np.argmax(ahead))
    if trace.alibi_bias is not None:
        near, far = map(float, trace.alibi_bias[i, [j, following]])
        root = np.sqrt(trace.scenario.d_k) if trace.scenario.scale else 1
        if near - far > ahead[c] / root:
            bias = f"ALiBi adds {number(near)} for its place, for the next {number(far)}"
            return f"{bias}; so {_scores(names, i, j, following)}"
    met = j if products[j, c] > -products[following, c] else following
    query = names.factor("rotated_Q", i, c) + names.source("rotated_Q", i, c)
    key = names.factor("rotated_K", met, c) + names.source("rotated_K", met, c)
    terms = calculate(trace, Cell("scores", i, met)).terms
    (written,) = (each.written for each in terms if each.factors[0].cell.column == c)
    steps = [] if np.count_nonzero(products[met]) == 1 else ["with the other products"]
    if (over := divisor(trace.scenario)) != "1":
        steps.append(f"divided by {over}")
    if trace.alibi_bias is not None:
        steps.append("with ALiBi's bias")
    end = ", ".join(["so", *steps, ""]) if steps else "so "
    return f"{query} meets {key}, {written}; {end}{_scores(names, i, j, following)}"


def _scores(names: _Names, i: int, j: int, following: int) -> str:
    """Name the best score of a row and the next."""
    first, second = _written(*map(float, names.trace.biased_scores[i, [j, following]]))
    score = f"the score of {names.key(j)} is {first}"
    return f"{score}, and that of {names.key(following)}, the next, {second}."


def _on_a_weight(
    names: _Names, before: AttentionTrace, changed: Sequence[Change], i: int, j: int
) -> str:
    """Describe how a weight moved, and through which product where only numbers changed."""
    after = names.trace
    was, value = float(before.weights[i, j]), float(after.weights[i, j])
    effect = f"the weight {names.word(i)} → {names.key(j)} {_moves(was, value)}."
    if not all(isinstance(each, NumberChange) for each in changed):
        return _setting_reason(names, before.scenario, changed, i) + effect
    shares = product_shares(before, after, i, j) * np.sign(value - was)
    k, index = (int(each) for each in np.unravel_index(np.argmax(shares), shares.shape))
    query = _side(names, before, "rotated_Q", (i, index), changed)
    key = _side(names, before, "rotated_K", (k, index), changed)
    other = "" if k == j else f", a product that {'falls' if value > was else 'rises'}"
    return f"{query}, meets {key}{other}, and {effect}"


def _on_an_output(
    names: _Names, before: AttentionTrace, changed: Sequence[Change], i: int, j: int
) -> str:
    """Describe how an output moved, and through which value."""
    after = names.trace
    was, value = float(before.output[i, j]), float(after.output[i, j])
    k = int(np.argmax(value_shares(before, after, i, j) * np.sign(value - was)))
    factor = _side(names, before, "V", (k, j), changed)
    output = f"output {names.word(i)} · {names.column('V', j)}"
    weight = number(after.weights[i, k])
    return f"{factor}, has the weight {weight}: {output} {_moves(was, value)}."


def _subjects(changed: Sequence[Change], escape: Escape) -> list[str]:
    """Name what changed."""
    numbers = [each for each in changed if isinstance(each, NumberChange)]
    rest = [_setting(each) for each in changed if not isinstance(each, NumberChange)]
    if len(numbers) == 1:
        return [_number(numbers[0], escape), *rest]
    if not numbers:
        return rest
    matrices = dict.fromkeys(step(each.name).symbol for each in numbers)
    return [f"{len(numbers)} numbers of {join_words([*matrices])}", *rest]


def _number(change: NumberChange, escape: Escape) -> str:
    digits = 2 if all(round(v, 2) == round(v, 3) for v in (change.before, change.after)) else 3
    before, after = (number(value, digits) for value in (change.before, change.after))
    return f"{step(change.name).symbol} {escape(change.label)} {before} → {after}"


def _setting(change: SettingChange | SizeChange) -> str:
    before, after = change.before, change.after
    match change.name:
        case "scale":
            return f"scaling switched {'on' if after else 'off'}"
        case "temperature":
            return f"temperature {before:g} → {after:g}"
        case "slope":
            return f"ALiBi's slope {before:g} → {after:g}"
        case "positions":
            titles = (SCHEMES[cast(PositionKind, kind)].title for kind in (before, after))
            return f"positions {' → '.join(titles)}"
        case "mask":
            return f"mask {'changed' if before and after else 'added' if after else 'taken away'}"
    return f"{change.name} with {pluralize(int(after), 'column')} instead of {before}"


def _setting_reason(names: _Names, a: Scenario, changed: Sequence[Change], i: int) -> str:
    """Describe what a setting that changed alone does to every row, or to row i."""
    if len(changed) > 1:
        return ""
    b = names.trace.scenario
    match changed[0]:
        case SettingChange(name="temperature"):
            is_higher = b.temperature > a.temperature
            return f"each row gets {'more even' if is_higher else 'sharper'}, and "
        case SettingChange(name="scale"):
            root = divisor(b if b.scale else a)
            return f"scores are {'divided by' if b.scale else 'no longer divided by'} {root}, and "
        case SettingChange(name="mask"):
            before, after = (int(s.allowed[i].sum()) for s in (a, b))
            words = f"{pluralize(after, 'word')} instead of {before}"
            words = "other words" if before == after else words
            return f"{names.word(i)} may attend to {words}, and "
    return ""


def _why_idle(names: _Names, changed: Sequence[Change]) -> str:
    """Describe why a single number changed nothing; that it is too little where no 0 is."""
    little = " by as much as the boxes show"
    if len(changed) > 1 or not isinstance(changed[0], NumberChange):
        return little
    change, t = changed[0], names.trace
    if change.name in ("X", "Z", "P"):
        f, is_read = change.column, (t.scenario.W_q, t.scenario.W_k, t.scenario.W_v)
        if not any(W[f].any() for W in is_read):
            return f", for no projection reads {names.feature(f)}"
        return little
    seen = t.X_pos if change.name == "W_q" else t.Z_pos
    if not seen[:, change.row].any():
        return f", for no word has anything in {names.feature(change.row)}"
    if change.name == "W_v" or t.scenario.positions == "rope":
        return little
    met: _Side = "rotated_K" if change.name == "W_q" else "rotated_Q"
    if not getattr(t, met)[:, change.column].any():
        return f", for {names.column(met, change.column)} of every word is 0"
    return little


def _new_words(c: Comparison, escape: Escape) -> str:
    """Name what changed where words or features did."""
    a, b = c.a.scenario, c.b.scenario
    if a.tokens != b.tokens:
        if sorted(a.tokens) == sorted(b.tokens):
            return "The words in another order"
        return f"A sentence of {pluralize(b.n, 'word')}"
    if a.context != b.context:
        if not b.context:
            return "Keys and values from the sentence itself"
        return f"Keys and values from {pluralize(b.n_k, 'word')} of a second sentence"
    return f"With the features {join_words([escape(isolate(name)) for name in b.features])}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _moves(before: float, after: float) -> str:
    first, second = _written(before, after)
    return f"{'rises' if after > before else 'falls'} from {first} to {second}"


def _written(before: float, after: float) -> list[str]:
    """Write two numbers with two decimals, or with three where the first two don't tell them."""
    digits = 2 if number(before) != number(after) else 3
    return [number(value, digits) for value in (before, after)]
