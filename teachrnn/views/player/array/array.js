// An array with its name, shape and numbers: a strip of cells, or a heat map with the numbers on demand.
// Every number opens "why this number".

/** @import { Story } from "../story.js" */
/** @import { Context, Shown } from "../types.d.ts" */

/**
 * Whether the numbers are open, and where the reader is in them.
 * @typedef {{ open: boolean, place: number, row: number, column: number }} View
 */

import { bracketed, indexAt, rowsAndColumns } from "../address.js";
import { element, focusedBeside, mathematics, within } from "../dom.js";
import { colourOf, HeatMap, largestMagnitude } from "./heat.js";
import { formatNumber, toldApart } from "../number.js";
import { NumberGrid } from "./number_grid.js";

const LONGEST_STRIP = 16; // longer vectors, and matrices, show their numbers on demand
const MOST_KEPT = 60; // figures that are kept in case the reader comes back to them

export class ArrayView {
  /**
   * `views` remembers, by name, whether the numbers are open and where the reader is in them.
   * @param {Context} context
   * @param {number} k
   * @param {string} [note]
   * @param {Map<string, View>} [views]
   */
  constructor(context, k, note = "", views = new Map()) {
    this.context = context;
    this.k = k;
    const { name, math, kind, shape } = context.story.arrays[k];
    this.name = name;
    /** @type {View} */
    this.view = views.get(name) ?? { open: false, place: 0, row: 0, column: 0 };
    views.set(name, this.view);
    /** @type {HTMLButtonElement[]} where there are few numbers */
    this.cells = [];
    /** @type {HTMLDetailsElement | null} where there are many */
    this.details = null;
    /** @type {NumberGrid | null} */
    this.grid = null;
    const written = element("span", { class: "name" });
    written.append(mathematics(context.story.mathml(math)));
    this.note = element("span", { class: "note" });
    const caption = element("figcaption", {}, written);
    if (shape.length) caption.append(element("span", { class: "shape" }, shape.join(" × ")));
    caption.append(this.note, ...verdictOf(context.story, k));
    this.element = element("figure", { class: `array ${kind}`, "data-name": name }, caption);
    this.#body();
    this.say(note);
  }

  /**
   * What distinguishes the array here: "arrives", "sum of 2 of 2 parts".
   * @param {string} note
   */
  say(note) {
    this.note.textContent = note;
    this.note.hidden = !note;
  }

  #body() {
    const numbers = this.context.story.numbersOf(this.k);
    const { shape } = this.context.story.arrays[this.k];
    if (!numbers.length) this.element.append(element("p", { class: "empty" }, "no numbers"));
    else if (shape.length <= 1 && numbers.length <= LONGEST_STRIP) {
      this.element.append(this.#strip(numbers));
    } else this.element.append(...this.#map(numbers));
  }

  /**
   * Few numbers: each is a button; the Tab key reaches one of them, arrow keys the others.
   * @param {Float64Array} numbers
   */
  #strip(numbers) {
    const { kind, name, shape, whole } = this.context.story.arrays[this.k];
    const largest = largestMagnitude(numbers);
    const yours = this.context.story.yoursOf(this.k);
    /** @type {Map<number, string>} the reader's own numbers that differ, by place */
    const own = new Map();
    this.cells = Array.from(numbers, (x, place) => {
      let text = whole ? String(x) : formatNumber(x);
      if (yours && this.context.story.differs(this.k, place)) {
        const texts = toldApart(x, yours[place]);
        text = texts[0];
        own.set(place, texts[1]);
      }
      const { whose } = this.context.story;
      const differs = own.has(place) ? `, ${whose} ${own.get(place)} differs` : "";
      const index = indexAt(shape, place);
      const cell = element(
        "button",
        {
          type: "button",
          class: "number",
          title: `${name}${bracketed(index)} = ${x}`,
          tabindex: "-1",
          "aria-label": `${name}${bracketed(index)} is ${text}${differs}: why?`,
          "data-place": place,
        },
        text,
      );
      if (!whole) cell.style.background = colourOf(kind, x, largest);
      return cell;
    });
    this.cells[Math.min(this.view.place, numbers.length - 1)].tabIndex = 0;
    const shown = yours ? this.cells.map((cell, place) => pairOf(cell, own.get(place))) : this.cells;
    const strip = element("div", { class: "strip", role: "group", "aria-label": name }, ...shown);
    if (numbers.length > 1) strip.dataset.ownKeys = "";
    strip.addEventListener("click", (event) => this.#ask(within(event, "[data-place]")));
    strip.addEventListener("keydown", (event) => this.#key(event));
    return strip;
  }

  /** @param {HTMLElement | SVGElement | null} cell */
  #ask(cell) {
    if (!cell) return;
    const place = Number(cell.dataset.place);
    this.#rove(place);
    this.context.open(this.k, indexAt(this.context.story.arrays[this.k].shape, place));
  }

  /** @param {number} place */
  #rove(place) {
    for (const cell of this.cells) cell.tabIndex = -1;
    this.cells[place].tabIndex = 0;
    this.view.place = place;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.cells.length < 2 || event.altKey || event.ctrlKey || event.metaKey) return;
    const last = this.cells.length - 1;
    const now = this.cells.findIndex((cell) => cell === event.target);
    const to = {
      ArrowRight: now + 1,
      ArrowDown: now + 1,
      ArrowLeft: now - 1,
      ArrowUp: now - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#rove(Math.max(0, Math.min(last, to)));
    this.focus();
  }

