// The rolled graph: the cell drawn once, with the edges that go to a later step as loops. It is the
// column of the unrolled graph; a mark on each loop gives its delay in steps.

/** @import { ArrowHeads } from "./arrows.js" */
/** @import { Column, Kind } from "./column.js" */
/** @import { Route, Routes } from "./routes.js" */
/** @import { Story } from "../story.js" */
/** @import { Edge, Name, Step, StoryNode } from "../types.d.ts" */

import { drawn, element, held, within } from "../dom.js";
import { BOX, WAYS } from "./column.js";
import { NodeMarks } from "./marks.js";
import { nodeLabel, shortened } from "./node.js";

const MARGIN = 10;
const OPERATION = { top: 30, tallest: 26, line: 8, wide: 9, widest: 11 }; // heights in pixels, widths in letters

export class RolledGraph {
  /**
   * @param {Story} story
   * @param {Column} column
   * @param {Routes} routes
   * @param {object} around
   * @param {(id: number) => void} around.pick a node has been chosen
   * @param {ArrowHeads} around.heads
   * @param {AbortSignal} around.signal
   */
  constructor(story, column, routes, { pick, heads, signal }) {
    this.story = story;
    this.column = column;
    this.routes = routes;
    this.heads = heads;
    /** @type {Map<string, { g: SVGGElement, kind: Kind, marks: NodeMarks, told: string }>} by the name of the kind */
    this.boxes = new Map();
    /** @type {Map<string, SVGPathElement>} */
    this.lines = new Map();
    /** @type {SVGPathElement[]} edges of the current step */
    this.marked = [];
    /** @type {number | null} the current time step */
    this.t = null;
    /** @type {Kind | null} what is kept in sight */
    this.followed = null;
    this.scale = 0; // of the drawing where it scrolls; 0: all is in sight
    this.tall = 0;
    /** @type {Map<string, StoryNode>} by kind and time */
    this.at = new Map();
    for (const node of story.nodes) this.at.set(`${held(column.kind, node.id).name} ${node.t}`, node);
    this.cell = drawn("g", { class: "cell" });
    this.svg = drawn("svg", {
      role: "group",
      "aria-label": "Rolled graph: the cell that every time step is a copy of",
      "data-own-keys": "",
    });
    this.svg.append(this.cell);
    const depths = this.#depths();
    this.side = depths.size ? 18 + 7 * depths.size : 0;
    this.width = column.width + 2 * (this.side + MARGIN);
    this.height = routes.height + (depths.size ? 24 + 16 * depths.size : 8);
    this.svg.setAttribute("viewBox", `${-this.side - MARGIN} 0 ${this.width} ${this.height}`);
    this.#edges(depths);
    for (const kind of column.kinds.values()) if (kind.node.t !== column.start) this.#box(kind);
    this.caption = element("p", { class: "caption" });
    this.element = element(
      "div",
      { class: "rolled", style: `--natural-width: ${this.width}px; --natural-height: ${this.height}px` },
      this.caption,
      this.svg,
    );
    const watch = new ResizeObserver(() => this.#resized());
    watch.observe(this.element);
    signal.addEventListener("abort", () => watch.disconnect());
    /** @param {Event} event */
    const chosen = (event) => {
      const kind = within(event, ".node")?.dataset.kind;
      if (kind === undefined) return false;
      pick((this.at.get(`${kind} ${this.t}`) ?? held(column.kinds, kind).node).id);
      return true;
    };
    this.svg.addEventListener("click", chosen, { signal });
    this.svg.addEventListener(
      "keydown",
      (event) => {
        if (["Enter", " "].includes(event.key) && chosen(event)) event.preventDefault();
        this.#walk(event);
      },
      { signal },
    );
  }

  /** How far below the cell each trunk of edges to another step runs.
   * @returns {Map<string, { depth: number, time: number }>}
   */
  #depths() {
    const depths = new Map();
    for (const [, route] of this.routes.rolled()) {
      if (route.lag !== 0 && !depths.has(trunkOf(route))) {
        depths.set(trunkOf(route), { depth: depths.size, time: route.time });
      }
    }
    return depths;
  }

