// How a move of a box travels to Python, and how it is acknowledged.
//
// 1. A box gives its move to the queue of its editor. One move is on its way at a time, so that a
//    slow server draws fewer pictures and never old ones; of those that wait, only the last move
//    of a drag is kept. The last move of all always goes out. Where the page shows what a move
//    gives before it is answered (`preview.js`), there are five a second at most.
// 2. `components._moved` carries it out and notes its number as the last that is acknowledged. It
//    has the fragments run that show numbers, but not the boxes that the hand is on.
// 3. So the acknowledgement can't come with these boxes: it comes as `ack` with each board and
//    with other boxes, and is passed to all queues. The one that waits for it sends its next.

const PACE = 200; // ms between two moves whose numbers are on the screen already
const PATIENCE = 3000; // ms until a move that isn't acknowledged is sent again
const queues = new Set();

/** Tell all editors which move Python has acknowledged. */
export function acknowledge(number) {
  for (const queue of queues) queue.acknowledge(number);
}

/** Whether Python has moves to answer, so that its last answer is older than the screen. */
export function isMoving() {
  return [...queues].some((queue) => queue.isBusy);
}

/** The moves of one editor. */
export class MoveQueue {
  constructor(onChange) {
    this.onChange = onChange;
    this.name = `${Date.now()}-${Math.random()}`; // tells two editors apart
    this.sent = 0;
    this.queue = [];
    this.waiting = null;
    this.isPreviewed = false;
    this.sentAt = -Infinity;
    queues.add(this);
  }

  send(move) {
    // The end of a drag has the whole page run; the picture of the move before comes sooner.
    if (!move.done && this.queue.at(-1)?.gesture === move.gesture) this.queue.pop();
    this.queue.push(move);
    this.next();
  }

  next() {
    clearTimeout(this.pause);
    const pause = this.isPreviewed ? this.sentAt + PACE - performance.now() : 0;
    if (!this.waiting && this.queue.length) {
      if (pause > 0 && !this.queue.at(-1).done) this.pause = setTimeout(() => this.next(), pause);
      else this.sendNext();
    }
    this.onChange();
  }

  sendNext() {
    this.waiting = { ...this.queue.shift(), number: `${this.name}-${++this.sent}` };
    this.sentAt = performance.now();
    this.deliver();
  }

  get isBusy() {
    return Boolean(this.waiting || this.queue.length);
  }

  deliver() {
    this.transport(this.waiting);
    this.timer = setTimeout(() => this.deliver(), PATIENCE);
  }

  acknowledge(number) {
    if (this.waiting?.number !== number) return;
    clearTimeout(this.timer);
    this.waiting = null;
    this.next();
  }

  /** Whether a box has moves that Python hasn't acknowledged. */
  isPending(i, j) {
    return [this.waiting, ...this.queue].some((m) => m?.row === i && m.column === j);
  }

  close() {
    queues.delete(this);
    clearTimeout(this.timer);
    clearTimeout(this.pause);
    this.queue = [];
  }
}
