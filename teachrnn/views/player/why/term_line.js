// A summand in one line: its formula with the numbers in it, its value, and a bar of its size.

/** @import { Story } from "../story.js" */
/** @import { Factor, Line } from "../types.d.ts" */

import { addressText, typesetAddress } from "../address.js";
import { element } from "../dom.js";
import { formatNumber } from "../number.js";

/** @typedef {(array: number, index: number[]) => void} Follow */

const SPOKEN = new Map([
  [" · ", "times"],
  [" + ", "plus"],
  [" − ", "minus"],
  ["−", "minus"],
  [" / ", "divided by"],
]);

/**
 * One number of a formula: its address above, the number below. With `follow` it is a link.
 * @param {Story} story
 * @param {Factor} factor
 * @param {Follow} [follow]
 */
export function numberInFormula(story, { array, index, value }, follow) {
  const text = story.isWhole(array) ? String(value) : formatNumber(value);
  const inside = [typesetAddress(story, array, index), element("span", { class: "figure" }, text)];
  if (!follow) return element("span", { class: "factor" }, ...inside);
  const link = element(
    "button",
    {
      type: "button",
      class: "factor",
      title: `${addressText(story, array, index)} = ${value}`,
      "aria-label": `${addressText(story, array, index)}, ${text}: why?`,
    },
    ...inside,
  );
  link.addEventListener("click", () => follow(array, index));
  return link;
}

/**
 * @param {Story} story
 * @param {Line["parts"]} parts
 * @param {Follow} [follow]
 */
export function termFormula(story, parts, follow) {
  return element(
    "span",
    { class: "term" },
    ...parts.map((part) =>
      typeof part === "string"
        ? element("span", { class: "sign" }, part)
        : numberInFormula(story, part, follow),
    ),
  );
}

/** A number whose decimal point is aligned with those of the lines above.
 * @param {number} x
 */
export function alignedNumber(x) {
  const text = formatNumber(x);
  const point = text.indexOf(".");
  const cut = point < 0 ? text.length : point;
  return element(
    "span",
    { class: "aligned" },
    element("span", {}, text.slice(0, cut)),
    element("span", {}, text.slice(cut)),
  );
}

/**
 * A bar from the middle: minus to the left, plus to the right.
 * @param {string} kind
 * @param {number} x
 * @param {number} largest
 */
export function shareBar(kind, x, largest) {
  const share = largest > 0 && Number.isFinite(x) ? Math.abs(x) / largest : 0;
  const filled = element("span");
  filled.style.width = `${(50 * share).toFixed(2)}%`;
  const sign = x < 0 ? "minus" : "plus";
  return element("span", { class: `share ${kind} ${sign}`, "aria-hidden": "true" }, filled);
}

/**
 * @param {Story} story
 * @param {Line["parts"]} parts
 */
export function inWords(story, parts) {
  return parts
    .map((part) => {
      if (typeof part === "string") return SPOKEN.get(part) ?? part.trim();
      const { array, index, value } = part;
      return `${addressText(story, array, index)} ${story.isWhole(array) ? value : formatNumber(value)}`;
    })
    .join(" ");
}
