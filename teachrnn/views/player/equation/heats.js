// The heat maps of matrices that occur again and again, such as W: painted once.

/** @import { Story } from "../story.js" */
/** @import { Block } from "./block.js" */

import { HeatMap } from "../array/heat.js";

const KEPT = 24;

export class Heats {
  /** @param {Story} story */
  constructor(story) {
    this.story = story;
    /** @type {Map<number, HeatMap>} by the number of the array; what was used last is at the end */
    this.kept = new Map();
    /** @type {Set<number>} those in the equation that is being drawn: one picture is in one place only */
    this.taken = new Set();
  }

  // Another equation is drawn.
  begin() {
    this.taken.clear();
  }

  /**
   * @param {Block} block
   * @param {{ rows?: number, columns?: number }} shape if it is not the block's own
   */
  of(block, shape) {
    const { k, turned, numbers } = block;
    const whole = k !== null && !turned && numbers.length === this.story.numbersOf(k).length;
    const own = block.largest === undefined;
    const again = whole && own && !("rows" in shape) && !this.taken.has(k) && !this.story.differs(k);
    if (!again) return new HeatMap({ ...block, ...shape });
    const heat = this.kept.get(k) ?? new HeatMap(block);
    this.taken.add(k);
    this.kept.delete(k);
    this.kept.set(k, heat);
    for (const old of this.kept.keys()) if (this.kept.size > KEPT) this.kept.delete(old);
    return heat;
  }
}
