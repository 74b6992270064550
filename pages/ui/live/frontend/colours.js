// The colours of a number's box.

/** Fill and ink of a box, on the scale of the figures. */
export function colours(value, { scale, range: [low, high], inks }) {
  // As Plotly does it, to the last bit: a half would be rounded the other way.
  const stops = scale.map(([position]) => low + position * (high - low));
  const at = Math.min(high, Math.max(low, value));
  const upper = Math.max(1, stops.findIndex((stop) => stop >= at));
  const [a, b] = [scale[upper - 1][1], scale[upper][1]];
  const part = (at - stops[upper - 1]) / (stops[upper] - stops[upper - 1]);
  const rgb = [1, 3, 5].map((k) => {
    const [x, y] = [a, b].map((colour) => parseInt(colour.slice(k, k + 2), 16));
    return Math.round(x * (1 - part) + y * part);
  });
  const light = (rgb[0] * 299 + rgb[1] * 587 + rgb[2] * 114) / 1000;
  return [`rgb(${rgb})`, inks[light > 128 ? 0 : 1]];
}
