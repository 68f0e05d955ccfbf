// The formula of a step laid out in numbers: each letter over its array, the signs between, the result last; one
// row is marked in all of them, and that entry is written out below.

/** @import { Context } from "../types.d.ts" */
/** @import { Looked } from "./block.js" */
/** @import { Equation as Laid, Told } from "./laid_out.js" */

import { bracketed, indexAt, typesetAddress } from "../address.js";
import { arrange, element, focusedBeside, within } from "../dom.js";
import { Block } from "./block.js";
import { Column, rowsShown } from "./column.js";
import { entryLine } from "./entry_line.js";
import { toldNumber } from "./figure.js";
import { Fit } from "./fit.js";
import { Grid, TopRow } from "./grid.js";
import { equationsAt, foremost, formulaOf, laidOut } from "./laid_out.js";
import { jointly, magnitudes, none } from "./magnitudes.js";
import { Links } from "../links.js";
import { meet } from "./meeting.js";
import { Pool } from "./pool.js";
import { Tabs } from "./tabs.js";

/** @typedef {Column | Grid | TopRow} Figure */

const FAR = 1e6; // beyond any array
const PAGE = 8; // rows that PageUp and PageDown go

/** @type {Record<string, [down: number, across: number]>} */
const STEPS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-PAGE, 0],
  PageDown: [PAGE, 0],
  Home: [-FAR, 0],
  End: [FAR, 0],
};

