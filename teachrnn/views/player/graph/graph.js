// The unrolled graph: time to the right, depth upwards; beside it, or in its place, the rolled graph.

import { calm, drawn, element } from "../dom.js";
import { formatNumber } from "../number.js";
import { BOX, Column } from "./column.js";
import { Routes } from "./routes.js";
import { GradientScale } from "./scale.js";
import { ArrowHeads } from "./arrows.js";
import { Line } from "./line.js";
import { GraphNode } from "./node.js";
import { Stage } from "./stage.js";
import { RolledGraph } from "./rolled.js";
import { slideColumns, copyColumns } from "./morph.js";

const UNROLLED = {
  margin: 14, // margin left and right of the drawing
  jump: 60, // a jump over more steps than these paints everything in sight
};

export class Graph {
  constructor(context) {
    Object.assign(this, { context, story: context.story, i: 0, known: 0, cut: -Infinity });
    this.heads = new ArrowHeads();
    this.column = new Column(this.story);
    this.routes = new Routes(this.column, this.story);
    this.scale = new GradientScale(this.story);
    this.boxes = new Map(); // id -> GraphNode, of the columns that have been drawn
    this.lines = new Map(); // "from>to" -> Line
    this.#place();
    this.#draw();
    this.#buildPanes();
    this.#listen();
  }

  // With `covered` the graph shows no more of step i than was known before it.
  paint(i, covered = false) {
    const before = this.i;
    this.i = i;
    this.known = covered ? i - 1 : i;
    const [low, high] = [Math.min(before, i), Math.max(before, i)];
    if (!this.painted || high - low > UNROLLED.jump) this.#paintAll();
    else for (let k = low; k <= high; k++) this.#paintStep(this.story.steps[k], k);
    this.painted = true;
    const step = this.story.steps[i];
    this.#paintTime(step.t);
    this.#paintNorms(step);
    this.rolled.paint(step, (node) => this.#stopsAt(node));
    if (!this.holdsFocus()) this.#makeTabStop(step.node ?? this.tabStop ?? this.story.nodes[0].id);
    this.#follow();
  }

  // Grey out what truncation to h steps takes from the gradient of the last loss; 0: nothing.
  horizon(h) {
    const last = this.column.times.at(-1);
    this.cut = h > 0 ? last - h : -Infinity; // edges from this step and before
    const index = this.column.times.indexOf(this.cut);
    this.fence.replaceChildren();
    if (index >= 0) {
      const x = this.lefts[index] + this.column.width + this.routes.between / 2;
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
    return this.svg.contains(this.svg.getRootNode().activeElement);
  }

  stop() {
    this.endMorph?.();
    for (const [event, act] of this.listeners) this.context.model.off(event, act);
  }

  // Building -----------------------------------------------------------------------------------

  #place() {
    const { column, routes } = this;
    const begins = this.story.nodes.filter((node) => node.t === column.start);
    const width = begins.length
      ? Math.max(...begins.map((node) => node.slots)) * BOX.pitch - BOX.pitch + BOX.width
      : column.width;
    this.lefts = column.times.map(
      (_, index) => UNROLLED.margin + width - column.width + index * routes.pitch,
    );
    this.left = new Map(column.times.map((t, index) => [t, this.lefts[index]]));
    this.width = this.lefts.at(-1) + column.width + UNROLLED.margin;
    this.columns = column.times.map((t, index) => ({
      t,
      index,
      left: this.lefts[index],
      nodes: [],
      edges: [],
      g: null,
      shown: false,
    }));
    const at = new Map(this.columns.map((c) => [c.t, c]));
    for (const node of this.story.nodes) at.get(node.t).nodes.push(node);
    const once = new Map(this.story.edges.map((edge) => [edge.join(">"), edge])); // h times h has one edge
    for (const [from, to] of once.values()) at.get(this.story.node.get(to).t).edges.push([from, to]);
    this.begun = new Map(this.story.nodes.map((node) => [node.id, this.#steps(node.id)]));
  }

  // Steps at which parts of a node's gradient arrive.
  #steps(id) {
    return [...new Set((this.story.gradients.get(id) || []).map(([step]) => step))];
  }

  // Left end of a node, within its column.
  #x(node) {
    if (node.t !== this.column.start) return this.column.kind.get(node.id).x;
    return this.column.width - BOX.width - (node.slots - 1 - node.slot) * BOX.pitch;
  }

  #top(node) {
    return this.routes.top(this.column.kind.get(node.id).row);
  }

  #draw() {
    this.svg = drawn("svg", {
      role: "group",
      "aria-label": "Unrolled graph: time from left to right, depth upwards",
      "data-own-keys": "",
      viewBox: `0 0 ${this.width} ${this.routes.height}`,
      class: "unrolled",
    });
    this.band = drawn("rect", {
      class: "band",
      y: 0,
      width: this.column.width + 12,
      height: this.routes.height,
      rx: 8,
    });
    this.layer = drawn("g");
    this.fence = drawn("g", { class: "fence" });
    this.norms = drawn("g", { class: "norms", "aria-hidden": "true" });
    this.svg.append(this.band, this.layer, this.fence, this.norms);
  }

