// Pointing at a box outlines it and all that it is made of, at once: by pointer, tap and keyboard.
// Python says with the frame what each matrix is made of (`attn_core/notation/outline.py`), so
// that nothing here asks Plotly or the server.
//
// For the keyboard each computed matrix is a grid as in the ARIA Authoring Practices, and so one
// tab stop: arrows go from box to box, Home and End along a row, with Ctrl to the first and last
// box of all, and Enter asks where the number comes from. As the practices allow for large grids,
// there is only the cell that the keyboard is in.

import { element } from "./element.js";
import { number } from "./preview.js";

const KEYS = {
  ArrowLeft: ([i, j]) => [i, j - 1],
  ArrowRight: ([i, j]) => [i, j + 1],
  ArrowUp: ([i, j]) => [i - 1, j],
  ArrowDown: ([i, j]) => [i + 1, j],
  Home: ([i]) => [i, 0],
  End: ([i], [, columns]) => [i, columns - 1],
};
const WITH_CTRL = {
  Home: () => [0, 0],
  End: (_, [rows, columns]) => [rows - 1, columns - 1],
};

const OVER = ".lab-slider, .lab-box input"; // lies over other boxes
const MARGIN = 30; // pixels below a number that an answer would cover
const OF_PARTS = 2; // pixels of the lines that Python draws around what the number is made of

/** What is outlined over the picture of a board. */
export class Pointing {
  constructor(board) {
    Object.assign(this, { board, plot: board.plot, dependencies: [], grids: [] });
    this.layer = element("div", "lab-pointed");
    this.outlines = element("div");
    this.layer.append(style(), this.outlines);
    this.plot.addEventListener("pointermove", (event) => this.follow(event));
    this.plot.addEventListener("pointerleave", (event) => this.leave(event));
    this.plot.addEventListener("click", (event) => this.tap(event), true);
    this.onElsewhere = ({ target }) => this.plot.contains(target) || this.point(() => null);
    document.addEventListener("pointerdown", this.onElsewhere);
    this.answer = document.querySelector(".st-key-answer"); // a link's may come first
    this.onAnswer = ({ detail }) => this.scrollFree(detail);
    document.addEventListener("lab-answer", this.onAnswer);
  }

  /** Take over what Plotly has just drawn. */
  show({ dependencies = [], highlight }) {
    this.dependencies = dependencies;
    // Tab comes here after what is moved; put there anew it would lose the focus.
    if (!this.layer.isConnected) this.board.editors.layer.after(this.layer);
    this.layer.style.setProperty("--lab-highlight", highlight);
    const isComputed = (k) => dependencies[k] && !dependencies[k][0];
    for (const { matrix, node } of this.grids) if (!isComputed(matrix)) node.remove();
    const known = new Map(this.grids.map((grid) => [grid.matrix, grid]));
    const wanted = [...dependencies.keys()].filter(isComputed);
    this.grids = wanted.map((matrix) => known.get(matrix) ?? new Grid(this, matrix));
    for (const { node } of this.grids) this.keepInOrder(node);
    for (const grid of this.grids) grid.show();
    this.drawn = null; // boxes may be elsewhere now
    this.point(this.pointed ?? (() => null));
    if (this.answer) this.scrollFree(this.answer);
  }

  /** Put a grid behind those before it, so that Tab goes as one reads; the focused one stays. */
  keepInOrder(node) {
    const at = this.grids.findIndex((grid) => grid.node === node);
    const before = this.grids[at - 1]?.node ?? this.outlines;
    if (before.nextSibling !== node && !node.contains(document.activeElement)) before.after(node);
  }

  remove() {
    document.removeEventListener("pointerdown", this.onElsewhere);
    document.removeEventListener("lab-answer", this.onAnswer);
  }

  /** Where the answer covers the number that it is about, scroll as far as needed. */
  scrollFree(answer) {
    this.answer = answer; // until the number is drawn
    const asked = this.plot.layout?.shapes?.find(({ line }) => line.width > OF_PARTS);
    if (!asked || answer.contains(this.plot)) return;
    this.answer = null;
    const { yaxis } = this.plot._fullLayout;
    const below = yaxis._offset + yaxis.c2p(asked.y1) + MARGIN;
    const over = this.plot.getBoundingClientRect().top + below;
    const { top, bottom } = answer.getBoundingClientRect();
    const isCovered = over > top && over < bottom + MARGIN;
    if (isCovered) this.plot.closest('[data-testid="stMain"]').scrollBy(0, over - top);
  }

  /** The numbers of a matrix as they are drawn; a gap is no number. */
  values(matrix) {
    return this.plot.calcdata[matrix][0].z;
  }

  follow(event) {
    // A finger that moves scrolls, and a pressed button drags a number.
    if (event.pointerType !== "touch" && !event.buttons) this.point(() => this.boxAt(event));
  }

  /** Without a pointer the box is lit that the keyboard is in. */
  leave({ pointerType }) {
    if (pointerType === "touch") return;
    const grid = this.grids.find(({ cell }) => cell === document.activeElement);
    this.point(() => grid?.box ?? null);
  }

  tap(event) {
    const box = this.boxAt(event);
    this.point(() => box);
  }

  /** Outline the box that a function finds, now and when the picture has been drawn anew. */
  point(find) {
    this.pointed = find;
    const box = find();
    const lit = box ? this.lit(...box) : [];
    if (String(lit) === this.drawn) return;
    this.drawn = String(lit);
    this.outlines.replaceChildren(...lit.map((each) => this.outline(...each)));
  }

