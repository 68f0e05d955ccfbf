// Gradient flow of two stories in one scale: the norm of the gradient of each state over time, on a logarithmic
// axis. Filled marks are the first story's, open ones the second's; circles are the state that is read out.

/** @import { Story } from "../story.js" */
/** @import { Stops } from "../stops.js" */
/** @import { Rail } from "../rail/rail.js" */

import { drawn, element } from "../dom.js";
import { formatNumber } from "../number.js";
import { apart } from "./compared_story.js";
import { lastTime } from "./partner.js";

const SIZE = { top: 16, below: 14, radius: 3.4, room: 46, tick: 26 }; // pixels
const DECADES = 12; // orders of magnitude from the largest to the smallest, at most

/** @typedef {{ story: Story, stops: Stops, title: string }} Told */
/** One state of a story: its letter, and by time step the norm of its gradient: all of it, and what the last loss
 * contributes to it.
 * @typedef {{ name: string, all: Map<number, number>, last: Map<number, number> }} Series
 */
/** @typedef {"all" | "last"} Of of which losses the gradients are */

export class Flow {
  /**
   * @param {[Told, Told]} sides
   * @param {Rail} rail under whose time steps the points stand
   * @param {Of} of
   */
  constructor(sides, rail, of) {
    this.sides = sides;
    this.of = of;
    this.rail = rail;
    this.T = lastTime(sides[0].story);
    this.series = sides.map(({ story, stops }) => seriesOf(story, stops));
    this.height = 0;
    this.t = 0;
    /** @type {number[]} */
    this.marks = [];
    this.svg = drawn("svg", { role: "img" });
    this.band = drawn("rect", { class: "band", y: 0, rx: 6 });
    this.lines = drawn("g");
    this.now = drawn("text", { class: "now", y: 10 });
    this.svg.append(this.band, this.lines, this.now);
    this.element = element("div", { class: "flow" }, this.svg);
  }

  get empty() {
    return this.series.every((all) => all.length === 0);
  }

  /** Whether it is known how far the last loss of each reaches. */
  get itemised() {
    return this.series.every((all) => all.every(({ last }) => last.size > 0));
  }

  /** The norm of a state's gradient at a time step; null where there is none.
   * @param {Series} series
   * @param {number} t
   */
  norm(series, t) {
    return series[this.of].get(t) ?? null;
  }

