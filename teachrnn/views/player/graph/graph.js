// The unrolled graph: time to the right, depth upwards; beside it, or instead of it, the rolled graph.

/** @import { Context, Edge, Step, StoryNode } from "../types.d.ts" */

import { calm, drawn, element, focusedBeside, held, within } from "../dom.js";
import { formatNumber } from "../number.js";
import { BOX, Column, WAYS } from "./column.js";
import { Routes } from "./routes.js";
import { GradientScale } from "./scale.js";
import { ArrowHeads } from "./arrows.js";
import { legend } from "./legend.js";
import { Line } from "./line.js";
import { GraphNode } from "./node.js";
import { hearNodes } from "./picking.js";
import { Places } from "./places.js";
import { Stage } from "./stage.js";
import { RolledGraph } from "./rolled.js";
import { slideColumns, copyColumns } from "./morph.js";

const JUMP = 60; // for a jump over more steps, everything in sight is painted

/**
 * A column of the drawing; `g` is null until it comes near.
 * @typedef {object} Drawn
 * @property {number} t
 * @property {number} left
 * @property {StoryNode[]} nodes
 * @property {Edge[]} edges those that enter here
 * @property {HTMLElement} label
 * @property {SVGGElement | null} g
 * @property {boolean} shown
 */

export class Graph {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.story = context.story;
    this.i = 0; // the step that is shown, and how much is known
    this.known = 0;
    this.cut = -Infinity; // gradients at this time and earlier are removed
    this.painted = false;
    /** @type {number | undefined} the node that the Tab key goes to */
    this.tabStop = undefined;
    /** @type {(() => void) | null} */
    this.endMorph = null;

    this.heads = new ArrowHeads();
    this.column = new Column(this.story);
    this.routes = new Routes(this.column, this.story);
    this.places = new Places(this.story, this.column, this.routes);
    this.scale = new GradientScale(this.story);
    /** @type {Map<number, GraphNode>} of the columns that have been drawn */
    this.boxes = new Map();
    /** @type {Map<string, Line>} by edge, "from>to" */
    this.lines = new Map();
    /** @type {Map<number, number[]>} by node: the steps at which parts of its gradient arrive */
    this.begun = new Map();
    for (const { id } of this.story.nodes) {
      const steps = (this.story.gradients.get(id) ?? []).map(([step]) => step);
      this.begun.set(id, [...new Set(steps)]);
    }
    this.columns = this.#columns();

    this.svg = drawn("svg", {
      role: "group",
      "aria-label": "Unrolled graph: time from left to right, depth upwards",
      "data-own-keys": "",
      viewBox: `0 0 ${this.places.width} ${this.routes.height}`,
      class: "unrolled",
    });
    const width = this.column.width + 12;
    this.band = drawn("rect", { class: "band", y: 0, width, height: this.routes.height, rx: 8 });
    this.layer = drawn("g");
    this.fence = drawn("g", { class: "fence" });
    this.norms = drawn("g", { class: "norms", "aria-hidden": "true" });
    this.svg.append(this.band, this.layer, this.fence, this.norms);

