// Routes of the edges: through the gaps between rows and the channels between columns, never behind
// a node. Edges from one node share a trunk; a trunk has its own lane where it meets others.
// One route serves all edges between the same two kinds with the same lag, because all columns are alike.

/** @import { Column, Kind } from "./column.js" */
/** @import { Story } from "../story.js" */
/** @import { StoryNode } from "../types.d.ts" */

import { held } from "../dom.js";
import { BOX } from "./column.js";
import { Lanes } from "./lanes.js";

/** @typedef {[x: number, y: number]} Point */
/** @typedef {{ from: Point, to: Point }} Curve */
/** @typedef {{ x: number, y: number, height: number }} Box */

/**
 * What an edge joins. `lag` counts columns, `time` time steps; `start`: it comes from the initial state.
 * @typedef {{ from: Kind, to: Kind, lag: number, time: number, start: boolean }} Ends
 */

/**
 * @typedef {object} Plan
 * @property {"curve" | "over and up" | "up and over" | "channel"} way
 * @property {"right" | "top"} [leaves]
 * @property {"left" | "top" | "bottom"} enters
 */

/**
 * Names of the lanes that it takes, and of the place where it enters.
 * @typedef {{ trunk: string, out: string, into: string, port: string }} Names
 */

/** @typedef {Ends & Plan & Names} Route */

const ROUTE = {
  lane: 7, // distance between two lanes
  gap: 24, // height of a gap without lanes
  margin: 11, // between a lane and the boxes
  port: 9, // distance between two edges that enter a node on the same side
  bend: 6, // radius of a bend
};

export class Routes {
  /**
   * @param {Column} column
   * @param {Story} story
   */
  constructor(column, story) {
    this.column = column;
    this.gaps = Array.from({ length: column.rows.length + 1 }, () => new Lanes()); // gap g is below row g
    this.channel = new Lanes();
    /** @type {Map<string, Route>} */
    this.routes = new Map();
    /** @type {Map<string, Map<string, number>>} at a side of a kind: what enters there, in which order */
    this.entrances = new Map();
    for (const [from, to] of story.edges) this.#meet(held(story.node, from), held(story.node, to));
    for (const lanes of [...this.gaps, this.channel]) lanes.assign();
    this.between = 2 * ROUTE.margin + Math.max(1, this.channel.count) * ROUTE.lane;
    this.pitch = column.width + this.between;
    const { tops, gapTops, height } = this.#rise();
    this.tops = tops;
    this.gapTops = gapTops;
    this.height = height;
  }

  /**
   * The route of an edge between two nodes.
   * @param {StoryNode} from
   * @param {StoryNode} to
   * @returns {Route}
   */
  of(from, to) {
    return held(this.routes, this.#key(from, to));
  }

  /** Its name in the rolled graph, where the initial state is that of any step.
   * @param {StoryNode} from
   * @param {StoryNode} to
   */
  rolledKey(from, to) {
    return keyOf(held(this.column.kind, from.id), held(this.column.kind, to.id), this.#lag(from, to));
  }

  // Routes of the rolled graph, by that name.
  rolled() {
    return [...this.routes].filter(([, route]) => !route.start);
  }

  /**
   * Top of a row, from the top of the drawing.
   * @param {number} row
   */
  top(row) {
    return this.tops[row];
  }

  /**
   * @param {StoryNode} from
   * @param {StoryNode} to
   */
  #lag(from, to) {
    return this.column.times.indexOf(to.t) - this.column.times.indexOf(from.t);
  }

  /**
   * @param {StoryNode} from
   * @param {StoryNode} to
   */
  #key(from, to) {
    const begins = from.t === this.column.start ? "start" : this.#lag(from, to);
    return keyOf(held(this.column.kind, from.id), held(this.column.kind, to.id), begins);
  }

