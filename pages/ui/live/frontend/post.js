// The moves of boxes on their way to Python, one at a time.
//
// A move goes out at once, and the next one when its picture has come, so that a slow
// server draws fewer pictures and never old ones. The last move always goes out.

const PATIENCE = 3000; // ms until a move that nobody answered is sent again
const posts = new Set();

/** Tell all editors which move a picture has come for. */
export function answered(number) {
  for (const post of posts) post.answered(number);
}

/** What one editor has told. */
export class Post {
  constructor(changed) {
    this.changed = changed;
    this.name = `${Date.now()}-${Math.random()}`; // tells two editors apart
    this.sent = 0;
    this.queue = [];
    this.waiting = null;
    posts.add(this);
  }

  send(move) {
    // The end of a gesture has the whole page run; its last picture comes sooner by itself.
    if (!move.done && this.queue.at(-1)?.gesture === move.gesture) this.queue.pop();
    this.queue.push(move);
    this.next();
  }

  next() {
    if (!this.waiting && this.queue.length) {
      this.waiting = { ...this.queue.shift(), number: `${this.name}-${++this.sent}` };
      this.deliver();
    }
    this.changed();
  }

  deliver() {
    this.transport(this.waiting);
    this.timer = setTimeout(() => this.deliver(), PATIENCE);
  }

  answered(number) {
    if (this.waiting?.number !== number) return;
    clearTimeout(this.timer);
    this.waiting = null;
    this.next();
  }

  /** Whether a box has moves that Python hasn't answered. */
  owes(i, j) {
    return [this.waiting, ...this.queue].some((m) => m?.row === i && m.column === j);
  }

  close() {
    posts.delete(this);
    clearTimeout(this.timer);
    this.queue = [];
  }
}
