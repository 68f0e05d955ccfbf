// The triangle as a picture: a square for each loss at t and step k, larger and darker for more, on a
// logarithmic scale.

/** @import { Square } from "./squares.js" */

import { drawn, element } from "./dom.js";
import { formatNumber } from "./number.js";
import { Squares } from "./squares.js";

const MOST_DECADES = 8; // orders of magnitude from the largest square to the smallest, at most
export const MARGIN = 34;
const NUMBER = 30; // pixels that the number of a time step takes
const FAINT = 1e-9; // a share of what is below the scale: more than nothing

/** @typedef {(number | null)[][]} Norms by loss and step; null for what is not finite */
/** @typedef {{ largest: number, decades: number }} TriangleScale */

/** The scale of one triangle, or of several that are compared.
 * @param {...Norms} triangles
 * @returns {TriangleScale}
 */
export function triangleScale(...triangles) {
  let [smallest, largest] = [Infinity, 0];
  for (const x of triangles.flat(2)) {
    if (x === null) continue;
    if (x > largest) largest = x;
    if (x > 0 && x < smallest) smallest = x;
  }
  const decades = Math.min(MOST_DECADES, Math.max(1, Math.ceil(Math.log10(largest / smallest))));
  return { largest, decades };
}

/** The side of a square, in a place of some width.
 * @param {number} T
 * @param {number} width
 */
export function sideOfSquare(T, width) {
  const room = Math.min(560, width - MARGIN - 8);
  return Math.max(2, Math.min(34, Math.floor(room / T)));
}

/**
 * `squares.paint()` paints it, when it has its place in the page; what `dropped` says is dropped is an outline.
 * @param {{ norms: Norms, losses: number[], side: number, scale: TriangleScale, label: string,
 *   dropped?: (lag: number) => boolean }} triangle
 */
export function drawTriangle({ norms, losses, side, scale, label, dropped = () => false }) {
  const T = norms.length;
  const size = MARGIN + T * side + 4;
  const title = drawn("title");
  const svg = drawn("svg", {
    width: size,
    height: T * side + MARGIN,
    viewBox: `0 0 ${size} ${T * side + MARGIN}`,
    role: "img",
    "aria-label": label,
  });
  const every = Math.max(1, Math.ceil(NUMBER / side));
  for (let t = 1; t <= T; t += every) {
    svg.append(drawn("text", { x: MARGIN - 6, y: (t - 0.5) * side + 4, class: "row" }, `${t}`));
    svg.append(
      drawn("text", { x: MARGIN + (t - 0.5) * side, y: T * side + 15, class: "column" }, `${t}`),
    );
  }
  svg.append(
    drawn("text", { x: 0, y: 10, class: "axis" }, "t"),
    drawn("text", { x: size - 8, y: T * side + 30, class: "axis" }, "k"),
    title,
  );
  svg.addEventListener("pointermove", ({ clientX, clientY }) => {
    const box = svg.getBoundingClientRect();
    const column = Math.floor((clientX - box.left - MARGIN) / side);
    const row = Math.floor((clientY - box.top) / side);
    const norm = losses.includes(row + 1) && column >= 0 ? norms[row]?.[column] : undefined;
    const at = `loss at ${row + 1} → step ${column + 1}`;
    title.textContent = norm === undefined ? "" : `${at}: ${inWords(norm)}`;
  });
  const squares = new Squares();
  squares.lay(T, side, () =>
    losses.flatMap((t) =>
      norms[t - 1].map((norm, column) => {
        const row = t - 1;
        return { row, column, share: shareOf(norm, scale), dropped: dropped(row - column) };
      }),
    ),
  );
  squares.element.style.left = `${MARGIN}px`;
  return { svg, squares, picture: element("div", { class: "squares" }, squares.element, svg) };
}

/** How much of its square a norm fills; null for what is not finite.
 * @param {number | null} norm
 * @param {TriangleScale} scale
 * @returns {Square["share"]}
 */
export function shareOf(norm, { largest, decades }) {
  if (norm === null) return null;
  if (!(norm > 0)) return 0;
  return Math.max(FAINT, 1 + Math.log10(norm / largest) / decades);
}

/** What the last loss contributes, near and far, in a sentence.
 * @param {string} name
 * @param {Norms} norms
 * @param {number} largest
 */
export function triangleWords(name, norms, largest) {
  const T = norms.length;
  const last = norms[T - 1];
  return `Norms of d${name} by loss and step, largest ${formatNumber(largest)}. Of the last loss, step ${T} receives ${inWords(last[T - 1])} and step 1 ${inWords(last[0])}.`;
}

/** @param {number | null} norm */
export const inWords = (norm) => (norm === null ? "not finite" : formatNumber(norm));
