// The text of a page as marks: a line of it at a time, where it stands.

/** @import { Font, Mark, Point } from "./mark.d.ts" */

const ITALIC = { "A-Z": 0x1d434, "a-z": 0x1d44e, "Α-Ω": 0x1d6e2, "α-ω": 0x1d6fc };

/** @type {CanvasRenderingContext2D | null} */
let measuring = null;

/** How far above its baseline, and below, the letters of a font reach.
 * @param {Font} font
 */
function reachOf({ style, weight, size, family }) {
  measuring ??= document.createElement("canvas").getContext("2d");
  if (!measuring) return { above: 0.8 * size, below: 0.2 * size };
  measuring.font = `${style} ${weight} ${size}px ${family}`;
  const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = measuring.measureText("x");
  return { above, below };
}

/**
 * @param {Text} node
 * @param {CSSStyleDeclaration} style of its parent
 * @param {Point} origin
 * @returns {Mark[]}
 */
export function placedText(node, style, origin) {
  if (!node.data.trim()) return [];
  const font = fontOf(style);
  const reach = reachOf(font);
  return linesOf(node, style.whiteSpaceCollapse === "preserve").map(({ text, box }) => ({
    kind: "text",
    text: isVariable(node.parentElement) ? italic(text) : text,
    x: box.x - origin.x,
    y: box.y - origin.y + (box.height - reach.above - reach.below) / 2 + reach.above,
    width: box.width,
    font,
    fill: style.color,
    halo: null,
  }));
}

/** The lines into which a text is broken, with their places.
 * @param {Text} node
 * @param {boolean} spaced whether its spaces are kept
 * @returns {{ text: string, box: DOMRect }[]}
 */
function linesOf(node, spaced) {
  const range = document.createRange();
  range.selectNodeContents(node);
  const boxes = Array.from(range.getClientRects()).filter(({ width }) => width);
  /** @param {string} text */
  const written = (text) => (spaced ? text.replace(/\n/g, "") : text.replace(/\s+/g, " "));
  if (boxes.length === 1) return [{ text: written(node.data), box: boxes[0] }];
  /** @type {{ text: string, box: DOMRect }[]} */
  const lines = [];
  for (const { index, 0: word } of node.data.matchAll(/\S+\s*|\s+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const [box] = range.getClientRects();
    if (!box) continue;
    const line = lines.at(-1);
    if (line && Math.abs(line.box.y - box.y) < box.height / 2) {
      const { x, y, height } = line.box;
      line.text += written(word);
      line.box = new DOMRect(x, y, box.right - x, height);
    } else lines.push({ text: written(word), box });
  }
  return lines;
}

/** By its element: that such a letter is slanted, not every browser says in its style.
 * @param {Element | null} element
 */
const isVariable = (element) =>
  element?.localName === "mi" && element.getAttribute("mathvariant") !== "normal";

/** A single letter in a formula is shown as a letter of mathematics.
 * @param {string} text
 */
function italic(text) {
  if (Array.from(text).length > 1) return text;
  if (text === "h") return "\u210e";
  if (text === "∂") return "\u{1d715}";
  for (const [letters, first] of Object.entries(ITALIC)) {
    const at = text.codePointAt(0) ?? 0;
    const from = letters.codePointAt(0) ?? 0;
    if (at >= from && at <= (letters.codePointAt(2) ?? 0)) {
      return String.fromCodePoint(first + at - from);
    }
  }
  return text;
}

/**
 * @param {CSSStyleDeclaration} style
 * @returns {Font}
 */
export function fontOf({ fontStyle, fontWeight, fontSize, fontFamily }) {
  return { style: fontStyle, weight: fontWeight, size: parseFloat(fontSize), family: fontFamily };
}
