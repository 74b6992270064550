// A figure that is changed in place: no flicker, and what the pointer shows stays.

import { mergeFrame, onDisconnect } from "./frame.js";
import { acknowledge, isMoving } from "./moves.js";
import { Player } from "./play.js";
import { plotly } from "./plotly.js";
import { Pointing } from "./point.js";
import { boards, uncover, write } from "./preview.js";
import { printed, saving } from "./save.js";

export default async function ({ data, parentElement, setTriggerValue }, home) {
  const shown = mergeFrame(parentElement, data);
  if (!shown) return setTriggerValue("stale", true);
  const board = (parentElement.labBoard ??= new Board(parentElement));
  board.pick = (box) => setTriggerValue("pick", box);
  board.next = { ...shown, frames: data.frames, inputs: data.inputs };
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
      const { base, frame, numbers, frames, inputs } = this.next;
      this.inputs = inputs;
      boards[inputs ? "add" : "delete"](this);
      // The answer is older than what the hand shows here, and the next one will come.
      if (this.isPreviewed && this.base === base && isMoving()) return;
      this.next = null;
      const [traces, layout] = frame.figure;
      const data = traces.map((trace, i) => ({ ...trace, ...numbers[i] }));
      // The same object again spares Plotly a look through it.
      if (this.base !== base) {
        this.layout = { ...layout, uirevision: base };
        this.config = saving(Plotly, frame);
      }
      this.base = base;
      this.inks = frame.inks;
      this.shown = { data, layout: this.layout, paper: frame.paper };
      await Plotly.react(this.plot, { data, layout: this.layout, config: this.config, frames });
      uncover(this.plot);
      this.isPreviewed = false;
      if (!this.drawn++) this.listen();
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

  /** Show matrices that Python hasn't answered yet, and return whether they can be shown. */
  preview(matrices) {
    const { steps } = this.inputs;
    const values = steps.map((step) => turned(matrices[step.name], step.is_transposed));
    const isDrawable = (x) => Number.isFinite(x) || x === -Infinity;
    if (!this.drawn || !values.flat(2).every(isDrawable)) return false;
    this.isPreviewed = true;
    values.forEach((each, i) => write(this.plot, i, steps[i], each, this.inks));
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

function turned(M, isTransposed) {
  return isTransposed ? M[0].map((_, j) => M.map((row) => row[j])) : M;
}
