// A heat map: colour for size, hatching for minus, cross-hatching for what is not finite. One canvas, painted
// in the screen's own pixels and in the page's own colours, when it comes into the page and when they change.

/** @import { Story } from "../story.js" */

import { drawn, element } from "../dom.js";
import { rowsAndColumns } from "../address.js";
import { formatNumber } from "../number.js";

/** @typedef {[r: number, g: number, b: number]} Colour */

const SHADES = 64; // for each sign
const EXACT = "devicePixelContentBoxSize" in ResizeObserverEntry.prototype; // not in WebKit
const WIDEST = 400; // the most pixels that a wide matrix takes
const LARGEST_CELL = 16;
const HATCH = 4; // pixels from one stroke to the next

/** @param {ArrayLike<number>} numbers */
export function largestMagnitude(numbers) {
  let largest = 0;
  for (const x of Array.from(numbers)) {
    if (Number.isFinite(x) && Math.abs(x) > largest) largest = Math.abs(x);
  }
  return largest;
}

/**
 * The colour behind a number, which stays legible on it: by the square root of its share of the largest
 * magnitude, so that small numbers can be distinguished from 0.
 * @param {string} kind
 * @param {number} x
 * @param {number} largest
 */
export function colourOf(kind, x, largest) {
  if (!Number.isFinite(x)) return "var(--trnn-not-finite)";
  const share = largest > 0 ? Math.sqrt(Math.abs(x) / largest) : 0;
  return `color-mix(in oklab, var(--trnn-${kind}-${x < 0 ? "minus" : "plus"}-full) ${(100 * share).toFixed(1)}%, var(--trnn-paper))`;
}

/**
 * Numbers as a picture: row by row, and what they are called.
 * @typedef {object} Picture
 * @property {string} name
 * @property {string} kind
 * @property {ArrayLike<number>} numbers
 * @property {number} rows
 * @property {number} columns
 * @property {number} [largest] magnitude, which has the fullest colour
 */

export class HeatMap {
  /** For the numbers of array k, or the reader's own for it, in the same colours, in cells of a fixed size.
   * @param {Story} story
   * @param {number} k
   * @param {"right" | "yours"} [whose]
   */
  static ofArray(story, k, whose = "right") {
    const { shape, kind, name } = story.arrays[k];
    const right = story.numbersOf(k);
    const yours = story.yoursOf(k) ?? right;
    const [rows, columns] = rowsAndColumns(shape);
    const heat = new HeatMap({
      name: whose === "yours" ? `your ${name}` : name,
      kind,
      numbers: whose === "yours" ? yours : right,
      rows,
      columns,
      largest: Math.max(largestMagnitude(right), largestMagnitude(yours)),
    });
    const { style } = heat.element;
    const width = columns * heat.cell;
    style.width = `${width}px`;
    style.aspectRatio = `${width} / ${rows * (rows > 1 ? heat.cell : 22)}`;
    return heat;
  }

