// A vector of an equation: a column of numbers, each a button. Of a long one a window of some rows is shown,
// beside all of it as a strip of colour.

/** @import { Block, Looked } from "./block.js" */
/** @import { Level } from "./figure.js" */
/** @import { Context } from "../types.d.ts" */

import { colourOf, HeatMap } from "../array/heat.js";
import { element } from "../dom.js";
import { formatNumber } from "../number.js";
import { Frame, toldNumber } from "./figure.js";

const MOST_ROWS = 10; // that are shown all at once
const WINDOW = 8;
const LARGEST_SHARE = 100;

export class Column {
  /** Blocks of the same form can be shown in the same column.
   * @param {Context} context
   * @param {Block} block
   */
  static formOf({ story }, block) {
    const compared = block.k !== null && story.differs(block.k);
    const long = block.rows > MOST_ROWS;
    return `column ${block.kind} ${rowsShown(block)}${long ? " long" : ""}${compared ? " compared" : ""}`;
  }

  /**
   * @param {Context} context
   * @param {Block} block
   */
  constructor(context, block) {
    this.context = context;
    this.block = block;
    this.largest = 0; // magnitude of the arrays of its kind in the equation
    /** @type {string[] | null} what the rows stand for */
    this.symbols = null;
    this.columns = 1;
    this.first = 0;
    this.shown = rowsShown(block);
    /** @type {Level | null} with which it is written; null: not yet */
    this.level = null;
    /** @type {number | null} */
    this.row = null;
    this.lines = Array.from({ length: this.shown }, () => this.#line());
    this.body = element("div", { class: "column" }, ...this.lines.map(({ element: line }) => line));
    this.strip = block.rows > MOST_ROWS ? new HeatMap(block) : null;
    this.strip?.element.classList.add("strip-of-all");
    this.frame = new Frame(
      element("div", { class: "numbers" }, ...(this.strip ? [this.strip.element] : []), this.body),
    );
    this.element = this.frame.element;
    this.element.style.setProperty("--own-rows", String(this.shown));
  }

  #line() {
    const symbol = element("span", { class: "symbol", "aria-hidden": "true" });
    const share = element("span", { class: "share-of-one", "aria-hidden": "true" });
    const figure = element("span", { class: "figure" });
    const cell = element("button", { type: "button", class: "number", tabindex: "-1" }, share, figure);
    const own = element("span", { class: "own", "aria-hidden": "true" }); // the cell says it
    const { k } = this.block;
    const compared = k !== null && this.context.story.differs(k);
    return {
      element: element("div", { class: "numbered" }, symbol, cell, ...(compared ? [own] : [])),
      symbol,
      share,
      figure,
      cell,
      own,
    };
  }

  get rows() {
    return this.block.rows;
  }

  /** Its numbers are written once it is known how much room they have.
   * @param {Block} block
   * @param {number} largest
   * @param {string[] | null} symbols
   */
  show(block, largest, symbols) {
    this.block = block;
    this.largest = largest;
    this.symbols = symbols;
    this.first = 0;
    this.row = null;
    this.level = null;
    const shares = block.shares && block.picked !== null && "shares";
    this.frame.inscribe(this.context, block, [shares, symbols && "named"].filter(Boolean).join(" "));
    const { name, kind, numbers, rows, columns } = block;
    this.strip?.show({ name, kind, numbers, rows, columns, largest });
  }

  #fill() {
    const { block, level } = this;
    if (!level) return;
    const texts = this.lines.map((_, at) => this.#text(this.first + at, level));
    const after = texts.map(behindPoint);
    const deepest = Math.max(...after);
    this.lines.forEach(({ symbol, share, figure, cell, own }, at) => {
      const row = this.first + at;
      const { title, spoken, yours } = toldNumber(this.context, block, row, 0);
      const x = block.at(row);
      const name = this.symbols?.[row];
      symbol.textContent = name ?? "";
      figure.textContent = texts[at];
      const room = Math.max(0, level.most - texts[at].length);
      cell.style.paddingInlineEnd = `calc(3px + ${Math.min(room, deepest - after[at])}ch)`;
      cell.dataset.row = String(row);
      cell.title = title;
      cell.setAttribute("aria-label", name ? `${name}: ${spoken}` : spoken);
      share.style.width = block.shares ? `${LARGEST_SHARE * Math.min(1, Math.abs(x))}%` : "";
      cell.style.background = this.#background(row, x);
      cell.classList.toggle("minus", x < 0);
      cell.classList.toggle("true", block.picked === row);
      own.textContent = yours ? `≠ ${yours}` : "";
      own.hidden = !yours;
    });
    this.#marks();
    if (this.strip) this.strip.frame([this.first, this.first + this.shown - 1], "window");
  }

  /**
   * @param {number} row
   * @param {number} x
   */
  #background(row, x) {
    const { block } = this;
    if (block.k !== null && this.context.story.isWhole(block.k)) return "";
    if (block.shares && block.picked !== null) return "";
    return colourOf(block.kind, x, this.largest);
  }

  /**
   * @param {number} row
   * @param {Level} level
   */
  #text(row, level) {
    const { block } = this;
    if (block.k !== null && this.context.story.isWhole(block.k)) return String(block.at(row));
    const { text, yours } = toldNumber(this.context, block, row, 0);
    return yours || level.digits === 3 ? text : formatNumber(block.at(row), level.digits);
  }

  /** @param {Level} level */
  write(level) {
    if (level.digits === this.level?.digits && level.most === this.level.most) return;
    this.level = level;
    this.#fill();
  }

  /** @param {Looked} looked */
  mark(looked) {
    this.row = this.block.marked(looked).row;
    if (this.row !== null) this.#reveal(this.row);
    this.#marks();
  }

  #marks() {
    this.lines.forEach(({ cell }, at) => {
      cell.classList.toggle("marked", this.first + at === this.row);
    });
  }

  /** @param {number} row */
  #reveal(row) {
    const first = Math.max(
      0,
      Math.min(
        this.rows - this.shown,
        row < this.first || row >= this.first + this.shown ? row - 3 : this.first,
      ),
    );
    if (first === this.first) return;
    this.first = first;
    this.#fill();
  }

  /** @param {number} row */
  cell(row) {
    this.#reveal(row);
    return this.lines[Math.max(0, Math.min(this.shown - 1, row - this.first))].cell;
  }
}

/**
 * How many rows of a block are as high as a row.
 * @param {{ rows: number }} block
 */
export function rowsShown({ rows }) {
  return rows > MOST_ROWS ? WINDOW : rows;
}

/** @param {string} text */
function behindPoint(text) {
  const point = text.indexOf(".");
  return point < 0 ? 0 : text.length - point;
}
