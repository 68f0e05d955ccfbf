// A part of a page as marks: lines and areas, text, pictures. They are read off the page as it is laid out, so
// that a picture is what was shown.

/** @import { Mark, Matrix, Place, Point, Stroke } from "./mark.d.ts" */

import { frames, rounded } from "./box.js";
import { fontOf, placedText } from "./text.js";

const NOT_SHOWN = "title, desc, defs, marker, .unseen-words, .heads, [hidden], select, .travellers";
/** @type {Matrix} */
const SAME = [1, 0, 0, 1, 0, 0];

/**
 * What an element looks like, with the origin at a point of the window.
 * @param {Element} element
 * @param {Point} origin
 * @param {string} left a selector of parts that are left out
 * @returns {Mark[]}
 */
export function marksOf(element, origin, left) {
  if (element.matches(NOT_SHOWN) || element.matches(left)) return [];
  const style = getComputedStyle(element);
  if (style.display === "none" || style.opacity === "0") return [];
  const visible = style.visibility === "visible";
  if (element instanceof SVGTextElement) return visible ? drawnText(element, origin) : [];
  if (element instanceof SVGGeometryElement) return visible ? drawnPath(element, style, origin) : [];
  const inside = Array.from(element.childNodes).flatMap((node) => {
    if (node instanceof Element) return marksOf(node, origin, left);
    return node instanceof Text && visible ? placedText(node, style, origin) : [];
  });
  if (element instanceof SVGElement && !(element instanceof SVGSVGElement)) return inside;
  const box = element.getBoundingClientRect();
  const place = { x: box.x - origin.x, y: box.y - origin.y, width: box.width, height: box.height };
  const clips = style.overflowX !== "visible" && overflows(element) && !(element instanceof SVGElement);
  const own = visible ? [...frames(place, style), ...special(element, place, style)] : [];
  return [
    ...own,
    ...(clips ? [{ kind: /** @type {const} */ ("clip"), ...place, marks: inside }] : inside),
  ];
}

/** @param {Element} element */
const overflows = ({ scrollWidth, scrollHeight, clientWidth, clientHeight }) =>
  scrollWidth > clientWidth || scrollHeight > clientHeight;

/** What is neither box nor text: pictures, the bar of a fraction, a root.
 * @param {Element} element
 * @param {Place} place
 * @param {CSSStyleDeclaration} style
 * @returns {Mark[]}
 */
function special(element, place, style) {
  const { x, y, width, height } = place;
  if (element instanceof HTMLCanvasElement && element.width && element.height) {
    return [{ kind: "image", ...place, canvas: element }];
  }
  const line = { colour: style.color, width: parseFloat(style.fontSize) / 18, dash: [] };
  const [first, second] = element.children;
  if (element.localName === "mfrac") {
    const above = first.getBoundingClientRect().bottom;
    const below = second.getBoundingClientRect().top;
    const middle = y + (above + below) / 2 - element.getBoundingClientRect().y;
    return [{ kind: "path", d: `M${x} ${middle}h${width}`, matrix: SAME, fill: null, stroke: line }];
  }
  if (element.localName === "msqrt") {
    const left = first.getBoundingClientRect().x - element.getBoundingClientRect().x;
    const foot = y + height;
    const d = `M${x} ${foot - height / 3}l${left / 3} ${-height / 12}L${x + left * 0.6} ${foot}L${x + left} ${y + 1}H${x + width}`;
    return [{ kind: "path", d, matrix: SAME, fill: null, stroke: line }];
  }
  return [];
}

/**
 * @param {SVGGraphicsElement} element
 * @param {Point} origin
 * @returns {Matrix}
 */
function matrixOf(element, origin) {
  const m = element.getScreenCTM();
  return m ? [m.a, m.b, m.c, m.d, m.e - origin.x, m.f - origin.y] : SAME;
}

/**
 * @param {CSSStyleDeclaration} style
 * @returns {Stroke | null}
 */
function strokeOf({ stroke, strokeWidth, strokeDasharray }) {
  const width = parseFloat(strokeWidth);
  if (stroke === "none" || !width) return null;
  return { colour: stroke, width, dash: (strokeDasharray.match(/[\d.]+/g) ?? []).map(Number) };
}

