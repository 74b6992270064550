// The goals of a task: for each a mark, a sentence with its number, and how near it is. While a
// hand moves, they are measured here in the same frame (`measure.js`); Python's answer stands.

import { element } from "./element.js";
import { onDisconnect } from "./frame.js";
import { measured } from "./measure.js";
import { acknowledge, unanswered } from "./moves.js";
import { boards, isBehind, matricesAfter } from "./preview.js";
import { Reminder } from "./reminder.js";

const POINT = 0.3; // its width, in digits

export default function ({ data, parentElement }) {
  const bar = (parentElement.labGoals ??= new Goals(parentElement));
  acknowledge(data.ack);
  bar.take(data);
  return () => onDisconnect(parentElement, () => bar.remove());
}

class Goals {
  constructor(parent) {
    this.node = element("section", "lab-goals");
    this.node.setAttribute("aria-label", "Goals");
    this.rule = element("span", "lab-rule");
    this.state = element("span", "lab-state");
    this.list = element("ul");
    this.lines = [];
    const head = element("div", "lab-goals-head");
    head.append(this.rule, this.state);
    this.node.append(style(), head, this.list);
    parent.append(this.node);
    this.reminder = new Reminder(this.node);
    this.nearest = new Line(this.reminder.list);
    boards.add(this);
  }

  /** Take over Python's answer; a hand may have gone on since. */
  take(data) {
    this.data = data;
    const { results, rule } = data;
    while (this.lines.length > results.length) this.lines.pop().node.remove();
    while (this.lines.length < results.length) this.lines.push(new Line(this.list));
    this.rule.textContent = sentence(rule);
    this.rule.toggleAttribute("data-broken", !isMet(rule));
    this.show(results);
    if (isBehind(data.version)) this.preview(unanswered());
    this.announce();
  }

  /** Show what moves give that Python hasn't answered; whether a picture could, it says itself. */
  preview(moves) {
    const { goals, results } = this.data;
    const all = matricesAfter(this.data, moves);
    if (all) this.show(results.map((each, i) => ({ ...each, ...measured(goals[i], all) })));
    return false;
  }

  show(results) {
    results.forEach((result, i) => this.lines[i].show(result));
    const met = results.filter(isMet).length;
    const isSolved = met === results.length && isMet(this.data.rule);
    this.state.toggleAttribute("data-solved", isSolved);
    this.nearest.show(nearest(results) ?? results.at(-1));
    const told = isSolved ? "✓ Solved" : `${met} of ${results.length} met`;
    if (this.state.textContent !== told) this.state.textContent = told;
  }

  /** Have a reader of the screen told, after each change, what is nearest; once, that all is met. */
  announce() {
    const { number, results, rule } = this.data;
    if (number === this.number) return;
    const isFirst = this.number === undefined;
    const wasSolved = this.isSolved;
    this.number = number;
    this.isSolved = isMet(rule) && results.every(isMet);
    if (isFirst || (this.isSolved && wasSolved)) return;
    const told = this.isSolved
      ? "Solved: all goals are met."
      : sentence(nearest(results) ?? rule);
    document.querySelector(".lab-said")?.append(` ${told}`); // of `announcer.py`
  }

  remove() {
    boards.delete(this);
    this.reminder.remove();
  }
}

/** One goal. */
class Line {
  constructor(list) {
    this.node = element("li");
    this.mark = element("span", "lab-mark");
    this.mark.setAttribute("aria-hidden", true);
    [this.before, this.value, this.after] = [element("span"), element("b"), element("span")];
    this.sentence = element("span", "lab-goal");
    this.sentence.append(this.before, this.value, this.after);
    this.track = element("div", "lab-track", "progressbar");
    this.track.append(element("div"));
    for (const [name, value] of [["min", 0], ["max", 100]]) {
      this.track.setAttribute(`aria-value${name}`, value);
    }
    this.node.append(this.mark, this.sentence, this.track);
    list.append(this.node);
  }

