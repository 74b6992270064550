// The boxes of a matrix as sliders: drag sideways, arrow keys, or type a number.

import { colours } from "./colours.js";
import { mergeFrame, onDisconnect } from "./frame.js";
import { MoveQueue } from "./moves.js";
import { preview } from "./preview.js";

const PIXELS_PER_STEP = 4; // a drag of 80 pixels is 1.00
const SLOP = 10; // pixels that a finger goes before it is seen whether it scrolls
const TEN_STEPS = 10;
const PAUSE = 500; // ms without a key that end a change made by keys

// Number of the move that was rejected last, so that its entry isn't given back again and again.
let lastRejected = "";

const KEYS = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: TEN_STEPS,
  PageDown: -TEN_STEPS,
};

export default function ({ data, parentElement, setTriggerValue }) {
  const shown = mergeFrame(parentElement, data);
  if (!shown) return setTriggerValue("stale", true);
  let editor = parentElement.labEditor;
  if (editor?.base !== shown.base) {
    editor?.remove();
    editor = parentElement.labEditor = new Editor(parentElement, shown);
  }
  editor.moves.transport = (move) => setTriggerValue("move", move);
  editor.show(shown.numbers);
  return () => onDisconnect(parentElement, () => parentElement.labEditor.remove());
}

class Editor {
  constructor(parent, { base, frame }) {
    this.base = base;
    this.frame = frame;
    this.moves = new MoveQueue(() => this.mark());
    this.gestures = 0;
    this.table = element("div", "lab-boxes");
    this.table.setAttribute("role", "group");
    this.table.setAttribute("aria-label", frame.title);
    this.table.style.gridTemplateColumns = `auto repeat(${frame.columns.length}, auto)`;
    this.table.append(element("span"));
    for (const column of frame.columns) this.table.append(label(column, "center"));
    this.boxes = frame.rows.map((row, i) => {
      this.table.append(label(row, "end"));
      return frame.columns.map((_, j) => this.place(new Box(this, i, j)));
    });
    parent.append(style(), this.table);
  }

  place(box) {
    this.table.append(box.node);
    return box;
  }

  show({ values, ack, refused }) {
    this.moves.acknowledge(ack);
    for (const box of this.boxes.flat()) {
      if (!box.held && !this.moves.isPending(box.i, box.j)) box.set(values[box.i][box.j]);
    }
    if (refused && ack !== lastRejected) {
      lastRejected = ack;
      this.boxes[refused.row][refused.column].type(refused.text, true);
    }
  }

  get values() {
    return this.boxes.map((row) => row.map((box) => box.value));
  }

  /** Show to scripts whether all that was moved has arrived. */
  mark() {
    const busy = this.moves.isBusy || this.boxes.flat().some((box) => box.held);
    this.table.toggleAttribute("data-busy", Boolean(busy));
  }

  newGesture() {
    return `${this.moves.name}-${++this.gestures}`;
  }

  remove() {
    this.isRemoved = true;
    for (const box of this.boxes.flat()) box.commit();
    this.moves.close();
    this.table.remove();
  }
}

/** One number. `held` while a hand is on it, so that no answer moves it back. */
class Box {
  constructor(editor, i, j) {
    Object.assign(this, { editor, i, j, held: false, field: null });
    this.node = element("div", "lab-box");
    this.node.tabIndex = 0;
    this.node.setAttribute("role", "slider");
    this.node.setAttribute("aria-label", editor.frame.names[i][j]);
    this.node.dataset.cell = `${editor.frame.name}-${i}-${j}`;
    this.node.onpointerdown = (event) => this.grab(event);
    this.node.onkeydown = (event) => this.key(event);
    this.node.onblur = () => this.commit();
    this.node.ondblclick = () => this.overwrite();
    this.node.onpaste = (event) => this.paste(event);
  }

  /** Larger numbers than a slider's can be typed; such a box reaches as far as the lab. */
  get bound() {
    const { bound, hard_max: hardMax } = this.editor.frame;
    return Math.abs(this.value) > bound ? hardMax : bound;
  }

  set(value) {
    this.value = value;
    if (this.field) return;
    const { node } = this;
    const written = value.toFixed(Number.isInteger(Math.round(value * 1e6) / 1e4) ? 2 : 3);
    node.textContent = written.replace("-", "−");
    const [fill, ink] = colours(value, this.editor.frame);
    Object.assign(node.style, { background: fill, color: ink });
    node.setAttribute("aria-valuenow", value);
    node.setAttribute("aria-valuemin", -this.bound);
    node.setAttribute("aria-valuemax", this.bound);
    node.setAttribute("aria-valuetext", node.textContent);
  }

  /** Move to a number and send it to Python. */
  move(value, done = false) {
    const { step } = this.editor.frame;
    const bounded = Math.min(this.bound, Math.max(-this.bound, value));
    this.set(Math.round(Math.round(bounded / step) * step * 1000) / 1000);
    this.send({ value: this.value, done });
  }

  send(what) {
    const { i: row, j: column, gesture } = this;
    const { moves, frame, values } = this.editor;
    const isLast = this.editor.isRemoved; // other boxes stand here already
    moves.isPreviewed = "value" in what && !isLast && preview(frame.name, values);
    moves.send({ row, column, gesture, ...what });
  }

