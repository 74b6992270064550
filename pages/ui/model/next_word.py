"""Show what a decoder writes: the next word, one after the other, and what each attends to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from attn_core.analysis.long_text import digits
from attn_core.figures import (
    TextRow,
    describe_cache_rows,
    describe_coloured_text,
    describe_next_tokens,
    describe_word_bars,
)
from attn_core.notation.labels import isolate
from attn_core.pretrained import Decoder
from attn_core.pretrained.decoder.generate import Continuation
from attn_core.pretrained.interpret import (
    Candidates,
    Focus,
    NextWord,
    Reading,
    candidates,
    describe_attended,
    describe_cache,
    describe_drawn,
    describe_end,
    describe_next,
    next_word,
)
from attn_core.scenario import Array
from attn_core.text import escape
from pages.ui.live import components
from pages.ui.live.chart import chart, is_ready, look, parse_click
from pages.ui.live.slots import slot
from pages.ui.model import controls, draw_settings
from pages.ui.model.shared import continuations
from pages.ui.session import state, widgets
from pages.ui.session.state import session
from pages.ui.session.writing import Draw, Drawn

_PART = "part-next-word"
#: Time from token to token.
_PERIOD = timedelta(seconds=0.3)
#: Share of the page that the bars have beside the settings, the pixels between, and those of a
#: page from which on both have room.
_BARS, _GAP, _BESIDE = 0.62, 24, 640


def show(reading: Reading) -> None:
    """Show what a decoder writes behind the text; while it runs, only this part is run again."""
    model = reading.model
    if not isinstance(model, Decoder):
        return
    st.header("The next word", anchor=False)
    st.markdown(
        "From what leaves its last layer at the last token, a decoder gives each token of its "
        "vocabulary a probability to be next. One is drawn and written behind the text, and the "
        "model goes on with both."
    )
    text, focus, asked = reading.encoded.text, reading.focus, session().model_query.focus
    session().writing.follow(model.name, text)

    def part() -> None:
        # Before the part begins: the run that follows must know that a hand started it.
        if session().model_query.focus != asked:
            st.rerun()  # the whole page, whose reading knows which heads there are
        _part(model, text, focus, alone=state.begin_fragment(_PART))

    st.fragment(part, key=_PART, run_every=_PERIOD if session().writing.is_running else None)()


def _part(model: Decoder, text: str, focus: Focus, alone: bool) -> None:
    writing = session().writing
    if was_running := writing.is_running:
        writing.want()
    word = _written(model, text)
    if was_running and not writing.is_running:
        st.rerun()  # the whole page, so that the ticking ends
    if word is None:
        return
    if writing.is_running and alone:
        session().only_numbers = True
    found = candidates(word, writing.draw.sampling)
    _candidates(found)
    _buttons(word)  # what changes its height stands below, so that they stay under the pointer
    weights, whose = _weights(word, focus)
    _text(word, weights, whose)
    st.markdown(describe_next(found, escape.markdown))
    if said := describe_end(word, model.max_tokens, escape.markdown):
        st.info(said)
    st.subheader(f"What {escape.markdown(_name(word))} attends to", anchor=False)
    controls.where(model, focus)
    _attended(word, weights)
    _cache(word)


def _weights(word: NextWord, focus: Focus) -> tuple[Array, str]:
    """What the token attends to where the page looks, and which head or layer that is."""
    is_one = focus.view == "head"
    whose = f"head {focus.head + 1}" if is_one else "mean of its heads"
    weights = word.weights(focus.layer, focus.head if is_one else None)
    return weights, f"layer {focus.layer + 1}, {whose}"


def _written(model: Decoder, text: str) -> NextWord | None:
    """Write what is wanted; None where the model can't read it, with the reason."""
    writing = session().writing
    try:
        with st.empty():
            _catch_up(model, text)
        ask = partial(next_word, token=writing.token)
        return continuations.ask(model, text, writing.ids, ask)
    except ValueError as error:
        writing.back()
        st.error(escape.markdown(str(error)))
        return None


def _catch_up(model: Decoder, text: str) -> None:
    writing = session().writing
    begun, wanted = len(writing.drawn), len(writing.draws)
    while draw := writing.awaited:
        done = len(writing.drawn)
        if wanted - begun > 1:  # an address wants several
            st.progress(done / wanted, f"Writing token {done + 1} of {wanted}")
        writing.take(continuations.ask(model, text, writing.ids, partial(_drawn, draw)))
    st.html("<span></span>")  # takes the bar away


