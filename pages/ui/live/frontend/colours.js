// The colours of a number's box.

/** Fill and ink of a box, on the scale of the figures. */
export function colours(value, { scale, range: [low, high], inks }) {
  // As Plotly does it, to the last bit: a half would be rounded the other way.
  const stops = scale.map(([position]) => low + position * (high - low));
  const at = Math.min(high, Math.max(low, value));
  const upper = Math.max(1, stops.findIndex((stop) => stop >= at));
  const [a, b] = [scale[upper - 1][1], scale[upper][1]];
  const part = (at - stops[upper - 1]) / (stops[upper] - stops[upper - 1]);
  const [from, to] = [channels(a), channels(b)];
  const rgb = from.map((x, k) => x * (1 - part) + to[k] * part);
  const [dark, light] = inks.map((ink) => contrast(rgb, channels(ink)));
  return [`rgb(${rgb.map(Math.round)})`, inks[light > dark ? 1 : 0]];
}

function channels(colour) {
  return [1, 3, 5].map((k) => parseInt(colour.slice(k, k + 2), 16));
}

/** Contrast of two colours, as WCAG 2 defines it. */
function contrast(a, b) {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

function luminance(rgb) {
  const [r, g, b] = rgb
    .map((channel) => channel / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
