// Two parts of a gradient meet: each comes in from where it comes from, the output above or the future on the
// right; then their sum appears.

import { calm } from "../dom.js";

const COMING = { duration: 300, next: 150, easing: "cubic-bezier(0.3, 0.1, 0.2, 1)" };
const ADDING = { duration: 150, delay: 450 };
const FROM = { above: "0 -28px", right: "28px 0" };

/**
 * @param {[part: HTMLElement, from: "above" | "right"][]} parts
 * @param {HTMLElement} [sum]
 * @returns {Animation[]} what moves
 */
export function meet(parts, sum) {
  if (calm()) return [];
  const { duration, next, easing } = COMING;
  const coming = parts.map(([part, from], n) =>
    part.animate([{ opacity: 0, translate: FROM[from] }, {}], {
      id: `from-${from}`,
      duration,
      delay: next * n,
      easing,
      fill: "backwards",
    }),
  );
  const adding = sum?.animate([{ opacity: 0 }, {}], { id: "adds", ...ADDING, fill: "backwards" });
  return adding ? [...coming, adding] : coming;
}
