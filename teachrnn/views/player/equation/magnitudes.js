// How large the numbers of an equation are: what has the fullest colour.

/** @import { Block } from "./block.js" */

import { largestMagnitude } from "../array/heat.js";

/** The largest magnitudes of vectors and of matrices, of values and of gradients.
 * @typedef {Record<Block["kind"], { vector: number, matrix: number }>} Magnitudes
 */

/** @returns {Magnitudes} */
export const none = () => ({
  value: { vector: 0, matrix: 0 },
  gradient: { vector: 0, matrix: 0 },
});

/**
 * @param {Block[]} blocks
 * @returns {Magnitudes}
 */
export function magnitudes(blocks) {
  const found = none();
  for (const block of blocks) {
    const form = block.isMatrix ? "matrix" : "vector";
    const most = found[block.kind];
    most[form] = Math.max(most[form], largestMagnitude(block.numbers));
  }
  return found;
}

/** Those of two equations together.
 * @param {Magnitudes} one
 * @param {Magnitudes} other
 * @returns {Magnitudes}
 */
export function jointly(one, other) {
  /** @param {Block["kind"]} kind */
  const both = (kind) => ({
    vector: Math.max(one[kind].vector, other[kind].vector),
    matrix: Math.max(one[kind].matrix, other[kind].matrix),
  });
  return { value: both("value"), gradient: both("gradient") };
}