  /** Many numbers: a heat map to point at, and the numbers on demand.
   * @param {Float64Array} numbers
   */
  #map(numbers) {
    const { story } = this.context;
    const heat = HeatMap.ofArray(story, this.k);
    const yours = story.yoursOf(this.k);
    const { name, shape } = this.context.story.arrays[this.k];
    const picture = element("div", { class: "picture" }, heat.element);
    if (yours) picture.append(this.#yoursBeside());
    const pointed = element("span", { class: "pointed" });
    heat.element.addEventListener("pointermove", (event) => {
      const place = heat.placeUnder(event);
      heat.frame([place], "pointed-at");
      const differs = yours !== null && story.differs(this.k, place);
      const [right, own] = differs
        ? toldApart(numbers[place], yours[place])
        : [formatNumber(numbers[place]), ""];
      pointed.textContent = `${bracketed(indexAt(shape, place))} ${right}${differs ? ` ≠ ${own}` : ""}`;
      picture.title = `${name}${bracketed(indexAt(shape, place))} = ${numbers[place]}`;
    });
    heat.element.addEventListener("pointerleave", () => {
      heat.frame([], "pointed-at");
      pointed.textContent = "";
    });
    heat.element.addEventListener("click", (event) =>
      this.context.open(this.k, indexAt(shape, heat.placeUnder(event))),
    );
    this.summary = element("summary", {}, "numbers", pointed);
    const details = element("details", {}, this.summary);
    details.open = this.view.open;
    this.details = details;
    if (this.view.open) this.#grid();
    // The event "toggle" comes later, when the reader may be at another step; a click comes immediately.
    this.summary.addEventListener("click", () => {
      this.view.open = !details.open;
    });
    details.addEventListener("toggle", () => {
      if (details.open) this.#grid();
    });
    return [picture, details];
  }

  // The reader's own numbers in a second heat map; those that differ are struck through.
  #yoursBeside() {
    const { story } = this.context;
    const heat = HeatMap.ofArray(story, this.k, "yours");
    const { shape, yours } = story.arrays[this.k];
    heat.strike(yours?.differs ?? []);
    heat.element.addEventListener("click", (event) =>
      this.context.open(this.k, indexAt(shape, heat.placeUnder(event))),
    );
    return element("div", {}, element("p", { class: "whose" }, "yours"), heat.element);
  }

  // A reader who has not moved among the numbers begins at the first that differs.
  #toDifference() {
    const { shape, yours } = this.context.story.arrays[this.k];
    const { view } = this;
    if (!yours?.differs.length || view.place || view.row || view.column) return;
    const [, columns] = rowsAndColumns(shape);
    const [place] = yours.differs;
    Object.assign(view, { place, row: Math.floor(place / columns), column: place % columns });
  }

  #grid() {
    if (this.grid) return;
    this.#toDifference();
    this.grid = new NumberGrid(this.context, this.k, this.view);
    this.details?.append(this.grid.element);
  }

  // Show the numbers as they were left: since a figure was put aside, another of its name may have changed
  // that.
  get current() {
    return !this.details || this.details.open === this.view.open;
  }

  focus() {
    if (this.cells.length) {
      this.cells[Math.min(this.view.place, this.cells.length - 1)].focus({ preventScroll: true });
    } else if (this.grid) this.grid.focus();
    else this.summary?.focus({ preventScroll: true });
  }
}