  /** What lights up with a box: matrices with their rows and columns, and whether it's the box. */
  lit(matrix, ...at) {
    const parts = this.dependencies[matrix]?.[1] ?? [];
    return parts
      .map(([k, rows, columns, isTarget]) => [k, along(rows, at), along(columns, at), isTarget])
      .filter(([, rows, columns]) => rows && columns);
  }

  outline(matrix, rows, columns, isTarget) {
    const outline = element("div", isTarget ? "lab-target" : "lab-part");
    outline.dataset.lit = [matrix, ...rows, ...columns];
    this.put(outline, matrix, rows, columns);
    return outline;
  }

  /** Put an element over boxes of a matrix. */
  put({ style }, ...boxes) {
    const { x, y, width, height } = this.area(...boxes);
    [style.left, style.top] = [`${x}px`, `${y}px`];
    [style.width, style.height] = [`${width}px`, `${height}px`];
  }

  /** Where boxes of a matrix are in the picture, in pixels. */
  area(matrix, [top, bottom], [left, right]) {
    const { x0, dx, y0, dy } = this.plot.data[matrix];
    const { xaxis, yaxis } = this.plot._fullLayout;
    const across = (j) => xaxis._offset + xaxis.c2p(x0 + (j - 0.5) * dx);
    const down = (i) => yaxis._offset + yaxis.c2p(y0 + (i - 0.5) * dy);
    const [x, y] = [across(left), down(top)];
    return { x, y, width: across(right) - x, height: down(bottom) - y };
  }

  /** The matrix, row and column at a place of the screen; null where there is no box. */
  boxAt({ clientX, clientY, target }) {
    if (target.closest(OVER)) return null;
    const { left, top } = this.plot.getBoundingClientRect();
    const { xaxis, yaxis } = this.plot._fullLayout;
    const x = xaxis.p2c(clientX - left + this.plot.scrollLeft - xaxis._offset);
    const y = yaxis.p2c(clientY - top - yaxis._offset);
    for (const matrix of this.dependencies.keys()) {
      const { x0, dx, y0, dy } = this.plot.data[matrix];
      const [i, j] = [Math.round((y - y0) / dy), Math.round((x - x0) / dx)];
      if (j in (this.values(matrix)[i] ?? [])) return [matrix, i, j];
    }
    return null;
  }
}

/** A range of rows or columns, found by the row (0) or the column (1) of a box. */
function along([by, ranges], at) {
  return ranges[at[by]];
}

/** A computed matrix for the keyboard. */
class Grid {
  constructor(pointing, matrix) {
    Object.assign(this, { pointing, matrix, at: [0, 0] });
    this.node = element("div", "lab-grid", "grid");
    this.row = element("div", "", "row");
    this.cell = this.newCell();
    this.row.append(this.cell);
    this.node.append(this.row);
    pointing.layer.append(this.node);
  }

  get box() {
    return [this.matrix, ...this.at];
  }

  get shape() {
    const values = this.pointing.values(this.matrix);
    return [values.length, values[0].length];
  }

  newCell() {
    const cell = element("div", "lab-cell", "gridcell");
    cell.tabIndex = 0;
    cell.onkeydown = (event) => this.key(event);
    cell.onfocus = () => this.pointing.point(() => this.box);
    cell.onblur = () => this.pointing.point(() => null);
    return cell;
  }

  /** Show the box that the keyboard is in; a matrix may have got smaller. */
  show() {
    const { matrix, pointing, shape } = this;
    const { name, hovertext, hovertemplate } = pointing.plot.data[matrix];
    const [i, j] = (this.at = this.at.map((place, axis) => Math.min(place, shape[axis] - 1)));
    const [rowcount, colcount] = shape;
    set(this.node, { label: `${plain(name)}, ${shape.join("×")}`, rowcount, colcount });
    set(this.row, { rowindex: i + 1 });
    const value = pointing.values(matrix)[i][j];
    // Where a score is blocked, texts bring the numbers with them.
    const told = hovertemplate ? "" : `: ${number(value, 3)}`;
    set(this.cell, { colindex: j + 1, label: plain(hovertext[i][j]) + told });
    pointing.put(this.cell, matrix, [i, i + 1], [j, j + 1]);
  }

  key(event) {
    if (event.altKey || event.metaKey || event.shiftKey) return;
    const move = (event.ctrlKey ? WITH_CTRL : KEYS)[event.key];
    if (move) this.go(move(this.at, this.shape));
    else if (["Enter", " "].includes(event.key)) this.pointing.board.pick(this.box);
    else return;
    event.preventDefault();
  }

  /** Go to another box, if there is one. It is a new cell, since only a new focus is read out. */
  go(at) {
    if (!at.every((place, axis) => place >= 0 && place < this.shape[axis])) return;
    this.at = at;
    const left = this.cell;
    this.cell = this.newCell();
    this.row.append(this.cell);
    this.show();
    this.cell.focus();
    left.remove();
  }
}

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(`aria-${name}`, value);
}

/** What a text says that Python wrote for Plotly. */
function plain(text) {
  return new DOMParser().parseFromString(text, "text/html").body.textContent;
}

function style() {
  const made = element("style");
  made.textContent = `
    .lab-board { position: relative; }
    .lab-pointed { position: absolute; inset: 0; z-index: 1; pointer-events: none; }
    .lab-part, .lab-target, .lab-cell { position: absolute; box-sizing: border-box; border-radius: 4px; }
    .lab-part { border: 2px solid var(--lab-highlight); }
    .lab-target { border: 3px solid var(--lab-highlight); }
    .lab-cell:focus { outline: 2px solid var(--lab-highlight); }
    @media print { .lab-pointed { display: none; } }`;
  return made;
}
