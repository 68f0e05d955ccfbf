// Where a walk through the story stops: at every operation, or once for each time step on either way.

/** @import { Story } from "./story.js" */
/** @import { Level, Stop } from "./types.d.ts" */

export class Stops {
  /** @param {Story} story */
  constructor(story) {
    this.story = story;
    /** @type {Stop[]} one for each time step on either way, and the turning point */
    this.times = story.stops;
    /** @type {number[]} by step: the number of its time stop */
    this.timeOf = this.times.flatMap(({ first, last }, n) => new Array(last - first + 1).fill(n));
    /** The names of what one time step hands on to the next. */
    this.carried = this.#carried();
  }

  /** @param {number} i */
  at(i) {
    return this.times[this.timeOf[i]];
  }

  /** The step at which a walk from step i is after `by` stops; at the ends it stays.
   * @param {number} i
   * @param {number} by
   * @param {Level} level
   */
  from(i, by, level) {
    if (level === "operations") return within(i + by, this.story.steps.length);
    return this.times[within(this.timeOf[i] + by, this.times.length)].principal;
  }

  /** The last step of what is shown as done when the walk is at step i.
   * @param {number} i
   * @param {Level} level
   */
  done(i, level) {
    return level === "operations" ? i : this.at(i).last;
  }

  /** What is told of step i: of all of its time step, or of the operation.
   * @param {number} i
   * @param {Level} level
   * @returns {{ heading: string, sentence: string }}
   */
  told(i, level) {
    return level === "time" ? this.at(i) : this.story.steps[i];
  }

  /** How many stops there are, and which of them, from 0, step i belongs to.
   * @param {number} i
   * @param {Level} level
   */
  count(i, level) {
    return level === "operations"
      ? { at: i, of: this.story.steps.length }
      : { at: this.timeOf[i], of: this.times.length };
  }

  #carried() {
    const { story } = this;
    /** @type {Set<string>} */
    const names = new Set();
    for (const [source, target] of story.ways) {
      const [a, b] = [story.node.get(source), story.node.get(target)];
      if (a && b && a.t !== b.t) names.add(a.timeless);
    }
    return names;
  }
}

/**
 * @param {number} i
 * @param {number} length
 */
const within = (i, length) => Math.max(0, Math.min(length - 1, i));
