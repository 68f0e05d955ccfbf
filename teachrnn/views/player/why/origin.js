// Where one number comes from, according to the story: given, a formula's terms, or a sum of parts.

/** @import { Story } from "../story.js" */
/** @import { Line } from "../types.d.ts" */

/**
 * Where a number comes from, and the summands that make it.
 * @typedef {{ kind: "given" | "seed" | "sum" | "formula" | "unwritten", lines: Line[] }} Origin
 */

import { indexAt, placeAt } from "../address.js";
import { termsOf } from "./entry.js";

const MOST_FACTORS = 5; // links and signs of a part that is written out in its sum

/**
 * The step at which array k is made; -1 for what was given.
 * @param {Story} story
 * @param {number} k
 */
export function madeAt(story, k) {
  return story.maker.get(k) ?? (isSeed(story, k) ? story.turn : -1);
}

/** The outcome of that step that contains array k.
 * @param {Story} story
 * @param {number} k
 */
export function outcomeOf(story, k) {
  const outcomes = story.steps[madeAt(story, k)]?.outcomes ?? [];
  return outcomes.find(({ quantities }) => quantities.some(([at]) => at === k));
}

/**
 * The gradient of the loss with respect to itself: nothing made it.
 * @param {Story} story
 * @param {number} k
 */
export function isSeed(story, k) {
  const { kind, letters, parts } = story.arrays[k];
  return kind === "gradient" && !letters && !parts;
}

/**
 * @param {Story} story
 * @param {number} k
 * @param {number[]} index
 */
export function numberAt(story, k, index) {
  return story.numbersOf(k)[placeAt(story.arrays[k].shape, index)];
}

/**
 * Where the number of an entry comes from.
 * @param {Story} story
 * @param {number} k
 * @param {number[]} index
 * @returns {Origin}
 */
export function originOf(story, k, index) {
  const { letters, parts } = story.arrays[k];
  if (parts) {
    return {
      kind: "sum",
      lines: summands(story, k).flatMap((part) => summandLines(story, part, k, index)),
    };
  }
  if (letters) {
    const lines = formulaLines(story, k, index);
    return lines ? { kind: "formula", lines } : { kind: "unwritten", lines: [] };
  }
  return { kind: isSeed(story, k) ? "seed" : "given", lines: [] };
}

/**
 * A sum that grew step by step is a sum of sums: what was added, in order.
 * @param {Story} story
 * @param {number} k
 * @returns {number[]}
 */
export function summands(story, k) {
  const { parts } = story.arrays[k];
  return parts ? parts.flatMap((part) => summands(story, part)) : [k];
}

/** A part of the sum's own shape contributes the same entry; the losses of a batch contribute all their
 *  entries.
 * @param {Story} story
 * @param {number} part
 * @param {number} k
 * @param {number[]} index
 */
function summandLines(story, part, k, index) {
  const { shape } = story.arrays[part];
  if (shape.length === story.arrays[k].shape.length) return [summandLine(story, part, index)];
  return Array.from(story.numbersOf(part), (_, place) =>
    summandLine(story, part, indexAt(shape, place)),
  );
}

/**
 * @param {Story} story
 * @param {number} part
 * @param {number[]} index
 * @returns {Line}
 */
function summandLine(story, part, index) {
  const value = numberAt(story, part, index);
  const lines = formulaLines(story, part, index);
  // one product says more than the name of the part; a part that is itself a sum has its own explanation
  if (lines?.length === 1 && lines[0].parts.length <= MOST_FACTORS) {
    return { parts: lines[0].parts, value, array: part };
  }
  return { parts: [{ array: part, index, value }], value, array: part };
}

/**
 * @param {Story} story
 * @param {number} k
 * @param {number[]} index
 * @returns {Line[] | null}
 */
function formulaLines(story, k, index) {
  const { letters, rule, shape } = story.arrays[k];
  if (!letters || typeof rule !== "number") return null;
  // a value's own letter is that of its operation's output, and carries the batch axes
  const known = { [story.rules[rule].over]: operand(story, k) };
  for (const [letter, at] of Object.entries(letters)) known[letter] = operand(story, at);
  return termsOf(story.rules[rule], known, shape, index).map(({ parts, value }) => ({
    value,
    parts: parts.map((part) =>
      typeof part === "string"
        ? part
        : { array: letters[part.letter], index: part.index, value: part.value },
    ),
  }));
}

/**
 * @param {Story} story
 * @param {number} k
 */
const operand = (story, k) => ({
  name: story.arrays[k].name,
  shape: story.arrays[k].shape,
  numbers: story.numbersOf(k),
});
