// Rolling up: every visible column slides into the one cell, and back out of it when unrolling.

import { drawn } from "../dom.js";

/** @typedef {{ copy: SVGGElement, at: DOMMatrix }} Copy */

const MILLISECONDS = 400;

/** A picture of columns, with the position of each in the window.
 * @param {SVGGElement[]} columns
 * @returns {Copy[]}
 */
export function copyColumns(columns) {
  return columns.flatMap((g) => {
    const at = g.getScreenCTM();
    return at ? [{ copy: /** @type {SVGGElement} */ (g.cloneNode(true)), at }] : [];
  });
}

/** Animate the copies from their positions to those in `to`, over the panes. Returns a function that ends it
 *  early.
 * @param {HTMLElement} panes
 * @param {Copy[]} copies
 * @param {DOMMatrix} to
 * @param {boolean} inwards
 * @param {() => void} done
 */
export function slideColumns(panes, copies, to, inwards, done) {
  const box = panes.getBoundingClientRect();
  const svg = drawn("svg", {
    class: "morph",
    "aria-hidden": "true",
    width: box.width,
    height: box.height,
  });
  /** @param {DOMMatrix} matrix */
  const place = (matrix) =>
    `matrix(${matrix.a},0,0,${matrix.d},${matrix.e - box.left},${matrix.f - box.top})`;
  const runs = copies.map(({ copy, at }) => {
    for (const node of copy.querySelectorAll("[tabindex]")) node.removeAttribute("tabindex");
    copy.removeAttribute("transform");
    svg.append(copy);
    const apart = { transform: place(at), opacity: 1 };
    const together = { transform: place(to), opacity: 0.35 };
    return { copy, frames: inwards ? [apart, together] : [together, apart] };
  });
  panes.append(svg);
  panes.classList.add("morphing");
  let over = false;
  const end = () => {
    if (over) return;
    over = true;
    svg.remove();
    panes.classList.remove("morphing");
    done();
  };
  const playing = runs.map(({ copy, frames }) =>
    copy.animate(frames, { duration: MILLISECONDS, easing: "ease-in-out", fill: "both" }),
  );
  Promise.allSettled(playing.map((run) => run.finished)).then(end);
  return end;
}
