// A picture as SVG that needs nothing else: every style is an attribute, and the mathematical font is in it.

/** @import { Mark, Matrix, Picture, Stroke, TextMark } from "./mark.d.ts" */

import { mathematicalFont } from "../dom.js";
import { plainColour } from "./colour.js";

const SVG = "http://www.w3.org/2000/svg";
const SPACE = "http://www.w3.org/XML/1998/namespace";

// Not the page's document: that would load the images in it, which the page's policy forbids.
const sheet = document.implementation.createDocument(SVG, "svg");

/**
 * @param {string} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {string} [text]
 */
function made(tag, attributes = {}, text) {
  const node = sheet.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  if (text !== undefined) node.textContent = text;
  return node;
}

/** @param {Picture} picture */
export function svgOf({ width, height, paper, marks, title, words }) {
  const svg = made("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" });
  svg.append(made("title", {}, title), made("desc", {}, words));
  const font = mathematicalFont();
  if (font) svg.append(made("style", {}, faceOf(font)));
  svg.append(made("rect", { width, height, ...painted("fill", paper) }));
  const clips = made("defs");
  svg.append(...marks.map((mark) => nodeOf(mark, clips)));
  if (clips.childElementCount) svg.prepend(clips);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(svg)}\n`;
}

/** @param {Uint8Array} font */
function faceOf(font) {
  const bytes = Array.from(font, (byte) => String.fromCharCode(byte)).join("");
  return `@font-face{font-family:TeachrnnMath;src:url(data:font/woff;base64,${btoa(bytes)})}`;
}

/**
 * @param {string} name
 * @param {string} colour
 */
function painted(name, colour) {
  const { hex, alpha } = plainColour(colour);
  return { [name]: hex, ...(alpha < 1 ? { [`${name}-opacity`]: alpha } : {}) };
}

/** @param {Stroke | null} stroke */
function stroked(stroke) {
  if (!stroke) return {};
  const dash = stroke.dash.length ? { "stroke-dasharray": stroke.dash.join(" ") } : {};
  return { ...painted("stroke", stroke.colour), "stroke-width": round(stroke.width), ...dash };
}

/**
 * @param {Mark} mark
 * @param {Element} clips
 * @returns {Element}
 */
function nodeOf(mark, clips) {
  if (mark.kind === "path") {
    const { d, matrix, fill, stroke } = mark;
    const still = matrix.join() === "1,0,0,1,0,0";
    return made("path", {
      d,
      ...(still ? {} : { transform: `matrix(${matrix.map(round).join(" ")})` }),
      ...(fill ? painted("fill", fill) : { fill: "none" }),
      ...stroked(stroke),
    });
  }
  if (mark.kind === "text") return textNode(mark);
  const { x, y, width, height } = mark;
  if (mark.kind === "image") {
    return made("image", { x, y, width, height, href: mark.canvas.toDataURL() });
  }
  const id = `clip-${clips.childElementCount}`;
  const clip = made("clipPath", { id });
  clip.append(made("rect", { x, y, width, height }));
  clips.append(clip);
  const group = made("g", { "clip-path": `url(#${id})` });
  group.append(...mark.marks.map((one) => nodeOf(one, clips)));
  return group;
}

/** @param {TextMark} mark */
function textNode({ text, x, y, width, font, fill, halo }) {
  const node = made(
    "text",
    {
      x: round(x),
      y: round(y),
      "font-size": round(font.size),
      "font-family": font.family,
      ...(font.weight === "400" ? {} : { "font-weight": font.weight }),
      ...(font.style === "normal" ? {} : { "font-style": font.style }),
      ...(Array.from(text).length > 1
        ? { textLength: round(width), lengthAdjust: "spacingAndGlyphs" }
        : {}),
      ...painted("fill", fill),
      ...(halo ? { ...stroked(halo), "paint-order": "stroke" } : {}),
    },
    text,
  );
  node.setAttributeNS(SPACE, "xml:space", "preserve");
  return node;
}

/** @param {number} x */
const round = (x) => Math.round(1000 * x) / 1000;
