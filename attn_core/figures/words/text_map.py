"""Pictures of a long text: all weights as one heatmap, and one word's weights as bars."""

from __future__ import annotations

from ...analysis.long_text import digits
from ...attention import AttentionTrace
from ...notation.labels import unique
from ..boxes.description import Description
from ..boxes.look import DEFAULT_LOOK, Look
from .word_bars import describe_word_bars
from .word_map import WordMap, describe_word_map, weights_to


def describe_long_text(trace: AttentionTrace, *, look: Look = DEFAULT_LOOK) -> Description:
    """Draw all weights of a text as one heatmap.

    The colours end at the largest weight, which stands at the end of the colour bar.

    Parameters
    ----------
    trace : AttentionTrace
        Of one head.
    look : Look

    Returns
    -------
    Description
        One heatmap; row = query, column = key.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import DEFAULT
    >>> described = describe_long_text(attend(DEFAULT.scenario))
    >>> described.numbers[0]["z"].shape, described.traces[0]["x"]
    ((3, 3), ['Je', 'suis', 'heureux'])
    """
    names = unique(trace.scenario.tokens)
    colouring = weights_to(float(trace.weights.max()), digits(len(names)), look.theme)
    return describe_word_map(WordMap(names, names, trace.weights), colouring, look=look)


def describe_row(trace: AttentionTrace, i: int, *, look: Look = DEFAULT_LOOK) -> Description:
    """Draw one word's weights as bars, in the order of the text.

    Parameters
    ----------
    trace : AttentionTrace
        Of one head.
    i : int
        The word, from 0.
    look : Look

    Returns
    -------
    Description
        One trace of bars.

    Examples
    --------
    >>> from attn_core import attend
    >>> from attn_core.presets import BY_KEY
    >>> described = describe_row(attend(BY_KEY["verb-subject"].scenario), 2)
    >>> described.numbers[0]["y"].round(2)
    array([0.25, 0.5 , 0.25])
    """
    names = unique(trace.scenario.tokens)
    bars = {"weights": trace.weights[i]}
    return describe_word_bars(names, bars, digits(len(names)), look=look)