/**
 * @param {SVGGeometryElement} element
 * @param {CSSStyleDeclaration} style
 * @param {Point} origin
 * @returns {Mark[]}
 */
function drawnPath(element, style, origin) {
  const fill = style.fill === "none" ? null : style.fill;
  const stroke = strokeOf(style);
  const d = outlineOf(element);
  if (!d || (!fill && !stroke)) return [];
  const matrix = matrixOf(element, origin);
  return [{ kind: "path", d, matrix, fill, stroke }, ...heads(element, style, matrix)];
}

/** @param {SVGGeometryElement} element */
function outlineOf(element) {
  /** @param {string} name */
  const at = (name) => Number(element.getAttribute(name) ?? 0);
  if (element instanceof SVGCircleElement) {
    const r = at("r");
    return `M${at("cx") - r} ${at("cy")}a${r} ${r} 0 0 1 ${2 * r} 0a${r} ${r} 0 0 1 ${-2 * r} 0z`;
  }
  if (element instanceof SVGRectElement) {
    const place = { x: at("x"), y: at("y"), width: at("width"), height: at("height") };
    return rounded(place, at("rx"));
  }
  return element.getAttribute("d") ?? "";
}

/** The heads of an arrow, turned as it runs at its ends.
 * @param {SVGGeometryElement} element
 * @param {CSSStyleDeclaration} style
 * @param {Matrix} matrix
 * @returns {Mark[]}
 */
function heads(element, { markerStart, markerEnd }, matrix) {
  const length = element.getTotalLength();
  const root = /** @type {Document | ShadowRoot} */ (element.getRootNode());
  return [
    { marker: markerStart, at: 0, before: Math.min(0.05, length) },
    { marker: markerEnd, at: length, before: Math.max(0, length - 0.05) },
  ].flatMap(({ marker, at, before }) => {
    const id = /#([^"')]+)/.exec(marker)?.[1];
    const head = id ? root.getElementById(id) : null;
    const shape = head?.querySelector("path");
    if (!(head instanceof SVGMarkerElement) || !shape) return [];
    const tip = element.getPointAtLength(at);
    const tail = element.getPointAtLength(before);
    const turn = (180 / Math.PI) * Math.atan2(tip.y - tail.y, tip.x - tail.x);
    const scale = head.markerWidth.baseVal.value / head.viewBox.baseVal.width;
    const m = new DOMMatrix(matrix)
      .translate(tip.x, tip.y)
      .rotate(turn)
      .scale(scale)
      .translate(-head.refX.baseVal.value, -head.refY.baseVal.value);
    return [
      {
        kind: /** @type {const} */ ("path"),
        d: shape.getAttribute("d") ?? "",
        matrix: /** @type {Matrix} */ ([m.a, m.b, m.c, m.d, m.e, m.f]),
        fill: getComputedStyle(shape).fill,
        stroke: null,
      },
    ];
  });
}

/** Text of a drawing: a mark for each of its pieces.
 * @param {SVGTextElement} element
 * @param {Point} origin
 * @returns {Mark[]}
 */
function drawnText(element, origin) {
  const m = new DOMMatrix(matrixOf(element, origin));
  const pieces = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  /** @type {Mark[]} */
  const marks = [];
  let before = 0;
  for (let node = pieces.nextNode(); node; node = pieces.nextNode()) {
    const text = node.textContent ?? "";
    if (!text || !node.parentElement) continue;
    const style = getComputedStyle(node.parentElement);
    const start = element.getStartPositionOfChar(before);
    const width = element.getSubStringLength(before, text.length);
    const at = m.transformPoint(start);
    before += text.length;
    marks.push({
      kind: "text",
      text,
      x: at.x,
      y: at.y,
      width: width * m.a,
      font: { ...fontOf(style), size: parseFloat(style.fontSize) * m.a },
      fill: style.fill,
      halo: style.paintOrder.startsWith("stroke") ? strokeOf(style) : null,
    });
  }
  return marks;
}