def _drawn(draw: Draw, going: Continuation) -> Drawn | None:
    return None if going.has_ended else Drawn(*going.draw(draw.sampling, draw.seed))


def _candidates(found: Candidates) -> None:
    """Show the likeliest tokens, and beside them how one is drawn."""
    bars, settings = st.columns([_BARS, 1 - _BARS], gap="medium")
    with bars:
        with slot():
            if is_ready():
                drawn = look(_GAP, _BARS) if session().width >= _BESIDE else look()
                chances = found.after.tolist(), found.before.tolist()
                described = describe_next_tokens(found.names, *chances, look=drawn)
                chart(described, "figure-model-next", lambda: describe_next(found))
        st.caption(
            "The likeliest tokens; ␣ is a space, and ↵ the end of a line. An outline is the "
            "model's own probability, where the settings change it."
        )
    with settings:
        draw_settings.settings()


def _text(word: NextWord, weights: Array, whose: str) -> None:
    """Show the text, what was written in another weight, coloured by what a token attends to."""
    whole = np.zeros(word.n)
    whole[: word.token + 1] = weights
    row = TextRow(word.placed, "", word.tokens, whole, word.token)
    described = describe_coloured_text(row, state.theme())
    name = _name(word)
    if session().is_live:
        components.text(
            described, "next-text", f"The text, coloured by what {name} attends to", _pick
        )
    else:
        st.html(described.html())
    st.caption(
        f"Bold is what the model wrote. The colours are what {escape.markdown(name)} attends to: "
        f"{whose}." + " Click another token to ask about it." * session().is_live
    )


def _name(word: NextWord) -> str:
    return isolate(word.tokens[word.token])


def _pick(box: Any) -> None:
    _, _, session().writing.token = parse_click(box) or (0, 0, None)


def _buttons(word: NextWord) -> None:
    writing = session().writing
    is_over, is_new = bool(word.end), not writing.drawn
    with st.container(horizontal=True, vertical_alignment="center"):
        held = is_over or writing.is_running
        _button("one", "Next word", ":material/skip_next:", _one, held, type="primary")
        if writing.is_running:
            _button("run", "Pause", ":material/pause:", _pause)
        else:
            _button("run", "Write on", ":material/play_arrow:", _run, is_over)
        _button("back", "Back", ":material/undo:", _back, is_new)
        _button("restart", "Start again", ":material/restart_alt:", _restart, is_new)


def _button(
    key: str, name: str, icon: str, pressed: Callable[[], None], disabled: bool = False, **look: Any
) -> None:
    widgets.button(
        name,
        key=f"next-{key}",
        icon=icon,
        on_click=_whole_page,
        args=(pressed,),
        disabled=disabled,
        **look,
    )


def _whole_page(pressed: Callable[[], None]) -> None:
    pressed()
    st.rerun()  # the whole page: only then the ticking begins or ends, and the address says it


def _one() -> None:
    session().writing.want()


def _run() -> None:
    session().writing.is_running = True


def _pause() -> None:
    session().writing.is_running = False


def _back() -> None:
    session().writing.back()


def _restart() -> None:
    session().writing.restart()


def _attended(word: NextWord, weights: Array) -> None:
    """Show what the newest token attends to, or the one that was chosen."""
    tokens = word.tokens[: word.token + 1]
    with slot():
        if is_ready():
            bars = {"weights": weights}
            described = describe_word_bars(tokens, bars, digits(len(tokens)), look=look())
            chart(described, "figure-model-attended", lambda: describe_attended(word, weights))
    said = [describe_attended(word, weights, escape.markdown)]
    if word.token >= word.first:
        drawn = session().writing.drawn[word.token - word.first]
        said.append(describe_drawn(word, drawn.probability, escape.markdown))
    st.markdown(" ".join(said))


def _cache(word: NextWord) -> None:
    """Show which rows were computed for each token, and count them."""
    st.subheader("The KV cache", anchor=False)
    st.markdown(
        "A token attends only to those before it, so that their keys and values stay as they are "
        "and are kept. **For a new token only one new row is computed.**"
    )
    with slot():
        if is_ready():
            described = describe_cache_rows(word.tokens, word.passes, look=look())
            chart(described, "figure-model-cache", lambda: describe_cache(word))
    st.caption(
        "Row = pass through the model's layers, the last at the bottom; column = token. In full "
        "colour the rows that were computed in that pass; pale those whose keys and values came "
        "from the cache."
    )
    st.markdown(describe_cache(word))
