// The boxes of a picture that a visitor moves: they lie over those that Plotly drew.

import { Box } from "./boxes.js";
import { hasHeads } from "./attend.js";
import { element } from "./element.js";
import { forget, listen, unanswered } from "./moves.js";
import { format, number, placesOf, scaleOf } from "./preview.js";
import { closeSlider, placeSlider } from "./slider.js";

// Number of the move that was rejected last, so that its entry isn't given back again and again.
let lastRejected = "";

/** All matrices of one picture that are moved. */
export class Editors {
  constructor(board) {
    this.board = board;
    this.layer = element("div", "lab-editors");
    this.layer.append(style());
    this.all = [];
  }

  /** Lay boxes over a picture that has been drawn; those that are there stay, with their focus. */
  place({ steps = [], editing, inks }) {
    const { plot } = this.board;
    if (plot.firstChild !== this.layer) plot.prepend(this.layer); // Tab comes here first
    for (const editor of this.all.slice(steps.length)) editor?.remove();
    this.all = steps.map((step, i) => this.editorOf(step, i));
    this.all.forEach((editor, i) => editor?.place(steps[i], editing, inks));
    placeSlider();
  }

  editorOf(step, i) {
    const old = this.all[i];
    if (old?.suits(step)) return old;
    const chosen = old?.remove();
    const editor = step?.boxes ? new Editor(this, i, step) : null;
    if (chosen) editor?.boxes[chosen.i]?.[chosen.j]?.node.focus();
    return editor;
  }

  /** Show the values of each matrix of the picture. */
  show(values) {
    this.all.forEach((editor, i) => editor?.show(values[i]));
  }

  /** Give an entry back that was refused, to be mended. */
  giveBack(refused, number) {
    if (!refused || number === lastRejected) return;
    lastRejected = number;
    this.all[refused.matrix]?.boxes[refused.row]?.[refused.column]?.type(refused.text, true);
  }

  remove() {
    for (const editor of this.all) editor?.remove();
    this.all = [];
  }
}

/** One matrix. */
class Editor {
  constructor({ board, layer, all }, index, step) {
    Object.assign(this, { board, layer, index, step });
    this.node = element("div", "lab-boxes");
    this.node.setAttribute("role", "group");
    this.boxes = step.boxes.map((row, i) => row.map((_, j) => new Box(this, i, j)));
    this.node.append(...this.boxes.flat().map((box) => box.node));
    const following = all.slice(index + 1).find(Boolean)?.node ?? null;
    layer.insertBefore(this.node, following); // Tab goes as one reads
    this.stopListening = listen(() => this.mark());
  }

  /** Whether its boxes can be those of a step. */
  suits(step) {
    const { name, head, boxes } = this.step;
    const isSame = step?.boxes && step.name === name && step.head === head;
    return isSame && step.boxes.length === boxes.length && step.boxes[0].length === boxes[0].length;
  }

  place(step, editing, inks) {
    const { plot } = this.board;
    Object.assign(this, { step, editing, scale: { ...scaleOf(plot, this.index), inks } });
    this.node.setAttribute("aria-label", step.title);
    const isLocked = step.locked?.flat().every(Boolean);
    this.node.setAttribute("aria-describedby", isLocked ? "" : hint(editing.hint));
    const places = placesOf(plot, this.index);
    const { left, top } = places(0, 0);
    const last = places(step.boxes.length - 1, step.boxes[0].length - 1);
    const { xaxis, yaxis } = plot._fullLayout;
    moveTo(this.node, {
      left: left + xaxis._offset,
      top: top + yaxis._offset,
      width: last.left + last.width - left,
      height: last.top + last.height - top,
    });
    for (const { node, i, j } of this.boxes.flat()) {
      const at = places(i, j);
      moveTo(node, { ...at, left: at.left - left, top: at.top - top });
    }
    this.comeBackToMovable();
  }

  show(values) {
    const { plot } = this.board;
    const { dx, meta } = plot.data[this.index];
    const [digits, size] = format(values, this.step, dx, plot.layout.font.size, meta);
    this.format = (value) => (digits === null ? "" : number(value, digits));
    this.node.style.fontSize = `${size}px`;
    const isAsDrawn = this.drawn?.digits === digits && this.drawn.scale === this.scale;
    this.drawn = { digits, scale: this.scale };
    for (const box of this.boxes.flat()) {
      const value = box.held ? box.value : values[box.i][box.j];
      if (!isAsDrawn || value !== box.value) box.set(value); // most boxes stay as they are
    }
  }

  /** What a move of a box begins with: where it is, the way there, and the matrix's shape. */
  moveOf({ i: row, j: column }) {
    const { name, head } = this.step;
    const M = this.board.inputs.scenario[name];
    const own = hasHeads(M) ? M[head] : M;
    const shape = [own.length, own[0].length];
    return { editor: this, shape, name, head, matrix: this.index, row, column };
  }

  transport(move) {
    this.board.move(move);
  }

  /** One stop of Tab for the whole matrix. */
  comeBackTo(chosen) {
    for (const box of this.boxes.flat()) box.node.tabIndex = box === chosen ? 0 : -1;
  }

