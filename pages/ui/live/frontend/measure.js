// How near a scenario comes to the goals of a task, for the frames that are drawn before Python's
// answer: `attn_core/tasks/goals` in the browser. Its tests compare the two.

import { attend, hasHeads } from "./attend.js";
import { number } from "./preview.js";

// As in `goals/bound.py` and `task.py` of `attn_core/tasks`.
const [TOLERANCE, NEARLY] = [1e-9, 0.99];
const DIGITS = [2, 3, 4, 5, 6];

// The numbers that a goal's sentence shows, from the matrix that it is about; NaN where the
// scenario has none.
const KINDS = {
  cell: ({ row, column }, M) => [M?.[row]?.[column] ?? NaN],
  row: ({ row }, M) => M?.[row] ?? [NaN],
  cosine: ({ rows: [a, b] }, M) => [cosine(M?.[a], M?.[b])],
  ahead: ({ query, key }, S) => [lead(S?.[query], key)],
  largest: ({ is_upper: isUpper }, A) => [extreme(isUpper, A)],
  pattern: ({ pattern }, A) => [least(A?.flatMap((row, i) => row[PATTERNS[pattern](i)] ?? []))],
  heads: ({ heads: [a, b] }, A) => [similarity(A[a], A[b])],
  same: ({ before }, M) => [Math.max(...changes(before, M))],
  moved: ({ before }, _, { inputs }) => [
    Object.entries(before).reduce((sum, [name, M]) => sum + count(changes(M, inputs[name])), 0),
  ],
  order: ({ head }, A, { inputs }) => [inputs.Z ? NaN : changeInReverse(A, inputs, head)],
};
const OF_ALL_HEADS = ["heads", "same"];
// As in `attn_core/learning/raw_target.py`: the column of each row.
const PATTERNS = {
  itself: (i) => i,
  "the word before": (i) => i - 1,
  "the next word": (i) => i + 1,
  "the first word": () => 0,
};
const ABSENT = "not there"; // as in `attn_core/tasks/goals/goal.py`

/** What the bar shows of a goal: how near it is, and its number; null where only Python can say. */
export function measured(goal, all) {
  if (!goal.kind) return null;
  const shown = KINDS[goal.kind](goal, matrixOf(goal, all), all);
  return { fraction: fraction(goal, distance(goal, shown)), value: written(goal, shown) };
}

function matrixOf({ kind, matrix = kind === "ahead" ? "scores" : "weights", head = 0 }, all) {
  const M = all[matrix];
  return M && hasHeads(M) && !OF_ALL_HEADS.includes(kind) ? M[head] : M;
}

function distance({ kind, target }, shown) {
  if (kind !== "row") return shown[0];
  return shown.length === target.length ? Math.max(...shown.map((x, j) => Math.abs(x - target[j]))) : NaN;
}

function fraction(goal, value) {
  if (holds(goal, value)) return 1;
  return Math.min(Math.max(1 - shortfall(goal, value) / goal.unit, 0), NEARLY);
}

function holds(goal, value) {
  return shortfall(goal, value) <= TOLERANCE;
}

function shortfall({ low, high }, value) {
  if (Number.isNaN(value)) return Infinity;
  return Math.max((low ?? -Infinity) - value, value - (high ?? Infinity), 0);
}

/** As many decimals as show whether the goal is met. */
function written(goal, shown) {
  if (!shown.every(Number.isFinite)) return ABSENT;
  if (goal.kind === "moved") return String(shown[0]);
  const isMet = holds(goal, distance(goal, shown));
  const all = DIGITS.map((digits) => shown.map((x) => number(x, digits)));
  const seen = (numbers) => numbers.map((text) => Number(text.replace("−", "-")));
  const numbers = all.find((each) => holds(goal, distance(goal, seen(each))) === isMet) ?? all.at(-1);
  return numbers.length === 1 ? numbers[0] : `(${numbers.join(", ")})`;
}

function cosine(a, b) {
  return a && b ? dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)) : NaN;
}

function dot(a, b) {
  return a.reduce((sum, x, k) => sum + x * b[k], 0);
}

/** By how much a score is ahead of the largest other. */
function lead(scores, key) {
  const [own] = scores?.slice(key, key + 1) ?? [];
  return scores?.length > 1 && own !== undefined ? own - Math.max(...scores.toSpliced(key, 1)) : NaN;
}

/** Of every row's largest weight the largest or the smallest. */
function extreme(isUpper, A) {
  const most = A?.map((row) => Math.max(...row)) ?? [NaN];
  return isUpper ? Math.max(...most) : Math.min(...most);
}

function least(weights) {
  return weights?.length ? Math.min(...weights) : NaN;
}

/** The part of their weights that two heads have in common. */
function similarity(A, B) {
  if (!(Array.isArray(A?.[0]) && B)) return NaN;
  const shared = A.flatMap((row, i) => row.map((x, j) => Math.min(x, B[i][j])));
  return shared.reduce((a, b) => a + b, 0) / A.length;
}

/** The largest change of a weight when the words come in reverse. */
function changeInReverse(A, inputs, head) {
  const { weights } = attend({ ...inputs, X: inputs.X.toReversed() });
  const own = hasHeads(weights) ? weights[head] : weights;
  const back = own?.toReversed().map((row) => row.toReversed());
  return A ? Math.max(...changes(A, back)) : NaN;
}

/** How far each number is from what it was, NaN in another shape; JSON had nothing for its −∞. */
function changes(before, after) {
  if (shape(before) !== shape(after)) return [NaN];
  const now = after.flat(Infinity);
  const was = before.flat(Infinity).map((x) => x ?? -Infinity);
  return was.map((x, k) => (x === now[k] ? 0 : Math.abs(now[k] - x)));
}

function shape(M) {
  return Array.isArray(M) ? `${M.length},${shape(M[0])}` : "";
}

/** How many numbers have changed. */
function count(all) {
  return all.some(Number.isNaN) ? NaN : all.filter(Boolean).length;
}
