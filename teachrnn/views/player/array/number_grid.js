// The numbers of a matrix in rows and columns. A large one is seen through a window that scrolls by whole
// cells: only what is in the window is in the document. Arrow keys move over the entries, Enter opens "why".

/** @import { View } from "./array.js" */
/** @import { Context } from "../types.d.ts" */

import { bracketed, indexAt, rowsAndColumns } from "../address.js";
import { element, focusedBeside, partOf, within } from "../dom.js";
import { colourOf, largestMagnitude } from "./heat.js";
import { formatNumber, toldApart } from "../number.js";

const CELL = { width: 68, height: 26, head: 44 };
const COMPARED = { width: 84, height: 42 }; // of a cell that also shows the reader's own number
const MOST = { rows: 12, columns: 16 };

export class NumberGrid {
  /**
   * `view` keeps where the reader is between two grids of the same name: {place, row, column}.
   * @param {Context} context
   * @param {number} k
   * @param {View} view
   */
  constructor(context, k, view) {
    this.context = context;
    this.k = k;
    this.view = view;
    this.wanted = { row: view.row, column: view.column }; // subject to the window's size
    const { name, shape } = context.story.arrays[k];
    const [rows, columns] = rowsAndColumns(shape);
    this.rows = rows;
    this.columns = columns;
    this.down = Math.min(rows, MOST.rows); // the window's rows and columns
    this.across = Math.min(columns, MOST.columns);
    this.placed = false;
    this.numbers = context.story.numbersOf(k);
    this.yours = context.story.yoursOf(k);
    const { width, height } = this.yours ? COMPARED : CELL;
    this.wide = width;
    this.tall = height;
    this.largest = largestMagnitude(this.numbers);
    this.table = element("table", {
      role: "grid",
      "aria-label": `${name}, arrow keys move, Enter asks why`,
      "data-own-keys": "",
      "aria-rowcount": this.rows + 1,
      "aria-colcount": this.columns + 1,
    });
    const space = element("div", { class: "space" }, this.table);
    space.style.width = `${CELL.head + this.columns * this.wide}px`;
    space.style.height = `${CELL.height + this.tall * this.rows}px`;
    this.element = element("div", { class: "number-grid" }, space);
    this.element.style.setProperty("--tall", `${this.tall - 1}px`);
    this.element.style.setProperty("--wide", `${this.wide - 1}px`);
    this.element.style.maxHeight = `${CELL.height + this.tall * Math.min(this.rows, MOST.rows) + 18}px`;
    this.element.addEventListener("scroll", () => this.#scrolled());
    this.table.addEventListener("click", (event) => this.#open(within(event, "td")));
    this.table.addEventListener("keydown", (event) => this.#key(event));
    this.table.addEventListener("focusin", (event) => {
      const place = within(event, "td")?.dataset.place;
      if (place) this.#rove(Number(place));
    });
    // the width is known only once the grid is in the page
    new ResizeObserver(() => this.#fit()).observe(this.element);
    this.#build(this.across);
  }

  #fit() {
    const wide = Math.floor((this.element.clientWidth - CELL.head) / this.wide);
    const across = Math.max(1, Math.min(this.columns, MOST.columns, wide));
    if (!this.placed) Object.assign(this.view, this.wanted);
    if (this.element.clientWidth && across !== this.across) this.#build(across);
    if (!this.placed) {
      this.placed = true; // a grid that is not in the page cannot be scrolled
      this.element.scrollTo(this.view.column * this.wide, this.view.row * this.tall);
    }
  }

  /** @param {number} across */
  #build(across) {
    const focused = this.table.contains(focusedBeside(this.table));
    this.across = across;
    const head = element("tr", { "aria-rowindex": 1 }, element("th", { "aria-hidden": "true" }));
    for (let c = 0; c < across; c++) head.append(element("th", { scope: "col", role: "columnheader" }));
    const lines = Array.from({ length: this.down }, () => {
      const line = element("tr", {}, element("th", { scope: "row", role: "rowheader" }));
      for (let c = 0; c < across; c++) line.append(element("td", { role: "gridcell", tabindex: "-1" }));
      return line;
    });
    this.table.replaceChildren(element("thead", {}, head), element("tbody", {}, ...lines));
    this.#fill();
    if (focused) this.focus();
  }

  // Fills the window from view.row, view.column on.
  #fill() {
    const { story } = this.context;
    const { kind, name, shape, whole } = story.arrays[this.k];
    const { table, view } = this;
    view.row = Math.min(view.row, this.rows - this.down);
    view.column = Math.min(view.column, this.columns - this.across);
    view.place = Math.min(view.place, this.numbers.length - 1);
    const [head, ...lines] = table.rows;
    for (let c = 0; c < this.across; c++) {
      head.cells[c + 1].textContent = String(view.column + c);
      head.cells[c + 1].setAttribute("aria-colindex", String(view.column + c + 2));
    }
    lines.forEach((line, r) => {
      const first = (view.row + r) * this.columns;
      line.setAttribute("aria-rowindex", String(view.row + r + 2));
      line.cells[0].textContent = indexAt(shape, first).slice(0, -1).join(",");
      for (let c = 0; c < this.across; c++) {
        const place = first + view.column + c;
        const x = this.numbers[place];
        const cell = line.cells[c + 1];
        cell.dataset.place = String(place);
        cell.textContent = whole ? String(x) : formatNumber(x);
        cell.title = `${name}${bracketed(indexAt(shape, place))} = ${x}`;
        cell.style.background = whole ? "" : colourOf(kind, x, this.largest);
        this.#compare(cell, place);
        cell.setAttribute("aria-colindex", String(view.column + c + 2));
        cell.tabIndex = -1;
      }
    });
    (this.#cell(view.place) || lines[0].cells[1]).tabIndex = 0;
  }

  /**
   * The reader's own number below the right one, where they differ.
   * @param {HTMLTableCellElement} cell
   * @param {number} place
   */
  #compare(cell, place) {
    const differs = this.yours !== null && this.context.story.differs(this.k, place);
    cell.classList.toggle("differs", differs);
    if (!this.yours || !differs) {
      cell.removeAttribute("aria-label");
      return;
    }
    const [right, own] = toldApart(this.numbers[place], this.yours[place]);
    cell.replaceChildren(right, element("span", { class: "own" }, `≠ ${own}`));
    cell.setAttribute("aria-label", `${right}, yours ${own}, differs`);
    cell.title += `, yours ${this.yours[place]}`;
  }

  /**
   * @param {number} place
   * @returns {HTMLElement | null}
   */
  #cell(place) {
    return this.table.querySelector(`[data-place="${place}"]`);
  }

