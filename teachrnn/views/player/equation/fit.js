// How much room the numbers of an equation have: the roomiest of a few levels at which it fits its place. The
// narrower the place, the fewer digits; before the layout breaks, the figures give way to colours.

/** @import { Level } from "./figure.js" */

/** @type {Level[]} `most`: characters that a cell holds */
export const LEVELS = [
  { name: "roomy", digits: 3, most: 9 },
  { name: "normal", digits: 3, most: 8 },
  { name: "tight", digits: 2, most: 7 },
  { name: "bare", digits: 2, most: 7 },
];
const ROOMY = 3; // with more arrays the columns are not widened

export class Fit {
  constructor() {
    /** @type {Map<string, Level>} the level of a layout at a width */
    this.known = new Map();
    this.level = LEVELS[1];
  }

  /**
   * Chooses the first level at which the row fits, and sets its class.
   * @param {HTMLElement} row
   * @param {string} layout what its width depends on
   * @param {number} width
   * @param {number} arrays
   */
  choose(row, layout, width, arrays) {
    const key = `${width} ${layout}`;
    let level = this.known.get(key);
    if (!level) {
      const levels = arrays > ROOMY ? LEVELS.slice(1) : LEVELS;
      level = levels.find((one) => fits(row, one)) ?? levels[levels.length - 1];
      if (row.clientWidth) this.known.set(key, level);
    }
    this.level = level;
    set(row, level);
  }
}

/**
 * @param {HTMLElement} row
 * @param {Level} level
 */
function fits(row, level) {
  set(row, level);
  return row.scrollWidth <= row.clientWidth;
}

/**
 * @param {HTMLElement} row
 * @param {Level} level
 */
function set(row, { name }) {
  for (const level of LEVELS) row.classList.toggle(level.name, level.name === name);
}
