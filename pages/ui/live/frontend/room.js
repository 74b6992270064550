// The news of a room, beside the pages: what its presenter moves is shown in the same frame, and
// Python is asked for a run when it rests. Python tells which version of the room its run has had,
// and whether the page follows. Where no news come it looks itself, from time to time.

import { onDisconnect } from "./frame.js";
import { unanswered } from "./moves.js";
import { forget, take } from "./news.js";
import { preview } from "./preview.js";

const REST = 1500; // ms without news after which a drag is over
const SPREAD = 6000; // ms over which the pages of a room then ask for a run
const SOON = 800; // ms over which they ask where numbers alone don't tell
const BETWEEN = 3000; // ms between two such runs
const PATIENCE = 10_000; // ms until a run that nobody answered is asked for again
const SILENCE = 40_000; // ms without a heartbeat, of which `news.py` sends one each 15 s
// ms until a stream that is cut off is opened anew; longer each time in a row
const [FIRST, LONGEST] = [4000, 60_000];
const PAGE_TURN = 3000; // ms that a stream outlives its page, for the next one

let room = null; // a browser has few connections for one server, so a page has one stream

export default function ({ data, parentElement, setTriggerValue }, home) {
  if (room?.code !== data.code) {
    room?.close();
    room = new Room(data.code, home.replace(/component\/$/, ""));
  }
  const mine = (parentElement.labRoom = room);
  mine.answer(data, setTriggerValue);
  return () => onDisconnect(parentElement, () => mine.leave(setTriggerValue));
}

class Room {
  constructor(code, home) {
    Object.assign(this, { code, url: `${home}room/news?room=${code}`, timers: {} });
    this.isHeard = undefined; // whether news come, once that is known
    this.isGone = false; // whether the server has lost sight of the room
    this.wait = FIRST;
    this.onWake = () => (document.hidden ? this.pause() : this.open());
    document.addEventListener("visibilitychange", this.onWake);
    addEventListener("online", this.onWake);
    this.onWake();
  }

  /** Take in what Python's run has had. */
  answer({ version, follows, is_told: isTold, hears }, tell) {
    Object.assign(this, { known: version, follows, tell, isTold, told: hears });
    this.clear("stay", "again");
    // No version tells that the room has ended; a run that is asked for that stays asked for.
    if (version >= (this.wanted ?? 0) && !this.isOver) this.clear("rest", "soon");
    this.report();
  }

  /** Listen, unless the page is hidden, which needs no connection. */
  open() {
    this.clear("broken", "silent");
    this.source?.close();
    if (this.isOver) return;
    this.source = new EventSource(this.url);
    this.source.onmessage = ({ data }) => this.hear(JSON.parse(data));
    this.source.addEventListener("beat", () => this.note());
    // The browser tries again by itself unless a server has answered with an error.
    this.source.onerror = () => this.timers.broken ?? this.after("broken", ...this.later());
    this.after("silent", SILENCE, () => this.fail());
  }

  pause() {
    this.source?.close();
    this.clear("broken", "silent");
  }

  later() {
    return [this.wait * (1 + Math.random()), () => this.fail()];
  }

  fail() {
    this.isHeard = false;
    this.wait = Math.min(LONGEST, 2 * this.wait);
    this.report();
    this.open();
  }

  /** Something has come. */
  note() {
    this.clear("broken");
    this.after("silent", SILENCE, () => this.fail());
    this.wait = FIRST;
    if (this.isHeard) return;
    this.isHeard = true;
    this.report();
  }

  /** Tell Python once which browser this is, and whether news come. */
  report() {
    const isKnown = this.isHeard === undefined || (this.isTold && this.told === this.isHeard);
    if (isKnown) return this.clear("report");
    if (this.timers.report) return; // it is on its way
    this.tell("hello", { token: token(this.code), hears: this.isHeard });
    this.after("report", PATIENCE, () => this.report());
  }

  hear(news) {
    this.note();
    if (!news.version) return this.end();
    const { version, cells = [], changed = [], gone: isGone = false } = news;
    const isWhole = take(news);
    const isShown = this.follows && cells.length && preview(unanswered());
    if (isGone !== this.isGone) this.runSoon(); // the page says so
    this.isGone = isGone;
    if (version <= this.known || (!this.follows && isWhole && isOfStage(changed))) return;
    this.wanted = version;
    if (isWhole && isShown && !changed.length) this.runAtRest();
    else this.runSoon();
  }

  runAtRest() {
    this.after("rest", REST + SPREAD * Math.random(), () => this.run());
  }

  runSoon() {
    if (this.timers.soon) return;
    const rest = Math.max(0, (this.ranAt ?? -BETWEEN) + BETWEEN - performance.now());
    this.after("soon", rest + SOON * Math.random(), () => this.run());
  }

  run() {
    this.clear("rest", "soon");
    this.ranAt = performance.now();
    this.tell("run", this.wanted ?? 0);
    this.after("again", PATIENCE * (1 + Math.random()), () => this.run());
  }

  /** The room has ended. */
  end() {
    this.isOver = true;
    forgetToken(this.code);
    this.pause();
    this.runSoon();
  }

  /** The page is gone; the next one may be about to come. */
  leave(tell) {
    if (this.tell === tell) this.after("stay", PAGE_TURN, () => this.close());
  }

  close() {
    this.isOver = true;
    this.source?.close();
    this.clear(...Object.keys(this.timers));
    document.removeEventListener("visibilitychange", this.onWake);
    removeEventListener("online", this.onWake);
    if (room === this) room = null;
    forget();
  }

  after(name, time, act) {
    this.clear(name);
    this.timers[name] = setTimeout(() => {
      delete this.timers[name];
      act();
    }, time);
  }

  clear(...names) {
    for (const name of names) {
      clearTimeout(this.timers[name]);
      delete this.timers[name];
    }
  }
}

const storageKey = (code) => `lab-room-${code}`;

/** A number that stands for this browser in the room, for as long as it keeps it. */
function token(code) {
  const key = storageKey(code);
  const drawn = Array.from(crypto.getRandomValues(new Uint8Array(16)), hex).join("");
  try {
    localStorage[key] ??= drawn;
    return localStorage[key];
  } catch {
    return drawn; // a browser that keeps nothing
  }
}

/** Keep nothing of a room that has ended. */
function forgetToken(code) {
  try {
    localStorage.removeItem(storageKey(code));
  } catch {
    // a browser that keeps nothing
  }
}

function isOfStage(changed) {
  return changed.every((each) => each === "stage");
}

function hex(byte) {
  return byte.toString(16).padStart(2, "0");
}
