// The colours of a number's box.

/** Fill and ink of a box, on the scale of the figures. */
export function colours(value, { scale, range: [low, high], inks }) {
  const at = Math.min(1, Math.max(0, (value - low) / (high - low)));
  const upper = Math.max(1, scale.findIndex(([position]) => position >= at));
  const [[from, a], [to, b]] = [scale[upper - 1], scale[upper]];
  const part = (at - from) / (to - from);
  const rgb = [1, 3, 5].map((k) => {
    const [x, y] = [a, b].map((colour) => parseInt(colour.slice(k, k + 2), 16));
    return Math.round(x + (y - x) * part);
  });
  const light = (rgb[0] * 299 + rgb[1] * 587 + rgb[2] * 114) / 1000;
  return [`rgb(${rgb})`, inks[light > 128 ? 0 : 1]];
}
