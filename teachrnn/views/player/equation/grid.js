// A matrix of an equation: a heat map with its marked row, and a button at the entry that is looked at. On top
// of the matrix that an outer product spans stands its row.

/** @import { Block, Looked } from "./block.js" */
/** @import { Context } from "../types.d.ts" */

import { HeatMap } from "../array/heat.js";
import { element } from "../dom.js";
import { rowsShown } from "./column.js";
import { Frame, toldNumber } from "./figure.js";

const MOST_CELLS = 8; // that are as large as those of a column; of more, all are smaller

/** The numbers as colours, and one button that stands where the reader is. */
class Field {
  /**
   * @param {Context} context
   * @param {Block} block
   * @param {boolean} across whether it is a column that lies on its side
   */
  constructor(context, block, across) {
    this.context = context;
    this.block = block;
    this.across = across;
    this.heat = new HeatMap(block);
    this.cursor = element("button", { type: "button", class: "number cursor", tabindex: "-1" });
    this.element = element("div", { class: "field" }, this.heat.element, this.cursor);
  }

  /** @param {Block} block */
  show(block) {
    this.block = block;
    const { k, name, kind, numbers, rows, columns, largest } = block;
    this.heat.show({
      name,
      kind,
      numbers,
      largest,
      rows: this.across ? 1 : rows,
      columns: this.across ? rows : columns,
    });
    const { story } = this.context;
    const differs =
      k === null || block.turned || block.entry(0, 0)?.index.length !== 2
        ? []
        : (story.comparisonOf(k)?.differs ?? []);
    if (differs.length) this.heat.strike(differs);
    this.to(0, 0);
  }

  /**
   * @param {number} row
   * @param {number} column
   * @returns {HTMLButtonElement}
   */
  to(row, column) {
    const { cursor } = this;
    const { rows, columns } = this.heat;
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
    const { rows, columns } = this.heat;
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
  /** Blocks of the same form can be shown in the same grid.
   * @param {Block} block
   */
  static formOf({ kind, top }) {
    return top ? `grid ${kind} under ${top.kind}` : `grid ${kind}`;
  }

  /**
   * @param {Context} context
   * @param {Block} block
   */
  constructor(context, block) {
    this.context = context;
    this.block = block;
    this.field = new Field(context, block, false);
    this.field.element.classList.add("matrix");
    this.frame = new Frame(this.field.element);
    this.element = this.frame.element;
    this.top = block.top ? new TopRow(context, block.top) : null;
    if (this.top) this.element.prepend(this.top.element);
  }

  get rows() {
    return this.block.rows;
  }

  get columns() {
    return this.block.columns;
  }

  /** @param {Block} block */
  show(block) {
    const { rows, columns, top } = block;
    this.block = block;
    this.frame.inscribe(this.context, block, "grid");
    const { style } = this.element;
    style.setProperty("--own-rows", String(rowsShown(block)));
    style.setProperty("--rows", String(Math.min(MOST_CELLS, rows)));
    style.setProperty("--columns", String(Math.min(MOST_CELLS, columns)));
    this.field.show(block);
    if (top) this.top?.show(top);
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
   */
  constructor(context, block) {
    this.block = block;
    this.rows = 1;
    this.field = new Field(context, block, true);
    this.label = element("div", { class: "label" });
    this.element = element("div", {}, this.label, this.field.element);
  }

  get columns() {
    return this.block.rows;
  }

  /** @param {Block} block */
  show(block) {
    this.block = block;
    this.label.replaceChildren(...block.label);
    this.element.className = `top-row ${block.kind}`;
    this.element.dataset.name = block.name;
    if (block.k === null) delete this.element.dataset.k;
    else this.element.dataset.k = String(block.k);
    this.field.show(block);
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
