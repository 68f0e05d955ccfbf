// The reader's own numbers told as a story of their own, beside the right one. What was not handed over is what the
// right rule makes of what was: so a step that goes wrong can be told from one that only goes on with what is wrong.

/** @import { Story } from "../story.js" */
/** @import { StoryBytes, Yours } from "../types.d.ts" */

import { operands } from "../equation/block.js";
import { evaluator } from "../why/entry.js";
import { apart, ComparedStory } from "./compared_story.js";

const CLOSE = 1e-9; // of the largest number: a rule that is applied here is not rounded as the reader's was

export class YoursStory extends ComparedStory {
  /**
   * @param {StoryBytes} data
   * @param {Story} right
   * @param {string} whose what that is called
   */
  constructor(data, right, whose) {
    super(data, right, whose);
    this.steps = this.steps.map((step) => ({ ...step, sentence: "" })); // they tell the right numbers
    this.stops = this.stops.map((stop) => ({ ...stop, sentence: "" }));
    this.follows = (/** @type {number} */ k) => this.verdict(k) !== "wrong";
    /** @type {Map<number, boolean>} */
    this.bases = new Map();
    /** Whether every rule can be applied here: of a batch it cannot. */
    this.readable = this.arrays.every(({ rule, shape }) => {
      return typeof rule !== "number" || this.rules[rule].axes === shape.length;
    });
  }

  /** Whether the reader handed over numbers for array k.
   * @param {number} k
   */
  handedOver(k) {
    return this.arrays[k].yours !== undefined;
  }

  /**
   * @override
   * @param {number} k
   */
  counterpart(k) {
    return k; // both are of one trace
  }

  /**
   * @override
   * @param {number} k
   * @returns {Yours | undefined}
   */
  compared(k) {
    return this.arrays[k].yours ?? (this.ownBasis(k) ? super.compared(k) : undefined);
  }

  /**
   * @override
   * @param {number} k
   * @returns {Float64Array}
   */
  numbersOf(k) {
    const array = this.arrays[k];
    return (array.numbers ??= this.#own(k) ?? this.following(k));
  }

  /** @override
   * @returns {[least: number, most: number]}
   */
  range() {
    const norms = [...this.passages.values()].map(([, k]) => this.norm(k));
    const shown = norms.filter((norm) => norm > 0 && Number.isFinite(norm));
    return shown.length ? [Math.min(...shown), Math.max(...shown)] : [0, 0];
  }

  /** @param {number} k */
  #own(k) {
    const { yours, shape } = this.arrays[k];
    if (!yours) return null;
    if (yours.at === undefined) return this.other.numbersOf(k); // they agree, so they were not sent
    return this.numbers.subarray(yours.at, yours.at + shape.reduce((a, b) => a * b, 1));
  }

  /** What the right rule makes of the numbers that came in.
   * @param {number} k
   * @returns {Float64Array}
   */
  following(k) {
    const { parts, letters, rule, shape } = this.arrays[k];
    const right = this.other.numbersOf(k);
    if (!this.readable || (!this.ownBasis(k) && !this.handedOver(k))) return right;
    if (parts) return added(parts.map((part) => this.numbersOf(part)));
    const formula = typeof rule === "number" ? this.rules[rule] : undefined;
    if (!letters || !formula) return right;
    const number = evaluator(
      formula,
      operands(this, { ...letters, [formula.over]: letters[formula.over] ?? k }),
      0,
    );
    const columns = shape[1] ?? 1;
    return Float64Array.from(right, (_, at) =>
      number(formula.tree, Math.floor(at / columns), at % columns),
    );
  }

  /** Whether an array that was not handed over follows from some that were.
   * @param {number} k
   * @returns {boolean}
   */
  ownBasis(k) {
    const known = this.bases.get(k);
    if (known !== undefined) return known;
    this.bases.set(k, false);
    const { parts = [], letters = {} } = this.arrays[k];
    const found = [...parts, ...Object.values(letters)].some(
      (from) => from !== k && (this.handedOver(from) || this.ownBasis(from)),
    );
    this.bases.set(k, found);
    return found;
  }

  /** How an array of the reader's own came out: right; wrong by what came in; or wrong here.
   * @param {number} k
   * @returns {"right" | "follows" | "wrong" | "differs" | "not given"}
   */
  verdict(k) {
    if (!this.handedOver(k)) return "not given";
    if (!this.differs(k)) return "right";
    if (!this.readable) return "differs";
    return apart(this.numbersOf(k), this.following(k), CLOSE).length ? "wrong" : "follows";
  }
}

/** @param {Float64Array[]} parts */
function added([first, ...others]) {
  return first.map((x, place) => others.reduce((sum, part) => sum + part[place], x));
}