  #buildPanes() {
    const { signal } = this.context;
    this.stage = new Stage(
      this.svg,
      { width: this.width, height: this.routes.height, pitch: this.routes.pitch },
      () => this.#show(),
      signal,
    );
    this.stage.opened = () => this.#follow();
    this.times = this.columns.map(({ t, left, nodes }) => {
      const label = element("span", {}, t === this.column.start ? "start" : `t = ${t}`);
      const ends = [
        Math.min(...nodes.map((node) => this.#x(node))),
        Math.max(...nodes.map((node) => this.#x(node))) + BOX.width,
      ];
      label.style.setProperty(
        "--x",
        left + (t === this.column.start ? (ends[0] + ends[1]) / 2 : this.column.width / 2),
      );
      this.stage.times.append(label);
      return label;
    });
    this.rolled = new RolledGraph(this.story, this.column, this.routes, {
      pick: (id) => this.#pick(id),
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
    const button = (name, key, text, act) => {
      const b = element(
        "button",
        { type: "button", "aria-label": name, title: `${name} (${key})` },
        text,
      );
      b.addEventListener("click", act, { signal });
      return b;
    };
    this.roll = element("button", { type: "button", class: "roll" });
    this.roll.addEventListener("click", () => this.toggle(), { signal });
    const buttons = element(
      "div",
      { class: "view" },
      this.roll,
      button("Zoom out", "−", "−", () => this.stage.closer(-1)),
      button("Zoom in", "+", "+", () => this.stage.closer(1)),
      button("Fit the whole graph", "0", "Fit", () => this.stage.fit()),
    );
    this.element = element(
      "section",
      { class: "graph", "aria-label": "Graph" },
      this.panes,
      element("div", { class: "under" }, this.#legend(), buttons),
    );
    this.#setRolled();
  }

  #legend() {
    const swatch = (kind, sign) =>
      element("span", { class: `swatch ${kind} ${sign}`, "aria-hidden": "true" });
    const legend = element(
      "p",
      { class: "legend" },
      element(
        "span",
        {},
        swatch("value", "plus"),
        " value above 0, ",
        swatch("value", "minus"),
        " below",
      ),
      element(
        "span",
        {},
        swatch("gradient", "plus"),
        " gradient above 0, ",
        swatch("gradient", "minus"),
        " below",
      ),
      element("span", {}, element("span", { class: "dashes", "aria-hidden": "true" }), " not yet"),
    );
    if (!this.scale.empty) legend.append(this.scale.legend());
    return legend;
  }

  // A column is drawn when it first comes near, and is left out while it is far away.
  #show() {
    const [left, right] = this.stage.sight();
    const kept = this.story.node.get(this.tabStop)?.t; // what the Tab key goes to stays
    for (const c of this.columns) {
      const near =
        c.left - this.routes.between < right && c.left + this.column.width + this.routes.between > left;
      const shown = near || c.t === kept;
      if (shown && !c.g) this.#fill(c);
      if (c.g && shown !== c.shown) c.g.style.display = shown ? "" : "none";
      c.shown = shown;
    }
  }

  #fill(c) {
    c.g = drawn("g", { class: "column", transform: `translate(${c.left} 0)` });
    for (const [from, to] of c.edges) c.g.append(this.#drawLine(from, to));
    for (const node of c.nodes) {
      const box = new GraphNode(node, this.column.kind.get(node.id), this.scale);
      box.g.setAttribute("transform", `translate(${this.#x(node)} ${this.#top(node)})`);
      box.g.dataset.id = node.id;
      this.boxes.set(node.id, box);
      c.g.append(box.g);
      this.#paintNode(node.id);
    }
    this.layer.append(c.g);
    if (this.tabStop !== undefined) this.boxes.get(this.tabStop)?.g.setAttribute("tabindex", "0");
  }

  #drawLine(from, to) {
    const a = this.story.node.get(from);
    const b = this.story.node.get(to);
    const shift = this.left.get(b.t) - this.left.get(a.t);
    const line = new Line(a, b, this.routes.path(this.routes.of(a, b), shift, this.#x(a)), this);
    this.lines.set(`${from}>${to}`, line);
    this.#paintLine(line);
    return line.path;
  }

  // Painting -----------------------------------------------------------------------------------

  #paintAll() {
    for (const id of this.boxes.keys()) this.#paintNode(id);
    for (const line of this.lines.values()) this.#paintLine(line);
  }

  // What a step changes when it begins or ends to be the current one.
  #paintStep(step, k) {
    const ids = new Set(step.edges.flat());
    if (step.phase === "turn") for (const [id, [begin]] of this.begun) if (begin === k) ids.add(id);
    for (const id of ids) this.#paintNode(id);
    for (const edge of step.edges) {
      const line = this.lines.get(edge.join(">"));
      if (line) this.#paintLine(line);
    }
  }

  #paintNode(id) {
    const box = this.boxes.get(id);
    if (!box) return;
    const { story, known } = this;
    const step = story.steps[this.i];
    const parts = this.begun.get(id);
    box.paint(story, {
      value: story.valueAt(id, known),
      gradient: story.gradientAt(id, known),
      arrived: parts.filter((k) => k <= known).length,
      uses: parts.length,
      complete: parts.length > 0 && parts.at(-1) <= known,
      role: step.node === id ? "now" : step.edges.some(([from]) => from === id) ? "touched" : "",
      breakpoint: this.#stopsAt(box.node),
      initial: box.node.t === this.column.start,
    });
  }

  #paintLine(line) {
    line.paint(this.story, this.i, this.known, line.from.t <= this.cut);
  }

  #paintNorms(step) {
    const labels = [];
    for (const [from, to] of step.phase === "backward" ? step.edges : []) {
      const passage = this.story.passageAt(from, to, this.known);
      const a = this.story.node.get(from);
      const b = this.story.node.get(to);
      if (passage === null || !a || !b) continue;
      const at = this.routes.labelAt(this.routes.of(a, b), this.#x(a));
      labels.push(
        drawn(
          "text",
          { x: this.left.get(a.t) + at.x, y: at.y, "text-anchor": at.anchor },
          formatNumber(this.story.norm(passage)),
        ),
      );
    }
    this.norms.replaceChildren(...labels);
  }

  #paintTime(t) {
    this.columns.forEach((c, index) => {
      this.times[index].classList.toggle("current", c.t === t);
      if (c.t === t) this.band.setAttribute("x", c.left - 6);
    });
    this.band.setAttribute("visibility", t === null ? "hidden" : "inherit");
  }