  /**
   * @param {StoryNode} a
   * @param {StoryNode} b
   */
  #meet(a, b) {
    const from = held(this.column.kind, a.id);
    const to = held(this.column.kind, b.id);
    const lag = this.#lag(a, b);
    const time = b.t - a.t;
    const start = a.t === this.column.start;
    if (start) this.#add(this.#key(a, b), { from, to, lag, time, start });
    if (!start || from.node.t !== this.column.start) {
      this.#add(keyOf(from, to, lag), { from, to, lag, time, start: false });
    }
  }

  /**
   * @param {string} key
   * @param {Ends} ends
   */
  #add(key, ends) {
    if (this.routes.has(key)) return;
    const { from, lag, start } = ends;
    const out = `${from.name} out`;
    const route = {
      ...ends,
      ...this.#plan(ends),
      trunk: lag < 0 ? `${from.name} back` : from.name,
      out,
      into: lag === 0 ? out : `${from.name} in ${lag}`,
      port: `${from.name} ${start ? 1 : lag}`, // from the start, it enters where the edges of later steps do
    };
    this.routes.set(key, route);
    this.#reserve(route);
  }

  /** How an edge leaves and enters: decided from rows and places, before any height is known.
   * @param {Ends} ends
   * @returns {Plan}
   */
  #plan({ from, to, lag, start }) {
    const { column } = this;
    const rise = to.row - from.row;
    const far = 1e6;
    if (lag === 0 && Math.abs(rise) === 1) return { way: "curve", enters: rise > 0 ? "bottom" : "top" };
    if (lag === 0 && rise > 1) {
      /** @param {number} x */
      const clear = (x) => {
        for (let row = from.row + 1; row < to.row; row++) {
          if (column.stands(row, x, BOX.width)) return false;
        }
        return true;
      };
      if (clear(to.x)) return { way: "over and up", enters: "bottom" };
      if (clear(from.x)) return { way: "up and over", enters: "bottom" };
    }
    const right = start || (lag > 0 && !column.stands(from.row, from.x, far, from));
    const left = lag === 1 && !column.stands(to.row, to.x - far, far, to);
    return { way: "channel", leaves: right ? "right" : "top", enters: left ? "left" : "bottom" };
  }

  /** @param {Route} route */
  #reserve(route) {
    const { from, to, lag, way, leaves, enters } = route;
    if (way === "over and up") this.gaps[from.row + 1].need(route.out, from.x, to.x);
    if (way === "up and over") this.gaps[to.row].need(route.out, from.x, to.x);
    if (way === "channel") {
      this.channel.need(
        route.trunk,
        leaves === "right" ? from.row : from.row + 0.5,
        enters === "left" ? to.row : to.row - 0.5,
      );
      // lines into the channel meet lines out of it, in the columns before and after
      if (leaves === "top") this.gaps[from.row + 1].need(route.out, -Infinity, Infinity);
      if (enters === "bottom") this.gaps[to.row].need(route.into, -Infinity, Infinity);
    }
    const entrance = `${to.name} ${enters}`;
    const approach =
      enters === "left" ? -from.row : way !== "channel" ? from.x : lag === 0 ? 1e6 : -1e6 - lag;
    const others = this.entrances.get(entrance) ?? new Map();
    this.entrances.set(entrance, others.set(route.port, approach));
  }

  #rise() {
    const { rows } = this.column;
    /** @type {number[]} */
    const tops = [];
    /** @type {number[]} */
    const gapTops = [];
    let y = ROUTE.gap; // the names of lines are above the topmost row
    for (let row = rows.length; row >= 0; row--) {
      gapTops[row] = y;
      y +=
        (row === 0 ? 6 : row === rows.length ? 0 : ROUTE.gap) +
        Math.max(0, this.gaps[row].count - (row > 0 && row < rows.length ? 1 : 0)) * ROUTE.lane;
      if (row > 0) {
        tops[row - 1] = y;
        y += Math.max(...rows[row - 1].map((kind) => kind.height), 0);
      }
    }
    return { tops, gapTops, height: y };
  }

  /**
   * @param {number} gap
   * @param {string} key
   */
  #gapY(gap, key) {
    return (
      this.gapTops[gap] +
      (gap === 0 || gap === this.column.rows.length ? 0 : ROUTE.gap / 2) +
      this.gaps[gap].lane(key) * ROUTE.lane
    );
  }

  /** @param {Route} route */
  #laneX(route) {
    const x = ROUTE.margin + this.channel.lane(route.trunk) * ROUTE.lane + ROUTE.lane / 2;
    return route.lag < 0 ? x - this.between : this.column.width + x;
  }

  /** @param {Route} route */
  #port({ to, enters, port }) {
    const all = [...held(this.entrances, `${to.name} ${enters}`)].sort((a, b) => a[1] - b[1]);
    const step = Math.min(ROUTE.port, (BOX.width - 12) / all.length);
    return (all.findIndex(([name]) => name === port) - (all.length - 1) / 2) * step;
  }

  /**
   * The path of an edge whose two ends are `shift` apart, in the coordinates of the column it enters.
   * startX: where the initial state is in its own column.
   * @param {Route} route
   * @param {number} shift
   * @param {number} [startX]
   */
  path(route, shift, startX = route.from.x) {
    const a = { x: startX - shift, y: this.tops[route.from.row], height: route.from.height };
    return bentPath(this.#points(route, a, shift));
  }

  /** The same edge in the rolled graph: out on the right, around below, and in again from the left.
   * @param {Route} route
   * @param {number} depth
   */
  loop(route, depth) {
    const x = ROUTE.margin + depth * ROUTE.lane;
    const bottom = this.height + 12 + depth * 16;
    const a = { x: route.from.x, y: this.tops[route.from.row], height: route.from.height };
    const out = this.#leaving(route, a, this.column.width + x);
    return bentPath([
      ...out,
      [this.column.width + x, bottom],
      [-x, bottom],
      ...this.#entering(route, -x),
    ]);
  }

  /** Where the norm of the gradient that comes back along an edge is written: near the end that it
   * reaches, on the side away from the bend.
   * @param {Route} route
   * @param {number} [startX]
   */
  labelAt(route, startX = route.from.x) {
    const { from, to, leaves, enters } = route;
    const y = this.tops[from.row];
    const middle = startX + BOX.width / 2;
    if (leaves === "right") {
      return { x: startX + BOX.width + 6, y: y + from.height / 2 - 8, anchor: "start" };
    }
    const right = to.x <= from.x;
    return {
      x: middle + (right ? 7 : -7),
      y: enters === "top" ? y + from.height + 12 : y - 5,
      anchor: right ? "start" : "end",
    };
  }

  /**
   * @param {Route} route
   * @param {Box} a
   * @param {number} shift
   * @returns {Point[] | Curve}
   */
  #points(route, a, shift) {
    const { from, to, way } = route;
    const port = this.#port(route);
    const y = this.tops[to.row];
    /** @type {Point} */
    const end = [to.x + BOX.width / 2 + port, y + to.height];
    if (way === "channel") {
      const laneX = this.#laneX(route) - shift;
      return [...this.#leaving(route, a, laneX), ...this.#entering(route, laneX)];
    }
    const middle = a.x + BOX.width / 2;
    if (way === "curve" && route.enters === "top") {
      return { from: [middle, a.y + a.height], to: [to.x + BOX.width / 2 + port, y] };
    }
    if (way === "curve") return { from: [middle, a.y], to: end };
    const gap = this.#gapY(way === "over and up" ? from.row + 1 : to.row, route.out);
    return [[middle, a.y], [middle, gap], [end[0], gap], end];
  }

  /**
   * @param {Route} route
   * @param {Box} a
   * @param {number} laneX
   * @returns {Point[]}
   */
  #leaving({ from, leaves, out }, a, laneX) {
    if (leaves === "right") {
      return [
        [a.x + BOX.width, a.y + a.height / 2],
        [laneX, a.y + a.height / 2],
      ];
    }
    const gap = this.#gapY(from.row + 1, out);
    const middle = a.x + BOX.width / 2;
    return [
      [middle, a.y],
      [middle, gap],
      [laneX, gap],
    ];
  }

  /**
   * @param {Route} route
   * @param {number} laneX
   * @returns {Point[]}
   */
  #entering(route, laneX) {
    const { to, enters, into } = route;
    const port = this.#port(route);
    const top = this.tops[to.row];
    if (enters === "left") {
      return [
        [laneX, top + to.height / 2 + port],
        [to.x, top + to.height / 2 + port],
      ];
    }
    const gap = this.#gapY(to.row, into);
    const x = to.x + BOX.width / 2 + port;
    return [
      [laneX, gap],
      [x, gap],
      [x, top + to.height],
    ];
  }
}

