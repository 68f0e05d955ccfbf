// The boxes of a page as marks: what is behind them, their borders, the lines at their edges.

/** @import { Mark, Matrix, Place } from "./mark.d.ts" */

/** @type {Matrix} */
const SAME = [1, 0, 0, 1, 0, 0];
const HATCH = 4; // pixels from one stroke to the next

/** The outline of a rectangle with round corners.
 * @param {Place} place
 * @param {number} radius
 */
export function rounded({ x, y, width, height }, radius) {
  const r = Math.min(radius, width / 2, height / 2);
  if (!(r > 0)) return `M${x} ${y}h${width}v${height}h${-width}z`;
  const [w, h] = [width - 2 * r, height - 2 * r];
  const turn = (/** @type {number} */ dx, /** @type {number} */ dy) => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
  return `M${x + r} ${y}h${w}${turn(r, r)}v${h}${turn(-r, r)}h${-w}${turn(-r, -r)}v${-h}${turn(r, -r)}z`;
}

/**
 * @param {Place} place
 * @param {CSSStyleDeclaration} style
 * @returns {Mark[]}
 */
export function frames(place, style) {
  const radius = parseFloat(style.borderTopLeftRadius) || 0;
  /** @type {Mark[]} */
  const marks = [];
  /** @param {string} d @param {string} fill */
  const filled = (d, fill) => {
    if (!clear(fill)) marks.push({ kind: "path", d, matrix: SAME, fill, stroke: null });
  };
  /** @param {number} by @param {string} colour @param {number} width @param {string} kind */
  const framed = (by, colour, width, kind) => {
    if (!width || kind === "none" || clear(colour)) return;
    const dash = kind === "dashed" ? [3 * width, 3 * width] : [];
    const d = rounded(grown(place, by), radius);
    marks.push({ kind: "path", d, matrix: SAME, fill: null, stroke: { colour, width, dash } });
  };
  for (const shadow of shadowsOf(style.boxShadow)) {
    if (!shadow.inset) {
      filled(rounded(grown(moved(place, shadow), shadow.spread), radius), shadow.colour);
    }
  }
  filled(rounded(place, radius), style.backgroundColor);
  if (style.backgroundImage.startsWith("repeating-linear-gradient")) marks.push(hatched(place, style));
  for (const shadow of shadowsOf(style.boxShadow)) {
    if (!shadow.inset) continue;
    if (shadow.spread) framed(-shadow.spread / 2, shadow.colour, shadow.spread, "solid");
    else filled(rounded(edge(place, shadow), 0), shadow.colour);
  }
  for (const side of /** @type {const} */ (["Top", "Right", "Bottom", "Left"])) {
    const width = parseFloat(style[`border${side}Width`]);
    if (style[`border${side}Style`] === "none" || !width) continue;
    if (sides(style)) {
      framed(-width / 2, style.borderTopColor, width, style.borderTopStyle);
      break;
    }
    filled(rounded(sideOf(place, side, width), 0), style[`border${side}Color`]);
  }
  const outline = parseFloat(style.outlineWidth);
  framed(parseFloat(style.outlineOffset) + outline / 2, style.outlineColor, outline, style.outlineStyle);
  return marks;
}

/** @param {string} colour */
const clear = (colour) => /^rgba\(.*, 0\)$|\/ 0\)$|^transparent$/.test(colour);

/** Whether all four borders are the same.
 * @param {CSSStyleDeclaration} style
 */
const sides = (style) =>
  new Set([style.borderTopWidth, style.borderRightWidth, style.borderBottomWidth, style.borderLeftWidth])
    .size === 1;

/** @param {Place} place @param {number} by */
const grown = ({ x, y, width, height }, by) => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
});

/** @param {Place} place @param {{ x: number, y: number }} by */
const moved = (place, by) => ({ ...place, x: place.x + by.x, y: place.y + by.y });

/** @param {Place} place @param {"Top" | "Right" | "Bottom" | "Left"} side @param {number} width */
function sideOf({ x, y, width: w, height: h }, side, width) {
  if (side === "Top") return { x, y, width: w, height: width };
  if (side === "Bottom") return { x, y: y + h - width, width: w, height: width };
  return { x: side === "Left" ? x : x + w - width, y, width, height: h };
}

/** The strip at the edge from which an inner shadow comes.
 * @param {Place} place
 * @param {{ x: number, y: number }} shadow
 */
function edge(place, { x, y }) {
  if (y) return sideOf(place, y > 0 ? "Top" : "Bottom", Math.abs(y));
  return sideOf(place, x > 0 ? "Left" : "Right", Math.abs(x));
}

/** @param {string} text as computed: colour first */
function shadowsOf(text) {
  if (text === "none") return [];
  return text.split(/,(?![^(]*\))/).map((one) => {
    const [x, y, , spread] = (one.match(/-?[\d.]+px/g) ?? []).map(parseFloat);
    const colour = one.trim().replace(/(\s-?[\d.]+px)+(\s+inset)?$/, "");
    return { x, y, spread, colour, inset: /inset$/.test(one) };
  });
}

/** Strokes across a box, which stand for minus.
 * @param {Place} place
 * @param {CSSStyleDeclaration} style
 * @returns {Mark}
 */
function hatched(place, { color }) {
  const { x, y, width, height } = place;
  let d = "";
  for (let at = HATCH; at < width + height; at += HATCH * Math.SQRT2) {
    d += `M${x + at} ${y}l${-height} ${height}`;
  }
  const stroke = { colour: `color-mix(in oklab, ${color} 40%, transparent)`, width: 1, dash: [] };
  return { kind: "clip", ...place, marks: [{ kind: "path", d, matrix: SAME, fill: null, stroke }] };
}
