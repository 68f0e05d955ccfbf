// A story beside another one: which of its numbers differ from those that the other has by the same name.

/** @import { StoryBytes, Yours } from "../types.d.ts" */

import { Story } from "../story.js";

const ROUNDING = 1e-12; // of the largest number of an array: what may differ by the order of summation

export class ComparedStory extends Story {
  /**
   * @param {StoryBytes} data
   * @param {Story} other
   * @param {string} whose what the other is called
   */
  constructor(data, other, whose) {
    super(data);
    this.other = other;
    this.whose = whose;
    /** @type {Map<number, Yours | undefined>} */
    this.comparisons = new Map();
  }

  /** The array of the other story that array k is compared with: that of the same name and shape. Of a gradient
   * that grows, only the whole is.
   * @param {number} k
   * @returns {number | undefined}
   */
  counterpart(k) {
    const { name, kind, shape } = this.arrays[k];
    if (this.named.get(name)?.at(-1) !== k) return undefined;
    const found = this.other.named.get(name)?.at(-1);
    if (found === undefined) return undefined;
    const theirs = this.other.arrays[found];
    return theirs.kind === kind && `${theirs.shape}` === `${shape}` ? found : undefined;
  }

  /**
   * @override
   * @param {number} k
   * @returns {Yours | undefined}
   */
  comparisonOf(k) {
    if (!this.comparisons.has(k)) this.comparisons.set(k, this.compared(k));
    return this.comparisons.get(k);
  }

  /**
   * @param {number} k
   * @returns {Yours | undefined}
   */
  compared(k) {
    const found = this.counterpart(k);
    if (found === undefined) return undefined;
    if (this.isWhole(k)) {
      return { differs: differing(this.#read(this, k), this.#read(this.other, found)) };
    }
    return { differs: apart(this.numbersOf(k), this.other.numbersOf(found)) };
  }

  /** What whole numbers stand for: two texts may number their symbols differently.
   * @param {Story} story
   * @param {number} k
   */
  #read(story, k) {
    return Array.from(story.numbersOf(k), (number) => story.symbols[number] ?? String(number));
  }

  /**
   * @override
   * @param {number} k
   * @returns {Float64Array | null}
   */
  yoursOf(k) {
    const found = this.comparisonOf(k)?.differs.length ? this.counterpart(k) : undefined;
    return found === undefined ? null : this.other.numbersOf(found);
  }
}

/** The places at which two arrays of one shape differ, but for rounding.
 * @param {Float64Array} a
 * @param {Float64Array} b
 * @param {number} [share] of the largest number, which may be rounding
 */
export function apart(a, b, share = ROUNDING) {
  let largest = 0;
  for (const numbers of [a, b]) {
    for (const x of numbers) if (Number.isFinite(x)) largest = Math.max(largest, Math.abs(x));
  }
  const most = share * largest;
  /** @type {number[]} */
  const places = [];
  a.forEach((x, place) => {
    const y = b[place];
    if (!(Object.is(x, y) || Math.abs(x - y) <= most)) places.push(place);
  });
  return places;
}

/**
 * @param {string[]} a
 * @param {string[]} b
 */
const differing = (a, b) => a.flatMap((x, place) => (x === b[place] ? [] : [place]));
