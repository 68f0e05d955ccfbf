// The marks at the corners of a node: at the right ≠ where the reader's own numbers differ, at the left a
// sign where the walk stops.

import { drawn } from "../dom.js";

export class NodeMarks {
  /** @param {number} width of the node */
  constructor(width) {
    this.width = width;
    this.shown = "";
    this.g = drawn("g", { class: "marks" });
  }

  /**
   * @param {boolean} differs
   * @param {boolean} breakpoint
   * @param {string} [whose] what the numbers are called that it differs from
   */
  paint(differs, breakpoint, whose = "yours") {
    const shown = `${differs} ${breakpoint}`;
    if (shown === this.shown) return;
    this.shown = shown;
    this.g.replaceChildren();
    if (differs) {
      const unequal = drawn("g", { class: "unequal", transform: `translate(${this.width - 3} 3)` });
      unequal.append(
        drawn("circle", { r: 7 }),
        drawn("path", { d: "M-3.7-1.7H3.7M-3.7 1.7H3.7M2.2-4.3-2.2 4.3" }),
        drawn("title", {}, `${whose.charAt(0).toUpperCase()}${whose.slice(1)} differs`),
      );
      this.g.append(unequal);
    }
    if (breakpoint) {
      const stop = drawn("g", { class: "breakpoint", transform: "translate(2 2)" });
      stop.append(
        drawn("path", { d: "M-3-7H3L7-3V3L3 7H-3L-7 3V-3z" }),
        drawn("path", { d: "M-3 0H3", class: "bar" }),
        drawn("title", {}, "Breakpoint"),
      );
      this.g.append(stop);
    }
  }
}
