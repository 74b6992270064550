"""What a head is worth: switch heads off, and measure which of them matter most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from attn_core.figures import Description, Look, WordMap, describe_next_tokens, describe_word_map
from attn_core.figures.words import word_map
from attn_core.pretrained.decoder import DecoderOutput
from attn_core.pretrained.interpret import Reading
from attn_core.pretrained.interpret.head_worth import (
    HeadEffects,
    describe_changed_cosine,
    describe_changed_next,
    describe_effects,
    possible,
)
from attn_core.pretrained.interpret.under_mask import can_guess
from attn_core.pretrained.parts.heads import Head, describe_heads, layer_heads
from attn_core.scenario import Array
from attn_core.text import escape
from pages.ui.live.chart import chart, is_ready, look
from pages.ui.live.slots import slot
from pages.ui.model import controls, masked, text_fields
from pages.ui.model.shared import measured, readings
from pages.ui.model.shared.measured import Tell
from pages.ui.session import widget_state, widgets
from pages.ui.session.state import session

#: Texts beside the visitor's own, for a decoder, for an encoder with its mask in place of {}, and
#: to compare with; two of them that differ from it are offered.
_BEGUN = (
    "The capital of France is",
    "The animal didn't cross the street because it was too",
    "Once upon a time there was a little",
)
_MASKED = (
    "The capital of France is {}.",
    "The {} didn't cross the street because it was too tired.",
    "Once upon a time there was a little {}.",
)
_COMPARED = (
    "Paris is the capital of France.",
    "It was too tired to cross the street.",
    "There was a little girl, long ago.",
)
#: Pixels from which on both pictures of effects stand beside each other, and those between them.
_BESIDE, _GAP = 960, 20


def head(reading: Reading) -> None:
    """Switch heads off, and show what becomes of the next word, or of the texts' similarity."""
    is_decoder = isinstance(reading.encoded, DecoderOutput)
    st.header("What a head is worth", anchor=False)
    what = "the next word" if is_decoder else "the similarity of two texts"
    if can_guess(reading.model):
        mask = escape.markdown(str(reading.model.tokenizer.mask))
        what = f"what stands under {mask}, and of {what}"
    st.markdown(
        f"Switch heads off, and see what becomes of {what}: their outputs are replaced by zeros "
        "before $W_o$ "
        "([Michel et al. 2019](https://arxiv.org/abs/1905.10650)). All else on this page shows the "
        "model with all heads."
    )
    other = None if is_decoder else text_fields.other(reading.model)
    off = _switches(reading)
    try:
        if is_decoder:
            _next(reading, off)
            _measure_next(reading)
        else:
            masked.without(reading, off)
            _measure_mask(reading)
            _similarity(reading, other, off)
    except ValueError as error:  # without a head the numbers may leave the range of float32
        st.error(escape.markdown(str(error)))


def _similarity(reading: Reading, other: Reading | None, off: frozenset[Head]) -> None:
    """Show what becomes of the texts' similarity, where there are two and it is known."""
    if other is None:
        st.caption(
            "Type a second text above: what a head of an encoder is worth shows in how similar the "
            "two are."
        )
    elif reading.encoded.rules.others:  # not its vector, which would be computed here
        st.caption("The lab doesn't compute this model's vectors of texts, so nothing is measured.")
    else:
        st.markdown(describe_changed_cosine(measured.cosine_without(reading, other, off)))
        _measure_cosine(reading, other)


def _switches(reading: Reading) -> frozenset[Head]:
    """Offer to switch heads off and on; return those that are off."""
    layer, head = chosen = reading.focus.layer, reading.focus.head
    heads = reading.model.heads
    off = possible(session().model_query.off, reading.model.layers, heads)
    whole = layer_heads(layer, heads)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        controls.layer(reading.model, reading.focus)
        controls.head(reading.model, reading.focus)
        which = f"head {head + 1} of layer {layer + 1}"
        _switch(f"Switch {which}", off, frozenset({chosen}), "worth-head")
        _switch(f"Switch all of layer {layer + 1}", off, whole, "worth-layer")
        widgets.button("All on again", disabled=not off, on_click=_set, args=(frozenset(),))
    st.markdown(f"Off: **{describe_heads(off, heads)}**." if off else "All heads are on.")
    return off


