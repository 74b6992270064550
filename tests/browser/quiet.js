// Lets a test ask whether a page is at rest: nothing is on its way to the server or back, no
// debounce is waiting, nothing is animated, and the browser has nothing left to do.
(() => {
  const LONGEST_DEBOUNCE = 600; // ms; timers for later are clocks
  const RESTS = 3; // in a row, in which nothing changed, for one change leads to the next
  const timers = new Set();
  const [begin, cancel] = [window.setTimeout, window.clearTimeout];
  window.setTimeout = (run, delay = 0, ...given) => {
    const id = begin(() => {
      timers.delete(id);
      if (typeof run === "function") run(...given);
    }, delay);
    if (delay <= LONGEST_DEBOUNCE) timers.add(id);
    return id;
  };
  // Either of the two clears what the other began.
  window.clearTimeout = window.clearInterval = (id) => {
    timers.delete(id);
    cancel(id);
  };

  let requests = 0;
  const over = () => void requests--;
  const fetching = window.fetch;
  window.fetch = (...given) => {
    requests++;
    const answer = fetching(...given);
    answer.then(over, over);
    return answer;
  };
  const sending = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (...given) {
    requests++;
    this.addEventListener("loadend", over);
    sending.apply(this, given);
  };

  // A run that was asked for is awaited until it begins, and then until it ends. One that ends
  // early makes way for the next. Where two were asked for, they may be one; the server answers
  // in order, so what it hasn't begun when it answers a heartbeat won't come.
  const RERUN = 11; // field of Streamlit's BackMsg
  const [NEW_SESSION, FINISHED, HEARD] = [4, 6, 26]; // fields of its ForwardMsg
  const FOR_ANOTHER = 2; // ForwardMsg.ScriptFinishedStatus.FINISHED_EARLY_FOR_RERUN
  const HEADERS = [1, 2]; // fields that may stand before what a message is about
  const ASK = Uint8Array.of(0x88, 1, 1); // BackMsg(app_heartbeat=True)
  let line = null; // the last websocket
  let awaited = 0; // runs asked for since one began
  let isAsking = false; // whether they are still to come
  let isRunning = false;

  /** The field that a message of Protocol Buffers is about, and its value where it is a number. */
  function about(message) {
    const bytes = new Uint8Array(message);
    let at = 0;
    const number = () => {
      let read = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++];
        read += (byte & 127) * 2 ** shift;
        if (!(byte >= 128)) return read;
      }
    };
    while (at < bytes.length) {
      const [tag, value] = [number(), number()];
      if (!HEADERS.includes(tag >> 3)) return [tag >> 3, value];
      at += value; // both are of the kind with a length
    }
    return [];
  }

  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      line = this;
      this.forget();
      this.addEventListener("message", ({ data }) => this.hear(...about(data)));
      this.addEventListener("close", () => line === this && this.forget());
    }
    forget() {
      [awaited, isRunning] = [0, false];
    }
    send(message) {
      if (about(message)[0] === RERUN) [awaited, isAsking] = [awaited + 1, false];
      super.send(message);
    }
    hear(field, value) {
      if (field === NEW_SESSION) [awaited, isRunning] = [awaited > 1 ? 1 : 0, true];
      if (field === HEARD && isAsking) awaited = 0;
      if (field !== FINISHED) return;
      isRunning = false;
      if (value === FOR_ANOTHER) awaited ||= 1;
      else if ((isAsking = awaited > 0)) super.send(ASK);
    }
  };

  // Watched only while the page seems to be at rest, for it takes time from all that moves.
  let rests = 0;
  let resting = 0; // the one that is awaited, so that a busy browser's don't come all at once
  const watch = { subtree: true, childList: true, characterData: true, attributes: true };
  const changes = new MutationObserver(() => again());
  function again() {
    cancelIdleCallback(resting);
    [rests, resting] = [0, 0];
    changes.disconnect();
  }

  const isMoving = (animation) =>
    animation.playState === "running" && animation.effect.getComputedTiming().endTime !== Infinity;
  const count = (selector) => document.querySelectorAll(selector).length;
  const why = () => ({
    awaited,
    isRunning,
    requests,
    timers: timers.size,
    animations: document.getAnimations().filter(isMoving).length,
    busy: count(".lab-boxes[data-busy]"),
    loading: count("[data-testid=stSkeleton]"),
    missing: !count(".stApp"), // its scripts are on their way, of which nothing here knows
    shown: count('.stApp:not([data-test-script-state="notRunning"])'),
  });
  window.labIsQuiet = () => {
    const isAtRest = !Object.values(why()).some(Boolean);
    const isQuiet = isAtRest && rests >= RESTS;
    if (isQuiet || !isAtRest) again();
    else {
      changes.observe(document, watch);
      resting ||= requestIdleCallback(() => ([rests, resting] = [rests + 1, 0]));
    }
    return isQuiet;
  };
  window.labUnrest = () => ({ ...why(), rests });
})();
