// One entry of an equation, written out: the numbers in the places of the arrays, between the same signs.

/** @import { Laid, Equation } from "./laid_out.js" */
/** @import { Looked } from "./block.js" */

import { formatNumber } from "../number.js";
import { Block } from "./block.js";

const MOST_PRODUCTS = 3; // of a row and a column; of more, the first two are written, then dots
const MOST_SUMMANDS = 4;
const USUAL = 3; // digits of a number
const MOST_LOST = 4; // of them to a difference of two numbers that are almost the same
const SIGNS = new Set(["+", "−", "⊙", "·", "×", "/"]);
const LOOSE = new Set(["", "+"]); // beside these a sum needs no brackets
const STACKED = new Set(["[", ";", "]", ","]); // between columns of which only one has the entry
const WRITTEN = new Map([
  ["⊙", "·"],
  ["×", "·"],
]);

/**
 * The right side of an entry, and what it comes to.
 * @param {Equation} equation
 * @param {Looked} looked
 * @returns {{ terms: string, value: string, rest: string }}
 */
export function entryLine({ items, result }, looked) {
  const { row, column } = result.marked(looked);
  const value = formatNumber(result.at(row ?? 0, column ?? 0));
  const arrow = items.findLastIndex((item) => typeof item === "object" && !(item instanceof Block));
  const word = /** @type {{ word: string } | undefined} */ (items[arrow])?.word ?? "";
  const part = items.find((item) => item instanceof Block && item.top !== null);
  if (part instanceof Block) {
    const at = part.marked(looked);
    const product = formatNumber(part.at(at.row ?? 0, at.column ?? 0));
    return { terms: outer(items, part.top, looked), value: product, rest: `, sum ${value}` };
  }
  if (result.top) return { terms: outer(items, result.top, looked), value, rest: "" };
  if (arrow < 0) {
    return { terms: written(items, looked, result.at(row ?? 0, column ?? 0)), value, rest: "" };
  }
  const before = items[arrow - 1];
  if (!(before instanceof Block)) {
    return { terms: written(items.slice(0, arrow), looked), value, rest: ` (${word})` };
  }
  if (word === "sum" && result.roles.length === 0) return { terms: summed(before), value, rest: "" };
  if (word === "sum") {
    return {
      terms: written(items.slice(0, arrow), looked),
      value: "",
      rest: `, part of the sum ${value}`,
    };
  }
  const at = before.marked(looked);
  if (at.row === null && before.rows > 1) return { terms: `${word}(…)`, value, rest: "" };
  return { terms: `${word}(${formatNumber(before.at(at.row ?? 0))})`, value, rest: "" };
}

/**
 * @param {Laid[]} items
 * @param {Block | null} top
 * @param {Looked} looked
 */
function outer(items, top, looked) {
  const column = items.find((item) => item instanceof Block);
  if (!(column instanceof Block) || !top) return "";
  const first = formatNumber(column.at(column.marked(looked).row ?? 0));
  return `${first} · ${bracketed(top.at(top.marked(looked).row ?? 0))}`;
}

/** @param {Block} column */
function summed({ numbers }) {
  const all = Array.from(numbers);
  const shown = all.length > MOST_SUMMANDS ? all.slice(0, MOST_SUMMANDS - 1) : all;
  const text = shown.reduce((sum, x, at) => sum + added(at ? "+" : "", x), "");
  return shown.length < all.length ? `${text} + …${added("+", all[all.length - 1])}` : text;
}

/**
 * What is subtracted has as many decimals as `total`, what it comes to, so that the digits agree.
 * @param {Laid[]} items
 * @param {Looked} looked
 * @param {number} [total]
 */
function written(items, looked, total = NaN) {
  let text = "";
  let sign = "";
  for (let at = 0; at < items.length; at++) {
    const item = items[at];
    const next = items[at + 2];
    if (item === ")") text += item;
    else if (typeof item === "string" && STACKED.has(item)) sign = "";
    else if (typeof item === "string" && item.endsWith("(")) {
      text += between(text, sign) + item;
      sign = "";
    } else if (typeof item === "string" && SIGNS.has(item)) sign = item;
    else if (typeof item === "string") {
      text += between(text, sign) + item;
      sign = "";
    } else if (!(item instanceof Block)) text = `${item.word}(${text})`;
    else if (item.isMatrix && next instanceof Block && items[at + 1] === "·") {
      const after = items[at + 3];
      const loose = LOOSE.has(sign) && (after === undefined || LOOSE.has(String(after)));
      const product = productOf(item, next, looked);
      text += between(text, sign) + (loose ? product : `(${product})`);
      sign = "";
      at += 2;
    } else {
      const { row, column } = item.marked(looked);
      if (row !== null || item.rows === 1) {
        const differs = sign === "−" || items[at + 1] === "−";
        text += operand(text, sign, item, row ?? 0, column ?? 0, differs ? total : NaN);
      }
      sign = "";
    }
  }
  return text.trim();
}

/**
 * A number after a sign: what is negative is subtracted, or put in brackets.
 * @param {string} text what stands before
 * @param {string} sign
 * @param {Block} block
 * @param {number} row
 * @param {number} column
 * @param {number} total whose decimals it has at least; NaN: of none
 */
function operand(text, sign, block, row, column, total) {
  const out = block.text?.(row, column);
  if (out) return between(text, sign) + out;
  const x = block.at(row, column);
  if (sign === "+") return added("+", x);
  const digits = digitsBeside(x, total);
  return between(text, sign) + (sign === "" ? formatNumber(x, digits) : bracketed(x, digits));
}

/** How many digits give a number as many decimals as another one has.
 * @param {number} x
 * @param {number} total
 */
function digitsBeside(x, total) {
  const lost = Math.floor(Math.log10(Math.abs(x))) - Math.floor(Math.log10(Math.abs(total)));
  return lost > 0 && lost <= MOST_LOST ? USUAL + lost : USUAL;
}

/**
 * A sign as it stands between two numbers; a minus before the first is not spaced.
 * @param {string} text
 * @param {string} sign
 */
function between(text, sign) {
  if (!sign) return "";
  if (sign === "−" && (!text || text.endsWith("("))) return sign;
  return ` ${WRITTEN.get(sign) ?? sign} `;
}

/**
 * A row of a matrix times a column.
 * @param {Block} matrix
 * @param {Block} column
 * @param {Looked} looked
 */
function productOf(matrix, column, looked) {
  const { row } = matrix.marked(looked);
  /** @param {number} at */
  const product = (at) =>
    `${at ? bracketed(matrix.at(row ?? 0, at)) : formatNumber(matrix.at(row ?? 0, at))} · ${bracketed(column.at(at))}`;
  const count = matrix.columns;
  const shown = count > MOST_PRODUCTS ? 2 : count;
  const text = Array.from({ length: shown }, (_, at) => product(at)).join(" + ");
  return shown < count ? `${text} + …` : text;
}

/**
 * @param {string} sign
 * @param {number} x
 */
function added(sign, x) {
  if (!sign) return formatNumber(x);
  return x < 0 ? ` − ${formatNumber(-x)}` : ` + ${formatNumber(x)}`;
}

/**
 * @param {number} x
 * @param {number} [digits]
 */
const bracketed = (x, digits) => (x < 0 ? `(${formatNumber(x, digits)})` : formatNumber(x, digits));