def _switch(label: str, off: frozenset[Head], some: frozenset[Head], key: str) -> None:
    """Offer to switch some heads off, or on again where all of them are off."""
    is_off = some <= off
    following = off - some if is_off else off | some
    widgets.button(
        f"{label} {'on' if is_off else 'off'}", key=key, on_click=_set, args=(following,)
    )


def _set(off: frozenset[Head]) -> None:
    session().model_query.off = off


def _next(reading: Reading, off: frozenset[Head]) -> None:
    """Show the likeliest next tokens with all heads beside those without some."""
    changed = measured.next_without(reading, off)
    with slot():
        if is_ready():
            chances = changed.after.tolist(), changed.before.tolist()
            described = describe_next_tokens(
                changed.tokens, *chances, "with all heads", look=look()
            )
            chart(described, "figure-model-worth", lambda: describe_changed_next(changed))
    st.markdown(describe_changed_next(changed, escape.markdown))
    st.caption(
        "The tokens that are likeliest with all heads. An outline is their probability then, "
        "where it is another."
    )


def _measure_next(reading: Reading) -> None:
    """Offer to measure each head for the next word, of one text or of three."""
    _matter_most()
    if not (texts := _three(reading, _BEGUN, "worth")):
        return
    effects = _effects(reading, partial(measured.head_effects, texts))
    if effects is not None:
        tokens = tuple(measured.next_without(each, frozenset()).best for each in texts)
        _show(HeadEffects(tokens, effects))


def _matter_most(where: str = "") -> None:
    st.subheader(f"The heads that matter most{where}", anchor=False)
    st.markdown(
        "One text proves little: a head that matters here may do nothing elsewhere. Heads also "
        "stand in for each other, so that effects don't add up "
        "([McGrath et al. 2023](https://arxiv.org/abs/2307.15771))."
    )


def _three(reading: Reading, texts: Sequence[str], key: str) -> list[Reading]:
    """The text, and two others where a mean is wanted; none where one of them can't be read."""
    widget_state.seed_view(f"{key}-three", (False, True), False)
    if not widgets.toggle("Mean over three texts", key=f"{key}-three"):
        return [reading]
    offered = [text for text in texts if text != reading.encoded.text]
    others = [_other(reading, i + 2, offered[i], f"{key}-text-{i}") for i in range(2)]
    return [reading, *(each for each in others if each)] if all(others) else []


def _other(reading: Reading, number: int, offered: str, key: str) -> Reading | None:
    """Type a further text; None where it can't be read, with the reason."""
    text = widget_state.seed_view(key, str, offered)
    widgets.text_input(f"Text {number}", key=key)
    try:
        return Reading(
            reading.model, readings.encoded(reading.model, text), session().model_query.focus
        )
    except ValueError as error:
        st.error(escape.markdown(str(error)))
        return None


def _measure_mask(reading: Reading) -> None:
    """Offer to measure each head for what stands under a mask, of one text or of three."""
    if (found := masked.found(reading)) is None:
        return
    mask = escape.markdown(found.mask)
    _matter_most(f" under {mask}")
    texts = _three(reading, [text.format(found.mask) for text in _MASKED], "mask")
    each = [(text, guess) for text in texts if (guess := masked.found(text))]
    if len(each) < len(texts):
        st.error(f"Each text needs a {mask}.")
    elif texts:
        effects = _effects(reading, partial(measured.mask_effects, each), "worth-mask")
        if effects is not None:
            _show(HeadEffects(tuple(guess.names[0] for _, guess in each), effects), "mask-")


