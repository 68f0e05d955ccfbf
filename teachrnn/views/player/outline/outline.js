// The outline of the unrolled graph: of every time step what it reads, its state and what it predicts.
// Time runs to the right, depth upwards. Each node shows its value above a line, and its gradient below.
// Every time step is a sheet, a drawing of its own that lies over the others: a browser paints again only
// those in which something changes.

/** @import { Context, StoryNode, Way } from "../types.d.ts" */

import { calm, drawn, element, focusedBeside, held } from "../dom.js";
import { Links } from "../links.js";
import { ArrowHeads } from "../graph/arrows.js";
import { isToken, WAYS } from "../graph/column.js";
import { hearNodes } from "../graph/picking.js";
import { GradientScale } from "../graph/scale.js";
import { Guess } from "./guess.js";
import { OutlineNode } from "./node.js";
import { Passage } from "./passage.js";
import { OutlinePlaces } from "./places.js";
import { weightLetter } from "./weight.js";

const PAPER = { width: 1032, height: 216 }; // pixels: A4 across, without its margins; the graph on it
const PALE = 0.2; // opacity of a time step that a loss does not reach
const AHEAD = 0.25; // windows to the left and right that are drawn ahead of scrolling

/**
 * @typedef {object} Drawn a time step of the drawing; `g` is null unless it is near
 * @property {number} t
 * @property {number} n its place, from 0; -1 for the initial state
 * @property {StoryNode[]} nodes from below
 * @property {Way[]} ways those that enter here
 * @property {SVGSVGElement | null} g
 */