  draw() {
    const width = this.rail.width;
    if (!width) return;
    this.height = this.element.clientHeight - 1;
    this.svg.setAttribute("width", String(width));
    this.svg.setAttribute("height", String(this.height));
    this.band.setAttribute("height", String(this.height));
    const [low, high] = this.#range();
    /** @param {number} norm */
    const y = (norm) => {
      const share = norm > 0 ? Math.max(0, (Math.log10(norm) - low) / (high - low)) : 0;
      const bottom = this.height - SIZE.below;
      return bottom - Math.min(1, share) * (bottom - SIZE.top);
    };
    this.lines.replaceChildren(...this.#axis(low, high, y));
    this.series.forEach((all, side) => {
      all.forEach((one, rank) => this.lines.append(...this.#line(side, one, rank, y)));
    });
    this.svg.setAttribute("aria-label", this.#words());
    this.paint(this.t, this.marks);
  }

  // One scale for both: whole orders of magnitude.
  #range() {
    const norms = this.series.flat().flatMap((one) => [...one[this.of].values()]);
    const finite = norms.filter((x) => x > 0 && Number.isFinite(x));
    const high = Math.ceil(Math.log10(Math.max(...finite, 1e-300)) + 1e-9);
    const low = Math.floor(Math.log10(Math.min(...finite, 10 ** high)));
    return [Math.max(Math.min(low, high - 1), high - DECADES), high];
  }

  /**
   * @param {number} low
   * @param {number} high
   * @param {(norm: number) => number} y
   */
  #axis(low, high, y) {
    const aside = this.rail.lead >= SIZE.room; // else the figures stand on their lines
    const begin = aside ? this.rail.lead - 12 : 0;
    const every = Math.ceil((high - low) / 2);
    /** @type {SVGElement[]} */
    const found = aside ? this.#names() : [];
    let before = -Infinity;
    for (let power = high; power >= low; power -= every) {
      const at = y(10 ** power);
      found.push(drawn("path", { class: "grid", d: `M${begin} ${at}H${this.rail.width - 8}` }));
      if (!aside && at - before < SIZE.tick) continue;
      before = at;
      const text = drawn("text", { x: begin - 4, y: at + 4 }, formatNumber(10 ** power, 1));
      if (aside) text.classList.add("tick");
      else {
        text.setAttribute("x", "0");
        text.setAttribute("y", String(power === high ? at + 11 : at - 2));
      }
      found.push(text);
    }
    return found;
  }

  /** @param {string} name */
  #letter(name) {
    return this.of === "all" ? `d${name}` : `∂L/∂${name}`;
  }

  // What the circles are, and the squares.
  #names() {
    const told = [0, 1].flatMap((rank) => {
      const names = new Set(this.series.flatMap((all) => (all[rank] ? [all[rank].name] : [])));
      const letters = [...names].map((name) => this.#letter(name.split(".").at(-1) ?? ""));
      return letters.length ? [`${rank ? "□" : "○"} ${[...new Set(letters)].join(", ")}`] : [];
    });
    return [drawn("text", { x: 0, y: 10 }, told.join("  "))];
  }

  /**
   * @param {number} side
   * @param {Series} series
   * @param {number} rank
   * @param {(norm: number) => number} y
   */
  #line(side, series, rank, y) {
    const points = [];
    for (let t = 1; t <= this.T; t++) {
      const [x, norm] = [this.rail.middle(t), this.norm(series, t)];
      if (x !== undefined && norm !== null) points.push({ x, y: y(norm), t, norm });
    }
    const g = drawn("g", { class: `series ${side ? "open" : "filled"} ${rank ? "second" : "first"}` });
    g.append(
      drawn("path", { d: `M${points.map((p) => `${p.x.toFixed(1)} ${p.y.toFixed(1)}`).join("L")}` }),
    );
    for (const { x, y: at, t, norm } of points) {
      const mark = rank
        ? drawn("rect", { x: x - 3, y: at - 3, width: 6, height: 6 })
        : drawn("circle", { cx: x, cy: at, r: SIZE.radius });
      mark.append(
        drawn(
          "title",
          {},
          `${this.sides[side].title}: norm of ${this.#letter(series.name)}[${t}] ${formatNumber(norm)}`,
        ),
      );
      g.append(mark);
    }
    return points.length ? [g] : [];
  }

  /** The time step that is shown, and those at which the stories differ.
   * @param {number} t
   * @param {number[]} marks
   */
  paint(t, marks) {
    this.t = t;
    this.marks = marks;
    const x = this.rail.middle(t);
    const next = this.rail.middle(t === this.T ? t - 1 : t + 1);
    this.band.setAttribute("visibility", x === undefined ? "hidden" : "inherit");
    for (const old of this.svg.querySelectorAll(".differs")) old.remove();
    for (const at of marks) this.svg.append(...this.#mark(at));
    this.now.textContent = "";
    if (x === undefined) return;
    const pitch = Math.abs((next ?? x + SIZE.room) - x);
    this.band.setAttribute("x", String(x - pitch / 2));
    this.band.setAttribute("width", String(pitch));
    const told = this.numbersAt(t).map((norm, side) => `${side ? "○" : "●"} ${norm}`);
    this.now.textContent = told.join("  ");
    const half = this.now.getComputedTextLength() / 2 + 1;
    this.now.setAttribute("x", String(Math.max(half, Math.min(this.rail.width - half, x))));
  }

  /** The norms at a time step as text, of the state that is read out.
   * @param {number} t
   */
  numbersAt(t) {
    return this.series.map(([first]) => {
      const norm = first ? this.norm(first, t) : null;
      return norm === null ? "–" : formatNumber(norm);
    });
  }

  /** @param {number} t */
  #mark(t) {
    const x = this.rail.middle(t);
    if (x === undefined) return [];
    const mark = drawn("text", { class: "differs", x, y: this.height - 1, "data-t": t }, "▲");
    mark.append(drawn("title", {}, `They differ at t = ${t}`));
    return [mark];
  }

