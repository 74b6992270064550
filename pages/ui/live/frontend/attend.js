// Scaled dot-product attention, every intermediate kept: `attn_core/attention.py` in the browser,
// for the frames that are drawn before Python's answer. Its tests compare the two.
//
// A matrix is an array of rows; with heads it is an array of matrices, one a head.

/** Compute all matrices of a scenario, given as its JSON document. Python has checked it. */
export function attend(scenario) {
  const [s, t] = [withDefaults(scenario), {}];
  t.similarity = times(s.X, transpose(s.X)); // (n, n)
  t.P = added(s, s.n); // (n, d_model)
  t.P_context = s.Z ? added(s, s.n_k) : null; // (n_k, d_model)
  t.X_pos = t.P ? plus(s.X, t.P) : s.X; // (n, d_model)
  const Z = s.Z ?? t.X_pos;
  t.Z_pos = t.P_context ? plus(Z, t.P_context) : Z; // (n_k, d_model)
  t.Q = times(t.X_pos, s.W_q); // (h, n, d_k); without heads no h, here and below
  t.K = times(t.Z_pos, s.W_k); // (h, n_k, d_k)
  t.V = times(t.Z_pos, s.W_v); // (h, n_k, d_v)
  const theta = (t.rotary_angles = rotaryAngles(s)); // (n, floor(d_k / 2))
  t.rotated_Q = theta ? rotate(t.Q, theta) : t.Q; // (h, n, d_k)
  t.rotated_K = theta ? rotate(t.K, theta) : t.K; // (h, n_k, d_k)
  t.raw_scores = times(t.rotated_Q, transpose(t.rotated_K)); // (h, n, n_k)
  t.scores = s.scale ? over(t.raw_scores, Math.sqrt(s.d_k)) : t.raw_scores;
  const B = (t.alibi_bias = alibiBias(s)); // (h, n, n)
  const S = (t.biased_scores = B ? plus(t.scores, B) : t.scores); // (h, n, n_k)
  t.attn_mask = asNumbers(s); // (n, n_k)
  t.masked_scores = s.mask ? masked(S, s.mask) : S;
  t.logits = s.temperature === 1 ? t.masked_scores : over(t.masked_scores, s.temperature);
  t.weights = softmax(t.logits); // (h, n, n_k)
  t.output = times(t.weights, t.V); // (h, n, d_v)
  t.concat_heads = hasHeads(t.output) ? concatenated(t.output) : t.output; // (n, h·d_v)
  t.projected = s.W_o ? times(t.concat_heads, s.W_o) : null; // (n, d_model)
  return t;
}

/** A document leaves out what has its default value. */
function withDefaults(scenario) {
  const s = { scale: true, temperature: 1, positions: "none", ...scenario };
  const [W] = hasHeads(s.W_q) ? s.W_q : [s.W_q];
  s.n = s.X.length;
  s.n_k = (s.Z ?? s.X).length;
  s.d_model = s.X[0].length;
  s.d_k = W[0].length;
  return s;
}

// Matrices

export function hasHeads(M) {
  return Array.isArray(M[0][0]);
}

/** Have a function of matrices take heads as well: a matrix without heads goes with each. */
function perHead(f) {
  return (...matrices) => {
    const heads = matrices.find(hasHeads);
    if (!heads) return f(...matrices);
    return heads.map((_, i) => f(...matrices.map((M) => (hasHeads(M) ? M[i] : M))));
  };
}

const times = perHead((A, B) => A.map((row) => B[0].map((_, j) => dot(row, B, j))));

function dot(row, B, j) {
  let sum = 0;
  for (let k = 0; k < row.length; k++) sum += row[k] * B[k][j];
  return sum;
}

const transpose = perHead((M) => M[0].map((_, j) => M.map((row) => row[j])));
const plus = perHead((A, B) => A.map((row, i) => row.map((x, j) => x + B[i][j])));
const masked = perHead((S, mask) =>
  S.map((row, i) => row.map((x, j) => (mask[i][j] ? x : -Infinity))),
);

/** 0 where a word may attend, −∞ where it may not. */
function asNumbers({ mask, n, n_k: nK }) {
  return table(n, nK, (i, j) => (mask && !mask[i][j] ? -Infinity : 0));
}

function over(M, divisor) {
  return perHead((A) => A.map((row) => row.map((x) => x / divisor)))(M);
}

/** Turn each row into weights that sum to 1; its maximum is subtracted, so exp can't overflow. */
const softmax = perHead((M) =>
  M.map((row) => {
    const max = Math.max(...row);
    const e = row.map((x) => Math.exp(x - max));
    const sum = e.reduce((a, b) => a + b, 0);
    return e.map((x) => x / sum);
  }),
);

function concatenated(heads) {
  return heads[0].map((_, i) => heads.flatMap((M) => M[i]));
}

function table(rows, columns, value) {
  const [down, across] = [rows, columns].map((length) => [...Array(length).keys()]);
  return down.map((i) => across.map((j) => value(i, j)));
}

// Positions, from the papers that `attn_core/positions.py` cites

/** The encodings of the first n positions, shape (n, d_model); null without any. */
function added({ positions, P, d_model: d }, n) {
  if (positions === "sinusoidal") return table(n, d, (pos, j) => wave(j)(angle(pos, j >> 1, d)));
  return P?.slice(0, n) ?? null;
}

function wave(column) {
  return column % 2 ? Math.cos : Math.sin;
}

/** The angle of pair i of d columns, in radians. */
function angle(pos, i, d) {
  return pos / 10000 ** ((2 * i) / d);
}

/** RoPE's angle of each pair of columns, shape (n, floor(d_k / 2)); null without RoPE. */
function rotaryAngles({ positions, n, d_k: d }) {
  return positions === "rope" ? table(n, d >> 1, (pos, i) => angle(pos, i, d)) : null;
}

/** Rotate each pair of columns by its angle; the last of an odd number stays as it is. */
const rotate = perHead((M, theta) =>
  M.map((row, pos) =>
    row.map((x, j) => {
      const [angle, isSecond] = [theta[pos][j >> 1], j % 2];
      if (angle === undefined) return x;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      return isSecond ? row[j - 1] * sin + x * cos : x * cos - row[j + 1] * sin;
    }),
  ),
);

/** ALiBi's bias −m·|i − j| of each score, with the slope m of each head; null without ALiBi. */
function alibiBias({ positions, W_q, slope, n }) {
  if (positions !== "alibi") return null;
  const bias = slopes(hasHeads(W_q) ? W_q.length : 1, slope).map((m) =>
    table(n, n, (i, j) => m * -Math.abs(i - j)),
  );
  return hasHeads(W_q) ? bias : bias[0];
}

/** Given the first head's slope, its powers; else the authors' slopes for so many heads. */
function slopes(h, slope) {
  const heads = Array.from({ length: h }, (_, i) => i + 1);
  if (slope !== undefined) return heads.map((i) => slope ** i);
  const below = 2 ** (31 - Math.clz32(h)); // the power of two
  return heads.map((i) =>
    i <= below ? 2 ** ((-8 / below) * i) : 2 ** ((-4 / below) * (2 * (i - below) - 1)),
  );
}
