"""Show a run: its curves and boxes, its gradient, what the learned matrices say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from attn_core import AttentionTrace, Scenario, attend
from attn_core.explain import chain_rule
from attn_core.figures import Description, Progress, describe, describe_learning, learning_alt
from attn_core.learning import qk_circuit
from attn_core.learning.equations import checkpoint_equations, gradient_equations
from attn_core.learning.optimizer import Params
from attn_core.learning.trainer import Checkpoint, Trainer
from attn_core.notation.labels import number, percent
from attn_core.scenario import Array
from attn_core.text import escape
from pages.ui.live.chart import chart, expander, look
from pages.ui.session.runs import Kind

#: From learned parameters to the scenario that the boxes show.
Shown = Callable[[Params], Scenario]


def picture(
    progress: Progress, checkpoints: Sequence[Checkpoint], shown: Shown, target: Array | None
) -> tuple[Description, Callable[[], str]]:
    """Curves over the run, and at each checkpoint the weights and the projections.

    Parameters
    ----------
    progress : Progress
    checkpoints : sequence of Checkpoint
        The last is shown, the others can be looked back at.
    shown : callable
    target : ndarray, shape (n, n_k), or None
        The weights that are wanted of the words shown, if any are.
    """
    drawn = [checkpoint_equations(attend(shown(each.params)), target) for each in checkpoints]
    described = describe_learning(
        progress, drawn, [named(each) for each in checkpoints], look=look()
    )
    return described, lambda: learning_alt(progress, drawn[-1])


def progress_of(
    trainer: Trainer,
    *,
    lowest: float | None = None,
    baselines: Mapping[str, float] | None = None,
) -> Progress:
    """What the curves show.

    Parameters
    ----------
    trainer : Trainer
    lowest : float, optional
        Lowest loss that is possible.
    baselines : dict of float, optional
        Accuracy without learning, by name.
    """
    passed = trainer.history
    accuracies = [each.accuracy for each in passed if each.accuracy is not None]
    return Progress(
        steps=[each.step for each in passed],
        losses=[each.loss for each in passed],
        accuracies=accuracies or None,
        total=trainer.steps,
        lowest=lowest,
        baselines=baselines or {},
    )


def named(checkpoint: Checkpoint) -> str:
    """Name a checkpoint.

    Examples
    --------
    >>> named(Checkpoint(40, 0.8125, {}, 0.71))
    'step 40: loss 0.813, 71 % right'
    """
    right = f", {percent(checkpoint.accuracy)} right" if checkpoint.accuracy is not None else ""
    return f"step {checkpoint.step}: loss {number(checkpoint.loss, 3)}{right}"


_COUNTED: dict[Kind, str] = {
    "paint": "$T$ is what is wanted; $n$ counts the rows that are painted. Those left free "
    "have no part in the loss: their row of $dS$ is 0.",
    "grammar": "$T$ has 1 where a marked word is to look; $n$ counts the marked words of all "
    "sentences. Other rows have no part in the loss: their row of $dS$ is 0.",
    "views": "$T$ has 1 at each word's class; $n$ counts the words that are learned from. "
    "The loss that is drawn is the sum of both heads'.",
}


def formulas(kind: Kind) -> None:
    """The equations of the forward pass, beside those of the backward pass."""
    pairs = chain_rule.READOUT if kind == "views" else chain_rule.ATTENTION
    rows = [f"| {_math(pair.forward)} | {_math(pair.backward)} |" for pair in pairs]
    st.markdown("\n".join(["| forward | backward |", "|:--|:--|", *rows]))
    st.caption(_COUNTED[kind])
    if kind == "paint":
        st.caption(
            "A mask, a temperature and positions come in between, each with its own chain rule; "
            "with a second sentence $K$ is made of $Z$. The gradient above goes through them all."
        )


def _math(latex: str) -> str:
    return f"${latex}$" if latex else ""


def gradient_boxes(trace: AttentionTrace, target: Array, key: Kind) -> None:
    """The gradient in boxes, made and sent only while the expander is open."""
    with expander("The gradient in boxes, where the run stands", f"gradient-{key}") as is_open:
        if is_open:
            drawn = gradient_equations(trace, target)
            chart(
                describe(*drawn, look=look()),
                f"figure-gradient-{key}",
                lambda: " ".join(each.alt for each in drawn),
            )
            st.caption(
                "A step goes against the gradient: a positive number of $dW$, blue, makes its "
                "number of $W$ smaller, a negative one, red, larger, "
                "unless momentum from earlier steps is stronger."
            )
            if key == "grammar":
                st.caption(
                    "Here $n$ counts the marked words of this sentence alone. A step takes the "
                    "mean over all marked words that are learned from, and none that is held out."
                )


def qk_pairs(s: Scenario) -> None:
    """The strongest feature pairs of the QK circuit, in words."""
    pairs = (*qk_circuit.strongest(s), *qk_circuit.repelling(s))
    sentences = [qk_circuit.describe(each, escape.markdown) for each in pairs]
    st.markdown("\n".join(f"- {each}." for each in sentences))
