"""Colours: numbers are readable on every box, signs can be told apart."""

import numpy as np
import pytest

from attn_core.figures.boxes.colours import PALETTES, SIGNED_RANGE, WEIGHT_RANGE

THEMES = pytest.mark.parametrize("theme", ["light", "dark"])
BACKGROUND = {"light": "#ffffff", "dark": "#0e1117"}


def rgb(colour):
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], float)


def colour_at(scale, position):
    positions = [p for p, _ in scale]
    channels = np.array([rgb(c) for _, c in scale])
    return np.array([np.interp(position, positions, channels[:, i]) for i in range(3)])


def luminance(colour):
    """WCAG 2.2, relative luminance."""
    c = colour / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def text_on(colour):
    """What Plotly writes with: white or #444, of which the contrast is larger."""
    return max((rgb("#444444"), rgb("#ffffff")), key=lambda ink: contrast(colour, ink))


def share_unreadable(scale, values, limits):
    low, high = limits
    colours = [colour_at(scale, (v - low) / (high - low)) for v in values]
    return np.mean([contrast(c, text_on(c)) < 4.5 for c in colours])


@THEMES
def test_numbers_are_readable_on_their_boxes(theme):
    palette = PALETTES[theme]
    signed = np.arange(-30, 30, 0.01)
    assert share_unreadable(palette.signed, signed, SIGNED_RANGE) < 0.01
    assert share_unreadable(palette.weight, np.arange(0, 1, 0.001), WEIGHT_RANGE) < 0.02
    for value in np.arange(-3, 3.05, 0.05):  # what sliders reach
        colour = colour_at(palette.signed, (value + 30) / 60)
        assert contrast(colour, text_on(colour)) > 4.5, value
    for change in np.arange(-1, 1.01, 0.05):
        colour = colour_at(palette.weight_change, (change + 1) / 2)
        assert contrast(colour, text_on(colour)) > 4.5, change


@THEMES
def test_a_change_of_weights_has_the_colours_of_the_weights(theme):
    palette = PALETTES[theme]
    for weight in np.arange(0, 1.01, 0.01):
        same = colour_at(palette.weight_change, (weight + 1) / 2)
        np.testing.assert_allclose(same, colour_at(palette.weight, weight))
    for loss in (0.1, 0.3, 0.7):
        fallen, risen = (colour_at(palette.weight_change, (1 + c) / 2) for c in (-loss, loss))
        assert fallen[0] > fallen[2]  # orange
        assert risen[0] < risen[2]  # violet


@THEMES
def test_texts_are_readable_on_the_page(theme):
    palette = PALETTES[theme]
    for colour in (palette.ink, palette.muted, palette.warning):
        assert contrast(rgb(colour), rgb(BACKGROUND[theme])) > 4.5


@THEMES
def test_signs_and_sizes_can_be_told_apart(theme):
    scale = PALETTES[theme].signed
    away = luminance(colour_at(scale, 0.5))
    for magnitude in (0.3, 1, 2.5, 8, 30):
        minus, plus = (colour_at(scale, (s * magnitude + 30) / 60) for s in (-1, 1))
        assert minus[0] - minus[2] > 10 > -10 > plus[0] - plus[2]  # red, blue
        far = abs(luminance(plus) - away)
        assert far > 0
    bright = [luminance(colour_at(PALETTES[theme].weight, w)) for w in np.linspace(0, 1, 21)]
    assert (np.diff(bright) < 0).all() if theme == "light" else (np.diff(bright) > 0).all()