  #follow() {
    const step = this.story.steps[this.i];
    const node = this.story.node.get(step.node ?? step.outcomes[0]?.target);
    if (node)
      this.stage.follow(this.left.get(node.t) + this.#x(node), this.#top(node), BOX.width, BOX.height);
  }

  // Moving ---------------------------------------------------------------------------------------

  #listen() {
    const { model, signal } = this.context;
    const chosen = (event) => {
      const id = event.target.closest?.(".node")?.dataset.id;
      if (id !== undefined) this.#pick(Number(id));
      return id !== undefined;
    };
    this.svg.addEventListener("click", chosen, { signal });
    this.svg.addEventListener(
      "keydown",
      (event) => {
        if (["Enter", " "].includes(event.key) && chosen(event)) event.preventDefault();
        this.#keys(event);
      },
      { signal },
    );
    this.svg.addEventListener(
      "focusin",
      (event) => {
        const id = event.target.closest(".node")?.dataset.id;
        if (id !== undefined) this.#makeTabStop(Number(id));
      },
      { signal },
    );
    this.listeners = [
      ["change:rolled", () => this.#morph()],
      [
        "change:breakpoints",
        () => {
          this.#paintAll();
          this.rolled.paint(this.story.steps[this.i], (node) => this.#stopsAt(node));
        },
      ],
    ];
    for (const [event, act] of this.listeners) model.on(event, act);
  }

  #keys(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const acts = {
      "+": () => this.stage.closer(1),
      "-": () => this.stage.closer(-1),
      0: () => this.stage.fit(),
    };
    const here = this.story.node.get(Number(event.target.closest?.(".node")?.dataset.id));
    if (ways[event.key] && here) {
      event.preventDefault();
      const next = this.#neighbour(here, ...ways[event.key]);
      if (next) this.#focus(next);
    } else if (acts[event.key]) {
      event.preventDefault();
      event.stopPropagation();
      acts[event.key]();
    }
  }

  // The next node that way; beyond the rim of a column, in the next column.
  #neighbour(node, right, up) {
    const place = (other) => this.left.get(other.t) + this.#x(other);
    const row = (other) => this.column.kind.get(other.id).row;
    const level = row(node);
    const x = place(node);
    const that = right
      ? this.story.nodes.filter((other) => row(other) === level && (place(other) - x) * right > 0)
      : this.story.nodes.filter((other) => other.t === node.t && (row(other) - level) * up > 0);
    const far = (other) => Math.abs(place(other) - x) + 1e4 * Math.abs(row(other) - level);
    return that.reduce((best, other) => (!best || far(other) < far(best) ? other : best), null);
  }

  #focus(node) {
    this.#makeTabStop(node.id);
    this.boxes.get(node.id).g.focus({ preventScroll: true });
    this.stage.follow(this.left.get(node.t) + this.#x(node), this.#top(node), BOX.width, BOX.height);
  }

  #makeTabStop(id) {
    if (this.tabStop === id && this.boxes.has(id)) return;
    this.boxes.get(this.tabStop)?.g.setAttribute("tabindex", "-1");
    this.tabStop = id;
    this.#show();
    this.boxes.get(id)?.g.setAttribute("tabindex", "0");
  }

  // To the step that made a node's value or, on the way back, at which its gradient is complete; for
  // what was given, or has no gradient, to the first step of that half that used it.
  #pick(id) {
    const { story } = this;
    const back = story.steps[this.i].phase === "backward";
    const made = back ? this.begun.get(id).at(-1) : story.values.get(id)?.[0];
    const phase = back ? "backward" : "forward";
    const used = story.steps.findIndex(
      (step) =>
        step.phase === phase && story.edges.some(([from, to]) => from === id && to === step.node),
    );
    const step = made >= 0 ? made : used;
    if (step >= 0) this.context.go(step);
  }

  #stopsAt(node) {
    const stops = this.context.model.get("breakpoints") || [];
    return stops.includes(node.name) || (node.op !== "" && stops.includes(node.op));
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
    const copies = inwards ? before : this.#inSight();
    const cell = inwards ? this.rolled.cell.getScreenCTM() : rolledUp;
    this.endMorph = slideColumns(this.panes, copies, cell, inwards, () => {
      this.endMorph = null;
    });
  }

  #inSight() {
    const box = this.stage.element.getBoundingClientRect();
    return copyColumns(
      this.columns
        .filter(({ g, shown }) => {
          if (!g || !shown) return false;
          const { left, right } = g.getBoundingClientRect();
          return right > box.left && left < box.right;
        })
        .map(({ g }) => g),
    );
  }
}
