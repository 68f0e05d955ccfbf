// The squares of the triangle, on a canvas, in the page's own colours: there may be tens of thousands.

import { element } from "./dom.js";

const GAP = 8; // smaller squares touch each other
const FULL = 6; // and in smaller ones only the shade tells the size

/**
 * What is in a square: how much of it is filled, from 0 to 1; null for what is not finite.
 * @typedef {object} Square
 * @property {number} row
 * @property {number} column
 * @property {number | null} share
 * @property {boolean} dropped
 */

export class Squares {
  constructor() {
    this.element = element("canvas", { "aria-hidden": "true" });
    this.paint = () => {};
    // the style sheet gives the canvas its colours; a change of theme ends a (very short) transition
    this.element.addEventListener("transitionend", () => this.paint());
  }

  /** What `paint` paints from now on.
   * @param {number} count of rows and columns
   * @param {number} side of a square, in pixels
   * @param {() => Iterable<Square>} squares
   */
  lay(count, side, squares) {
    const size = count * side;
    const { style } = this.element;
    style.width = style.height = `${size}px`;
    this.paint = () => {
      const ratio = devicePixelRatio;
      Object.assign(this.element, { width: size * ratio, height: size * ratio });
      const brush = this.element.getContext("2d");
      if (!brush) return;
      brush.scale(ratio, ratio);
      const { color, borderTopColor, borderBottomColor, caretColor } = getComputedStyle(this.element);
      const colours = {
        amount: color,
        cell: borderTopColor,
        line: borderBottomColor,
        strange: caretColor,
      };
      const all = [...squares()];
      const kept = all.filter(({ dropped }) => !dropped);
      brush.fillStyle = colours.cell;
      for (const square of kept) fill(brush, square, side, side);
      brush.fillStyle = colours.amount; // set once: it is slow
      for (const square of kept) {
        if (!square.share) continue;
        brush.globalAlpha = 0.2 + 0.8 * square.share;
        fill(brush, square, side, filled(square.share, side));
      }
      brush.globalAlpha = 1;
      brush.fillStyle = colours.strange;
      for (const square of all) if (square.share === null) fill(brush, square, side, side);
      brush.strokeStyle = colours.line;
      brush.lineWidth = 0.6;
      for (const square of all) {
        if (square.dropped && side >= GAP) outline(brush, square, side);
      }
    };
  }
}

/**
 * How long the sides of what is filled are.
 * @param {number} share
 * @param {number} side
 */
const filled = (share, side) => (side < FULL ? side : Math.max(1, side * (0.25 + 0.75 * share)));

/** The middle of a square, with a gap around it where there is room for one.
 * @param {CanvasRenderingContext2D} brush
 * @param {Square} square
 * @param {number} side
 * @param {number} wide of what is filled
 */
function fill(brush, { row, column }, side, wide) {
  const least = side < GAP ? 0 : 1;
  const inset = Math.max(least, (side - wide) / 2);
  brush.fillRect(column * side + inset, row * side + inset, side - 2 * inset, side - 2 * inset);
}

/** What is dropped is an outline.
 * @param {CanvasRenderingContext2D} brush
 * @param {Square} square
 * @param {number} side
 */
function outline(brush, { row, column, share }, side) {
  const inset = Math.max(1.3, (side - (share ? filled(share, side) : side)) / 2);
  brush.strokeRect(column * side + inset, row * side + inset, side - 2 * inset, side - 2 * inset);
}
