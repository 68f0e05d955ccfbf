// One column of the unrolled graph, laid out once: every time step is a copy of it, and the rolled
// graph is the column itself. A *kind* is a node without its time: the kind of h[3] is h.

/** @import { Story } from "../story.js" */
/** @import { StoryNode } from "../types.d.ts" */

import { held } from "../dom.js";

/**
 * A node without its time.
 * @typedef {object} Kind
 * @property {string} name
 * @property {StoryNode} node the first of this kind
 * @property {boolean} flat whether it is drawn flat: a token
 * @property {number} row
 * @property {number} slot
 * @property {number} x
 * @property {boolean} leaf whether no operation made it
 * @property {number} height
 * @property {Set<Kind>} below its operands in the row below
 * @property {Set<Kind>} beside of a leaf, its users in the rows next to it
 */

export const BOX = { width: 48, height: 50, flat: 28, pitch: 58 };

/** @type {Map<string, { right: number, up: number }>} where an arrow key leads */
export const WAYS = new Map([
  ["ArrowLeft", { right: -1, up: 0 }],
  ["ArrowRight", { right: 1, up: 0 }],
  ["ArrowUp", { right: 0, up: 1 }],
  ["ArrowDown", { right: 0, up: -1 }],
]);

const WEIGHTS = {
  none: 1e-6, // of a position that nothing requires
  found: 1e3, // of a position that is fixed
};

/**
 * A token number: it has no gradient, and is shown by its symbol.
 * @param {StoryNode} node
 */
export const isToken = (node) => !node.op && node.given === null;

export class Column {
  /** @param {Story} story */
  constructor(story) {
    this.times = [...new Set(story.nodes.map((node) => node.t))].sort((a, b) => a - b);
    const first = story.nodes.filter((node) => node.t === this.times[0]);
    this.start =
      this.times.length > 1 && first.every((node) => !node.op && !isToken(node)) ? this.times[0] : null;
    /** @type {Map<string, Kind>} by name */
    this.kinds = new Map();
    /** @type {Map<number, Kind>} of a node */
    this.kind = new Map();
    for (const node of story.nodes) if (node.t !== this.start) this.#meet(node);
    for (const node of first) if (node.t === this.start) this.#meet(node);
    for (const [from, to] of story.edges) {
      if (held(story.node, from).t === held(story.node, to).t) {
        this.#join(held(this.kind, from), held(this.kind, to));
      }
    }
    const all = [...this.kinds.values()];
    this.rows = Array.from({ length: Math.max(...all.map((kind) => kind.row)) + 1 }, (_, row) =>
      all.filter((kind) => kind.row === row).sort((a, b) => a.slot - b.slot),
    );
    this.#spread(all);
    this.width = Math.max(...all.map((kind) => kind.x)) + BOX.width;
  }

  /** @param {StoryNode} node */
  #meet(node) {
    const name = node.time === null ? `${node.op}@${node.row},${node.slot}` : node.timeless;
    const flat = isToken(node);
    const kind = this.kinds.get(name) ?? {
      name,
      node,
      flat,
      row: node.row,
      slot: node.slot,
      x: 0,
      leaf: !node.op,
      height: flat ? BOX.flat : BOX.height,
      below: new Set(),
      beside: new Set(),
    };
    this.kinds.set(name, kind);
    this.kind.set(node.id, kind);
  }

  /**
   * @param {Kind} from
   * @param {Kind} to
   */
  #join(from, to) {
    if (from.row + 1 === to.row && !from.leaf) to.below.add(from);
    if (from.leaf && Math.abs(from.row - to.row) === 1) from.beside.add(to);
  }

  /** Results are centred above their operands, then leaves centred on their users.
   * @param {Kind[]} all
   */
  #spread(all) {
    for (const row of this.rows) {
      const wishes = new Map(row.map((kind) => [kind, kind.below.size ? middleOf(kind.below) : null]));
      placeRow(row, (kind) => wishes.get(kind) ?? null, 1);
    }
    for (const row of this.rows) {
      if (row.some((kind) => kind.leaf)) {
        placeRow(
          row,
          (kind) => (kind.leaf ? (kind.beside.size ? middleOf(kind.beside) : null) : kind.x),
          WEIGHTS.found,
        );
      }
    }
    const least = Math.min(...all.map((kind) => kind.x));
    for (const kind of all) kind.x = Math.round((kind.x - least) * BOX.pitch);
  }

  /** The kind beside this one in its row, or nearest to it in the next row up or down; null at the edge.
   * @param {Kind} kind
   * @param {number} right
   * @param {number} up
   * @returns {Kind | null}
   */
  neighbour(kind, right, up) {
    if (right) return this.rows[kind.row][this.rows[kind.row].indexOf(kind) + right] || null;
    for (let row = kind.row + up; this.rows[row]; row += up) {
      const [nearest] = [...this.rows[row]].sort(
        (a, b) => Math.abs(a.x - kind.x) - Math.abs(b.x - kind.x),
      );
      if (nearest) return nearest;
    }
    return null;
  }

  /** Whether a box of this row would be in the way at x, `width` wide.
   * @param {number} row
   * @param {number} x
   * @param {number} width
   * @param {Kind | null} [but]
   */
  stands(row, x, width, but = null) {
    return this.rows[row].some((kind) => kind !== but && kind.x < x + width && x < kind.x + BOX.width);
  }
}

/** @param {Set<Kind>} kinds */
const middleOf = (kinds) => [...kinds].reduce((sum, kind) => sum + kind.x, 0) / kinds.size;

/** Positions at least one apart, as close as possible to the desired ones: least squares by pooling
 *  neighbours
 * that would overlap (Ayer et al. 1955).
 * @param {Kind[]} row
 * @param {(kind: Kind) => number | null} wish
 * @param {number} weight
 */
function placeRow(row, wish, weight) {
  let before = -Infinity;
  let since = 0;
  const order = row.map((kind, slot) => {
    const at = wish(kind);
    since = at === null ? since + 1 : 0;
    before = at ?? before;
    const loose = Number.isFinite(before) ? before + since : slot - (row.length - 1) / 2;
    return {
      kind,
      at: at ?? loose,
      weight: at === null ? WEIGHTS.none : kind.leaf ? 1 : weight,
      key: before,
    };
  });
  order.sort((a, b) => a.key - b.key || 0);
  /** @type {{ sum: number, weight: number, size: number }[]} */
  const pools = [];
  order.forEach((item, slot) => {
    pools.push({ sum: item.weight * (item.at - slot), weight: item.weight, size: 1 });
    for (let last = pools.length - 1; last > 0; last--) {
      const [pool, next] = pools.slice(last - 1);
      if (levelOf(pool) <= levelOf(next)) break;
      const joined = {
        sum: pool.sum + next.sum,
        weight: pool.weight + next.weight,
        size: pool.size + next.size,
      };
      pools.splice(last - 1, 2, joined);
    }
  });
  let slot = 0;
  for (const pool of pools) {
    for (let k = 0; k < pool.size; k++, slot++) order[slot].kind.x = levelOf(pool) + slot;
  }
  row.splice(0, row.length, ...order.map((item) => item.kind));
}

/** @param {{ sum: number, weight: number }} pool */
const levelOf = (pool) => pool.sum / pool.weight;