def _measure_cosine(reading: Reading, other: Reading) -> None:
    """Offer to measure each head for the similarity of two texts, or of one with three."""
    _matter_most()
    if not (others := _three(other, _COMPARED, "cosine")):
        return
    effects = _effects(reading, partial(measured.cosine_effects, reading, others))
    if effects is not None:
        _show(HeadEffects((), effects))


def _effects(
    reading: Reading, measure: Callable[[Tell | None], Array | None], key: str = "worth-measure"
) -> Array | None:
    """Return the effects of all heads once they are measured, which needs a click."""
    place, found = st.empty(), measure(None)
    if found is not None:
        return found
    count = reading.model.layers * reading.model.heads
    with place:
        if widgets.button(f"Measure each of the {count} heads", key=key):
            found = measure(_tell)
            st.html("<span></span>")  # takes button and bar away
    return found


def _tell(done: int, total: int) -> None:
    st.progress(done / total, f"Measuring heads: layer {done} of {total}")


def _show(effects: HeadEffects, of: str = "") -> None:
    """Show the effects of all heads, and those of the ten largest for each text."""
    several = len(effects.of_texts) > 1
    beside = several and session().width >= _BESIDE
    places = st.columns(2) if beside else (st.container(), st.container())
    drawn = look(_GAP, 0.5) if beside else look()
    with places[0]:
        _all(effects, drawn, f"{of}effects")
    if several:
        with places[1]:
            _ten(effects, drawn, f"{of}ten")
    st.markdown(describe_effects(effects, escape.markdown))
    st.caption(
        "An effect is what is measured with all heads, less that without the head: blue heads "
        "raise it, red ones lower it. Click a box to choose its head."
        + f" Text 1 is the {'one' if effects.wanted else 'second one'} above."
        * several
    )


def _all(effects: HeadEffects, drawn: Look, name: str) -> None:
    layers, heads = effects.mean.shape
    down, across = ([*map(str, range(1, 1 + count))] for count in (layers, heads))
    shown = WordMap(down, across, effects.mean, ("layer", "head"))
    told = partial(describe_effects, effects)
    _map(_colored(effects, shown, drawn), name, told, partial(_pick_box, layers, heads))


def _ten(effects: HeadEffects, drawn: Look, name: str) -> None:
    rows = [f"L{layer + 1} H{head + 1}" for layer, head in effects.largest]
    columns = ("mean", *(f"text {i}" for i in range(1, len(effects.of_texts) + 1)))
    shown = WordMap(rows, columns, effects.table, ("head", "text"))
    pick = partial(_pick_row, effects.largest, len(columns))
    _map(
        _colored(effects, shown, drawn),
        name,
        lambda: f"Effects of the {len(rows)} heads that matter most: the mean, and each text.",
        pick,
    )


def _colored(effects: HeadEffects, shown: WordMap, drawn: Look) -> Description:
    """Colour effects alike in both pictures."""
    largest = float(abs(effects.of_texts).max()) or 1.0
    colouring = replace(word_map.signed_to("effect", largest, drawn.theme), short=3)
    described = describe_word_map(shown, colouring, look=drawn)
    # There is nothing to zoom, and on a small map those buttons would cover boxes.
    layout = described.layout | {"dragmode": False}
    return replace(described, config={}, layout=layout)


def _map(
    described: Description, name: str, told: Callable[[], str], picked: Callable[[Any], None]
) -> None:
    with slot():
        if is_ready():
            chart(described, f"figure-model-{name}", told, picked)


def _pick_box(layers: int, heads: int, box: Any) -> None:
    if place := controls.place_of(box, layers, heads):
        _select(*place)


def _pick_row(places: Sequence[Head], columns: int, box: Any) -> None:
    if place := controls.place_of(box, len(places), columns):
        _select(*places[place[0]])


def _select(layer: int, head: int) -> None:
    session().model_query.focus_on(layer=layer, head=head, view="head")
