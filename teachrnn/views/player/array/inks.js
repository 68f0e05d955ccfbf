// The colours of a heat map as a canvas takes them: one for each shade of plus and minus, and of the strokes
// that say minus without colour.

/** @typedef {[r: number, g: number, b: number]} Colour */

export const SHADES = 64; // for each sign
const FULLEST = 0.95; // share of the full colour
const STROKES = { fine: 0.25, coarse: 0.45 }; // over small cells they are so close together that they would hide the colour

export class Inks {
  /** Those that the style sheet gives an element now.
   * @param {Element} element
   */
  constructor(element) {
    const style = getComputedStyle(element);
    const texts = [
      style.backgroundColor,
      style.borderTopColor,
      style.borderBottomColor,
      style.caretColor,
      style.color,
    ];
    const [paper, plus, minus, notFinite, ink] = texts.map(rgb);
    this.name = texts.join();
    /** @param {Colour} full */
    const scale = (full) =>
      Array.from({ length: SHADES + 1 }, (_, shade) => mixed(full, paper, (FULLEST * shade) / SHADES));
    /** @param {number} share of ink over minus */
    const strokes = (share) =>
      Uint32Array.from(scale(minus), (colour) => packed(mixed(ink, colour, share)));
    this.plus = Uint32Array.from(scale(plus), packed);
    this.minus = Uint32Array.from(scale(minus), packed);
    this.strokes = { fine: strokes(STROKES.fine), coarse: strokes(STROKES.coarse) };
    this.notFinite = packed(notFinite);
    this.ink = packed(ink);
  }
}

/**
 * @param {string} colour
 * @returns {Colour}
 */
function rgb(colour) {
  const [r, g, b] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}

/**
 * @param {Colour} a
 * @param {Colour} b
 * @param {number} share
 * @returns {Colour}
 */
function mixed(a, b, share) {
  const rest = 1 - share;
  return [share * a[0] + rest * b[0], share * a[1] + rest * b[1], share * a[2] + rest * b[2]];
}

/** @param {Colour} colour */
const packed = ([r, g, b]) =>
  (0xff000000 | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
