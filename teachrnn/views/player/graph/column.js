// One column of the unrolled graph, laid out once: every time step is a copy of it, and the rolled
// graph is the column itself. A *kind* is a node without its time: the kind of h[3] is h.

export const BOX = { width: 48, height: 50, flat: 28, pitch: 58 };

const WEIGHTS = {
  none: 1e-6, // of a place that nothing asks for
  found: 1e3, // of a place that stays
};

// A token number: it has no gradient, and is shown by its symbol.
export const isToken = (node) => !node.op && node.given === null;

export class Column {
  constructor(story) {
    this.times = [...new Set(story.nodes.map((node) => node.t))].sort((a, b) => a - b);
    const first = story.nodes.filter((node) => node.t === this.times[0]);
    this.start =
      this.times.length > 1 && first.every((node) => !node.op && !isToken(node)) ? this.times[0] : null;
    this.kinds = new Map(); // name -> kind
    this.kind = new Map(); // id of a node -> its kind
    for (const node of story.nodes) if (node.t !== this.start) this.#meet(node);
    for (const node of first) if (node.t === this.start) this.#meet(node);
    for (const [from, to] of story.edges) {
      if (story.node.get(from).t === story.node.get(to).t)
        this.#join(this.kind.get(from), this.kind.get(to));
    }
    this.rows = [];
    for (const kind of this.kinds.values()) (this.rows[kind.row] ||= []).push(kind);
    this.rows = Array.from(this.rows, (row) => (row || []).sort((a, b) => a.slot - b.slot));
    this.#spread();
  }

  #meet(node) {
    const name = /\[\d+\]$/.test(node.name)
      ? node.name.replace(/\[\d+\]$/, "")
      : `${node.op}@${node.row},${node.slot}`;
    if (!this.kinds.has(name)) {
      const flat = isToken(node);
      this.kinds.set(name, {
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
      });
    }
    this.kind.set(node.id, this.kinds.get(name));
  }

  #join(from, to) {
    if (from.row + 1 === to.row && !from.leaf) to.below.add(from);
    if (from.leaf && Math.abs(from.row - to.row) === 1) from.beside.add(to);
  }

  // Results stand in the middle above their operands, then leaves in the middle of their users.
  #spread() {
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
    const all = [...this.kinds.values()];
    const least = Math.min(...all.map((kind) => kind.x));
    for (const kind of all) kind.x = Math.round((kind.x - least) * BOX.pitch);
    this.width = Math.max(...all.map((kind) => kind.x)) + BOX.width;
  }

  // The kind beside this one in its row, or nearest to it in the next row up or down; null at the rim.
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

  // Whether a box of this row would stand in the way at x, `width` wide.
  stands(row, x, width, but = null) {
    return this.rows[row].some((kind) => kind !== but && kind.x < x + width && x < kind.x + BOX.width);
  }
}

const middleOf = (kinds) => [...kinds].reduce((sum, kind) => sum + kind.x, 0) / kinds.size;

// Places one apart at least, as near to the wishes as can be: least squares by pooling neighbours
// that would overlap (Ayer et al. 1955).
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
  const pools = [];
  order.forEach((item, slot) => {
    pools.push({ sum: item.weight * (item.at - slot), weight: item.weight, size: 1 });
    while (pools.length > 1 && levelOf(pools.at(-2)) > levelOf(pools.at(-1))) {
      const last = pools.pop();
      const pool = pools.at(-1);
      for (const part of ["sum", "weight", "size"]) pool[part] += last[part];
    }
  });
  let slot = 0;
  for (const pool of pools) {
    for (let k = 0; k < pool.size; k++, slot++) order[slot].kind.x = levelOf(pool) + slot;
  }
  row.splice(0, row.length, ...order.map((item) => item.kind));
}

const levelOf = (pool) => pool.sum / pool.weight;