/**
 * How the reader's own numbers compare, where some were handed over.
 * @param {Story} story
 * @param {number} k
 */
export function verdictOf(story, k) {
  const { shape } = story.arrays[k];
  const yours = story.comparisonOf(k);
  if (!yours) return [];
  const count = yours.differs.length;
  const size = shape.reduce((a, b) => a * b, 1);
  if (story.whose !== story.given) {
    // both are in sight, and what they are called
    return count ? [element("span", { class: "verdict differs" }, `≠ ${count} of ${size}`)] : [];
  }
  const many = `: ${count} of ${size} ${count === 1 ? "differs" : "differ"}`;
  const said = count ? `≠ ${story.whose}${size === 1 ? " differs" : many}` : `= ${story.whose}`;
  const text = yours.note ? `${said}, ${yours.note}` : said;
  return [element("span", { class: count ? "verdict differs" : "verdict" }, text)];
}

/**
 * The cell of a number with the reader's own below it, where that differs.
 * @param {HTMLElement} cell
 * @param {string | undefined} own
 */
function pairOf(cell, own) {
  const pair = element("div", { class: "pair" }, cell);
  if (own !== undefined) {
    // screen readers read it from the cell's label
    pair.append(element("span", { class: "own", "aria-hidden": "true" }, `≠ ${own}`));
  }
  return pair;
}

// The figures of the current step. One that was drawn before is reused, which is fast, and the
// focus stays on the array of the same name.
export class ArrayShelf {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    /** @type {Map<string, View>} how the array of a name is looked at */
    this.views = new Map();
    /** @type {Map<number, ArrayView>} by the number of the array, the least recent first */
    this.kept = new Map();
    /** @type {ArrayView[]} */
    this.shown = [];
    /** @type {{ name: string, on: HTMLElement | SVGElement } | null} */
    this.focused = null;
  }

  /**
   * The elements for lists of [number of the array, note]. Call `refocus` when they are in the page.
   * @param {Shown[][]} lists
   */
  figures(lists) {
    this.#remember();
    this.shown = [];
    return lists.map((list) =>
      list.map(([k, note]) => {
        const view = this.#taken(k) || new ArrayView(this.context, k, note, this.views);
        view.say(note || "");
        this.shown.push(view);
        return view.element;
      }),
    );
  }

  #remember() {
    this.focused = null;
    for (const view of this.shown) {
      const active = focusedBeside(view.element);
      if (active && view.element.contains(active)) {
        this.focused = { name: view.name, on: active };
      }
      this.kept.delete(view.k);
      this.kept.set(view.k, view);
    }
    for (const k of this.kept.keys()) {
      if (this.kept.size <= MOST_KEPT) break;
      this.kept.delete(k);
    }
  }

  /** An array that is shown twice at a step needs two figures, so a figure that is taken is no longer
   *  available.
   * @param {number} k
   */
  #taken(k) {
    const view = this.kept.get(k);
    this.kept.delete(k);
    return view?.current ? view : null;
  }

  // Puts the focus back where it was, on the array of the same name, unless it is still there.
  refocus() {
    if (!this.focused) return;
    const { name, on } = this.focused;
    const again = this.shown.find((view) => view.name === name);
    if (!again) return;
    if (again.element.contains(on)) on.focus({ preventScroll: true });
    else again.focus();
  }
}
