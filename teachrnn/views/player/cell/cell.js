// The inside of the cell at the time step of the story: every operation that makes its state, from what is
// read and what was handed on, at the bottom, to the state, at the top.

/** @import { Context, Edge, StoryNode } from "../types.d.ts" */

import { AfterLayout } from "../after_layout.js";
import { drawn, element, held, look, within } from "../dom.js";
import { ArrowHeads } from "../graph/arrows.js";
import { BOX, Column, isToken } from "../graph/column.js";
import { nodeLabel } from "../graph/node.js";

const SIZE = { pitch: 37, between: 4, tall: 22, least: 13, gap: 7, margin: 6, caption: 156 };
const NARROW = { scene: 640, share: 0.62, least: 24 }; // beside it a column of the outline
const WORD = { letter: 5.6, around: 4 }; // width that a word needs, in pixels

/**
 * The cell of one layer at one time step.
 * @typedef {object} Inside
 * @property {string} key
 * @property {StoryNode[]} made by its operations
 * @property {StoryNode[]} taken by them from elsewhere
 * @property {Edge[]} edges
 */

export class CellPane {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.story = context.story;
    this.column = new Column(context.story);
    /** @type {Inside | null} */
    this.inside = null;
    this.height = 0;
    this.pitch = SIZE.pitch; // from one box to the next, across
    /** @type {Map<number, SVGGElement>} */
    this.boxes = new Map();
    /** @type {Map<string, SVGPathElement>} */
    this.lines = new Map();
    this.heads = new ArrowHeads();
    this.svg = drawn("svg", {
      role: "group",
      "aria-label": "Inside the cell: operations from what goes in, below, to the state, above",
    });
    this.caption = element("p", { class: "caption" });
    this.element = element(
      "section",
      { class: "inside graph", "aria-label": "The cell", hidden: "" },
      this.caption,
      this.heads.svg,
      this.svg,
    );
    const { signal } = context;
    this.svg.addEventListener(
      "click",
      (event) => {
        const id = within(event, ".node")?.dataset.id;
        if (id !== undefined) context.pick(Number(id));
      },
      { signal },
    );
    this.laidOut = new AfterLayout(this.element, () => this.#lay());
    signal.addEventListener("abort", () => this.laidOut.watch.disconnect());
    /** @type {[i: number, known: number] | null} */
    this.shown = null;
  }

  /**
   * @param {number} i
   * @param {number} known
   */
  paint(i, known) {
    this.shown = [i, known];
    const inside = this.#insideAt(i);
    this.element.hidden = this.context.model.get("level") === "time" || inside === null;
    if (this.element.hidden) return;
    if (inside && inside.key !== this.inside?.key) {
      this.inside = inside;
      this.height = 0;
      this.laidOut.wait();
    }
    this.mark();
  }

  /** The cell that step i is in, or whose result it uses: that of its layer, or else the topmost.
   * @param {number} i
   * @returns {Inside | null}
   */
  #insideAt(i) {
    const { nodes, node: byId, steps, edges } = this.story;
    const step = steps[i];
    if (step.node === null) return this.inside;
    const owner = held(byId, held(byId, step.node).owner);
    const hidden = nodes.filter(
      ({ t, op, id, owner: own }) => t === step.t && op && own !== id && byId.get(own)?.outline !== null,
    );
    if (!hidden.length) return null;
    const layers = hidden.map((node) => held(byId, node.owner).layer);
    const layer = layers.includes(owner.layer) ? owner.layer : layers[layers.length - 1];
    const owners = new Set(
      hidden.map((node) => held(byId, node.owner)).filter((node) => node.layer === layer),
    );
    const states = nodes.filter(
      (node) =>
        node.t === step.t &&
        this.context.stops.carried.has(node.timeless) &&
        [...owners].some((o) => this.#follows(node.id, o.id)),
    );
    const made = [
      ...hidden.filter((node) => held(byId, node.owner).layer === layer),
      ...owners,
      ...states,
    ];
    const ids = new Set(made.map(({ id }) => id));
    const inner = edges.filter(([, to]) => ids.has(to));
    const taken = new Set(inner.map(([from]) => from).filter((id) => !ids.has(id)));
    return {
      key: `${step.t} ${layer}`,
      made: nodes.filter(({ id }) => ids.has(id)),
      taken: nodes.filter(({ id }) => taken.has(id)),
      edges: inner,
    };
  }

