// The time axis, bent round the loss: forward to the right, back under itself to the left. One dot says
// where the story is, in which direction, and at which operation of its time step.

/** @import { Context, Stop } from "../types.d.ts" */
/** @import { Walk } from "../walk.js" */

import { drawn, element } from "../dom.js";

const LINES = { forward: 9, backward: 35, height: 44 }; // pixels from the top
const GAP = { step: 5, operation: 1.5, least: 5 }; // between time steps; between operations, if there is room
const TAIL = 22; // room for the bend at the right
const NAME = 34; // pixels that the number of a time step takes

/** @typedef {{ stop: Stop, from: number, to: number }} Stretch of a line, in pixels */

export class Rail {
  /**
   * @param {Context} context
   * @param {Walk} walk
   */
  constructor(context, walk) {
    this.context = context;
    this.walk = walk;
    const { stops, signal } = context;
    /** @type {(number | null)[]} the time steps, in order */
    this.times = [...new Set(stops.times.filter((s) => s.phase !== "turn").map((s) => s.t))].sort(
      (a, b) => (a ?? 0) - (b ?? 0),
    );
    /** @type {Stretch[]} by time stop */
    this.stretches = [];
    this.lead = 0;
    this.width = 0;
    this.laid = () => {}; // called when it has been laid out
    this.every = 1; // the number of every so many time steps is written
    const part = (/** @type {string} */ name) => drawn("path", { class: `track ${name}` });
    this.paths = {
      todo: part("todo"),
      forward: part("forward"),
      backward: part("backward"),
    };
    this.cursor = drawn("circle", { class: "cursor", r: 6.5 });
    /** @type {SVGElement[]} of the time steps, in order */
    this.numbers = [];
    this.names = drawn("g", { class: "names" });
    this.svg = drawn("svg", { height: LINES.height, "aria-hidden": "true" });
    this.svg.append(...Object.values(this.paths), this.names, this.cursor);
    this.element = element(
      "div",
      { class: "rail", role: "slider", tabindex: "0", "aria-label": "Step", "aria-valuemin": "1" },
      this.svg,
    );
    this.element.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.#pointer(signal);
    const watch = new ResizeObserver(() => this.lay());
    watch.observe(this.element);
    signal.addEventListener("abort", () => watch.disconnect());
  }

  /** Where the line begins, so that its time steps stand under those of the graph.
   * @param {number} lead pixels
   * @param {number} [paper] the width, where it is not that of the window
   */
  align(lead, paper) {
    if (lead === this.lead && (paper ?? this.element.clientWidth) === this.width) return;
    this.lead = lead;
    this.width = 0;
    this.lay(paper);
  }

  /** @param {number} [paper] the width, where it is not that of the window */
  lay(paper) {
    const width = paper ?? this.element.clientWidth;
    if (!width || width === this.width) return;
    this.width = width;
    this.svg.setAttribute("width", String(width));
    this.svg.setAttribute("viewBox", `0 0 ${width} ${LINES.height}`);
    const begin = this.lead;
    const pitch = (width - begin - TAIL) / this.times.length;
    const column = new Map(this.times.map((t, n) => [t, n]));
    this.stretches = this.context.stops.times.map((stop) => {
      const end = width - TAIL;
      if (stop.phase === "turn") return { stop, from: end, to: end };
      const left = begin + (column.get(stop.t) ?? 0) * pitch + GAP.step / 2;
      const right = left + pitch - GAP.step;
      return stop.phase === "forward"
        ? { stop, from: left, to: right }
        : { stop, from: right, to: left };
    });
    this.paths.todo.setAttribute("d", this.#outline(begin));
    const every = Math.max(1, Math.ceil(NAME / pitch));
    this.every = every;
    this.numbers = this.times.map((t, n) => {
      const x = begin + (n + 0.5) * pitch;
      const middle = (LINES.forward + LINES.backward) / 2 + 4;
      const name = drawn("text", { x, y: middle }, t === null ? "" : String(t));
      if (n % every) name.classList.add("between");
      return name;
    });
    this.names.replaceChildren(...this.#ends(begin), ...this.numbers);
    this.paint(this.context.model.get("step"));
    this.laid();
  }

  /** The middle of a time step, in pixels; undefined before it has been laid out.
   * @param {number} t
   */
  middle(t) {
    const found = this.stretches.find(({ stop }) => stop.t === t);
    return found && (found.from + found.to) / 2;
  }

  // The whole way, once round the loss.
  /** @param {number} begin */
  #outline(begin) {
    const end = this.width - TAIL;
    if (this.context.story.turn < 0) return `M${begin} ${LINES.forward}H${end}`;
    return `M${begin} ${LINES.forward}H${end}${this.#bend()}H${begin}`;
  }

  #bend() {
    const radius = (LINES.backward - LINES.forward) / 2;
    return `a${radius} ${radius} 0 0 1 0 ${2 * radius}`;
  }

