// The address of one number: an array of the story, and its position there, counted from 0 as in Python.

/** @import { Story } from "./story.js" */

import { element, mathematics } from "./dom.js";

/** The index of the number at a position of the flattened array.
 * @param {number[]} shape
 * @param {number} place
 */
export function indexAt(shape, place) {
  const index = new Array(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = place % shape[axis];
    place = Math.floor(place / shape[axis]);
  }
  return index;
}

/** The position in the flattened array of the number at an index.
 * @param {number[]} shape
 * @param {number[]} index
 */
export function placeAt(shape, index) {
  return shape.reduce((place, length, axis) => place * length + index[axis], 0);
}

/** @param {number[]} index */
export const bracketed = (index) => (index.length ? `[${index.join(", ")}]` : "");

/**
 * The address in plain text: dh[3][1].
 * @param {Story} story
 * @param {number} k
 * @param {number[]} index
 */
export function addressText(story, k, index) {
  return story.arrays[k].name + bracketed(index);
}

/** The address with the name as in formulas, followed by the index.
 * @param {Story} story
 * @param {number} k
 * @param {number[]} index
 */
export function typesetAddress(story, k, index) {
  const name = element("span", { class: "address" });
  name.append(mathematics(story.mathml(story.arrays[k].math)));
  if (index.length) name.append(element("span", { class: "index" }, bracketed(index)));
  return name;
}

/** The rows and columns of a table of the array: its last axis is horizontal.
 * @param {number[]} shape
 * @returns {[rows: number, columns: number]}
 */
export function rowsAndColumns(shape) {
  const size = shape.reduce((a, b) => a * b, 1);
  const columns = shape.length ? shape[shape.length - 1] : 1;
  return [columns ? size / columns : 0, columns];
}
