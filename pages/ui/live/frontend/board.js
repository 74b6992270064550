// A figure that is changed in place: no flicker, and what the pointer shows stays.

import { Editors } from "./editors.js";
import { Fit } from "./fit.js";
import { mergeFrame, onDisconnect } from "./frame.js";
import { acknowledge, unanswered } from "./moves.js";
import { Player } from "./play.js";
import { plotly } from "./plotly.js";
import { Pointing } from "./point.js";
import { boards, computed, isBehind, uncover, write } from "./preview.js";
import { printed, saving } from "./save.js";

export default async function ({ data, parentElement, setTriggerValue }, home) {
  const shown = mergeFrame(parentElement, data);
  if (!shown) return setTriggerValue("stale", true);
  const board = (parentElement.labBoard ??= new Board(parentElement));
  board.pick = (box) => setTriggerValue("pick", box);
  board.move = (move) => setTriggerValue("move", move);
  board.next = { ...shown, ...data };
  acknowledge(data.ack); // before it is drawn, so that server and browser work side by side
  await board.draw(await plotly(home + shown.frame.plotly));
  return () => onDisconnect(parentElement, () => board.remove());
}

// One of the two comes in time in every browser.
const PRINTING = [
  [window, "beforeprint"],
  [window, "afterprint"],
  [matchMedia("print"), "change"],
];

class Board {
  constructor(parent) {
    this.plot = document.createElement("div");
    this.plot.className = "lab-board";
    parent.append(this.plot);
    this.fit = new Fit(this.plot);
    this.editors = new Editors(this);
    this.pointing = new Pointing(this);
    this.drawing = Promise.resolve();
    this.drawn = 0;
    this.onPaper = matchMedia("print").matches;
    this.onPrint = ({ type, matches }) => this.print(matches ?? type === "beforeprint");
    for (const [target, event] of PRINTING) target.addEventListener(event, this.onPrint);
  }

  /** Draw what came last; what came in between while Plotly was busy is left out. */
  draw(Plotly) {
    this.drawing = this.drawing.then(async () => {
      if (!this.next) return;
      const { base, frame, numbers, frames, scenario, version, refused, ack } = this.next;
      const { steps, changes } = frame;
      const inputs = scenario && { scenario, version, steps, changes };
      this.inputs = this.base === base ? inputs : null; // of what is drawn
      boards[scenario ? "add" : "delete"](this);
      // The answer is older than what the hand shows here, and the next one will come.
      if (this.isPreviewed && this.base === base && isBehind(version)) return;
      this.next = null;
      const [traces, layout] = frame.figure;
      const data = traces.map((trace, i) => ({ ...trace, ...numbers[i] }));
      // The same object again spares Plotly a look through it.
      if (this.base !== base) {
        this.layout = { ...layout, uirevision: base };
        this.config = saving(Plotly, frame);
      }
      this.base = base;
      this.frame = frame;
      this.shown = { data, layout: this.layout, paper: frame.paper };
      await Plotly.react(this.plot, { data, layout: this.layout, config: this.config, frames });
      this.plot.parentElement.style.minHeight = "0px"; // it was kept free for the first picture
      this.fit.drawn(frame.room);
      uncover(this.plot);
      this.letScroll();
      [this.inputs, this.isPreviewed] = [inputs, false];
      if (!this.drawn++) this.listen();
      this.edit(refused, ack);
      if (this.onPaper) this.print(true);
      this.keepHover();
      this.describe(frame.alt);
      this.pointing.show(frame);
      if (frames) (this.player ??= new Player(this, frame)).set(frames);
      else if (frame.played) this.player?.showLast();
      else this.stopPlaying();
      this.plot.dataset.drawn = this.drawn;
    });
    return this.drawing;
  }

  /** A picture that is wider than the page scrolls inside itself, by keys as well. */
  letScroll() {
    if (this.plot.scrollWidth > this.plot.clientWidth) this.plot.tabIndex = 0;
    else this.plot.removeAttribute("tabindex");
  }

  /** Lay the boxes over the picture that can be moved, with what the hand has done meanwhile. */
  edit(refused, ack) {
    this.editors.place(this.inputs ? this.frame : {});
    if (!this.inputs) return;
    if (!isBehind(this.inputs.version) || !this.preview(unanswered())) {
      this.editors.show(computed(this.inputs, []));
    }
    this.editors.giveBack(refused, ack);
  }

  /** Show what moves give that Python hasn't answered yet, and return whether it can be shown. */
  preview(moves) {
    const values = this.inputs && computed(this.inputs, moves);
    const isDrawable = (x) => Number.isFinite(x) || x === -Infinity;
    if (!values?.every((each) => !each || each.flat().every(isDrawable))) return false;
    this.isPreviewed = true;
    const { steps } = this.inputs;
    values.forEach((each, i) => each && write(this.plot, i, steps[i], each, this.frame.inks));
    this.editors.show(values);
    return true;
  }

  listen() {
    this.plot.on("plotly_click", ({ points: [point] }) => {
      if (Array.isArray(point.pointIndex)) this.pick([point.curveNumber, ...point.pointIndex]);
    });
    this.plot.on("plotly_hover", ({ event }) => (this.pointer = event ?? this.pointer));
    this.plot.on("plotly_unhover", () => (this.pointer = null));
  }

  /** A redraw takes the label at the pointer away; bring it back with its new number. */
  keepHover() {
    if (!this.pointer) return;
    const { clientX, clientY } = this.pointer;
    const move = new MouseEvent("mousemove", { clientX, clientY, bubbles: true });
    this.plot.querySelector(".nsewdrag").dispatchEvent(move);
  }

  /** The figure has no frames any more. */
  stopPlaying() {
    this.player?.remove();
    this.player = null;
  }

  /** On paper a dark figure is a light one, as when it is saved. */
  print(isOn) {
    this.onPaper = isOn;
    const { paper, ...own } = this.shown ?? {};
    if (!this.drawn || !Object.keys(paper).length) return;
    const { data, layout } = isOn ? printed(this.plot, paper) : own;
    window.Plotly.react(this.plot, data, layout, this.config);
  }

  remove() {
    this.stopPlaying();
    this.fit.remove();
    this.editors.remove();
    boards.delete(this);
    this.pointing.remove();
    for (const [target, event] of PRINTING) target.removeEventListener(event, this.onPrint);
    window.Plotly.purge(this.plot);
  }

  describe(alt) {
    const [picture, ...others] = this.plot.querySelectorAll("svg.main-svg");
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", alt);
    for (const other of others) other.setAttribute("aria-hidden", "true");
  }
}