  /** Tab comes to a box that moves, where there is one. */
  comeBackToMovable() {
    const all = this.boxes.flat();
    const movable = all.find(({ locked }) => !locked);
    if (movable && all.find(({ node }) => !node.tabIndex).locked) this.comeBackTo(movable);
  }

  neighbour({ i, j }, down, across) {
    return this.boxes[i + down]?.[j + across];
  }

  /** Show to scripts whether all that was moved has arrived. */
  mark() {
    const isHeld = this.boxes.flat().some((box) => box.held);
    const isUnanswered = unanswered().some(({ editor }) => editor === this);
    this.node.toggleAttribute("data-busy", isHeld || isUnanswered);
  }

  /** Take the boxes away, and return the one that has the keyboard. */
  remove() {
    const chosen = this.boxes.flat().find(({ node }) => node.contains(document.activeElement));
    this.isRemoved = true;
    for (const box of this.boxes.flat()) {
      box.commit();
      closeSlider(box);
    }
    this.stopListening();
    forget(this);
    this.node.remove();
    return chosen;
  }
}

function moveTo(node, sizes) {
  for (const [side, pixels] of Object.entries(sizes)) node.style[side] = `${pixels}px`;
}

/** What is said of all boxes, once for the page; returns its id. */
function hint(text) {
  const id = "lab-hint";
  let said = document.getElementById(id);
  if (!said) {
    said = element("div");
    Object.assign(said, { id, hidden: true });
    document.body.append(said);
  }
  if (said.textContent !== text) said.textContent = text;
  return id;
}

function style() {
  const made = element("style");
  made.textContent = `
    .lab-board { position: relative; }
    .lab-editors { position: absolute; z-index: 1; left: 0; top: 0; width: 0; height: 0; }
    .lab-boxes { position: absolute; font-family: "Source Sans", system-ui, sans-serif; }
    .lab-box { position: absolute; box-sizing: border-box; display: grid; place-items: center;
      white-space: nowrap; line-height: 1; cursor: ew-resize; border-radius: 4px;
      touch-action: pan-y pinch-zoom; user-select: none; -webkit-user-select: none;
      box-shadow: inset 0 0 0 1.5px color-mix(in srgb, var(--st-primary-color) 70%, transparent),
        inset 0 0 0 2.5px color-mix(in srgb, var(--st-background-color) 60%, transparent); }
    .lab-box[aria-disabled="true"], .lab-box[aria-disabled="true"]:hover { cursor: not-allowed;
      box-shadow: none; }
    .lab-box:hover { box-shadow: inset 0 0 0 2px var(--st-primary-color), 0 1px 5px #0005; }
    .lab-box:focus-visible, .lab-box:focus { outline: 3px solid var(--st-primary-color);
      outline-offset: 0; z-index: 1; }
    .lab-box input { box-sizing: border-box; min-width: 100%; width: 3.6rem; height: 100%; border: 0;
      padding: 0; text-align: center; font: inherit; font-size: 0.88rem; position: relative; z-index: 2; }
    @media (pointer: coarse) { .lab-box input { font-size: max(16px, 0.88rem); } }
    .lab-box input[aria-invalid="true"] { outline: 2px solid var(--st-red-color); }
    .lab-slider { position: fixed; inset: auto; margin: 0; box-sizing: border-box;
      width: min(19rem, calc(100vw - 16px)); padding: 0.3rem 0.8rem 0; border-radius: 0.6rem;
      display: grid; grid-template-columns: auto 1fr auto; column-gap: 0.5rem; align-items: center;
      font-size: 0.85rem; color: var(--st-text-color); background: var(--st-secondary-background-color);
      border: 1px solid var(--st-border-color); box-shadow: 0 3px 16px #0004; }
    .lab-slider :first-child { grid-column: 1 / 3; overflow: hidden; text-overflow: ellipsis;
      white-space: nowrap; }
    .lab-slider[data-locked] { display: block; padding-block: 0.3rem; }
    .lab-slider[data-locked] :not(:first-child) { display: none; }
    .lab-slider[data-locked] :first-child { white-space: normal; }
    .lab-slider output { text-align: end; font-variant-numeric: tabular-nums; font-weight: 600; }
    .lab-slider input { width: 100%; height: 44px; margin: 0; cursor: ew-resize;
      touch-action: none; appearance: none; background: none; }
    .lab-slider input::-webkit-slider-runnable-track { height: 6px; border-radius: 3px;
      background: var(--st-border-color); }
    .lab-slider input::-moz-range-track { height: 6px; border-radius: 3px;
      background: var(--st-border-color); }
    .lab-slider input::-webkit-slider-thumb { appearance: none; width: 44px; height: 28px;
      margin-top: calc(3px - 14px); border: 0; border-radius: 14px; background: var(--st-primary-color); }
    .lab-slider input::-moz-range-thumb { width: 44px; height: 28px; border: 0;
      border-radius: 14px; background: var(--st-primary-color); }
    .lab-slider input:focus-visible { outline: 2px solid var(--st-primary-color); }
    @media print { .lab-editors, .lab-slider { display: none; } }`;
  return made;
}
