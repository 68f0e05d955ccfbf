// Positions of the nodes of the unrolled graph: a column for each time step, and before them the initial
// state, with places for its own values only.

/** @import { Column } from "./column.js" */
/** @import { Routes } from "./routes.js" */
/** @import { Story } from "../story.js" */
/** @import { StoryNode } from "../types.d.ts" */

import { held } from "../dom.js";
import { BOX } from "./column.js";

const MARGIN = 14; // left and right of the drawing

export class Places {
  /**
   * @param {Story} story
   * @param {Column} column
   * @param {Routes} routes
   */
  constructor(story, column, routes) {
    this.column = column;
    this.routes = routes;
    const begins = story.nodes.filter((node) => node.t === column.start);
    const width = begins.length
      ? (Math.max(...begins.map((node) => node.slots)) - 1) * BOX.pitch + BOX.width
      : column.width;
    const first = MARGIN + width - column.width;
    /** @type {Map<number, number>} left end of a column, by its time */
    this.lefts = new Map(column.times.map((t, index) => [t, first + index * routes.pitch]));
    this.width = first + (column.times.length - 1) * routes.pitch + column.width + MARGIN;
  }

  /**
   * Left end of a column.
   * @param {number} t
   */
  left(t) {
    return held(this.lefts, t);
  }

  /**
   * Left end of a node, within its column.
   * @param {StoryNode} node
   */
  inside(node) {
    if (node.t !== this.column.start) return held(this.column.kind, node.id).x;
    return this.column.width - BOX.width - (node.slots - 1 - node.slot) * BOX.pitch;
  }

  /**
   * Left end of a node.
   * @param {StoryNode} node
   */
  x(node) {
    return this.left(node.t) + this.inside(node);
  }

  /**
   * Top of a node.
   * @param {StoryNode} node
   */
  y(node) {
    return this.routes.top(this.row(node));
  }

  /** @param {StoryNode} node */
  row(node) {
    return held(this.column.kind, node.id).row;
  }

  /** Left and right end of the contents of a column.
   * @param {number} t
   * @param {StoryNode[]} nodes of that column
   */
  ends(t, nodes) {
    if (t !== this.column.start) return [0, this.column.width];
    const lefts = nodes.map((node) => this.inside(node));
    return [Math.min(...lefts), Math.max(...lefts) + BOX.width];
  }
}