/**
 * @param {Kind} from
 * @param {Kind} to
 * @param {number | string} lag
 */
const keyOf = (from, to, lag) => `${from.name}>${to.name}>${lag}`;

/** A path along the points with round bends, or a curve that leaves and arrives vertically.
 * @param {Point[] | Curve} points
 */
function bentPath(points) {
  if (!Array.isArray(points)) {
    const [[x, y], [u, v]] = [points.from, points.to];
    const lift = (y - v) / 2;
    return `M${x} ${y}C${x} ${y - lift} ${u} ${v + lift} ${u} ${v}`;
  }
  const corners = points.filter(
    ([x, y], i) => i === 0 || Math.hypot(x - points[i - 1][0], y - points[i - 1][1]) > 0.1,
  );
  let path = `M${corners[0].join(" ")}`;
  for (let i = 1; i < corners.length - 1; i++) {
    const [before, at, after] = corners.slice(i - 1, i + 2);
    const r = Math.min(ROUTE.bend, distance(before, at) / 2, distance(at, after) / 2);
    path += `L${towards(at, before, r)}Q${at.join(" ")} ${towards(at, after, r)}`;
  }
  return `${path}L${corners[corners.length - 1].join(" ")}`;
}

/**
 * @param {Point} a
 * @param {Point} b
 */
const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/**
 * @param {Point} a
 * @param {Point} b
 * @param {number} r
 */
function towards(a, b, r) {
  const share = r / distance(a, b);
  return `${a[0] + (b[0] - a[0]) * share} ${a[1] + (b[1] - a[1]) * share}`;
}