  /** A picture as large as its place.
   * @param {Picture} picture
   */
  constructor({ name, kind, numbers, rows, columns, largest = largestMagnitude(numbers) }) {
    this.numbers = numbers;
    this.rows = rows;
    this.columns = columns;
    this.largest = largest;
    this.cell = Math.max(3, Math.min(LARGEST_CELL, Math.floor(WIDEST / this.columns)));
    this.stroke = this.cell < 8 ? 0.25 : 0.45; // strokes over small cells are so close together that they would hide the colour
    this.canvas = element("canvas", { class: kind });
    this.element = element(
      "div",
      {
        class: "heat",
        role: "img",
        "aria-label": `Heat map of ${name}, ${rows} by ${columns}, largest magnitude ${formatNumber(largest)}`,
      },
      this.canvas,
    );
    this.painted = "";
    const watch = new ResizeObserver(([{ contentRect, devicePixelContentBoxSize }]) => {
      const { width, height } = contentRect;
      const [exact] = devicePixelContentBoxSize ?? [];
      this.#paint(
        exact?.inlineSize ?? Math.round(width * devicePixelRatio),
        exact?.blockSize ?? Math.round(height * devicePixelRatio),
      );
    });
    watch.observe(this.canvas, EXACT ? { box: "device-pixel-content-box" } : {});
    // the style sheet gives the canvas its colours; a change of theme ends a (very short) transition
    this.canvas.addEventListener("transitionend", () =>
      this.#paint(this.canvas.width, this.canvas.height),
    );
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  #paint(width, height) {
    if (!width || !height) return;
    const style = getComputedStyle(this.canvas);
    const colours = [
      style.backgroundColor,
      style.borderTopColor,
      style.borderBottomColor,
      style.caretColor,
      style.color,
    ];
    const painted = [width, height, ...colours].join();
    if (painted === this.painted) return;
    this.painted = painted;
    Object.assign(this.canvas, { width, height });
    const { rows, columns } = this;
    const [plain, hatched] = this.#shades(colours.map(rgb));
    const hatching = Uint8Array.from(this.numbers, (x) => (Number.isFinite(x) ? Number(x < 0) : 2));
    const apart = Math.max(3, Math.round(HATCH * devicePixelRatio));
    const thick = Math.max(1, Math.round(0.8 * devicePixelRatio));
    const column = Uint16Array.from({ length: width }, (_, x) => Math.floor((x * columns) / width));
    const image = new ImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let y = 0, at = 0; y < height; y++) {
      const first = Math.floor((y * rows) / height) * columns;
      let falling = y % apart;
      let rising = apart - 1 - falling; // how far from the strokes of either direction
      for (let x = 0; x < width; x++, at++) {
        const place = first + column[x];
        const hatch = hatching[place];
        const stroke = hatch > 0 && (falling < thick || (hatch === 2 && rising < thick));
        pixels[at] = stroke ? hatched[place] : plain[place];
        if (++falling === apart) falling = 0;
        if (++rising === apart) rising = 0;
      }
    }
    this.canvas.getContext("2d")?.putImageData(image, 0, 0);
  }

  /**
   * For each number its colour, and that of the strokes across it.
   * @param {Colour[]} colours of the paper, plus, minus, what is not finite, and the ink
   */
  #shades([paper, plus, minus, notFinite, ink]) {
    /** @param {Colour} full */
    const scale = (full) =>
      Array.from({ length: SHADES + 1 }, (_, shade) => mixed(full, paper, (0.95 * shade) / SHADES));
    const scales = [scale(plus), scale(minus)].map((colours) => ({
      colours: colours.map(packed),
      strokes: colours.map((c) => packed(mixed(ink, c, this.stroke))),
    }));
    const strange = [packed(notFinite), packed(ink)];
    const plain = new Uint32Array(this.numbers.length);
    const hatched = new Uint32Array(this.numbers.length);
    Array.from(this.numbers).forEach((x, place) => {
      if (!Number.isFinite(x)) {
        [plain[place], hatched[place]] = strange;
        return;
      }
      const { colours, strokes } = scales[x < 0 ? 1 : 0];
      const shade = x === 0 ? 0 : Math.ceil(SHADES * Math.sqrt(Math.abs(x) / this.largest));
      plain[place] = colours[shade];
      hatched[place] = strokes[shade];
    });
    return [plain, hatched];
  }

  /** Draws a frame around each of some numbers, and a stroke through it.
   * @param {number[]} places
   */
  strike(places) {
    const marks = drawn("svg", {
      viewBox: `0 0 ${this.columns} ${this.rows}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
      class: "struck",
    });
    const d = places.map((place) => {
      const [x, y] = [place % this.columns, Math.floor(place / this.columns)];
      return `M${x} ${y}h1v1h-1zM${x + 0.2} ${y + 0.8}l.6-.6`;
    });
    marks.append(drawn("path", { d: d.join("") }));
    this.element.append(marks);
  }

  /**
   * The place of the number under the pointer.
   * @param {MouseEvent} event
   */
  placeUnder(event) {
    const box = this.element.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * this.columns);
    const row = Math.floor(((event.clientY - box.top) / box.height) * this.rows);
    return (
      Math.min(Math.max(row, 0), this.rows - 1) * this.columns +
      Math.min(Math.max(column, 0), this.columns - 1)
    );
  }

  /** Draws a frame around some numbers; it replaces the last frame of that class.
   * @param {number[]} places
   * @param {string} className
   */
  frame(places, className) {
    this.element.querySelector(`.${className}`)?.remove();
    if (!places.length) return;
    const across = places.map((place) => place % this.columns);
    const down = places.map((place) => Math.floor(place / this.columns));
    const left = Math.min(...across);
    const top = Math.min(...down);
    const frame = element("span", { class: `frame ${className}` });
    /**
     * @param {number} part
     * @param {number} all
     */
    const share = (part, all) => `${(100 * part) / all}%`;
    frame.style.left = share(left, this.columns);
    frame.style.top = share(top, this.rows);
    frame.style.width = share(Math.max(...across) - left + 1, this.columns);
    frame.style.height = share(Math.max(...down) - top + 1, this.rows);
    this.element.append(frame);
  }
}

/**
 * @param {string} colour
 * @returns {Colour}
 */
function rgb(colour) {
  const [r, g, b] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}

/**
 * @param {Colour} a
 * @param {Colour} b
 * @param {number} share
 * @returns {Colour}
 */
function mixed(a, b, share) {
  const rest = 1 - share;
  return [share * a[0] + rest * b[0], share * a[1] + rest * b[1], share * a[2] + rest * b[2]];
}

/** @param {Colour} colour */
const packed = ([r, g, b]) =>
  (0xff000000 | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
