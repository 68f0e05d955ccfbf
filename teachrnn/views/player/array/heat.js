// A heat map: colour for size, hatching for minus, cross-hatching for what is not finite. One canvas, painted
// in the screen's own pixels and in the page's own colours, when it comes into the page and when they change.

/** @import { Story } from "../story.js" */

import { drawn, element } from "../dom.js";
import { rowsAndColumns } from "../address.js";
import { formatNumber } from "../number.js";
import { Inks, SHADES } from "./inks.js";

const EXACT = "devicePixelContentBoxSize" in ResizeObserverEntry.prototype; // not in WebKit
const WIDEST = 400; // the most pixels that a wide matrix takes
const CELL = { least: 3, fine: 8, most: 16 }; // pixels
const HATCH = 4; // pixels from one stroke to the next

/** @param {ArrayLike<number>} numbers */
export function largestMagnitude(numbers) {
  let largest = 0;
  for (let at = 0; at < numbers.length; at++) {
    const size = Math.abs(numbers[at]);
    if (size > largest && size < Infinity) largest = size;
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
    const width = columns * cellOf(columns);
    style.width = `${width}px`;
    style.aspectRatio = `${width} / ${rows * (rows > 1 ? cellOf(columns) : 22)}`;
    return heat;
  }

  /** A picture as large as its place.
   * @param {Picture} picture
   */
  constructor(picture) {
    this.numbers = picture.numbers;
    this.rows = picture.rows;
    this.columns = picture.columns;
    this.largest = 0;
    this.canvas = element("canvas");
    this.brush = this.canvas.getContext("2d");
    this.element = element("div", { class: "heat", role: "img" }, this.canvas);
    this.size = { width: 0, height: 0 }; // in pixels of the screen, once it is in the page
    /** @type {Inks | null} */
    this.inks = null;
    this.painted = ""; // in which size and which colours
    /** @type {Map<string, HTMLElement>} by class */
    this.frames = new Map();
    /** @type {SVGElement | null} */
    this.struck = null;
    const watch = new ResizeObserver(([{ contentRect, devicePixelContentBoxSize }]) => {
      const { width, height } = contentRect;
      const [exact] = devicePixelContentBoxSize ?? [];
      this.size = {
        width: exact?.inlineSize ?? Math.round(width * devicePixelRatio),
        height: exact?.blockSize ?? Math.round(height * devicePixelRatio),
      };
      this.#dip();
    });
    watch.observe(this.canvas, EXACT ? { box: "device-pixel-content-box" } : {});
    // the style sheet gives the canvas its colours; a change of theme ends a (very short) transition
    this.canvas.addEventListener("transitionend", () => this.#dip());
    this.show(picture);
  }

  /** Another picture in the same place.
   * @param {Picture} picture
   */
  show({ name, kind, numbers, rows, columns, largest = largestMagnitude(numbers) }) {
    this.numbers = numbers;
    this.rows = rows;
    this.columns = columns;
    this.largest = largest;
    this.struck?.remove();
    this.element.setAttribute(
      "aria-label",
      `Heat map of ${name}, ${rows} by ${columns}, largest magnitude ${formatNumber(largest)}`,
    );
    this.painted = "";
    if (this.canvas.className === kind) this.#paint();
    else {
      this.canvas.className = kind;
      this.#dip();
    }
  }

  // Takes the colours that the style sheet has now.
  #dip() {
    if (!this.size.width || !this.size.height) return; // it is not in the page
    this.inks = new Inks(this.canvas);
    this.#paint();
  }

  #paint() {
    const { inks, brush, rows, columns } = this;
    const { width, height } = this.size;
    if (!inks || !brush || !width || !height) return;
    const painted = [width, height, inks.name].join();
    if (painted === this.painted) return;
    this.painted = painted;
    if (this.canvas.width !== width) this.canvas.width = width; // setting it takes time even if it is the same
    if (this.canvas.height !== height) this.canvas.height = height;
    const { plain, falling, rising } = this.#coloured(inks);
    const apart = Math.max(3, Math.round(HATCH * devicePixelRatio));
    const thick = Math.max(1, Math.round(0.8 * devicePixelRatio));
    const column = Uint16Array.from({ length: width }, (_, x) => Math.floor((x * columns) / width));
    const image = new ImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let y = 0, at = 0; y < height; y++) {
      const first = Math.floor((y * rows) / height) * columns;
      let down = y % apart;
      let up = apart - 1 - down; // how far from the strokes of either direction
      for (let x = 0; x < width; x++, at++) {
        const colours = down < thick ? falling : up < thick ? rising : plain;
        pixels[at] = colours[first + column[x]];
        if (++down === apart) down = 0;
        if (++up === apart) up = 0;
      }
    }
    brush.putImageData(image, 0, 0);
  }

  /**
   * The colour of each number, and what it has where strokes fall and where they rise across it.
   * @param {Inks} inks
   */
  #coloured({ plus, minus, strokes, notFinite, ink }) {
    const { numbers, largest } = this;
    const stroke = cellOf(this.columns) < CELL.fine ? strokes.fine : strokes.coarse;
    const plain = new Uint32Array(numbers.length);
    const falling = new Uint32Array(numbers.length);
    const rising = new Uint32Array(numbers.length);
    for (let at = 0; at < numbers.length; at++) {
      const x = numbers[at];
      if (!Number.isFinite(x)) {
        plain[at] = notFinite;
        falling[at] = rising[at] = ink;
        continue;
      }
      const shade = x === 0 ? 0 : Math.ceil(SHADES * Math.sqrt(Math.abs(x) / largest));
      plain[at] = rising[at] = x < 0 ? minus[shade] : plus[shade];
      falling[at] = x < 0 ? stroke[shade] : plus[shade];
    }
    return { plain, falling, rising };
  }

  /** Draws a frame around each of some numbers, and a stroke through it.
   * @param {number[]} places
   */
  strike(places) {
    this.struck = drawn("svg", {
      viewBox: `0 0 ${this.columns} ${this.rows}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
      class: "struck",
    });
    const d = places.map((place) => {
      const [x, y] = [place % this.columns, Math.floor(place / this.columns)];
      return `M${x} ${y}h1v1h-1zM${x + 0.2} ${y + 0.8}l.6-.6`;
    });
    this.struck.append(drawn("path", { d: d.join("") }));
    this.element.append(this.struck);
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
    const frame = this.frames.get(className) ?? element("span", { class: `frame ${className}` });
    this.frames.set(className, frame);
    if (!places.length) return frame.remove();
    const across = places.map((place) => place % this.columns);
    const down = places.map((place) => Math.floor(place / this.columns));
    const left = Math.min(...across);
    const top = Math.min(...down);
    /**
     * @param {number} part
     * @param {number} all
     */
    const share = (part, all) => `${(100 * part) / all}%`;
    frame.style.left = share(left, this.columns);
    frame.style.top = share(top, this.rows);
    frame.style.width = share(Math.max(...across) - left + 1, this.columns);
    frame.style.height = share(Math.max(...down) - top + 1, this.rows);
    if (!frame.isConnected) this.element.append(frame);
    return undefined;
  }
}

/** How wide the cells of a picture with so many columns are, in pixels.
 * @param {number} columns
 */
const cellOf = (columns) => Math.max(CELL.least, Math.min(CELL.most, Math.floor(WIDEST / columns)));
