// A box as a slider: drag it sideways, use the arrow keys, or type a number.

import { colours } from "./colours.js";
import { newGesture, send, unanswered } from "./moves.js";
import { preview } from "./preview.js";
import { closeSlider, isInSlider, isOpen, openSlider, refreshSlider } from "./slider.js";

const PIXELS_PER_STEP = 4; // a drag of 80 pixels is 1.00
const SLOP = 10; // pixels that a finger goes before it is seen whether it scrolls
const TEN_STEPS = 10;
const PAUSE = 500; // ms without a key that end a change made by keys

const KEYS = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: TEN_STEPS,
  PageDown: -TEN_STEPS,
};
const NEIGHBOURS = {
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
};

/** One number. `held` while a hand is on it, so that no answer moves it back. */
export class Box {
  constructor(editor, i, j) {
    Object.assign(this, { editor, i, j, held: false, field: null });
    this.node = document.createElement("div");
    this.node.className = "lab-box";
    this.node.tabIndex = i || j ? -1 : 0;
    this.node.setAttribute("role", "slider");
    this.node.dataset.cell = `${editor.step.name}-${i}-${j}`;
    this.node.onpointerdown = (event) => this.grab(event);
    this.node.onkeydown = (event) => this.key(event);
    this.node.onfocus = () => this.choose();
    this.node.onblur = (event) => this.leave(event);
    this.node.ondblclick = () => this.overwrite();
    this.node.onpaste = (event) => this.paste(event);
  }

  /** Larger numbers than a slider's can be typed; such a box reaches as far as the lab. */
  get bound() {
    const { bound, hard_max: hardMax } = this.editor.editing;
    return Math.abs(this.value) > bound ? hardMax : bound;
  }

  /** Why the task of the page keeps it as it is; empty where it moves. */
  get locked() {
    const { step, editing } = this.editor;
    return step.locked?.[this.i][this.j] ? editing.locked : "";
  }

  get name() {
    return this.editor.step.boxes[this.i][this.j];
  }

  /** The number with all decimals that it has, as it is said and typed. */
  get written() {
    const { value } = this;
    const digits = Number.isInteger(Math.round(value * 1e6) / 1e4) ? 2 : 3;
    return value.toFixed(digits).replace("-", "−");
  }

  set(value) {
    this.value = value;
    const { node, editor, locked } = this;
    if (node.title !== locked) {
      Object.assign(node, { title: locked, ariaDisabled: locked ? "true" : null });
    }
    node.setAttribute("aria-label", this.name);
    node.setAttribute("aria-valuenow", value);
    node.setAttribute("aria-valuemin", -this.bound);
    node.setAttribute("aria-valuemax", this.bound);
    node.setAttribute("aria-valuetext", this.written);
    if (this.field) return;
    const [fill, ink] = colours(value, editor.scale);
    const text = editor.format(value);
    if (node.textContent !== text) node.textContent = text;
    Object.assign(node.style, { background: fill, color: ink });
    refreshSlider(this);
  }

  /** Move to a number and send it to Python. */
  move(value, done = false) {
    const { step } = this.editor.editing;
    const bounded = Math.min(this.bound, Math.max(-this.bound, value));
    this.set(Math.round(Math.round(bounded / step) * step * 1000) / 1000);
    this.send({ value: this.value, done });
  }

  send(what) {
    const { editor, gesture } = this;
    const move = { ...editor.moveOf(this), gesture, ...what };
    const isLast = editor.isRemoved; // other boxes stand here already
    send(move, "value" in what && !isLast && preview([...unanswered(), move]));
  }

  /** The box has the keyboard: it is where Tab comes back to, with its slider beside it. */
  choose() {
    this.editor.comeBackTo(this);
    if (!this.held && !this.field) openSlider(this);
  }

  leave({ relatedTarget }) {
    if (isInSlider(relatedTarget)) return;
    this.commit();
    closeSlider(this);
  }

