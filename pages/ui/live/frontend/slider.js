// The slider beside a chosen box, so that nobody has to guess that numbers are moved.

import { element } from "./element.js";

const [GAP, EDGE] = [6, 8]; // pixels to the box, and to the edge of the window
let chosen = null; // the box
let panel = null;

/** Show the slider of a box until the keyboard is elsewhere. */
export function openSlider(box) {
  if (box.field || document.activeElement !== box.node) return;
  closeSlider(chosen);
  chosen = box;
  panel ??= new Panel();
  box.editor.layer.append(panel.node);
  panel.node.showPopover();
  refreshSlider(box);
  placeSlider();
}

export function closeSlider(box) {
  if (!box || box !== chosen) return;
  chosen = null;
  panel.node.remove();
}

export function isOpen(box) {
  return box === chosen;
}

export function isInSlider(node) {
  return Boolean(node && panel?.node.contains(node));
}

/** The number of a box is another. */
export function refreshSlider(box) {
  if (box === chosen) panel.show(box);
}

/** Its box may be elsewhere: near the matrix, in the window, and never over the box. */
export function placeSlider() {
  if (!chosen) return;
  const [box, matrix] = [chosen.node, chosen.editor.node].map((n) => n.getBoundingClientRect());
  const { width, height } = panel.node.getBoundingClientRect();
  const places = [
    matrix.bottom + GAP,
    matrix.top - GAP - height,
    box.bottom + GAP,
    box.top - GAP - height,
  ];
  const fits = (top) => top >= EDGE && top + height <= innerHeight - EDGE;
  const left = Math.min((box.left + box.right - width) / 2, innerWidth - width - EDGE);
  panel.node.style.left = `${Math.max(EDGE, left)}px`;
  panel.node.style.top = `${places.find(fits) ?? box.bottom + GAP}px`;
  panel.node.style.visibility = box.bottom < 0 || box.top > innerHeight ? "hidden" : "visible";
}

addEventListener("scroll", placeSlider, { capture: true, passive: true });
addEventListener("resize", placeSlider, { passive: true });

class Panel {
  constructor() {
    this.node = element("div", "lab-slider");
    this.node.popover = "manual"; // above all else, and cut by nothing
    this.name = element("span");
    this.value = element("output");
    this.range = element("input");
    this.range.type = "range";
    this.range.tabIndex = -1; // the box is the same slider, for keys
    [this.low, this.high] = [element("span"), element("span")];
    this.node.append(this.name, this.value, this.low, this.range, this.high);
    this.range.onpointerdown = () => this.grab();
    this.range.onpointerup = this.range.onpointercancel = () => this.end();
    this.range.oninput = () => this.input();
    this.range.onkeydown = (event) => this.key(event);
    this.node.onmousedown = (event) => {
      if (event.target !== this.range) event.preventDefault(); // the box keeps the keyboard
    };
    this.node.addEventListener("focusout", (event) => this.leave(event));
  }

  /** A box that is locked has no slider, and says why. */
  show({ name, value, written, bound, editor, locked }) {
    const { range } = this;
    this.node.toggleAttribute("data-locked", Boolean(locked));
    this.name.textContent = locked || name;
    this.value.textContent = written;
    [this.low.textContent, this.high.textContent] = [`−${bound}`, bound];
    Object.assign(range, { min: -bound, max: bound, step: editor.editing.step, value });
    range.setAttribute("aria-label", name);
    range.setAttribute("aria-valuetext", written);
  }

  /** A drag of the thumb is one change, as a drag of the box is. */
  grab() {
    chosen.commit();
    chosen.hold();
    this.dragged = chosen;
    this.moved = false;
    chosen.node.toggleAttribute("data-dragged", true);
  }

  input() {
    const value = Number(this.range.value);
    if (!this.dragged) return chosen.press(value);
    this.moved = true;
    this.dragged.move(value);
  }

  end() {
    const box = this.dragged;
    if (!box) return;
    this.dragged = null;
    box.node.toggleAttribute("data-dragged", false);
    if (this.moved) return box.release();
    box.held = false;
    box.editor.mark();
  }

  key({ key }) {
    if (key === "Escape") chosen.node.focus(), closeSlider(chosen);
  }

  leave({ relatedTarget }) {
    if (!chosen || relatedTarget === chosen.node || isInSlider(relatedTarget)) return;
    chosen.commit();
    closeSlider(chosen);
  }
}
