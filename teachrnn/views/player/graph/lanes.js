// Lanes: lines that would overlap are drawn side by side.

import { held } from "../dom.js";

export class Lanes {
  constructor() {
    /** @type {Map<string, { from: number, to: number, lane: number }>} */
    this.lines = new Map();
    this.count = 0;
  }

  /** Register a line `key` from a to b; lines with the same key share one lane.
   * @param {string} key
   * @param {number} a
   * @param {number} b
   */
  need(key, a, b) {
    const line = this.lines.get(key) || { from: Infinity, to: -Infinity, lane: 0 };
    this.lines.set(key, { from: Math.min(line.from, a, b), to: Math.max(line.to, a, b), lane: 0 });
  }

  // Give every line the first lane that is free all along it.
  assign() {
    const placed = [];
    for (const line of this.lines.values()) {
      const meeting = placed.filter((other) => other.from <= line.to && line.from <= other.to);
      while (meeting.some((other) => other.lane === line.lane)) line.lane += 1;
      placed.push(line);
      this.count = Math.max(this.count, line.lane + 1);
    }
  }

  /**
   * @param {string} key
   * @returns {number}
   */
  lane(key) {
    return held(this.lines, key).lane;
  }
}
