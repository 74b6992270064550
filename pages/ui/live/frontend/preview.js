// What a hand moves, in the same frame: the browser computes all matrices and writes them into
// what Plotly has drawn, which would take three frames itself. When the hand rests, Plotly draws
// Python's answer.

import { attend, hasHeads } from "./attend.js";
import { colours } from "./colours.js";
import { isMoving } from "./moves.js";
import { movesSince } from "./news.js";

const SVG = "http://www.w3.org/2000/svg";
const GAP = 2; // pixels between boxes, as in the template of `attn_core/figures/boxes/look.py`
// As in `attn_core/figures/boxes/box_numbers.py`, which writes the answer.
const [SMALLEST_NUMBER, PART_OF_LETTERS] = [9, 0.6];
const TIE = 1 + 1e-12; // as in `attn_core/notation/labels.py`: a half goes up, and a bit less, too
const [DIGIT, POINT, MARGIN] = [0.51, 0.28, 6];

/** The boards whose matrices can be computed here. */
export const boards = new Set();

/** Show what moves give that Python hasn't answered; return whether a board could. */
export function preview(moves) {
  return [...boards].map((board) => board.preview(moves)).some(Boolean);
}

/** Whether there are moves that an answer of some version of a room is older than. */
export function isBehind(version) {
  return isMoving() || movesSince(version).length > 0;
}

/**
 * The values of each matrix of a picture, as drawn, with moves carried out; null for one of
 * another scenario. Without a matrix of the shape that was moved, which is on its way, it is all null.
 */
export function computed({ scenario, version, steps, changes }, moves) {
  const inputs = inputsAfter({ scenario, version }, moves);
  if (!inputs) return null;
  const own = all(inputs);
  const changed = steps.some((step) => step?.is_changed) && all(variant(inputs, changes));
  return steps.map((step) => {
    if (!step) return null;
    const { name, minus } = step;
    const taken = minus === "own" ? drawn(own[name], { head: step.head }) : minus;
    return drawn((step.is_changed ? changed : own)[name], { ...step, minus: taken });
  });
}

/**
 * All matrices of a scenario with moves carried out, and the scenario as `inputs`; null without a
 * matrix that was moved.
 */
export function matricesAfter(answer, moves) {
  const inputs = inputsAfter(answer, moves);
  return inputs && all(inputs);
}

/** Carry out what a room's presenter has moved since, and the moves of this page. */
function inputsAfter({ scenario, version }, moves) {
  const others = movesSince(version).filter((move) => hasCell(scenario, move));
  const entered = moves.filter((move) => "value" in move);
  if (!entered.every((move) => fits(scenario, move))) return null;
  return [...others, ...entered].reduce(carriedOut, scenario);
}

function all(inputs) {
  return { ...inputs, ...attend(inputs), inputs };
}

/** A scenario with other values in some fields; a document leaves out what is null. */
function variant(scenario, changes) {
  const fields = Object.entries({ ...scenario, ...changes });
  return Object.fromEntries(fields.filter(([, value]) => value !== null));
}

function fits(scenario, { name, head, shape: [rows, columns] }) {
  const M = matrix(scenario, name, head);
  return M?.length === rows && M[0].length === columns;
}

function hasCell(scenario, { name, head, row, column }) {
  return matrix(scenario, name, head)?.[row]?.[column] !== undefined;
}

function matrix(scenario, name, head) {
  return hasHeads(scenario[name] ?? [[]]) ? scenario[name][head] : scenario[name];
}

function carriedOut(scenario, { name, head, row, column, value }) {
  const M = scenario[name];
  return { ...scenario, [name]: withCell(M, hasHeads(M) ? [head, row, column] : [row, column], value) };
}

function withCell(M, [first, ...others], value) {
  return M.with(first, others.length ? withCell(M[first], others, value) : value);
}

/** A matrix of a picture: of one head, and transposed where it is drawn so. */
function drawn(M, { head, minus, is_transposed: isTransposed }) {
  const own = hasHeads(M) ? M[head] : M;
  if (minus) return own.map((row, i) => row.map((x, j) => difference(x, minus[i][j])));
  return isTransposed ? own[0].map((_, j) => own.map((row) => row[j])) : own;
}

/** A pair that both block has no difference; JSON had nothing for its −∞. */
function difference(x, other) {
  const less = other ?? -Infinity;
  return x === less ? 0 : x - less;
}