export class Equation {
  /**
   * @param {Context} context
   * @param {(k: number) => void} into
   */
  constructor(context, into) {
    this.context = context;
    this.into = into;
    this.fit = new Fit();
    /** @type {Pool<Column>} */
    this.columns = new Pool();
    /** @type {Pool<Grid>} */
    this.grids = new Pool();
    /** @type {Pool<HTMLElement>} */
    this.signs = new Pool();
    /** @type {HTMLButtonElement | null} the number that the Tab key goes to */
    this.tabStop = null;
    /** @type {Animation[]} */
    this.motions = [];
    this.tabs = new Tabs(context, (at) => this.#choose(at));
    this.line = element("div", { class: "formula" });
    this.row = element("div", { class: "pieces", "data-own-keys": "", role: "group" });
    this.entry = element("p", { class: "entry" });
    this.button = element("button", { type: "button", class: "word" }, "step into");
    this.button.addEventListener("click", () => this.into(this.made));
    this.made = -1;
    this.place = element("select", { "aria-label": "Position in time and batch" });
    this.place.addEventListener("change", () => this.#move(Number(this.place.value)));
    this.positions = element("label", { class: "positions" }, "at ", this.place);
    this.under = element("div", { class: "under" }, this.entry, this.button);
    this.covers = element("p", { class: "covered" }, "covered: predict it first");
    this.element = element(
      "div",
      { class: "equation" },
      element("div", { class: "over" }, this.line, this.positions, this.tabs.element),
      this.row,
      this.covers,
      this.under,
    );
    this.links = new Links(this.element);
    /** @type {Told[]} */
    this.told = [];
    this.chosen = 0;
    this.wanted = ""; // the name, without its time step, of the result that the reader chose
    this.position = 0;
    this.magnitudes = none(); // of its own numbers
    this.shared = none(); // with those of another equation, if they have one scale of colours
    this.step = -1;
    this.covered = false;
    /** @type {Looked} */
    this.looked = { i: 0, j: 0 };
    /** @type {Looked} where the reader was, in an equation that may have had more entries */
    this.wished = { i: 3, j: 0 }; // in the middle of a short column
    /** @type {Figure[]} */
    this.figures = [];
    /** @type {Laid | null} */
    this.laid = null;
    this.width = 0;
    /** Called with the entry that is looked at.
     * @type {(looked: Looked) => void} */
    this.looks = () => {};
    this.chose = () => {}; // called when the reader has chosen a result
    this.row.addEventListener("click", (event) => this.#ask(event));
    this.row.addEventListener("pointermove", (event) => this.#point(event));
    this.row.addEventListener("focusin", (event) => this.#focused(event));
    this.row.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(([{ contentRect }]) => {
      const width = Math.round(contentRect.width);
      if (width === this.width) return;
      this.width = width;
      this.#fitted();
    }).observe(this.element);
  }

  /** The result of a step that is shown first; "" for the one that goes on.
   * @param {string} name
   */
  prefer(name) {
    this.wanted = timeless(name);
  }

  /**
   * @param {number} i
   * @param {boolean} covered
   */
  paint(i, covered) {
    const { story } = this.context;
    const fresh = i !== this.step;
    this.step = i;
    this.covered = covered;
    this.told = equationsAt(story, i);
    const again = this.told.findIndex(({ k }) => timeless(story.arrays[k].name) === this.wanted);
    this.chosen = again < 0 ? foremost(story, i, this.told) : again;
    this.tabs.paint(this.told, this.chosen);
    this.shared = none();
    this.#show();
    if (fresh && !covered) this.#meet(this.told[this.chosen]);
  }

  /** @param {Told} told */
  #meet({ kind, k, before, part }) {
    if (kind !== "sum" || before === undefined || part === undefined) return;
    const { story } = this.context;
    const sum = this.figures.find(({ block }) => block.k === k)?.element;
    const parts = [before, part].map((arrived, n) => {
      const from = story.isFromFuture(arrived) ? "right" : "above";
      return /** @type {[HTMLElement, "right" | "above"]} */ ([this.figures[n].element, from]);
    });
    this.motions = meet(parts, sum);
  }

  /** Colour the numbers as in an equation whose numbers are that large.
   * @param {import("./magnitudes.js").Magnitudes} shared
   */
  share(shared) {
    const larger = JSON.stringify(jointly(this.magnitudes, shared)) !== JSON.stringify(this.magnitudes);
    this.shared = shared;
    if (larger) this.#show();
  }

  /** @param {number} at */
  #choose(at) {
    const { story } = this.context;
    this.chosen = at;
    this.wanted = timeless(story.arrays[this.told[at].k].name);
    this.tabs.paint(this.told, at);
    this.#show();
    this.chose();
  }

  /** @param {number} position */
  #move(position) {
    this.position = position;
    this.#show();
  }

  #show() {
    const { story } = this.context;
    const told = this.told[this.chosen];
    const held = this.#held();
    const laid = laidOut(story, this.step, told, this.position);
    this.laid = laid;
    const made = told.kind === "outer" ? (told.part ?? told.k) : told.k;
    this.line.replaceChildren(formulaOf(story, told.formula, made));
    this.#offerInto(made);
    this.#offerPositions(laid.leading);
    this.covers.hidden = !this.covered;
    this.under.hidden = this.covered;
    const what = `${story.arrays[told.k].name} in numbers: arrow keys move, Enter asks why`;
    this.row.setAttribute("aria-label", what);
    this.figures = [];
    for (const pool of [this.columns, this.grids, this.signs]) pool.begin();
    for (const motion of this.motions) motion.cancel();
    this.motions = [];
    arrange(this.row, this.#drawn(laid));
    this.#look(this.#begin(laid.result));
    this.#rove(this.#resultCell());
    this.#fitted();
    if (held) this.#refocus(held);
  }

  // The sign before the result: a number of the reader's own may be another one than its formula makes.
  get equals() {
    return this.context.story.follows(this.told[this.chosen].k) ? "=" : "≠";
  }

  /** What is looked at first: where the reader was, as far as there is such an entry; of numbers that are
   *  compared, one that differs.
   * @param {Block} result
   * @returns {Looked}
   */
  #begin(result) {
    const { rows, columns, k } = result;
    const wished = clamped(this.wished, result);
    const differs = k === null ? [] : (this.context.story.comparisonOf(k)?.differs ?? []);
    const [first] = differs;
    const stays =
      first === undefined ||
      first >= rows * columns ||
      differs.includes(wished.i * columns + wished.j) ||
      this.row.contains(focusedBeside(this.row));
    return stays ? wished : { i: Math.floor(first / columns), j: first % columns };
  }

  /** @param {number} made */
  #offerInto(made) {
    const { story } = this.context;
    const { letters, name } = story.arrays[made];
    const here = letters !== undefined && story.maker.get(made) === this.step;
    this.button.hidden = !here;
    this.made = made;
    const what = `Step into ${name}, term by term`;
    this.button.setAttribute("aria-label", what);
    this.button.title = `${what} (i)`;
  }

