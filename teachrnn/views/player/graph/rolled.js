// The rolled graph: the cell drawn once, with the edges that go to a later step as loops. It is the
// column of the unrolled graph; a mark on each loop says by how many steps it delays.

import { drawn, element } from "../dom.js";
import { BOX } from "./column.js";
import { GREEK, nodeLabel, shortened } from "./node.js";

const MARGIN = 10;
const OPERATION = { top: 30, tallest: 26, line: 8, wide: 9, widest: 11 }; // heights in pixels, widths in letters

export class RolledGraph {
  // pick(id): a node has been chosen; heads: the arrow heads
  constructor(story, column, routes, { pick, heads, signal }) {
    Object.assign(this, { story, column, heads, boxes: new Map(), lines: new Map(), marked: [] });
    this.at = new Map(); // "kind t" -> node
    for (const node of story.nodes) this.at.set(`${column.kind.get(node.id).name} ${node.t}`, node);
    this.cell = drawn("g", { class: "cell" });
    this.svg = drawn("svg", {
      role: "group",
      "aria-label": "Rolled graph: the cell that every time step is a copy of",
      "data-own-keys": "",
    });
    this.svg.append(this.cell);
    this.#loops(routes);
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
    const chosen = (event) => {
      const kind = event.target.closest?.(".node")?.dataset.kind;
      const node = kind && (this.at.get(`${kind} ${this.t}`) || column.kinds.get(kind).node);
      if (node) pick(node.id);
      return node;
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

  #loops(routes) {
    const depths = new Map();
    for (const [, route] of routes.rolled()) {
      if (route.lag === 0) continue;
      const trunk = `${route.trunk} ${route.time}`;
      if (!depths.has(trunk)) depths.set(trunk, { depth: depths.size, ...route });
    }
    this.side = depths.size ? 18 + 7 * depths.size : 0;
    for (const [key, route] of routes.rolled()) {
      const d =
        route.lag === 0
          ? routes.path(route, 0)
          : routes.loop(route, depths.get(`${route.trunk} ${route.time}`).depth);
      const line = drawn("path", { d, class: "edge seen" });
      this.heads.place(line, "seen", false);
      this.cell.append(line);
      this.lines.set(key, line);
    }
    this.routes = routes;
    for (const { depth, time } of depths.values()) this.#delay(depth, depths.size, time, routes.height);
    const width = this.column.width + 2 * (this.side + MARGIN);
    const height = routes.height + (depths.size ? 24 + 16 * depths.size : 8);
    this.svg.setAttribute("viewBox", `${-this.side - MARGIN} 0 ${width} ${height}`);
    Object.assign(this, { width, height });
  }

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
        `What was ${steps} ${steps === 1 ? "step" : "steps"} ${time > 0 ? "before" : "after"}`,
      ),
    );
    this.cell.append(mark);
  }

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
    const name = node.name.replace(/\[\d+\]$/, "");
    const used = node.uses.map((use) => use.replace(/^layer\d+\./, ""));
    g.setAttribute(
      "aria-label",
      [name, node.op && `made by ${node.op}`, used.length && `with ${used.join(", ")}`]
        .filter(Boolean)
        .join(", "),
    );
    g.append(
      drawn("rect", { width: BOX.width, height: kind.height, rx: 7, class: "box" }),
      nodeLabel(name, middle, kind.flat ? 18 : 16),
    );
    if (node.op) g.append(operationName(node.op, middle, used.length ? 2 : 3));
    if (used.length) g.append(parameterNames(used, middle));
    g.append(drawn("title", {}, [name, node.op, ...node.uses].filter(Boolean).join(" · ")));
    this.cell.append(g);
    this.boxes.set(kind.name, { g, kind });
  }

  #resized() {
    const scale = Math.min(this.svg.clientWidth / this.width, this.svg.clientHeight / this.height);
    this.scale = this.element.scrollHeight > this.element.clientHeight + 1 ? scale : 0; // 0: all is in sight
    this.tall = this.element.clientHeight;
    if (this.followed) this.#follow(this.followed);
  }

  #follow(kind) {
    this.followed = kind;
    if (this.scale)
      this.element.scrollTo({
        top: this.routes.top(kind.row) * this.scale - this.tall / 2,
        behavior: "instant",
      });
  }

  // Mark the operation of the step, and the time at which it happens.
  paint(step, breakpointAt) {
    for (const { g, kind } of this.boxes.values()) {
      const node = this.at.get(`${kind.name} ${step.t}`) || kind.node;
      const now = step.node !== null && this.column.kind.get(step.node) === kind;
      g.classList.toggle("now", now);
      if (now) g.setAttribute("aria-current", "step");
      else g.removeAttribute("aria-current");
      g.classList.toggle("stops", breakpointAt(node));
    }
    for (const line of this.marked) {
      line.setAttribute("class", "edge seen");
      this.heads.place(line, "seen", false);
    }
    const back = step.phase === "backward";
    this.marked = step.edges.map((edge) => this.#line(edge)).filter(Boolean);
    for (const line of this.marked) {
      line.setAttribute("class", back ? "edge back now" : "edge now");
      this.heads.place(line, "now", back);
    }
    this.t = step.t ?? this.t;
    if (step.node !== null && this.column.kind.has(step.node))
      this.#follow(this.column.kind.get(step.node));
    this.caption.textContent =
      step.t === null ? "One cell for every t" : `One cell, now at t = ${step.t}`;
  }

  #line([from, to]) {
    const a = this.story.node.get(from);
    const b = this.story.node.get(to);
    return a && b && this.lines.get(this.routes.rolledKey(a, b));
  }

  // Arrow keys go to the next node that way.
  #walk(event) {
    const here = this.boxes.get(event.target.closest?.(".node")?.dataset.kind);
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (!here || !ways[event.key]) return;
    event.preventDefault();
    const there = this.column.neighbour(here.kind, ...ways[event.key]);
    const next = there && this.boxes.get(there.name);
    if (!next) return;
    here.g.setAttribute("tabindex", "-1");
    next.g.setAttribute("tabindex", "0");
    next.g.focus();
  }
}

// The name of an operation, a line for as many of its words as fit: Softmax, Cross, Entropy.
export function operationName(name, x, most) {
  const lines = [""];
  for (const word of name.match(/[A-Z]*[^A-Z_]+_?|[A-Z]+_?|_+/g)) {
    if (lines.at(-1).length + word.length > OPERATION.wide && lines.at(-1) && lines.length < most)
      lines.push("");
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
      written.setAttribute("textLength", BOX.width - 4);
      written.setAttribute("lengthAdjust", "spacingAndGlyphs");
    }
    text.append(written);
  });
  return text;
}

// The parameters that an operation uses, which the whole sequence shares.
function parameterNames(names, x) {
  const text = drawn("text", { x, y: 43, class: "uses" });
  for (const name of names) {
    const [letter, index] = name.split("_");
    text.append(drawn("tspan", { class: "letter" }, ` ${shortened(letter, 4)}`));
    if (index)
      text.append(
        drawn("tspan", { class: "sub", dy: 2 }, GREEK[index] || index),
        drawn("tspan", { dy: -2 }, "\u200b"),
      );
  }
  return text;
}