  show(result) {
    const { fraction, before, value, after } = result;
    const percent = Math.round(1000 * fraction) / 10;
    const met = isMet(result);
    this.node.toggleAttribute("data-met", met);
    this.mark.textContent = met ? "✓" : "○";
    for (const [part, text] of Object.entries({ before, value, after })) {
      if (this[part].textContent !== text) this[part].textContent = text;
    }
    // As wide as it has been, so that lines don't break anew with every number.
    this.widest = Math.max(this.widest ?? 0, value.replace(/[^\d−]/g, "").length);
    this.value.style.minWidth = `${this.widest + POINT}ch`;
    this.track.firstChild.style.width = `${100 * fraction}%`;
    this.track.setAttribute("aria-valuenow", percent);
    this.track.setAttribute("aria-valuetext", met ? "met" : `${Math.floor(percent)} % of the way`);
    this.track.setAttribute("aria-label", sentence(result));
  }
}

/** The goal that lacks least; none where all are met. */
function nearest(results) {
  const [first] = results.filter((each) => !isMet(each)).sort((a, b) => b.fraction - a.fraction);
  return first;
}

function sentence({ before, value, after }) {
  return before + value + after;
}

function isMet({ fraction }) {
  return fraction === 1;
}

function style() {
  const made = element("style");
  made.textContent = `
    .lab-goals { container-type: inline-size; padding: 0.4rem 0.9rem 0.5rem; border-radius: 0.6rem;
      color: var(--st-text-color); background: var(--st-secondary-background-color); }
    .lab-goals-head { display: flex; gap: 1rem; justify-content: space-between;
      font-size: 0.85rem; }
    .lab-rule[data-broken] { font-weight: 600; }
    .lab-state { white-space: nowrap; }
    .lab-state[data-solved] { font-weight: 700; color: var(--st-green-text-color); }
    .lab-goals ul { list-style: none; margin: 0; padding: 0; }
    .lab-goals li { display: grid; grid-template-columns: 1.4rem 1fr clamp(6rem, 24cqi, 14rem); gap: 0 0.4rem;
      align-items: center; margin: 0.15rem 0 0; }
    .lab-mark { font-weight: 700; }
    [data-met] > .lab-mark { color: var(--st-green-text-color); }
    .lab-goal { font-size: 0.95rem; font-variant-numeric: tabular-nums; }
    .lab-goal b { display: inline-block; text-align: end; }
    .lab-track { height: 0.6rem; border-radius: 0.3rem; overflow: hidden;
      border: 1px solid var(--st-border-color); background: var(--st-background-color); }
    .lab-track div { height: 100%; background: var(--st-primary-color); }
    [data-met] > .lab-track div { background: var(--st-green-color); }
    @container (max-width: 38rem) {
      .lab-goals li { grid-template-columns: 1.4rem 1fr; }
      .lab-track { grid-column: 2; height: 0.45rem; }
    }
    @container (max-width: 26rem) {
      .lab-goal { min-height: 2lh; align-content: center; }
    }
    .lab-reminder { inset: 0.4rem 0 auto; margin: 0 auto; box-sizing: border-box; border-radius: 0.6rem;
      width: min(30rem, calc(100vw - 7.5rem)); padding: 0.2rem 0.5rem; pointer-events: none;
      color: var(--st-text-color); background: var(--st-secondary-background-color);
      border: 1px solid var(--st-border-color); box-shadow: 0 3px 16px #0004; }
    .lab-goals .lab-reminder li { grid-template-columns: 1.2rem 1fr; margin: 0; }
    .lab-reminder .lab-track { grid-column: 2; height: 0.45rem; }
    .lab-reminder .lab-goal { font-size: 0.85rem; min-height: 0; line-height: 1.25; }
    @media print { .lab-reminder { display: none; } }
    @media (prefers-reduced-motion: no-preference) {
      .lab-state[data-solved] { animation: lab-solved 0.3s; }
      @keyframes lab-solved { from { opacity: 0.2; } }
    }
    @media (forced-colors: active) { .lab-track div { background: Highlight; } }`;
  return made;
}