  grab(event) {
    if (this.field || this.locked || event.button || !event.isPrimary) return;
    const wasFocused = document.activeElement === this.node;
    const wasChosen = isOpen(this);
    this.commit();
    this.hold();
    if (event.pointerType === "mouse") this.node.focus(); // a finger may be about to scroll
    closeSlider(this); // it would lie in the way
    this.node.setPointerCapture(event.pointerId);
    const start = { x: event.clientX, y: event.clientY, value: this.value };
    let moved = false;
    let sideways = event.pointerType === "mouse";
    this.node.toggleAttribute("data-dragged", true);
    this.node.onpointermove = ({ clientX, clientY, shiftKey }) => {
      const [x, y] = [clientX - start.x, clientY - start.y];
      sideways ||= Math.abs(x) > SLOP && Math.abs(x) > Math.abs(y);
      const steps = Math.trunc(x / PIXELS_PER_STEP) * (shiftKey ? TEN_STEPS : 1);
      if (!sideways || (!moved && !steps)) return;
      moved = true;
      this.move(start.value + steps * this.editor.editing.step);
    };
    const end = () => {
      this.node.onpointermove = this.node.onpointerup = this.node.onpointercancel = null;
      this.node.toggleAttribute("data-dragged", false);
      if (moved) return this.release();
      this.held = false;
      this.editor.mark();
    };
    // The finger scrolls after all: what it moved goes back.
    this.node.onpointercancel = () => {
      if (moved) this.set(start.value);
      end();
    };
    this.node.onpointerup = () => {
      end();
      this.node.focus();
      // A drag that began elsewhere than in a chosen box leaves the picture free again.
      if (moved && !wasChosen && event.pointerType === "mouse") return closeSlider(this);
      // On a touch screen a second tap is how one types.
      if (!moved && wasFocused && event.pointerType !== "mouse") this.overwrite();
      else openSlider(this);
    };
  }

  key(event) {
    if (this.field || event.altKey) return;
    const { key, shiftKey } = event;
    const { bound } = this;
    if (event.ctrlKey || event.metaKey) {
      if (!(key in NEIGHBOURS) || shiftKey) return;
      this.editor.neighbour(this, ...NEIGHBOURS[key])?.node.focus();
    } else if (key === "Escape") closeSlider(this);
    else if (this.locked) return;
    else if (key in KEYS) this.step(KEYS[key] * (shiftKey ? TEN_STEPS : 1));
    else if (key === "Home" || key === "End") this.press(key === "End" ? bound : -bound);
    else if (/^[-−+.,\d]$/.test(key)) this.type(key);
    else if (key === "Enter") this.overwrite();
    else return;
    event.preventDefault();
  }

  step(steps) {
    this.press(this.value + steps * this.editor.editing.step);
  }

  /** A change by keys goes on until there is a pause. */
  press(value) {
    if (!this.held) this.hold();
    this.move(value);
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.commit(), PAUSE);
  }

  /** End a change that was made by keys. */
  commit() {
    if (!this.pause) return;
    clearTimeout(this.pause);
    this.pause = null;
    this.release();
  }

  /** Begin a change. */
  hold() {
    this.gesture = newGesture();
    this.held = true;
  }

  /** End a change. */
  release() {
    this.held = false;
    this.send({ value: this.value, done: true });
  }

  /** Type over the number that is there. */
  overwrite() {
    if (this.locked) return;
    this.type(String(this.value).replace("-", "−"));
    this.field.select();
  }

  type(text, refused = false) {
    if (this.locked) return;
    this.commit();
    this.close();
    closeSlider(this);
    const field = (this.field = document.createElement("input"));
    field.value = text;
    field.inputMode = "text"; // the keypad for decimals has no minus on an iPhone
    field.setAttribute("aria-label", this.name);
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
    this.gesture = newGesture();
    this.send({ text, ...plainNumber(text, this.editor.editing.hard_max), done: true });
  }

  /** Cells of a spreadsheet fill the matrix from here; what Python refuses it says there. */
  paste(event) {
    const text = event.clipboardData.getData("text/plain");
    const pasted = /[\t\r\n]/.test(text.replace(/[\r\n]+$/, ""));
    if (this.locked || !text.trim()) return;
    if (this.field && !pasted) return; // the field takes one number by itself
    event.preventDefault();
    this.commit();
    this.close(true);
    this.gesture = newGesture();
    this.send({ text: text.slice(0, this.editor.editing.max_pasted + 1), pasted, done: true });
  }

  close(focus = false) {
    const { field } = this;
    if (!field) return;
    this.field = null;
    field.onblur = null;
    this.node.setAttribute("role", "slider");
    this.node.replaceChildren();
    this.set(this.value);
    if (focus) this.node.focus();
  }
}

/** The number that a text plainly is, to be shown at once; Python reads all others. */
function plainNumber(text, most) {
  if (!/^\s*[+−-]?\d+([.,]\d{1,3})?\s*$/.test(text)) return {};
  const value = Number(text.replace("−", "-").replace(",", "."));
  return Math.abs(value) <= most ? { value } : {};
}