  /** @param {number} begin */
  #ends(begin) {
    if (begin < 60) return [];
    const back = this.context.story.turn < 0 ? [] : [["← back", LINES.backward]];
    return [["forward →", LINES.forward], ...back].map(([text, y]) =>
      drawn("text", { class: "end", x: 0, y: Number(y) + 4 }, String(text)),
    );
  }

  /** @param {number} i */
  paint(i) {
    const { stops, model, story } = this.context;
    const level = model.get("level");
    const { at, of } = stops.count(i, level);
    const step = story.steps[i];
    this.element.setAttribute("aria-valuemax", String(of));
    this.element.setAttribute("aria-valuenow", String(at + 1));
    const { heading } = stops.told(i, level);
    this.element.setAttribute("aria-valuetext", `${at + 1} of ${of}: ${heading}`);
    if (!this.stretches.length) return;
    const done = stops.done(i, level);
    for (const phase of /** @type {const} */ (["forward", "backward"])) {
      const walked = this.stretches.filter(({ stop }) => stop.phase === phase && stop.first <= done);
      const bent = phase === "backward" && story.turn >= 0 && done >= story.turn;
      const lines = walked.map((stretch) => this.#walked(stretch, done));
      const bend = bent ? `M${this.width - TAIL} ${LINES.forward}${this.#bend()}` : "";
      this.paths[phase].setAttribute("d", bend + lines.join(""));
    }
    const [x, y] = this.#place(i, level);
    this.cursor.style.transform = `translate(${x.toFixed(1)}px, ${y}px)`;
    const current = this.times.indexOf(step.t);
    this.numbers.forEach((name, n) => {
      name.classList.toggle("current", n === current);
      name.classList.toggle("beside", current >= 0 && Math.abs(n - current) < this.every);
    });
  }

  /** The part of a stretch that has been walked, with a gap between its operations where there is room.
   * @param {Stretch} stretch
   * @param {number} done
   */
  #walked({ stop, from, to }, done) {
    const y = LINES[stop.phase === "forward" ? "forward" : "backward"];
    const all = stop.last - stop.first + 1;
    const some = Math.min(done, stop.last) - stop.first + 1;
    const each = (to - from) / all;
    if (Math.abs(each) < GAP.least) return `M${from} ${y}H${from + some * each}`;
    const gap = Math.sign(each) * GAP.operation;
    return Array.from(
      { length: some },
      (_, n) => `M${from + n * each} ${y}H${from + (n + 1) * each - gap}`,
    ).join("");
  }

  /**
   * @param {number} i
   * @param {import("../types.d.ts").Level} level
   * @returns {[x: number, y: number]}
   */
  #place(i, level) {
    const { stop, from, to } = this.stretches[this.context.stops.timeOf[i]];
    if (stop.phase === "turn") {
      const radius = (LINES.backward - LINES.forward) / 2;
      return [this.width - TAIL + radius, LINES.forward + radius];
    }
    const all = stop.last - stop.first + 1;
    const share = level === "time" ? 0.5 : (i - stop.first + 0.5) / all;
    return [from + share * (to - from), LINES[stop.phase]];
  }

  // Moving it --------------------------------------------------------------------------------

  /** @param {KeyboardEvent} event */
  #key(event) {
    const last = this.context.story.steps.length - 1;
    /** @type {Record<string, () => void>} */
    const acts = {
      Home: () => this.walk.by(-Infinity),
      End: () => this.walk.by(last + 1),
      PageUp: () => this.walk.byTime(-1),
      PageDown: () => this.walk.byTime(1),
    };
    const act = event.altKey || event.ctrlKey || event.metaKey ? undefined : acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** @param {AbortSignal} signal */
  #pointer(signal) {
    const { element: rail } = this;
    const go = (/** @type {PointerEvent} */ event) => {
      const i = this.#nearest(event);
      this.walk.pause();
      if (i !== this.context.model.get("step")) this.context.go(i);
    };
    rail.addEventListener(
      "pointerdown",
      (event) => {
        if (event.button !== 0) return;
        rail.setPointerCapture(event.pointerId);
        go(event);
      },
      { signal },
    );
    rail.addEventListener(
      "pointermove",
      (event) => {
        if (rail.hasPointerCapture(event.pointerId)) go(event);
      },
      { signal },
    );
  }

  /** The step at the point where the pointer is.
   * @param {PointerEvent} event
   */
  #nearest(event) {
    const box = this.svg.getBoundingClientRect();
    const scale = box.width / this.width || 1; // slides are scaled
    const [x, y] = [(event.clientX - box.left) / scale, (event.clientY - box.top) / scale];
    const { story, stops, model } = this.context;
    const level = model.get("level");
    if (story.turn >= 0 && x > this.width - TAIL) return story.turn;
    const back = story.turn >= 0 && y > (LINES.forward + LINES.backward) / 2;
    const wanted = back ? "backward" : "forward";
    let best = { stop: stops.times[0], from: 0, to: 1, off: Infinity };
    for (const stretch of this.stretches) {
      if (stretch.stop.phase !== wanted) continue;
      const off = Math.abs(x - (stretch.from + stretch.to) / 2);
      if (off < best.off) best = { ...stretch, off };
    }
    const { stop, from, to } = best;
    if (level === "time") return stop.principal;
    const all = stop.last - stop.first + 1;
    const share = Math.max(0, Math.min(0.999, (x - from) / (to - from)));
    return stop.first + Math.floor(share * all);
  }
}