/** Write values into the boxes of a matrix, the ith that Plotly drew. */
export function write(plot, i, step, values, inks) {
  const scale = { ...scaleOf(plot, i), inks };
  const drawn = plot.querySelectorAll(".heatmaplayer .hm")[i];
  const boxes = (drawn.querySelector(".lab-cells") ?? cover(plot, i, values)).children;
  const labels = [...drawn.querySelectorAll(".heatmap-label text")];
  const { dx, meta } = plot.data[i];
  const [digits, size] = format(values, step, dx, plot.layout.font.size, meta);
  const finite = values.flat().filter(Number.isFinite); // a blocked score has no box
  finite.forEach((value, k) => {
    const [fill, ink] = colours(value, scale);
    boxes[k].style.fill = fill;
    if (!labels[k]) return;
    const text = digits === null ? "" : number(value, digits);
    if (labels[k].textContent !== text) labels[k].textContent = text;
    labels[k].style.fill = ink;
    labels[k].style.fontSize = `${size}px`;
  });
}

/** The colours of a matrix, and the numbers that have them. */
export function scaleOf(plot, i) {
  const { colorscale, cmin, cmax } = plot.layout[plot.data[i].coloraxis];
  return { scale: colorscale, range: [cmin, cmax] };
}

/** Take away what lies over the boxes that Plotly drew. */
export function uncover(plot) {
  for (const cells of plot.querySelectorAll(".lab-cells")) cells.remove();
}

/** Lay boxes of our own over Plotly's, which are one image and can't change by themselves. */
function cover(plot, i, values) {
  const places = placesOf(plot, i);
  const cells = document.createElementNS(SVG, "g");
  cells.setAttribute("class", "lab-cells");
  for (const [row, numbers] of values.entries()) {
    for (const [column, value] of numbers.entries()) {
      if (!Number.isFinite(value)) continue;
      const box = document.createElementNS(SVG, "rect");
      const { left: x, top: y, ...size } = places(row, column);
      for (const [name, pixels] of Object.entries({ x, y, ...size })) box.setAttribute(name, pixels);
      cells.append(box);
    }
  }
  imageOf(plot, i).after(cells);
  return cells;
}

function imageOf(plot, i) {
  return plot.querySelectorAll(".heatmaplayer .hm")[i].querySelector("image");
}

/** Where Plotly drew the box in a row and column of a matrix, from the axes' own corner. */
export function placesOf(plot, i) {
  const { x0, dx, y0, dy } = plot.data[i];
  const { xaxis, yaxis } = plot._fullLayout;
  const [left, top] = ["x", "y"].map((side) => Number(imageOf(plot, i).getAttribute(side)));
  const across = (j) => Math.round(xaxis.c2p(x0 + (j - 0.5) * dx) - left);
  const down = (k) => Math.round(yaxis.c2p(y0 + (k - 0.5) * dy) - top);
  return (row, column) => ({
    left: left + across(column) + GAP / 2,
    top: top + down(row) + GAP / 2,
    width: across(column + 1) - across(column) - GAP,
    height: down(row + 1) - down(row) - GAP,
  });
}

/** Decimals that the boxes have room for (null: no numbers), and the size of the numbers. */
export function format(values, { name, is_weight: isWeight }, cell, letters, common) {
  const font = common ?? letters;
  const least = common ?? Math.max(SMALLEST_NUMBER, PART_OF_LETTERS * letters);
  const largest = Math.max(...values.flat().filter(Number.isFinite).map(Math.abs));
  for (let digits = 2; digits >= (name === "weights" ? 1 : 0); digits--) {
    const widest = width((isWeight ? "" : "−") + number(largest, digits));
    const size = Math.round(Math.min(font, (cell - MARGIN) / widest) * 10) / 10;
    if (size >= least) return [digits, size];
  }
  return [null, SMALLEST_NUMBER];
}

/** Width of a number in parts of its size, as `text.text_width` has it. */
function width(text) {
  return [...text].reduce((sum, character) => sum + (character === "." ? POINT : DIGIT), 0);
}

/** Fixed decimals and a true minus, none before a zero; rounded as `labels.numbers` does. */
export function number(value, digits) {
  return (value * TIE).toFixed(digits).replace(/^-(?=[0.]*$)/, "").replace("-", "−");
}