  #words() {
    const { T } = this;
    const told = this.series.map(([first], side) => {
      if (!first) return "";
      const [far, near] = [this.norm(first, 1), this.norm(first, T)];
      const says = `${this.#letter(first.name)} has norm ${near === null ? "–" : formatNumber(near)} at t = ${T}`;
      return `${this.sides[side].title}: ${says} and ${far === null ? "–" : formatNumber(far)} at t = 1`;
    });
    const of = this.of === "all" ? "all losses" : "the last loss";
    return `Gradient flow of ${of}, on a logarithmic axis. ${told.filter(Boolean).join("; ")}.`;
  }

  /** The same as a table, with both numbers at each time step. */
  table() {
    const of = this.of === "all" ? "of all losses" : "of the last loss";
    const said = `Norm of the gradient of each state, ${of}`;
    const table = element("table", {}, element("caption", {}, said));
    const head = table.createTHead().insertRow();
    head.append(element("td"));
    const columns = this.series.flatMap((all, side) => all.map((one) => ({ side, one })));
    for (const { side, one } of columns) {
      head.append(
        element("th", { scope: "col" }, `${this.#letter(one.name)}, ${this.sides[side].title}`),
      );
    }
    for (let t = 1; t <= this.T; t++) {
      const row = table.insertRow();
      row.append(element("th", { scope: "row" }, `t = ${t}`));
      for (const { one } of columns) {
        const norm = this.norm(one, t);
        row.insertCell().textContent = norm === null ? "–" : formatNumber(norm);
      }
    }
    return table;
  }
}

/**
 * The states of the layer that is read out, the one that is read out first.
 * @param {Story} story
 * @param {Stops} stops
 * @returns {Series[]}
 */
export function seriesOf(story, stops) {
  const states = story.nodes.filter(({ timeless, op }) => op && stops.carried.has(timeless));
  const top = Math.max(...states.map(({ layer }) => layer ?? 0));
  const own = states.filter(({ layer }) => (layer ?? 0) === top);
  const names = [...new Set([...own].sort((a, b) => b.row - a.row).map(({ timeless }) => timeless))];
  return names
    .map((name) => {
      /** @type {[t: number, norm: number][]} */
      const all = own.flatMap((node) => {
        const total = story.gradients.get(node.id)?.at(-1);
        return node.timeless === name && total ? [[node.time ?? node.t, story.norm(total[1])]] : [];
      });
      const reach = story.triangle?.reaches.find((one) => one.name === name);
      /** @type {[t: number, norm: number][]} */
      const last = (reach?.norms.at(-1) ?? []).flatMap((norm, at) =>
        norm === null ? [] : [[at + 1, norm]],
      );
      return { name, all: new Map(all), last: new Map(last) };
    })
    .filter(({ all }) => all.size > 0);
}

/**
 * The time steps at which what a story says of its states differs from what another one says by the same name.
 * @param {[Told, Told]} sides
 * @param {boolean} back whether their gradients are meant
 */
export function differingTimes([one, other], back) {
  const mine = new Map(timesOf(one, back).map(([name, k]) => [name, k]));
  return timesOf(other, back)
    .filter(([name, k]) => {
      const own = mine.get(name);
      if (own === undefined) return false;
      const [a, b] = [one.story.numbersOf(own), other.story.numbersOf(k)];
      return a.length !== b.length || apart(a, b).length > 0;
    })
    .map(([, , t]) => t)
    .filter((t, at, all) => all.indexOf(t) === at)
    .sort((a, b) => a - b);
}

/**
 * @param {Told} told
 * @param {boolean} back
 * @returns {[name: string, k: number, t: number][]}
 */
function timesOf({ story, stops }, back) {
  return story.nodes.flatMap((node) => {
    if (!node.op || !stops.carried.has(node.timeless)) return [];
    const known = back ? story.gradients.get(node.id)?.at(-1) : story.values.get(node.id);
    return known ? [[node.name, known[1], node.time ?? node.t]] : [];
  });
}