  #scrolled() {
    const { clientHeight, clientWidth, scrollHeight, scrollLeft, scrollTop, scrollWidth } = this.element;
    // the window may be a little larger than its cells, so the scroll range need not end at a whole cell
    const row =
      scrollTop + clientHeight > scrollHeight - 2
        ? this.rows - this.down
        : Math.round(scrollTop / this.tall);
    const column =
      scrollLeft + clientWidth > scrollWidth - 2
        ? this.columns - this.across
        : Math.round(scrollLeft / this.wide);
    if (row === this.view.row && column === this.view.column) return;
    const active = focusedBeside(this.table);
    const held = this.table.contains(active) ? active?.dataset.place : undefined;
    Object.assign(this.view, { row, column });
    this.#fill();
    if (held !== undefined && Number(held) !== this.view.place) this.#rove(Number(held));
  }

  /** @param {number} place */
  #rove(place) {
    partOf(this.table, '[tabindex="0"]').tabIndex = -1;
    this.view.place = place;
    partOf(this.table, `[data-place="${place}"]`).tabIndex = 0;
  }

  focus() {
    (this.#cell(this.view.place) || this.table.rows[1].cells[1]).focus({ preventScroll: true });
  }

  /** @param {HTMLElement | SVGElement | null} cell */
  #open(cell) {
    if (cell) {
      this.context.open(
        this.k,
        indexAt(this.context.story.arrays[this.k].shape, Number(cell.dataset.place)),
      );
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.#open(within(event, "td"));
      return;
    }
    let row = Math.floor(this.view.place / this.columns);
    let column = this.view.place % this.columns;
    /** @type {Record<string, () => void>} */
    const moves = {
      ArrowUp: () => {
        row -= 1;
      },
      ArrowDown: () => {
        row += 1;
      },
      ArrowLeft: () => {
        column -= 1;
      },
      ArrowRight: () => {
        column += 1;
      },
      PageUp: () => {
        row -= this.down;
      },
      PageDown: () => {
        row += this.down;
      },
      Home: () => {
        column = 0;
      },
      End: () => {
        column = this.columns - 1;
      },
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
    row = Math.max(0, Math.min(this.rows - 1, row));
    column = Math.max(0, Math.min(this.columns - 1, column));
    this.#reveal(row, column);
    this.#rove(row * this.columns + column);
    this.focus();
  }

  /** Scrolls until an entry is in the window.
   * @param {number} row
   * @param {number} column
   */
  #reveal(row, column) {
    const { view } = this;
    const top = Math.max(row - this.down + 1, Math.min(row, view.row));
    const left = Math.max(column - this.across + 1, Math.min(column, view.column));
    if (top === view.row && left === view.column) return;
    Object.assign(view, { row: top, column: left });
    this.#fill();
    this.element.scrollTo(left * this.wide, top * this.tall);
  }
}
