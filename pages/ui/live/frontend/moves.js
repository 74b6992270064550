// How a move of a box travels to Python, and how it is acknowledged.
//
// 1. A box gives its move to the queue of its page. One move is on its way at a time, so that a
//    slow server draws fewer pictures and never old ones; of those that wait, only the last move
//    of a drag is kept. The last move of all always goes out. Where the page shows what a move
//    gives before it is answered (`preview.js`), there are five a second at most, and fewer where
//    answers take long: a server with many visitors has less to do for each.
// 2. `moves.moved` carries it out and notes its number as the last that is acknowledged. It has
//    all fragments run that show numbers.
// 3. The acknowledgement comes as `ack` with each board; the first has the queue send its next.
//    A board leaves the boxes as they are whose moves are still to be answered.

// Between two moves whose numbers are on the screen already: ms at least and at most, and how
// many times what the last answer took.
const [PACE, LONGEST_PACE, PER_ANSWER] = [200, 2000, 3];
const PATIENCE = 3000; // ms until a move that isn't acknowledged is sent again
const name = `${Date.now()}-${Math.random()}`; // tells two pages apart
const listeners = new Set();
let queue = [];
let waiting = null;
let isPreviewed = false;
let [sent, sentAt, pace] = [0, -Infinity, PACE];
let pause, timer;

/** A name for the moves that are one step of undo. */
export const newGesture = (() => {
  let gestures = 0;
  return () => `${name}-${++gestures}`;
})();

/**
 * Send a move: matrix, head, row and column, and what is entered there. Its `editor` knows the
 * way, and `shape` is that of the matrix.
 */
export function send(move, isShown) {
  isPreviewed = isShown;
  // The end of a drag has the whole page run; the picture of the move before comes sooner.
  if (!move.done && queue.at(-1)?.gesture === move.gesture) queue.pop();
  queue.push(move);
  next();
}

/** The moves that Python hasn't acknowledged, in their order. */
export function unanswered() {
  return waiting ? [waiting, ...queue] : queue;
}

/** Whether Python has moves to answer, so that its last answer is older than the screen. */
export function isMoving() {
  return unanswered().length > 0;
}

export function acknowledge(number) {
  if (waiting?.number !== number) return;
  clearTimeout(timer);
  waiting = null;
  const took = performance.now() - sentAt;
  pace = Math.min(Math.max(PER_ANSWER * took, PACE), LONGEST_PACE);
  next();
}

/** Have a function called whenever a move is sent or acknowledged. */
export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Forget the moves of boxes that are gone. */
export function forget(editor) {
  queue = queue.filter((move) => move.editor !== editor);
  if (waiting?.editor !== editor) return;
  clearTimeout(timer);
  waiting = null;
  next();
}

function next() {
  clearTimeout(pause);
  const wait = isPreviewed ? sentAt + pace - performance.now() : 0;
  if (!waiting && queue.length) {
    if (wait > 0 && !queue.at(-1).done) pause = setTimeout(next, wait);
    else sendNext();
  }
  for (const listener of listeners) listener();
}

function sendNext() {
  waiting = { ...queue.shift(), number: `${name}-${++sent}` };
  sentAt = performance.now();
  deliver();
}

function deliver() {
  const { editor, shape, ...told } = waiting;
  editor.transport(told);
  timer = setTimeout(deliver, PATIENCE);
}