  /** Whether one value is a function of another, entry by entry: the state of a vanilla cell.
   * @param {number} id
   * @param {number} before
   */
  #follows(id, before) {
    const given = this.story.edges.filter(([, to]) => to === id);
    return given.length === 1 && given[0][0] === before;
  }

  #lay() {
    const { inside, svg } = this;
    const height = this.element.clientHeight - this.caption.offsetHeight;
    if (!inside || height < 20 || height === this.height) return;
    this.height = height;
    this.boxes.clear();
    this.lines.clear();
    svg.replaceChildren();
    const rows = [...new Set(inside.made.map(({ row }) => row))].sort((a, b) => a - b);
    const between = (height - 2 * SIZE.margin) / (rows.length + 1);
    const tall = Math.max(SIZE.least, Math.min(SIZE.tall, between - SIZE.gap));
    const { t } = inside.made[0];
    const places = inside.made.map((node) => held(this.column.kind, node.id).x / BOX.pitch);
    const least = Math.min(...places);
    const across = Math.max(...places) - least + 2;
    const room = this.element.parentElement?.clientWidth ?? SIZE.pitch * across;
    const pitch =
      room < NARROW.scene
        ? Math.max(NARROW.least, Math.min(SIZE.pitch, (NARROW.share * room) / across))
        : SIZE.pitch;
    this.pitch = pitch;
    const wide = pitch - SIZE.between;
    /** @type {Map<number, [x: number, y: number]>} middle of each box */
    const at = new Map();
    const y = (/** @type {number} */ rank) => height - SIZE.margin - (rank + 0.5) * between;
    inside.made.forEach((node, n) => {
      at.set(node.id, [(places[n] - least + 1.5) * pitch, y(1 + rows.indexOf(node.row))]);
    });
    const usersOf = (/** @type {number} */ id) =>
      inside.edges.filter(([from]) => from === id).map(([, to]) => held(at, to));
    for (const node of inside.taken) {
      const users = usersOf(node.id);
      const lowest = Math.max(...users.map(([, place]) => place));
      const aside = node.t !== t;
      const middle = users.reduce((sum, [x]) => sum + x, 0) / users.length;
      const level = lowest > y(1) - 1 ? y(0) : lowest;
      at.set(node.id, [aside ? pitch / 2 : Math.max(middle, 1.5 * pitch), level]);
    }
    const width = across * pitch + SIZE.margin;
    svg.setAttribute("width", String(width));
    this.element.style.width = `${Math.max(width + SIZE.margin, SIZE.caption)}px`;
    svg.setAttribute("height", String(height));
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    for (const [from, to] of inside.edges) {
      const [x0, y0] = held(at, from);
      const [x1, y1] = held(at, to);
      const level = Math.abs(y0 - y1) < 1;
      const [begin, end] = [y0 - tall / 2, y1 + tall / 2 + 1];
      const d = level
        ? `M${x0 + wide / 2} ${y0}H${x1 - wide / 2 - 1}`
        : `M${x0} ${begin}C${x0} ${(begin + end) / 2} ${x1} ${(begin + end) / 2} ${x1} ${end}`;
      const line = drawn("path", { d, class: "edge" });
      this.lines.set(`${from}>${to}`, line);
      svg.append(line);
    }
    const all = [...at.values()];
    for (const node of [...inside.made, ...inside.taken]) {
      svg.append(this.#box(node, held(at, node.id), tall, all));
    }
    this.mark();
  }

  /** From where to where the box of a word reaches, about its middle: no word is cut, and none reaches into
   * another box while there is room on the other side.
   * @param {string} word
   * @param {[x: number, y: number]} place
   * @param {[x: number, y: number][]} all
   * @returns {[left: number, right: number]}
   */
  #reach(word, [x, y], all) {
    const half = (this.pitch - SIZE.between) / 2;
    const missing = word.length > 1 ? word.length * WORD.letter + WORD.around - 2 * half : 0;
    if (missing <= 0) return [half, half];
    const beside = all.filter((other) => Math.abs(other[1] - y) < 1).map((other) => other[0] - x);
    const room = (/** @type {number[]} */ gaps) => Math.min(...gaps, Infinity) - 2 * half - 1;
    const onRight = room(beside.filter((gap) => gap > 0));
    const onLeft = room(beside.filter((gap) => gap < 0).map((gap) => -gap));
    const right = Math.max(0, Math.min(missing / 2, onRight));
    const left = Math.max(missing - right, 0);
    return onLeft < left ? [half + onLeft, half + missing - onLeft] : [half + left, half + right];
  }

  /**
   * @param {StoryNode} node
   * @param {[x: number, y: number]} place
   * @param {number} tall
   * @param {[x: number, y: number][]} all where boxes stand
   */
  #box(node, place, tall, all) {
    const [x, y] = place;
    const [left, right] = this.#reach(node.letter, place, all);
    const wide = left + right;
    const g = drawn("g", {
      class: "node",
      transform: `translate(${x - left} ${y - tall / 2})`,
    });
    g.dataset.id = String(node.id);
    const own = node.t === this.inside?.made[0].t; // whose time and layer the caption tells
    const name = { ...node, layer: null, ...(own ? { time: null } : {}) };
    const label = nodeLabel(name, wide / 2, tall / 2 + 4);
    label.classList.add("slim");
    const made = node.op ? `${node.name}, made by ${node.op}` : `${node.name}, given`;
    g.append(
      drawn("title", {}, made),
      drawn("rect", { class: "box", width: wide, height: tall, rx: 5 }),
      label,
    );
    this.boxes.set(node.id, g);
    return g;
  }

  /** Show what is known, as far as truncation leaves it. */
  mark() {
    const { inside, story, shown } = this;
    if (!inside || !shown) return;
    const [i, known] = shown;
    const step = story.steps[i];
    const back = step.phase === "backward";
    const horizon = this.context.model.get("horizon");
    const dropped = (/** @type {number} */ t) => story.isDropped(t, horizon);
    for (const node of [...inside.made, ...inside.taken]) {
      const g = this.boxes.get(node.id);
      const unseen = !isToken(node) && story.valueAt(node.id, known) === null;
      const touched = step.edges.some(([from]) => from === node.id);
      const gone = dropped(node.t);
      const role = node.id === step.node ? "now" : touched && !(back && gone) ? "touched" : "";
      const arrived = !gone && story.gradientAt(node.id, known) !== null;
      if (g) look(g, "node", unseen && "unseen", arrived && "arrived", role);
    }
    for (const [from, to] of inside.edges) {
      const line = this.lines.get(`${from}>${to}`);
      if (!line) continue;
      const gone = dropped(held(story.node, from).t);
      const now = !(back && gone) && step.edges.some((edge) => edge[0] === from && edge[1] === to);
      const came = gone ? false : story.passageAt(from, to, known) !== null || (now && back);
      const seen = story.valueAt(to, known) !== null;
      const kind = now ? "now" : came ? "back" : seen ? "seen" : "rest";
      look(line, "edge", kind, !seen && !now && "unseen");
      this.heads.place(line, kind, came);
    }
    const { t, layer } = inside.made[0];
    this.caption.textContent = `Inside the cell at t = ${t}${layer === null ? "" : `, layer ${layer}`}`;
  }
}
