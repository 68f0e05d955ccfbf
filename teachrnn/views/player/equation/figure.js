// What the figures of an equation share: its label, its caption, and a button for each number.

/** @import { Block, Looked } from "./block.js" */
/** @import { Context, Entry } from "../types.d.ts" */

import { bracketed } from "../address.js";
import { verdictOf } from "../array/array.js";
import { element } from "../dom.js";
import { formatNumber, toldApart } from "../number.js";

/**
 * What a figure does for its equation.
 * @typedef {object} Figure
 * @property {HTMLElement} element
 * @property {Block} block
 * @property {number} rows
 * @property {number} columns
 * @property {(block: Block) => void} show
 * @property {(looked: Looked) => void} mark
 * @property {(row: number, column: number) => HTMLButtonElement} cell to take the focus
 * @property {(level: Level) => void} write
 */

/** How much room the numbers have.
 * @typedef {{ name: string, digits: number, most: number }} Level
 */

/** The label above a figure, and the caption below it. */
export class Frame {
  /** @param {...Node} body */
  constructor(...body) {
    this.label = element("div", { class: "label" });
    this.caption = element("figcaption");
    this.element = element("figure", {}, this.label, ...body, this.caption);
  }

  /** Say what is in it now.
   * @param {Context} context
   * @param {Block} block
   * @param {string} looks classes of this kind of figure
   */
  inscribe({ story }, block, looks) {
    const { element: figure } = this;
    this.label.replaceChildren(...block.label);
    const verdict = block.k === null ? [] : verdictOf(story, block.k);
    this.caption.replaceChildren(...noteOf(block.note), ...verdict);
    figure.className = `piece ${block.kind}${block.isResult ? " result" : ""} ${looks}`.trim();
    figure.dataset.name = block.name;
    if (block.k === null) delete figure.dataset.k;
    else figure.dataset.k = String(block.k);
  }
}

/**
 * A note; what follows a comma is for those who listen, and for the pointer.
 * @param {string} note
 */
function noteOf(note) {
  if (!note) return [];
  const [short, ...rest] = note.split(", ");
  const shown = element("span", { class: "note", title: note }, short);
  if (rest.length) shown.append(element("span", { class: "unseen-words" }, `, ${rest.join(", ")}`));
  return [shown];
}

/**
 * What a number of a block is called, and what it is.
 * @param {Context} context
 * @param {Block} block
 * @param {number} row
 * @param {number} column
 */
export function toldNumber({ story }, block, row, column) {
  const x = block.at(row, column);
  const entry = block.entry(row, column);
  const own = entry && block.k !== null ? ownNumber(story, entry) : null;
  const [text, yours] = own === null ? [formatNumber(x), ""] : toldApart(x, own);
  const address = entry ? `${story.arrays[entry.k].name}${bracketed(entry.index)}` : block.name;
  const differs = yours && `, ${story.whose} ${yours} differs`;
  const computed =
    block.k === null && entry ? `computed from ${address}: ${text}` : `${address} is ${text}`;
  return {
    text,
    yours,
    title: block.k === null ? `${text}, computed from ${address}` : `${address} = ${x}`,
    spoken: `${computed}${differs}: why?`,
  };
}

/**
 * The reader's own number at an entry, where it differs.
 * @param {Context["story"]} story
 * @param {Entry} entry
 */
function ownNumber(story, { k, index }) {
  const { shape } = story.arrays[k];
  const place = index.reduce((at, n, axis) => at * shape[axis] + n, 0);
  const yours = story.yoursOf(k);
  return yours && story.differs(k, place) ? yours[place] : null;
}
