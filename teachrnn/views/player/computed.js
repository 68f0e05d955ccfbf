// Vectors that are not sent, but computed from others: see teachrnn/views/player/recomputed.py. Every operation
// here is rounded in the same way everywhere, and sums are formed one after another.

/** @import { Computing } from "./types.d.ts" */

/** @typedef {Float64Array} Numbers */

/** @type {Record<Computing, (...sources: Numbers[]) => Numbers>} */
const WAYS = {
  times: (a, b) => a.map((x, i) => x * b[i]),
  plus: (a, b) => a.map((x, i) => x + b[i]),
  tanh: (d, y) => d.map((x, i) => x * (1 - y[i] * y[i])),
  sigmoid: (d, y) => d.map((x, i) => x * y[i] * (1 - y[i])),
  column: (matrix, [j], width) =>
    Float64Array.from({ length: matrix.length / width[0] }, (_, i) => matrix[i * width[0] + j]),
  rows(matrix, vector, more) {
    const width = vector.length;
    const sums = new Float64Array(matrix.length / width);
    for (let i = 0; i < sums.length; i++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += matrix[i * width + k] * vector[k];
      sums[i] = more ? sum + more[i] : sum;
    }
    return sums;
  },
  columns(matrix, vector, more) {
    const width = matrix.length / vector.length;
    const sums = new Float64Array(width);
    for (let k = 0; k < vector.length; k++) {
      for (let i = 0; i < width; i++) sums[i] += matrix[k * width + i] * vector[k];
    }
    return more ? sums.map((sum, i) => sum + more[i]) : sums;
  },
};

/**
 * @param {Computing} way
 * @param {Numbers[]} sources
 * @param {Numbers | null} rest what has to be added
 */
export function computed(way, sources, rest) {
  const numbers = WAYS[way](...sources);
  return rest ? numbers.map((x, i) => x + rest[i]) : numbers.map((x) => x + 0); // no negative zero
}
