// A text whose tokens are coloured by a weight. A click, or Enter, chooses the token whose weights
// they are; the arrow keys go from one to the next, and each tells its weight.
//
// Tokens are spans in the flow of the text and not buttons, which would cut words that are written
// joined, as Arabic is, and would stand in the wrong order among letters of another direction.

import { element } from "./element.js";
import { onDisconnect } from "./frame.js";

const [GAP, EDGE] = [4, 8]; // pixels to the token, and to the edge of the window

export default function ({ data, parentElement, setTriggerValue }) {
  const shown = (parentElement.labText ??= new ColouredText(parentElement));
  shown.pick = (i) => setTriggerValue("pick", [0, 0, i]);
  shown.show(data);
  return () => onDisconnect(parentElement, () => shown.remove());
}

class ColouredText {
  constructor(parent) {
    this.node = element("div", "lab-text", "listbox");
    this.node.dir = "auto";
    this.node.translate = false;
    this.tip = element("div", "lab-text-tip");
    this.tip.popover = "manual"; // above all else, and cut by nothing
    this.tip.setAttribute("aria-hidden", true); // the token itself is called so
    parent.append(style(), this.node, this.tip);
    this.spans = [];
    this.node.onclick = ({ target }) => this.choose(this.spans.indexOf(target));
    this.node.onkeydown = (event) => this.key(event);
    this.node.onmouseover = ({ target }) => this.tell(this.spans.indexOf(target));
    this.node.onmouseleave = () => this.tell(this.spans.indexOf(document.activeElement));
    this.node.addEventListener("focusin", ({ target }) => this.enter(this.spans.indexOf(target)));
    this.node.addEventListener("focusout", () => this.tell(-1));
    this.onScroll = () => this.place();
    addEventListener("scroll", this.onScroll, { capture: true, passive: true });
  }

  /** The same text with other colours keeps its elements, and with them the keyboard. */
  show(data) {
    const written = JSON.stringify(data.tokens.map((each) => [each.before, each.written, each.is_new]));
    if (written + data.after !== this.written) this.write(data);
    this.written = written + data.after;
    this.data = data;
    this.node.setAttribute("aria-label", data.alt);
    this.node.style.setProperty("--chosen", data.highlight);
    data.tokens.forEach((token, i) => colour(this.spans[i], token, i === data.query));
    if (!this.node.contains(document.activeElement)) this.current = data.query;
    this.spans.forEach((span, i) => (span.tabIndex = i === this.current ? 0 : -1));
    this.tell(this.told ?? -1);
  }

  write({ tokens, after }) {
    this.spans = tokens.map((token) => {
      const span = element("span", token.is_name ? "lab-name" : "", "option");
      span.classList.toggle("lab-new", token.is_new);
      span.textContent = token.written;
      return span;
    });
    this.node.replaceChildren(...tokens.flatMap((token, i) => [token.before, this.spans[i]]), after);
    this.told = -1;
  }

  remove() {
    removeEventListener("scroll", this.onScroll, { capture: true });
    this.tip.remove();
  }

  choose(i) {
    if (i < 0) return;
    this.go(i);
    if (i !== this.data.query) this.pick(i);
  }

  key(event) {
    const at = this.spans.indexOf(event.target);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") this.choose(at);
    else if (event.key === "Escape") this.tell(-1);
    else {
      const to = this.next(at, event.key);
      if (to === undefined) return;
      this.go(to);
    }
    event.preventDefault();
  }

  /** Where a key leads: along the text, or to the token above or below. */
  next(at, key) {
    const last = this.spans.length - 1;
    const forward = getComputedStyle(this.node).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    if (key === "Home" || key === "End") return key === "Home" ? 0 : last;
    if (key === "ArrowLeft" || key === "ArrowRight") {
      return Math.min(last, Math.max(0, at + (key === forward ? 1 : -1)));
    }
    return { ArrowDown: this.beside(at, 1), ArrowUp: this.beside(at, -1) }[key];
  }

  /** The token of the next line, or of the one before, that is nearest to the same place. */
  beside(at, way) {
    const places = this.spans.map((span) => span.getClientRects()[0]);
    const here = places[at];
    const off = (place) => way * (place.top + place.bottom - here.top - here.bottom);
    const lines = places.map((place) => (off(place) > here.height ? off(place) : Infinity));
    const line = Math.min(...lines);
    if (line === Infinity) return at;
    const far = (i) => Math.abs(places[i].left + places[i].right - here.left - here.right);
    const own = [...places.keys()].filter((i) => lines[i] < line + here.height);
    return own.reduce((best, i) => (far(i) < far(best) ? i : best));
  }

  go(i) {
    this.spans[this.current].tabIndex = -1;
    this.current = i;
    this.spans[i].tabIndex = 0;
    this.spans[i].focus();
  }

  enter(i) {
    if (i >= 0) this.tell(i);
  }

  /** Show the weight of a token; of none where there is no such. */
  tell(i) {
    this.told = i;
    this.tip.togglePopover(i >= 0);
    if (i < 0) return;
    this.tip.textContent = this.data.tokens[i].said;
    this.place();
  }

  place() {
    if (!(this.told >= 0)) return;
    const token = this.spans[this.told].getClientRects()[0];
    const { width, height } = this.tip.getBoundingClientRect();
    const left = Math.min((token.left + token.right - width) / 2, innerWidth - width - EDGE);
    const above = token.top - GAP - height;
    this.tip.style.left = `${Math.max(EDGE, left)}px`;
    this.tip.style.top = `${above >= EDGE ? above : token.bottom + GAP}px`;
  }
}

function colour(span, token, isChosen) {
  for (const name of ["fill", "ink", "paper", "paper_ink"]) {
    span.style.setProperty(`--${name.replace("_", "-")}`, token[name]);
  }
  span.setAttribute("aria-label", token.said);
  span.setAttribute("aria-selected", isChosen);
}

function style() {
  const made = element("style");
  made.textContent = `
    .lab-text { max-width: 46rem; padding: 0.25rem 3px; font-size: 1.05rem; line-height: 1.9;
      white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext;
      color: var(--st-text-color); }
    .lab-text span { padding-block: 0.2em; cursor: pointer; color: var(--ink); background: var(--fill);
      -webkit-box-decoration-break: clone; box-decoration-break: clone; forced-color-adjust: none;
      box-shadow: inset 1px 0 var(--st-background-color); } /* parts two that touch */
    .lab-text .lab-name { unicode-bidi: isolate; font-size: 0.75rem; margin-inline: 0.15rem; }
    .lab-text .lab-new { font-weight: 700; }
    .lab-text span:hover { text-decoration: underline 2px; text-underline-offset: 0.2em; }
    .lab-text span[aria-selected="true"] { outline: 2px solid var(--chosen); outline-offset: 1px; }
    .lab-text span:focus-visible { outline: 3px solid var(--st-text-color) !important;
      outline-offset: 1px !important; }
    .lab-text-tip { position: fixed; inset: auto; margin: 0; padding: 0.15rem 0.5rem; border-radius: 0.3rem;
      pointer-events: none; font-size: 0.9rem; font-variant-numeric: tabular-nums;
      color: var(--st-text-color); background: var(--st-secondary-background-color);
      border: 1px solid var(--st-border-color); box-shadow: 0 2px 8px #0004; }
    @media (pointer: coarse) { .lab-text { line-height: 2.2; } }
    @media print {
      .lab-text span { color: var(--paper-ink) !important; background: var(--paper) !important;
        print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      .lab-text-tip { display: none; }
    }`;
  return made;
}
