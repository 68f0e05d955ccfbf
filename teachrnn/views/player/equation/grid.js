// A matrix of an equation: a heat map with its marked row, and a button at the entry that is looked at. On top
// of the matrix that an outer product spans stands its row.

/** @import { Block, Looked } from "./block.js" */
/** @import { Heats } from "./heats.js" */
/** @import { Context } from "../types.d.ts" */

import { element } from "../dom.js";
import { framed, toldNumber } from "./figure.js";

/** The numbers as colours, and one button that stands where the reader is. */
class Field {
  /**
   * @param {Context} context
   * @param {Block} block
   * @param {boolean} across whether it is a column that lies on its side
   * @param {Heats} heats
   */
  constructor(context, block, across, heats) {
    this.context = context;
    this.block = block;
    this.across = across;
    const { story } = context;
    const shape = across ? { rows: 1, columns: block.rows } : {};
    this.heat = heats.of(block, shape);
    this.rows = this.heat.rows;
    this.columns = this.heat.columns;
    const { k } = block;
    const differs =
      k === null || block.turned || block.entry(0, 0)?.index.length !== 2
        ? []
        : (story.comparisonOf(k)?.differs ?? []);
    if (differs.length) this.heat.strike(differs);
    this.cursor = element("button", { type: "button", class: "number cursor", tabindex: "-1" });
    this.element = element("div", { class: "field" }, this.heat.element, this.cursor);
    this.to(0, 0);
  }

  /**
   * @param {number} row
   * @param {number} column
   * @returns {HTMLButtonElement}
   */
  to(row, column) {
    const { cursor, rows, columns } = this;
    const at = this.across ? [column, 0] : [row, column];
    const { title, spoken } = toldNumber(this.context, this.block, at[0], at[1]);
    cursor.dataset.row = String(at[0]);
    cursor.dataset.column = String(at[1]);
    cursor.title = title;
    cursor.setAttribute("aria-label", spoken);
    cursor.style.left = `${(100 * column) / columns}%`;
    cursor.style.top = `${(100 * row) / rows}%`;
    cursor.style.width = `${100 / columns}%`;
    cursor.style.height = `${100 / rows}%`;
    return cursor;
  }

  /**
   * @param {number | null} row
   * @param {number | null} column
   */
  frame(row, column) {
    const { rows, columns } = this;
    const line = row === null || rows < 2 ? [] : [row * columns, row * columns + columns - 1];
    this.heat.frame(line, "marked-row");
    const down =
      column === null || this.block.picked === null ? [] : [column, (rows - 1) * columns + column];
    this.heat.frame(down, "marked-column");
    if (column !== null) this.to(row ?? 0, column);
    else if (row !== null) this.to(row, Number(this.cursor.dataset.column));
    cursorIn(this.cursor, column !== null);
  }
}

/**
 * @param {HTMLElement} cursor
 * @param {boolean} marks
 */
function cursorIn(cursor, marks) {
  cursor.classList.toggle("marked", marks);
}

export class Grid {
  /**
   * @param {Context} context
   * @param {Block} block
   * @param {Heats} heats
   */
  constructor(context, block, heats) {
    this.block = block;
    this.rows = block.rows;
    this.columns = block.columns;
    this.field = new Field(context, block, false, heats);
    this.field.element.classList.add("matrix");
    this.element = framed(context, block, this.field.element);
    this.element.classList.add("grid");
    this.element.style.setProperty("--rows", String(Math.min(8, block.rows)));
    this.element.style.setProperty("--columns", String(Math.min(8, block.columns)));
  }

  /** @param {Looked} looked */
  mark(looked) {
    const { row, column } = this.block.marked(looked);
    this.field.frame(row, column);
  }

  /**
   * @param {number} row
   * @param {number} column
   */
  cell(row, column) {
    return this.field.to(row, column);
  }

  write() {}
}

/** The row on top of a matrix. */
export class TopRow {
  /**
   * @param {Context} context
   * @param {Block} block
   * @param {Heats} heats
   */
  constructor(context, block, heats) {
    this.block = block;
    this.rows = 1;
    this.columns = block.rows;
    this.field = new Field(context, block, true, heats);
    const label = element("div", { class: "label" }, ...block.label);
    this.element = element(
      "div",
      { class: `top-row ${block.kind}`, "data-name": block.name },
      label,
      this.field.element,
    );
    if (block.k !== null) this.element.dataset.k = String(block.k);
  }

  /** @param {Looked} looked */
  mark(looked) {
    this.field.frame(0, this.block.marked(looked).row);
  }

  /**
   * @param {number} row
   * @param {number} column
   */
  cell(row, column) {
    return this.field.to(0, column);
  }

  write() {}
}
