// Lets a test ask whether a page is at rest: nothing is on its way to the server or back, no
// debounce is waiting, nothing is animated.
(() => {
  const LONGEST_DEBOUNCE = 600; // ms; timers for later are clocks
  const FRAMES = 3; // that have to pass without anything, for one change leads to the next
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
  window.clearTimeout = (id) => {
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

  let unanswered = false;
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", () => (unanswered = false));
      this.addEventListener("close", () => (unanswered = false));
    }
    send(message) {
      unanswered = true;
      super.send(message);
    }
  };

  const isMoving = (animation) =>
    animation.playState === "running" && animation.effect.getComputedTiming().endTime !== Infinity;
  const why = () => ({
    unanswered,
    requests,
    timers: timers.size,
    animations: document.getAnimations().filter(isMoving).length,
    busy: document.querySelectorAll(".lab-boxes[data-busy]").length,
    running: document.querySelectorAll('.stApp:not([data-test-script-state="notRunning"])').length,
  });
  let frames = 0;
  window.labIsQuiet = () => {
    frames = Object.values(why()).some(Boolean) ? 0 : frames + 1;
    if (frames < FRAMES) return false;
    frames = 0;
    return true;
  };
  window.labUnrest = why;
})();
