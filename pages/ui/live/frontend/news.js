// What the presenter of a room has moved since Python's last answer: numbers that are shown here
// and sent nowhere.
//
// Each picture says of which version of the room its numbers are, and shows the cells that are
// newer. It can where nothing is missing in between, and only numbers have changed.

const cells = new Map(); // by their places
let since = Infinity; // all cells that were moved after this version are here
let latest = -Infinity;

/** Take in a piece of news; return whether the pictures that were up to date can show it. */
export function take({ version, base, cells: moved = [], changed = [] }) {
  const hasMore = changed.includes("stage");
  const isWhole = base <= latest && !hasMore;
  if (!isWhole) {
    cells.clear();
    since = hasMore ? version : base;
  }
  latest = Math.max(latest, version);
  for (const [name, head, row, column, value] of moved) {
    cells.set(`${[name, head, row, column]}`, { name, head, row, column, value, version });
  }
  return isWhole;
}

/** The cells that were moved after a version of the room, as moves; a picture without one has none. */
export function movesSince(version) {
  return version >= since ? [...cells.values()].filter((each) => each.version > version) : [];
}

/** Forget a room that was left. */
export function forget() {
  cells.clear();
  [since, latest] = [Infinity, -Infinity];
}