  /** @param {Map<string, { depth: number, time: number }>} depths */
  #edges(depths) {
    const { routes } = this;
    for (const [key, route] of routes.rolled()) {
      const trunk = depths.get(trunkOf(route));
      const d = trunk && route.lag !== 0 ? routes.loop(route, trunk.depth) : routes.path(route, 0);
      const line = drawn("path", { d, class: "edge seen" });
      this.heads.place(line, "seen", false);
      this.cell.append(line);
      this.lines.set(key, line);
    }
    for (const { depth, time } of depths.values()) this.#delay(depth, depths.size, time, routes.height);
  }

  /**
   * @param {number} depth
   * @param {number} count
   * @param {number} time
   * @param {number} height
   */
  #delay(depth, count, time, height) {
    const x = this.column.width / 2 + (depth - (count - 1) / 2) * 34;
    const y = height + 12 + depth * 16;
    const mark = drawn("g", { class: "delay", transform: `translate(${x} ${y})` });
    const steps = Math.abs(time);
    const sign = time > 0 ? "−" : "+";
    mark.append(
      drawn("rect", { x: -15, y: -7, width: 30, height: 14, rx: 3 }),
      drawn("text", { y: 3.5 }, `t ${sign} ${steps}`),
      drawn(
        "title",
        {},
        `The value ${steps} ${steps === 1 ? "step" : "steps"} ${time > 0 ? "earlier" : "later"}`,
      ),
    );
    this.cell.append(mark);
  }

  /** @param {Kind} kind */
  #box(kind) {
    const { node } = kind;
    const top = this.routes.top(kind.row);
    const middle = BOX.width / 2;
    const g = drawn("g", {
      class: node.op ? "node" : "node leaf",
      transform: `translate(${kind.x} ${top})`,
      tabindex: this.boxes.size ? "-1" : "0",
      role: "button",
      "data-kind": kind.name,
    });
    const name = node.timeless;
    const used = node.uses.map(({ letter, gate }) => (gate ? `${letter}_${gate}` : letter));
    const told = [name, node.op && `made by ${node.op}`, used.length && `with ${used.join(", ")}`]
      .filter(Boolean)
      .join(", ");
    const marks = new NodeMarks(BOX.width);
    g.append(
      drawn("rect", { width: BOX.width, height: kind.height, rx: 7, class: "box" }),
      nodeLabel({ ...node, time: null }, middle, kind.flat ? 18 : 16),
    );
    if (node.op) g.append(operationName(node.op, middle, used.length ? 2 : 3));
    if (used.length) g.append(parameterNames(node.uses, middle));
    g.append(
      drawn(
        "title",
        {},
        [name, node.op, ...node.uses.map((use) => use.name)].filter(Boolean).join(" · "),
      ),
    );
    g.append(marks.g);
    this.cell.append(g);
    this.boxes.set(kind.name, { g, kind, marks, told });
  }

  #resized() {
    const scale = Math.min(this.svg.clientWidth / this.width, this.svg.clientHeight / this.height);
    this.scale = this.element.scrollHeight > this.element.clientHeight + 1 ? scale : 0;
    this.tall = this.element.clientHeight;
    if (this.followed) this.#follow(this.followed);
  }

  /** @param {Kind} kind */
  #follow(kind) {
    this.followed = kind;
    if (this.scale) {
      this.element.scrollTo({
        top: this.routes.top(kind.row) * this.scale - this.tall / 2,
        behavior: "instant",
      });
    }
  }

  /** Mark the operation of the step, and its time.
   * @param {Step} step
   * @param {number} known after which step
   * @param {(node: StoryNode) => boolean} breakpointAt
   */
  paint(step, known, breakpointAt) {
    const current = step.node === null ? undefined : this.column.kind.get(step.node);
    for (const { g, kind, marks, told } of this.boxes.values()) {
      const there = this.at.get(`${kind.name} ${step.t}`);
      const node = there ?? kind.node;
      const now = kind === current;
      g.classList.toggle("now", now);
      if (now) g.setAttribute("aria-current", "step");
      else g.removeAttribute("aria-current");
      const shown = there
        ? [this.story.valueAt(there.id, known), this.story.gradientAt(there.id, known)]
        : [];
      const differs = shown.some((k) => k !== null && this.story.differs(k));
      const stops = breakpointAt(node);
      marks.paint(differs, stops);
      g.setAttribute(
        "aria-label",
        [told, stops && "breakpoint", differs && "yours differs"].filter(Boolean).join(", "),
      );
    }
    for (const line of this.marked) {
      line.setAttribute("class", "edge seen");
      this.heads.place(line, "seen", false);
    }
    const back = step.phase === "backward";
    this.marked = step.edges.map((edge) => this.#line(edge)).filter((line) => line !== undefined);
    for (const line of this.marked) {
      line.setAttribute("class", back ? "edge back now" : "edge now");
      this.heads.place(line, "now", back);
    }
    this.t = step.t ?? this.t;
    if (current) this.#follow(current);
    this.caption.textContent =
      step.t === null ? "One cell for every t" : `One cell, now at t = ${step.t}`;
  }

  /** @param {Edge} edge */
  #line([from, to]) {
    const a = this.story.node.get(from);
    const b = this.story.node.get(to);
    return a && b ? this.lines.get(this.routes.rolledKey(a, b)) : undefined;
  }

  /** Arrow keys go to the next node in their direction.
   * @param {KeyboardEvent} event
   */
  #walk(event) {
    const here = this.boxes.get(within(event, ".node")?.dataset.kind ?? "");
    const way = WAYS.get(event.key);
    if (!here || !way) return;
    event.preventDefault();
    const there = this.column.neighbour(here.kind, way.right, way.up);
    const next = there && this.boxes.get(there.name);
    if (!next) return;
    here.g.setAttribute("tabindex", "-1");
    next.g.setAttribute("tabindex", "0");
    next.g.focus();
  }
}

