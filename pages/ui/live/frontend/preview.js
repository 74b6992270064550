// What a hand moves, in the same frame: the browser computes all matrices and writes them into
// what Plotly has drawn, which would take three frames itself. When the hand rests, Plotly draws
// Python's answer.

import { attend } from "./attend.js";
import { colours } from "./colours.js";

const SVG = "http://www.w3.org/2000/svg";
const GAP = 2; // pixels between boxes, as in the template of `attn_core/figures/boxes/look.py`
// As in `attn_core/figures/boxes/box_numbers.py`, which writes the answer.
const [SMALLEST_NUMBER, PART_OF_LETTERS] = [9, 0.6];
const TIE = 1 + 1e-12; // as in `attn_core/notation/labels.py`: a half goes up, and a bit less, too
const [CHARACTER, MINUS, MARGIN] = [0.56, 0.3, 6];

/** The boards whose matrices can be computed here. */
export const boards = new Set();

/** Show what a matrix with other values gives; return whether a board could. */
export function preview(name, values) {
  const shown = [...boards]
    .filter(({ inputs }) => fits(inputs, name, values))
    .map((board) => board.preview(computed(board.inputs, name, values)));
  return shown.some(Boolean);
}

/** Whether a matrix is still of the shape that the board's scenario has; another is on its way. */
function fits({ scenario, head }, name, values) {
  const M = Array.isArray(scenario[name]?.[0][0]) ? scenario[name][head] : scenario[name];
  return M?.length === values.length && M[0].length === values[0].length;
}

/** All matrices by name, of one head; `components.board` says what the inputs are. */
function computed({ scenario, head }, name, values) {
  const ofHead = (M) => (Array.isArray(M?.[0]?.[0]) ? M[head] : M);
  const changed = Array.isArray(scenario[name][0][0]) ? scenario[name].with(head, values) : values;
  const inputs = { ...scenario, [name]: changed };
  const all = { ...inputs, ...attend(inputs) };
  return Object.fromEntries(Object.entries(all).map(([key, M]) => [key, ofHead(M)]));
}

/** Write values into the boxes of a matrix, the ith that Plotly drew. */
export function write(plot, i, step, values, inks) {
  const trace = plot.data[i];
  const axis = plot.layout[trace.coloraxis];
  const scale = { scale: axis.colorscale, range: [axis.cmin, axis.cmax], inks };
  const drawn = plot.querySelectorAll(".heatmaplayer .hm")[i];
  const boxes = (drawn.querySelector(".lab-cells") ?? cover(plot, drawn, trace, values)).children;
  const labels = [...drawn.querySelectorAll(".heatmap-label text")];
  const [digits, size] = format(values, step, trace.dx, plot.layout.font.size, trace.meta);
  const finite = values.flat().filter(Number.isFinite); // a blocked score has no box
  finite.forEach((value, k) => {
    const [fill, ink] = colours(value, scale);
    boxes[k].style.fill = fill;
    if (!labels[k]) return;
    labels[k].textContent = digits === null ? "" : number(value, digits);
    labels[k].style.fill = ink;
    labels[k].style.fontSize = `${size}px`;
  });
}

/** Take away what lies over the boxes that Plotly drew. */
export function uncover(plot) {
  for (const cells of plot.querySelectorAll(".lab-cells")) cells.remove();
}

/** Lay boxes of our own over Plotly's, which are one image and can't change by themselves. */
function cover(plot, drawn, { x0, dx, y0, dy }, values) {
  const { xaxis, yaxis } = plot._fullLayout;
  const image = drawn.querySelector("image");
  const [left, top] = ["x", "y"].map((side) => Number(image.getAttribute(side)));
  const across = (j) => Math.round(xaxis.c2p(x0 + (j - 0.5) * dx) - left);
  const down = (i) => Math.round(yaxis.c2p(y0 + (i - 0.5) * dy) - top);
  const cells = document.createElementNS(SVG, "g");
  cells.setAttribute("class", "lab-cells");
  for (const [i, row] of values.entries()) {
    for (const [j, value] of row.entries()) {
      if (!Number.isFinite(value)) continue;
      const box = document.createElementNS(SVG, "rect");
      box.setAttribute("x", left + across(j) + GAP / 2);
      box.setAttribute("y", top + down(i) + GAP / 2);
      box.setAttribute("width", across(j + 1) - across(j) - GAP);
      box.setAttribute("height", down(i + 1) - down(i) - GAP);
      cells.append(box);
    }
  }
  image.after(cells);
  return cells;
}

/** Decimals that the boxes have room for (null: no numbers), and the size of the numbers. */
function format(values, { name, is_weight: isWeight }, cell, letters, common) {
  const font = common ?? letters;
  const least = common ?? Math.max(SMALLEST_NUMBER, PART_OF_LETTERS * letters);
  const largest = Math.max(...values.flat().filter(Number.isFinite).map(Math.abs));
  for (let digits = 2; digits >= (name === "weights" ? 1 : 0); digits--) {
    const widest = CHARACTER * number(largest, digits).length + (isWeight ? 0 : MINUS);
    const size = Math.round(Math.min(font, (cell - MARGIN) / widest) * 10) / 10;
    if (size >= least) return [digits, size];
  }
  return [null, SMALLEST_NUMBER];
}

/** Fixed decimals and a true minus, none before a zero; rounded as `labels.numbers` does. */
function number(value, digits) {
  return (value * TIE).toFixed(digits).replace(/^-(?=[0.]*$)/, "").replace("-", "−");
}