    const { signal } = context;
    this.stage = new Stage(
      this.svg,
      { width: this.places.width, height: this.routes.height, pitch: this.routes.pitch },
      { changed: () => this.#show(), opened: () => this.#follow() },
      signal,
    );
    this.stage.times.append(...this.columns.map(({ label }) => label));
    this.rolled = new RolledGraph(this.story, this.column, this.routes, {
      pick: context.pick,
      heads: this.heads,
      signal,
    });
    this.panes = element(
      "div",
      { class: "panes" },
      this.heads.svg,
      this.rolled.element,
      this.stage.element,
    );
    this.roll = element("button", { type: "button", class: "roll" });
    this.roll.addEventListener("click", () => this.toggle(), { signal });
    this.element = element(
      "section",
      { class: "graph", "aria-label": "Graph" },
      this.panes,
      element("div", { class: "under" }, legend(this.story, this.scale), this.#viewButtons()),
    );
    this.#setRolled();

    this.onRolled = () => this.#morph();
    this.onBreakpoints = () => {
      this.#paintAll();
      this.rolled.paint(this.story.steps[this.i], this.known, this.context.stopsAt);
    };
    context.model.on("change:rolled", this.onRolled);
    context.model.on("change:breakpoints", this.onBreakpoints);
    hearNodes(
      this.svg,
      {
        pick: context.pick,
        stop: (id) => this.#makeTabStop(id),
        keys: (event) => this.#keys(event),
      },
      signal,
    );
  }

  /** With `covered` the graph shows only what was known before step i.
   * @param {number} i
   * @param {boolean} [covered]
   */
  paint(i, covered = false) {
    const before = this.i;
    this.i = i;
    this.known = covered ? i - 1 : i;
    const [low, high] = [Math.min(before, i), Math.max(before, i)];
    if (!this.painted || high - low > JUMP) this.#paintAll();
    else for (let k = low; k <= high; k++) this.#paintStep(this.story.steps[k], k);
    this.painted = true;
    const step = this.story.steps[i];
    this.#paintTime(step.t);
    this.#paintNorms(step);
    this.rolled.paint(step, this.known, this.context.stopsAt);
    if (!this.holdsFocus()) this.#makeTabStop(step.node ?? this.tabStop ?? this.story.nodes[0].id);
    this.#follow();
  }

  /** Grey out what truncation to h steps removes from the gradient of the last loss; 0: nothing.
   * @param {number} h
   */
  horizon(h) {
    const { times } = this.column;
    const last = times[times.length - 1];
    this.cut = h > 0 ? last - h : -Infinity; // edges from this step and before
    this.fence.replaceChildren();
    if (times.includes(this.cut)) {
      const x = this.places.left(this.cut) + this.column.width + this.routes.between / 2;
      this.fence.append(
        drawn("path", { d: `M${x} 18V${this.routes.height}` }),
        drawn("text", { x, y: 12 }, "gradients stop here"),
      );
    }
    for (const line of this.lines.values()) this.#paintLine(line);
  }

  // Roll up or unroll.
  toggle() {
    this.context.model.set("rolled", !this.context.model.get("rolled"));
    this.context.model.save_changes();
  }

  holdsFocus() {
    return this.svg.contains(focusedBeside(this.svg));
  }

  stop() {
    this.endMorph?.();
    this.context.model.off("change:rolled", this.onRolled);
    this.context.model.off("change:breakpoints", this.onBreakpoints);
  }

  // Building -----------------------------------------------------------------------------------

  /** @returns {Drawn[]} */
  #columns() {
    const { story, column, places } = this;
    const once = new Map(story.edges.map((edge) => [edge.join(">"), edge])); // h times h has one edge
    const edges = [...once.values()];
    return column.times.map((t) => {
      const nodes = story.nodes.filter((node) => node.t === t);
      const label = element("span", {}, t === column.start ? "start" : `t = ${t}`);
      const [left, right] = places.ends(t, nodes);
      label.style.setProperty("--x", String(places.left(t) + (left + right) / 2));
      const entering = edges.filter(([, to]) => held(story.node, to).t === t);
      return { t, left: places.left(t), nodes, edges: entering, label, g: null, shown: false };
    });
  }

