// The triangle as a picture: a square for each loss at t and step k, larger and darker for more, on a
// logarithmic scale.

import { drawn } from "./dom.js";
import { formatNumber } from "./number.js";

const MOST_DECADES = 8; // orders of magnitude from the largest square to the smallest, at most
export const MARGIN = 34;

/** @typedef {(number | null)[][]} Norms by loss and step; null for what is not finite */
/** @typedef {{ largest: number, decades: number }} TriangleScale */

/** The scale of one triangle, or of several that are compared.
 * @param {...Norms} triangles
 * @returns {TriangleScale}
 */
export function triangleScale(...triangles) {
  const finite = triangles.flat(2).filter((x) => x !== null);
  const largest = Math.max(0, ...finite);
  const smallest = Math.min(...finite.filter((x) => x > 0));
  const decades = Math.min(MOST_DECADES, Math.max(1, Math.ceil(Math.log10(largest / smallest))));
  return { largest, decades };
}

/** The side of a square, in a place of some width.
 * @param {number} T
 * @param {number} width
 */
export function sideOfSquare(T, width) {
  const room = Math.min(560, width - MARGIN - 8);
  return Math.max(10, Math.min(34, Math.floor(room / T)));
}

/**
 * @param {{ norms: Norms, losses: number[], side: number, scale: TriangleScale, label: string }} triangle
 */
export function drawTriangle({ norms, losses, side, scale, label }) {
  const T = norms.length;
  const size = MARGIN + T * side + 4;
  const { largest, decades } = scale;
  const svg = drawn("svg", {
    width: size,
    height: T * side + MARGIN,
    viewBox: `0 0 ${size} ${T * side + MARGIN}`,
    role: "img",
    "aria-label": label,
  });
  /** @type {{ square: SVGGElement, lag: number }[]} */
  const squares = [];
  norms.forEach((row, i) =>
    row.forEach((norm, j) => {
      if (j > i || !losses.includes(i + 1)) return;
      const share =
        norm !== null && norm > 0 ? Math.max(0, 1 + Math.log10(norm / largest) / decades) : 0;
      const half = (side - 2) / 2;
      const reach = norm === 0 ? 0 : Math.max(1, half * (0.25 + 0.75 * share));
      const x = MARGIN + j * side + side / 2;
      const y = i * side + side / 2;
      const square = drawn("g", { class: "square" });
      square.append(drawn("title", {}, `loss at ${i + 1} → step ${j + 1}: ${inWords(norm)}`));
      square.append(
        drawn("rect", { x: x - half, y: y - half, width: 2 * half, height: 2 * half, class: "cell" }),
      );
      if (norm === null) square.append(drawn("text", { x, y: y + 4 }, "∞"));
      else {
        square.append(
          drawn("rect", {
            x: x - reach,
            y: y - reach,
            width: 2 * reach,
            height: 2 * reach,
            class: "amount",
            "fill-opacity": (0.2 + 0.8 * share).toFixed(3),
          }),
        );
      }
      svg.append(square);
      squares.push({ square, lag: i - j });
    }),
  );
  const every = Math.max(1, Math.ceil(20 / side));
  for (let t = 1; t <= T; t += every) {
    svg.append(drawn("text", { x: MARGIN - 6, y: (t - 0.5) * side + 4, class: "row" }, `${t}`));
    svg.append(
      drawn("text", { x: MARGIN + (t - 0.5) * side, y: T * side + 15, class: "column" }, `${t}`),
    );
  }
  svg.append(
    drawn("text", { x: 0, y: 10, class: "axis" }, "t"),
    drawn("text", { x: size - 8, y: T * side + 30, class: "axis" }, "k"),
  );
  return { svg, squares };
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