  /** Of arrays with axes of time or batch, one position is shown.
   * @param {number[]} leading
   */
  #offerPositions(leading) {
    const count = leading.reduce((a, b) => a * b, 1);
    this.positions.hidden = count < 2;
    if (this.position >= count) this.position = 0;
    if (this.positions.hidden) return;
    const options = Array.from({ length: count }, (_, at) =>
      element("option", { value: at }, bracketed(indexAt(leading, at))),
    );
    this.place.replaceChildren(...options);
    this.place.value = String(this.position);
  }

  /**
   * @param {Laid} laid
   * @returns {HTMLElement[]}
   */
  #drawn({ items, result, symbols }) {
    const { story } = this.context;
    const given = new Set(story.steps[this.step].operands.map(([k]) => k));
    /** @param {Block} block */
    const known = (block) =>
      !this.covered || (block.k !== null && given.has(block.k) && block !== result);
    const blocks = [...items.filter((item) => item instanceof Block), result];
    const vectors = blocks.filter((block) => !block.isMatrix && known(block));
    this.magnitudes = magnitudes(blocks.filter(known));
    const most = jointly(this.magnitudes, this.shared);
    for (const block of blocks) block.largest = this.shared[block.kind].matrix || undefined;
    const last = items.at(-1);
    const arrow = typeof last === "object" && !(last instanceof Block);
    const all = [...items, ...(arrow || !items.length ? [] : [this.equals]), result];
    this.row.classList.toggle(
      "outer",
      blocks.some((block) => block.top !== null),
    );
    const tallest = Math.max(...blocks.map(rowsShown));
    this.row.style.setProperty("--most-rows", String(tallest));
    this.row.classList.toggle("dense", tallest > PAGE);
    // what the rows stand for is said once: at the shares, else on the left
    const columns = vectors.filter(({ rows }) => rows > 1);
    const named = columns.find((v) => v.shares && v.picked !== null) ?? columns[0];
    return all.map((item) => {
      if (typeof item === "string") {
        return this.signs.take(item, () => element("div", { class: "sign" }, item));
      }
      if (!(item instanceof Block)) {
        const word = () => element("span", {}, item.word);
        return this.signs.take(`${item.word}→`, () =>
          element("div", { class: "sign word" }, word(), "→"),
        );
      }
      if (!known(item)) return hidden(item);
      return this.#figure(item, most[item.kind].vector, item === named ? symbols : null);
    });
  }

  /**
   * @param {Block} block
   * @param {number} largest
   * @param {string[] | null} symbols
   */
  #figure(block, largest, symbols) {
    if (!block.isMatrix) {
      const form = Column.formOf(this.context, block);
      const column = this.columns.take(form, () => new Column(this.context, block));
      column.show(block, largest, symbols);
      this.figures.push(column);
      return column.element;
    }
    const grid = this.grids.take(Grid.formOf(block), () => new Grid(this.context, block));
    grid.show(block);
    this.figures.push(...(grid.top ? [grid.top, grid] : [grid]));
    return grid.element;
  }

  #fitted() {
    if (!this.laid) return;
    for (const figure of this.figures) figure.write(this.fit.level); // with its numbers it is measured
    if (!this.width) return;
    const blocks = this.figures.length;
    const signs = [...this.row.children].map(({ className, textContent }) =>
      className.startsWith("piece") ? className : textContent,
    );
    const arrays = this.figures.map(({ block: { label, note }, rows, columns }) =>
      [...label.map(({ textContent }) => textContent), note, rows, columns].join(" "),
    );
    // from one time step to the next only digits change, which are equally wide
    const key = [...signs, ...arrays].join().replaceAll(/\d/g, "0");
    this.fit.choose(this.row, key, this.width, blocks);
    for (const figure of this.figures) figure.write(this.fit.level);
  }

  // Looking at an entry ------------------------------------------------------------------------

  /** Look at an entry, as far as there is such a one.
   * @param {Looked} looked
   */
  lookAt(looked) {
    if (!this.laid) return;
    this.wished = looked;
    this.#look(clamped(looked, this.laid.result));
  }

  /** @param {Looked} looked */
  #look(looked) {
    if (!this.laid) return;
    this.looked = looked;
    this.looks(looked);
    for (const figure of this.figures) figure.mark(looked);
    if (!this.covered) this.entry.replaceChildren(...this.#entry(this.laid, looked));
  }

  /**
   * @param {Laid} laid
   * @param {Looked} looked
   */
  #entry(laid, looked) {
    const { story } = this.context;
    const { row, column } = laid.result.marked(looked);
    const at = laid.result.entry(row ?? 0, column ?? 0);
    if (!at) return [];
    const { terms, value, rest } = entryLine(laid, looked);
    const { yours } = toldNumber(this.context, laid.result, row ?? 0, column ?? 0);
    const written = terms && terms !== value ? `${terms}${value && ` ${this.equals} `}` : "";
    return [
      typesetAddress(story, at.k, at.index),
      rest ? ": " : " = ",
      written,
      ...(value ? [element("strong", {}, value)] : []),
      ...(rest ? [element("span", { class: "soft" }, rest)] : []),
      ...(yours ? [element("span", { class: "soft" }, `, ≠ ${story.whose} ${yours}`)] : []),
    ];
  }

  // The keyboard and the pointer ------------------------------------------------------------------

  /** The figure, the row and the column of an event.
   * @param {Event} event
   */
  #under(event) {
    const { target } = event;
    if (!(target instanceof Element)) return null;
    const figure = this.figures.find((one) => one.element.contains(target));
    if (!figure) return null;
    const cell = within(event, "[data-row]");
    if (figure instanceof Column) {
      return cell ? { figure, row: Number(cell.dataset.row), column: 0 } : null;
    }
    if (event instanceof MouseEvent && within(event, ".heat")) {
      const place = figure.field.heat.placeUnder(event);
      return { figure, row: Math.floor(place / figure.columns), column: place % figure.columns };
    }
    if (!cell) return null;
    const top = figure instanceof TopRow;
    const [row, column] = top
      ? [0, Number(cell.dataset.row)]
      : [Number(cell.dataset.row), Number(cell.dataset.column)];
    return { figure, row, column };
  }

  /**
   * @param {Figure} figure
   * @param {number} row
   * @param {number} column
   */
  #lookAt(figure, row, column) {
    const [down, across] = figure instanceof TopRow ? [column, 0] : [row, column];
    const next = figure.block.pointed(this.looked, down, across);
    this.lookAt(next);
    return figure.cell(row, column);
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const under = this.#under(event);
    if (under) this.#lookAt(under.figure, under.row, under.column);
  }

  /** @param {MouseEvent} event */
  #ask(event) {
    const under = this.#under(event);
    if (!under || !this.laid) return;
    const { figure, row, column } = under;
    this.#rove(this.#lookAt(figure, row, column));
    const { result } = this.laid;
    const at = result.marked(this.looked);
    const [down, across] = figure instanceof TopRow ? [column, 0] : [row, column];
    const entry = figure.block.entry(down, across) ?? result.entry(at.row ?? 0, at.column ?? 0);
    if (entry) this.context.open(entry.k, entry.index);
  }

  /** @param {FocusEvent} event */
  #focused(event) {
    const under = this.#under(event);
    if (!under) return;
    this.#lookAt(under.figure, under.row, under.column);
    if (event.target instanceof HTMLButtonElement) this.#rove(event.target);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const under = this.#under(event);
    if (!under) return;
    const { figure, row, column } = under;
    const [down, across] = STEPS[event.key] ?? [0, 0];
    if (!down && !across) return;
    event.preventDefault();
    const beyond = column + across < 0 || column + across >= figure.columns;
    if (!across || !beyond) {
      const to = Math.max(0, Math.min(figure.rows - 1, row + down));
      return this.#go(figure, to, column + across);
    }
    const next = this.figures[this.figures.indexOf(figure) + across];
    if (!next) return undefined;
    const there = Math.min(next.rows - 1, figure instanceof TopRow ? 0 : row);
    return this.#go(next, there, across > 0 ? 0 : next.columns - 1);
  }

  /**
   * @param {Figure} figure
   * @param {number} row
   * @param {number} column
   */
  #go(figure, row, column) {
    const cell = this.#lookAt(figure, row, column);
    this.#rove(cell);
    cell.focus({ preventScroll: true });
  }

  /** One stop of the Tab key for the whole equation.
   * @param {HTMLButtonElement | null} cell
   */
  #rove(cell) {
    if (!cell) return;
    if (this.tabStop) this.tabStop.tabIndex = -1;
    this.tabStop = cell;
    cell.tabIndex = 0;
  }

  #resultCell() {
    const figure = this.figures.at(-1);
    if (!figure) return null;
    const { row, column } = figure.block.marked(this.looked);
    return figure.cell(row ?? 0, column ?? 0);
  }

  /** The array whose number has the focus, by its name. */
  #held() {
    const active = focusedBeside(this.row);
    const figure = this.figures.find((one) => active && one.element.contains(active));
    if (!active || !figure) return null;
    active.blur(); // it will be another number
    return timeless(figure.block.name);
  }

  /** @param {string} name */
  #refocus(name) {
    const figure =
      this.figures.find(({ block }) => timeless(block.name) === name) ?? this.figures.at(-1);
    if (!figure) return;
    const { row, column } = figure.block.marked(this.looked);
    const cell =
      figure instanceof TopRow ? figure.cell(0, row ?? 0) : figure.cell(row ?? 0, column ?? 0);
    this.#rove(cell);
    cell.focus({ preventScroll: true });
  }
}

/** The label of what is not shown yet.
 * @param {Block} block
 */
function hidden({ label, isResult, rows }) {
  const figure = element(
    "div",
    { class: `piece unknown${isResult ? " result" : ""}` },
    element("div", { class: "label" }, ...label),
    element("div", { class: "numbers", role: "img", "aria-label": "covered" }, "?"),
  );
  figure.style.setProperty("--own-rows", String(rowsShown({ rows })));
  return figure;
}

/**
 * @param {Looked} looked
 * @param {Block} result
 * @returns {Looked} the entry that is nearest
 */
const clamped = ({ i, j }, { rows, columns }) => ({
  i: Math.min(i, Math.max(0, rows - 1)),
  j: Math.min(j, Math.max(0, columns - 1)),
});

/** @param {string} name */
const timeless = (name) => name.replaceAll(/\[\d+\]/g, "[]");