  #viewButtons() {
    const { signal } = this.context;
    /**
     * @param {string} name
     * @param {string} key
     * @param {string} text
     * @param {() => void} act
     */
    const button = (name, key, text, act) => {
      const title = `${name} (${key})`;
      const b = element("button", { type: "button", "aria-label": name, title }, text);
      b.addEventListener("click", act, { signal });
      return b;
    };
    return element(
      "div",
      { class: "view" },
      this.roll,
      button("Zoom out", "−", "−", () => this.stage.closer(-1)),
      button("Zoom in", "+", "+", () => this.stage.closer(1)),
      button("Fit the whole graph", "0", "Fit", () => this.stage.fit()),
    );
  }

  // A column is drawn when it first comes near the window, and is removed while it is far away.
  #show() {
    const [left, right] = this.stage.sight();
    const kept = this.tabStop === undefined ? undefined : this.story.node.get(this.tabStop)?.t; // the column that the Tab key goes to is kept
    for (const c of this.columns) {
      const near =
        c.left - this.routes.between < right && c.left + this.column.width + this.routes.between > left;
      const shown = near || c.t === kept;
      if (shown && !c.g) this.#fill(c);
      if (c.g && shown !== c.shown) c.g.style.display = shown ? "" : "none";
      c.shown = shown;
    }
  }

  /** @param {Drawn} c */
  #fill(c) {
    const g = drawn("g", { class: "column", transform: `translate(${c.left} 0)` });
    c.g = g;
    for (const [from, to] of c.edges) g.append(this.#drawLine(from, to));
    for (const node of c.nodes) {
      const box = new GraphNode(node, held(this.column.kind, node.id), this.scale);
      box.g.setAttribute("transform", `translate(${this.places.inside(node)} ${this.places.y(node)})`);
      box.g.dataset.id = String(node.id);
      this.boxes.set(node.id, box);
      g.append(box.g);
      this.#paintNode(node.id);
    }
    this.layer.append(g);
    if (this.tabStop !== undefined) this.boxes.get(this.tabStop)?.g.setAttribute("tabindex", "0");
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  #drawLine(from, to) {
    const a = held(this.story.node, from);
    const b = held(this.story.node, to);
    const shift = this.places.left(b.t) - this.places.left(a.t);
    const d = this.routes.path(this.routes.of(a, b), shift, this.places.inside(a));
    const line = new Line(a, b, d, this);
    this.lines.set(`${from}>${to}`, line);
    this.#paintLine(line);
    return line.path;
  }

  // Painting -----------------------------------------------------------------------------------

  #paintAll() {
    for (const id of this.boxes.keys()) this.#paintNode(id);
    for (const line of this.lines.values()) this.#paintLine(line);
  }

  /**
   * What changes when a step becomes the current one, or ceases to be.
   * @param {Step} step
   * @param {number} k
   */
  #paintStep(step, k) {
    const ids = new Set(step.edges.flat());
    if (step.phase === "turn") for (const [id, [begin]] of this.begun) if (begin === k) ids.add(id);
    for (const id of ids) this.#paintNode(id);
    for (const edge of step.edges) {
      const line = this.lines.get(edge.join(">"));
      if (line) this.#paintLine(line);
    }
  }

  /** @param {number} id */
  #paintNode(id) {
    const box = this.boxes.get(id);
    if (!box) return;
    const { story, known } = this;
    const step = story.steps[this.i];
    const parts = held(this.begun, id);
    box.paint(story, {
      value: story.valueAt(id, known),
      gradient: story.gradientAt(id, known),
      arrived: parts.filter((k) => k <= known).length,
      uses: parts.length,
      complete: parts.length > 0 && parts[parts.length - 1] <= known,
      role: step.node === id ? "now" : step.edges.some(([from]) => from === id) ? "touched" : "",
      breakpoint: this.context.stopsAt(box.node),
      initial: box.node.t === this.column.start,
    });
  }

  /** @param {Line} line */
  #paintLine(line) {
    line.paint(this.story, this.i, this.known, line.from.t <= this.cut);
  }

  /** @param {Step} step */
  #paintNorms(step) {
    const labels = [];
    for (const [from, to] of step.phase === "backward" ? step.edges : []) {
      const passage = this.story.passageAt(from, to, this.known);
      const a = this.story.node.get(from);
      const b = this.story.node.get(to);
      if (passage === null || !a || !b) continue;
      const at = this.routes.labelAt(this.routes.of(a, b), this.places.inside(a));
      labels.push(
        drawn(
          "text",
          { x: this.places.left(a.t) + at.x, y: at.y, "text-anchor": at.anchor },
          formatNumber(this.story.norm(passage)),
        ),
      );
    }
    this.norms.replaceChildren(...labels);
  }

  /** @param {number | null} t */
  #paintTime(t) {
    for (const c of this.columns) {
      c.label.classList.toggle("current", c.t === t);
      if (c.t === t) this.band.setAttribute("x", String(c.left - 6));
    }
    this.band.setAttribute("visibility", t === null ? "hidden" : "inherit");
  }

  #follow() {
    const step = this.story.steps[this.i];
    const id = step.node ?? step.outcomes[0]?.target ?? null;
    const node = id === null ? undefined : this.story.node.get(id);
    if (node) this.#bringInSight(node);
  }

  /** @param {StoryNode} node */
  #bringInSight(node) {
    this.stage.follow(this.places.x(node), this.places.y(node), BOX.width, BOX.height);
  }

  // Moving ---------------------------------------------------------------------------------------

  /** @param {KeyboardEvent} event */
  #keys(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const way = WAYS.get(event.key);
    /** @type {Record<string, () => void>} */
    const acts = {
      "+": () => this.stage.closer(1),
      "-": () => this.stage.closer(-1),
      0: () => this.stage.fit(),
    };
    const here = this.story.node.get(Number(within(event, ".node")?.dataset.id));
    if (way && here) {
      event.preventDefault();
      const next = this.#neighbour(here, way.right, way.up);
      if (next) this.#focus(next);
    } else if (acts[event.key]) {
      event.preventDefault();
      event.stopPropagation();
      acts[event.key]();
    }
  }

  /** The next node in that direction; beyond the edge of a column, in the next column.
   * @param {StoryNode} node
   * @param {number} right
   * @param {number} up
   * @returns {StoryNode | null}
   */
  #neighbour(node, right, up) {
    const { places } = this;
    const level = places.row(node);
    const x = places.x(node);
    const that = right
      ? this.story.nodes.filter(
          (other) => places.row(other) === level && (places.x(other) - x) * right > 0,
        )
      : this.story.nodes.filter((other) => other.t === node.t && (places.row(other) - level) * up > 0);
    /** @param {StoryNode} other */
    const far = (other) => Math.abs(places.x(other) - x) + 1e4 * Math.abs(places.row(other) - level);
    const [nearest] = that.sort((a, b) => far(a) - far(b));
    return nearest ?? null;
  }

  /** @param {StoryNode} node */
  #focus(node) {
    this.#makeTabStop(node.id);
    held(this.boxes, node.id).g.focus({ preventScroll: true });
    this.#bringInSight(node);
  }

  /** @param {number} id */
  #makeTabStop(id) {
    if (this.tabStop === id && this.boxes.has(id)) return;
    if (this.tabStop !== undefined) this.boxes.get(this.tabStop)?.g.setAttribute("tabindex", "-1");
    this.tabStop = id;
    this.#show();
    this.boxes.get(id)?.g.setAttribute("tabindex", "0");
  }

  // Rolling up -----------------------------------------------------------------------------------

  #setRolled() {
    const rolled = Boolean(this.context.model.get("rolled"));
    this.panes.classList.toggle("is-rolled", rolled);
    this.roll.textContent = rolled ? "Unroll" : "Roll up";
    this.roll.title = `${rolled ? "Unroll: a copy of the cell for every step" : "Roll up: the one cell that every step is a copy of"} (r)`;
    return rolled;
  }

  #morph() {
    this.endMorph?.();
    const inwards = Boolean(this.context.model.get("rolled"));
    const still = calm() || !this.panes.isConnected || !this.panes.clientWidth;
    const before = inwards && !still ? this.#inSight() : [];
    const rolledUp = inwards ? null : this.rolled.cell.getScreenCTM();
    if (inwards) this.panes.style.minHeight = `${this.panes.offsetHeight}px`;
    this.#setRolled();
    if (!inwards) this.panes.style.minHeight = "";
    this.#show();
    this.#follow();
    this.context.say(
      inwards
        ? "Rolled up: one cell, used at every step."
        : "Unrolled: a copy of the cell for every step.",
    );
    if (still) return;
    const cell = inwards ? this.rolled.cell.getScreenCTM() : rolledUp;
    if (!cell) return;
    const copies = inwards ? before : this.#inSight();
    this.endMorph = slideColumns(this.panes, copies, cell, inwards, () => {
      this.endMorph = null;
    });
  }

  #inSight() {
    const box = this.stage.element.getBoundingClientRect();
    const groups = this.columns.flatMap(({ g, shown }) => (g && shown ? [g] : []));
    return copyColumns(
      groups.filter((g) => {
        const { left, right } = g.getBoundingClientRect();
        return right > box.left && left < box.right;
      }),
    );
  }
}