/** @param {Route} route */
const trunkOf = (route) => `${route.trunk} ${route.time}`;

/** The name of an operation in lines, each with as many words as fit: Softmax, Cross, Entropy.
 * @param {string} name
 * @param {number} x
 * @param {number} most
 */
export function operationName(name, x, most) {
  const lines = [""];
  for (const word of name.match(/[A-Z]*[^A-Z_]+_?|[A-Z]+_?|_+/g) ?? []) {
    const { length } = lines[lines.length - 1];
    if (length && length + word.length > OPERATION.wide && lines.length < most) lines.push("");
    lines[lines.length - 1] += word;
  }
  const text = drawn("text", { class: "op" });
  const top = lines.length > 1 ? OPERATION.tallest : OPERATION.top;
  lines.forEach((line, i) => {
    const written = drawn(
      "tspan",
      { x, y: top + i * OPERATION.line },
      shortened(line, OPERATION.widest),
    );
    if (line.length > OPERATION.wide) {
      // a little narrower than it would be
      written.setAttribute("textLength", String(BOX.width - 4));
      written.setAttribute("lengthAdjust", "spacingAndGlyphs");
    }
    text.append(written);
  });
  return text;
}

/**
 * The parameters that an operation uses, which the whole sequence shares.
 * @param {Name[]} uses
 * @param {number} x
 */
function parameterNames(uses, x) {
  const text = drawn("text", { x, y: 43, class: "uses" });
  for (const { letter, gate } of uses) {
    text.append(drawn("tspan", { class: "letter" }, ` ${shortened(letter, 4)}`));
    if (gate) {
      text.append(drawn("tspan", { class: "sub", dy: 2 }, gate), drawn("tspan", { dy: -2 }, "\u200b"));
    }
  }
  return text;
}