export class Outline {
  /**
   * @param {Context} context
   * @param {Outline | null} [above] whose columns this one has its own under
   */
  constructor(context, above = null) {
    this.context = context;
    this.above = above;
    this.low = above !== null; // with little room
    const { story, signal } = context;
    this.story = story;
    /** @type {OutlinePlaces | null} once it has a size */
    this.places = null;
    /** What is shown: the step, and how much is known.
     * @type {{ i: number, done: number, known: number, current: Set<number>, back: boolean } | null} */
    this.shown = null;
    this.printed = false;
    this.extent = ""; // what of the drawing is seen, as a viewBox
    /** @type {number[] | null} how much of a loss each time step receives, from 0 to 1; null: none is pointed at */
    this.shares = null;
    this.truncation = 0; // how many steps back gradients go; 0: all
    /** @type {number | undefined} the node that the Tab key goes to */
    this.tabStop = undefined;
    this.heads = new ArrowHeads();
    this.scale = above?.scale ?? new GradientScale(story);
    this.nodes = story.nodes.filter((node) => node.outline !== null);
    this.rows = 1 + Math.max(...this.nodes.map((node) => node.outline ?? 0));
    /** @type {Map<number, OutlineNode | Guess>} of the columns that have been drawn */
    this.boxes = new Map();
    /** @type {Map<string, Passage>} by source and target */
    this.passages = new Map();
    this.columns = this.#columns();
    this.band = drawn("rect", { class: "band", y: 0, rx: 8 });
    this.fence = drawn("g", { class: "fence" });
    this.travellers = drawn("g", { class: "travellers", "aria-hidden": "true" });
    this.ground = sheet({});
    this.ground.append(this.band);
    this.over = sheet({});
    this.over.append(this.fence, this.travellers);
    this.sheets = element(
      "div",
      {
        role: "group",
        "aria-label": "Unrolled graph: time from left to right, depth upwards",
        "data-own-keys": "",
        class: "outline",
      },
      this.ground,
      this.over,
    );
    this.window = element("div", { class: "window" }, this.sheets);
    this.element = element(
      "section",
      { class: "graph outlined", "aria-label": "Graph" },
      this.heads.svg,
      this.window,
    );
    this.left = 0; // how far the window is scrolled, and how wide it is: to ask for it lays the page out
    this.wide = 0;
    this.window.addEventListener("scroll", () => this.#scrolled(), { signal, passive: true });
    hearNodes(
      this.sheets,
      {
        pick: context.pick,
        stop: (id) => this.#makeTabStop(id),
        keys: (event) => this.#walk(event),
      },
      signal,
    );
    this.links = new Links(this.element);
    const watch = new ResizeObserver(() => this.lay());
    watch.observe(this.window);
    signal.addEventListener("abort", () => watch.disconnect());
    addEventListener("beforeprint", () => this.#print(), { signal });
    addEventListener(
      "afterprint",
      () => {
        this.printed = false;
        this.places = null;
        this.lay();
      },
      { signal },
    );
    this.repaint = () => this.#paintAll();
    context.model.on("change:breakpoints", this.repaint);
  }

  /** @returns {Drawn[]} */
  #columns() {
    /** @type {Map<number, { nodes: StoryNode[], ways: Way[] }>} */
    const found = new Map();
    for (const node of this.nodes) {
      if (!found.has(node.t)) found.set(node.t, { nodes: [], ways: [] });
      held(found, node.t).nodes.push(node);
    }
    for (const way of this.story.ways) held(found, held(this.story.node, way[1]).t).ways.push(way);
    const times = [...found.keys()].sort((a, b) => a - b);
    const start = times.length > 1 && held(found, times[0]).nodes.every(({ op }) => !op) ? 1 : 0;
    return times.map((t, n) => {
      const { nodes, ways } = held(found, t);
      nodes.sort((a, b) => (a.outline ?? 0) - (b.outline ?? 0) || a.slot - b.slot);
      return { t, n: n - start, nodes, ways, g: null };
    });
  }

  // Layout -------------------------------------------------------------------------------------

  /** @param {{ width: number, height: number }} [paper] if it is not for the window */
  lay(paper) {
    const { clientWidth, clientHeight } = this.window;
    if (!clientWidth || !clientHeight || this.printed) return;
    this.wide = clientWidth;
    const places = new OutlinePlaces(
      {
        count: this.columns.filter(({ n }) => n >= 0).length,
        rows: this.rows,
        reads: this.nodes.some((node) => node.outline === 0 && isToken(node)),
        guesses: this.nodes.some((node) => Guess.fits(this.story, node)),
        begins: this.columns[0].n < 0,
        layered: this.nodes.some(({ layer }) => layer !== null),
      },
      paper?.width ?? clientWidth,
      paper?.height ?? clientHeight,
      this.low,
      this.above?.places,
    );
    if (places.pitch === this.places?.pitch && places.height === this.places.height) {
      this.#show();
      return;
    }
    this.places = places;
    this.sheets.style.width = `${places.width}px`;
    this.sheets.style.height = `${places.height}px`;
    this.extent = `0 0 ${places.width} ${places.height}`;
    this.band.setAttribute("width", String(places.pitch));
    this.band.setAttribute("height", String(places.height));
    for (const column of this.columns) if (column.g) this.#clear(column);
    for (const one of [this.ground, this.over]) one.setAttribute("viewBox", this.extent);
    this.#show();
    this.horizon(this.truncation);
    this.#paintTime();
    this.context.aligned(paper?.width);
  }

  // On paper nothing is cut: of a long drawing, whole time steps around the one that is shown are seen.
  #print() {
    const beside = (this.element.closest(".scene")?.clientWidth ?? 0) - this.window.clientWidth;
    const width = PAPER.width - beside;
    this.lay({ ...PAPER, width });
    this.printed = true;
    const { places, shown } = this;
    if (!places || !shown) return;
    const last = this.columns[this.columns.length - 1].n;
    const here = this.columns.find(({ t }) => t === this.story.steps[shown.i].t)?.n ?? last;
    const count = places.fits ? last + 1 : Math.floor((width - places.lead) / places.pitch);
    const first = Math.max(0, Math.min(last - count + 1, here - Math.floor(count / 2)));
    for (const column of this.columns) {
      const seen = column.n < first + count && (column.n >= first || first === 0);
      if (seen && !column.g) this.#fill(column, places);
      if (!seen && column.g) this.#clear(column);
    }
    const left = first === 0 ? 0 : places.end(first - 1);
    this.extent = `${left} 0 ${places.end(first + count - 1) - left} ${places.height}`;
    for (const one of this.sheets.children) one.setAttribute("viewBox", this.extent);
  }

  // All of it again: its scale is another one, or it stands elsewhere.
  redraw() {
    this.places = null;
    this.lay();
  }