  grab(event) {
    if (this.field || event.button || !event.isPrimary) return;
    const wasFocused = document.activeElement === this.node;
    this.commit();
    this.node.focus();
    this.node.setPointerCapture(event.pointerId);
    const start = { x: event.clientX, y: event.clientY, value: this.value };
    let moved = false;
    let sideways = event.pointerType === "mouse";
    this.gesture = this.editor.newGesture();
    this.held = true;
    this.node.toggleAttribute("data-dragged", true);
    this.node.onpointermove = ({ clientX, clientY, shiftKey }) => {
      const [x, y] = [clientX - start.x, clientY - start.y];
      sideways ||= Math.abs(x) > SLOP && Math.abs(x) > Math.abs(y);
      const steps = Math.trunc(x / PIXELS_PER_STEP) * (shiftKey ? TEN_STEPS : 1);
      if (!sideways || (!moved && !steps)) return;
      moved = true;
      this.move(start.value + steps * this.editor.frame.step);
    };
    const end = () => {
      this.node.onpointermove = this.node.onpointerup = this.node.onpointercancel = null;
      this.held = false;
      this.node.toggleAttribute("data-dragged", false);
      if (moved) this.send({ value: this.value, done: true });
    };
    // The finger scrolls after all: what it moved goes back.
    this.node.onpointercancel = () => {
      if (moved) this.set(start.value);
      end();
    };
    this.node.onpointerup = () => {
      end();
      // On a touch screen a second tap is how one types.
      if (!moved && wasFocused && event.pointerType !== "mouse") this.overwrite();
    };
  }

  key(event) {
    if (this.field || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key, shiftKey } = event;
    const { bound } = this;
    if (key in KEYS) this.step(KEYS[key] * (shiftKey ? TEN_STEPS : 1));
    else if (key === "Home" || key === "End") this.press(key === "End" ? bound : -bound);
    else if (/^[-−+.,\d]$/.test(key)) this.type(key);
    else if (key === "Enter") this.overwrite();
    else return;
    event.preventDefault();
  }

  step(steps) {
    this.press(this.value + steps * this.editor.frame.step);
  }

  /** A change by keys goes on until there is a pause. */
  press(value) {
    if (!this.held) this.gesture = this.editor.newGesture();
    this.held = true;
    this.move(value);
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.commit(), PAUSE);
  }

  /** End a change that was made by keys. */
  commit() {
    if (!this.pause) return;
    clearTimeout(this.pause);
    this.pause = null;
    this.held = false;
    this.send({ value: this.value, done: true });
  }

  /** Type over the number that is there. */
  overwrite() {
    this.type(String(this.value).replace("-", "−"));
    this.field.select();
  }

  type(text, refused = false) {
    this.commit();
    this.close();
    const field = (this.field = element("input"));
    field.value = text;
    field.inputMode = "text"; // the keypad for decimals has no minus on an iPhone
    field.setAttribute("aria-label", this.node.getAttribute("aria-label"));
    field.setAttribute("aria-invalid", refused);
    this.node.replaceChildren(field);
    this.node.removeAttribute("role");
    field.focus();
    field.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === "Enter") this.enter(field.value);
      else if (event.key === "Escape") this.close(true);
    };
    field.onblur = () => (refused && field.value === text ? this.close() : this.enter(field.value));
  }

  enter(text) {
    if (!this.field) return;
    this.close(true);
    this.gesture = this.editor.newGesture();
    this.send({ text, done: true });
  }

  /** Cells of a spreadsheet fill the matrix from here; what Python refuses it says there. */
  paste(event) {
    const text = event.clipboardData.getData("text/plain");
    const pasted = /[\t\r\n]/.test(text.replace(/[\r\n]+$/, ""));
    if (!text.trim() || (this.field && !pasted)) return; // the field takes one number by itself
    event.preventDefault();
    this.commit();
    this.close(true);
    this.gesture = this.editor.newGesture();
    this.send({ text: text.slice(0, this.editor.frame.max_pasted + 1), pasted, done: true });
  }

  close(focus = false) {
    const { field } = this;
    if (!field) return;
    this.field = null;
    field.onblur = null;
    this.node.setAttribute("role", "slider");
    this.set(this.value);
    if (focus) this.node.focus();
  }
}

function element(tag, name = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  return made;
}

function label(text, align) {
  const made = element("span", "lab-label");
  made.style.textAlign = align;
  made.textContent = made.title = text;
  return made;
}

function style() {
  const made = element("style");
  made.textContent = `
    .lab-boxes { display: grid; gap: 2px; width: max-content; max-width: 100%;
      overflow-x: auto; padding: 3px; align-items: center; }
    .lab-label { font-size: 0.82rem; max-width: 7rem; overflow: hidden; text-overflow: ellipsis;
      white-space: nowrap; padding: 0 0.35rem; }
    .lab-box { min-width: 3.4rem; height: 2.3rem; line-height: 2.3rem; text-align: center;
      font-size: 0.88rem; font-variant-numeric: tabular-nums; cursor: ew-resize;
      touch-action: pan-y pinch-zoom; user-select: none; -webkit-user-select: none; border-radius: 3px; }
    .lab-box:hover { box-shadow: inset 0 0 0 1px var(--st-text-color); }
    .lab-box:focus-visible, .lab-box:focus { outline: 2px solid var(--st-primary-color); }
    .lab-box input { width: 3.2rem; height: 1.9rem; border: 0; padding: 0; text-align: center;
      font: inherit; }
    @media (pointer: coarse) { .lab-box input { font-size: max(16px, 0.88rem); } }
    .lab-box input[aria-invalid="true"] { outline: 2px solid var(--st-red-color); }`;
  return made;
}