  #scrolled() {
    this.left = this.window.scrollLeft;
    this.#show();
  }

  // A column is drawn while it is near the window; that of the node with the Tab stop is kept.
  #show() {
    const { places } = this;
    if (!places || this.printed) return;
    const from = this.left - AHEAD * this.wide - places.pitch;
    const to = this.left + (1 + AHEAD) * this.wide + places.pitch;
    const kept = this.tabStop === undefined ? undefined : held(this.story.node, this.tabStop).t;
    for (const column of this.columns) {
      const x = places.x(column.n);
      const near = (x > from && x < to) || column.t === kept;
      if (near && !column.g) this.#fill(column, places);
      if (!near && column.g) this.#clear(column);
    }
    this.context.redrawn();
  }

  /** @param {Drawn} column */
  #clear(column) {
    column.g?.remove();
    column.g = null;
    for (const { id } of column.nodes) this.boxes.delete(id);
    for (const [source, target] of column.ways) this.passages.delete(`${source}>${target}`);
  }

  /**
   * @param {Drawn} column
   * @param {OutlinePlaces} places
   */
  #fill(column, places) {
    const g = sheet({ class: "column", "data-t": column.t, viewBox: this.extent });
    column.g = g;
    for (const way of column.ways) {
      const [from, to] = way.slice(0, 2).map((id) => this.#at(Number(id)));
      const passage = new Passage(this.story, way, places.line(from, to), this);
      this.passages.set(`${way[0]}>${way[1]}`, passage);
      g.append(passage.path);
      const letter = this.low ? null : weightLetter(this.story, way, places.beside(from, to));
      if (letter) g.append(letter);
    }
    for (const node of column.nodes) {
      const box = this.#box(node, column.n, places);
      this.boxes.set(node.id, box);
      box.g.setAttribute("tabindex", node.id === this.tabStop ? "0" : "-1");
      g.append(box.g);
    }
    this.over.before(g);
    this.#shade(column);
    this.#paintColumn(column);
  }

  /**
   * @param {StoryNode} node
   * @param {number} n
   * @param {OutlinePlaces} places
   */
  #box(node, n, places) {
    const x = places.x(n);
    if (Guess.fits(this.story, node)) {
      const guess = new Guess(this.story, node, places.guess);
      guess.g.setAttribute("transform", `translate(${x} ${places.guess.top})`);
      return guess;
    }
    const row = node.outline ?? 0;
    const size = places.size(n, row);
    const box = new OutlineNode(node, size, this.scale, isToken(node));
    const top = places.y(row) - size.height / 2;
    box.g.setAttribute("transform", `translate(${x - size.width / 2} ${top})`);
    return box;
  }

  /** Where a node stands in the grid.
   * @param {number} id
   */
  #at(id) {
    const node = held(this.story.node, id);
    const n = this.columns.find(({ t }) => t === node.t)?.n ?? 0;
    return { n, row: node.outline ?? 0, guess: Guess.fits(this.story, node) };
  }

  // Painting -----------------------------------------------------------------------------------

  /** Step i, where everything up to step `done` is known.
   * @param {number} i
   * @param {number} done
   * @param {boolean} covered whether what step i makes must not be shown yet
   */
  paint(i, done, covered) {
    const { story, context } = this;
    const before = this.shown?.i;
    const { first, last } = context.stops.at(i);
    const whole = context.model.get("level") === "time";
    const steps = whole ? story.steps.slice(first, last + 1) : [story.steps[i]];
    this.shown = {
      i,
      done,
      known: covered ? i - 1 : done,
      current: new Set(steps.flatMap(({ node }) => (node === null ? [] : [node]))),
      back: story.steps[i].phase === "backward",
    };
    this.#paintAll();
    this.#paintTime();
    if (!this.sheets.contains(focusedBeside(this.sheets))) {
      this.#makeTabStop(this.#owner() ?? this.tabStop ?? this.nodes[0].id);
    }
    if (before !== undefined && Math.abs(before - i) <= last - first + 1) this.#travel();
  }

  // What this is about: the node that the operation contributes to; of a whole time step on the way back the
  // state whose gradient is complete.
  #owner() {
    const { story } = this;
    const { node, t, phase, outcomes } = story.steps[this.shown?.i ?? 0];
    if (phase === "backward" && this.context.model.get("level") === "time") {
      const reached = outcomes.map(({ target }) => story.node.get(target ?? -1));
      const state = reached.find((found) => found?.t === t && found?.outline !== null);
      if (state) return state.id;
    }
    return node === null ? null : held(story.node, node).owner;
  }

  #paintAll() {
    for (const column of this.columns) if (column.g) this.#paintColumn(column);
  }

  /** @param {Drawn} column */
  #paintColumn({ g, t: time, nodes, ways, n }) {
    if (!this.shown) return;
    const { i, known, current, back } = this.shown;
    const owner = this.#owner();
    const touched = new Set(this.story.steps[i].edges.map(([from]) => from));
    g?.classList.toggle("dropped", this.#dropped(time));
    for (const node of nodes) {
      const reached = touched.has(node.id) && !(back && this.#dropped(node.t));
      held(this.boxes, node.id).paint(this.story, known, {
        role: node.id === owner ? "now" : reached ? "touched" : "",
        breakpoint: this.context.stopsAt(node),
        initial: n < 0,
        dropped: this.#dropped(node.t),
      });
    }
    for (const [source, target] of ways) {
      const { t } = held(this.story.node, source);
      const cut = t <= this.#cut;
      const dropped = this.#dropped(t);
      held(this.passages, `${source}>${target}`).paint(known, current, { back, cut, dropped });
    }
  }

  #paintTime() {
    const { places, shown } = this;
    if (!places || !shown) return;
    const { t, phase } = this.story.steps[shown.i];
    const column = this.columns.find((c) => c.t === t);
    this.band.setAttribute("visibility", column ? "inherit" : "hidden");
    if (column) this.band.setAttribute("x", String(places.x(column.n) - places.pitch / 2));
    // at the turning point, what it turns round
    const { n } = column ?? this.columns[this.columns.length - 1];
    if (column || phase === "turn") this.#bringInSight(places.x(n), places.pitch);
  }

  /**
   * @param {number} x
   * @param {number} margin
   */
  #bringInSight(x, margin) {
    if (this.above?.window.clientWidth) {
      this.window.scrollLeft = this.above.window.scrollLeft;
      return;
    }
    const { left, wide, places } = this;
    if (!places || places.fits || (x - margin >= left && x + margin <= left + wide)) return;
    const wanted = Math.max(0, Math.min(places.width - wide, x - wide / 2));
    if (Math.abs(wanted - left) < 1) return; // at an end
    const behavior = calm() || Math.abs(wanted - left) > wide ? "instant" : "smooth";
    this.window.scrollTo({ left: wanted, behavior });
  }

  // Gradients to this time and before are taken away.
  get #cut() {
    return this.truncation > 0 ? this.columns[this.columns.length - 1].t - this.truncation : -Infinity;
  }

  /** Show how much of a loss each time step receives: what receives nothing is pale.
   * @param {number[] | null} shares from the first time step on; null shows all alike again
   */
  reached(shares) {
    this.shares = shares;
    for (const column of this.columns) this.#shade(column);
  }

  /** @param {Drawn} column */
  #shade({ g, t }) {
    const share = this.shares && (this.shares[t - 1] ?? 0);
    g?.style.setProperty("opacity", share === null ? "" : String(PALE + (1 - PALE) * share));
  }

  /** @param {number} t */
  #dropped(t) {
    return this.story.isDropped(t, this.truncation);
  }

  /** Grey out what truncation to h steps removes from the gradient of the last loss; 0: nothing.
   * @param {number} h
   */
  horizon(h) {
    this.truncation = h;
    const column = this.columns.find(({ t }) => t === this.#cut);
    this.fence.replaceChildren();
    if (column && this.places) {
      const x = this.places.end(column.n);
      this.fence.append(
        drawn("path", { d: `M${x} 16V${this.places.height}` }),
        drawn("text", { x, y: 11, class: this.places.fits ? "" : "onward" }, "gradients stop here"),
      );
    }
    this.#paintAll();
  }

  // Numbers travel along the edges that they take.
  #travel() {
    this.travellers.replaceChildren();
    if (calm() || !this.shown) return;
    const { current, back } = this.shown;
    for (const passage of this.passages.values()) {
      if (passage.moves(current)) this.travellers.append(passage.traveller(back));
    }
  }

  // Moving -------------------------------------------------------------------------------------

  /** @param {number} id */
  #makeTabStop(id) {
    if (this.tabStop !== undefined) this.boxes.get(this.tabStop)?.g.setAttribute("tabindex", "-1");
    this.tabStop = id;
    this.boxes.get(id)?.g.setAttribute("tabindex", "0");
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    const way = WAYS.get(event.key);
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const here = this.nodes.find((node) => node.id === this.tabStop);
    if (!here) return;
    const at = this.columns.findIndex(({ t }) => t === here.t);
    const column = this.columns[at + way.right];
    if (!column) return;
    const row = (here.outline ?? 0) + way.up;
    const next = way.up
      ? column.nodes.find((node) => node.outline === row)
      : (column.nodes.find((node) => node.outline === row) ?? column.nodes.at(-1));
    if (!next) return;
    if (!this.places) return;
    if (!column.g) this.#fill(column, this.places);
    this.#makeTabStop(next.id);
    held(this.boxes, next.id).g.focus({ preventScroll: true });
    this.#bringInSight(this.places.x(column.n), 40);
  }

  stop() {
    this.context.model.off("change:breakpoints", this.repaint);
  }
}

/** @param {Record<string, string | number>} attributes */
const sheet = (attributes) => drawn("svg", { preserveAspectRatio: "xMinYMid", ...attributes });
