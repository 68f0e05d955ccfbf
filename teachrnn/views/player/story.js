// A story made in Python (teachrnn.views.player.story_data): its steps, its arrays, and what is known when.

/** @import { Outcome, PackedTriangle, StoryArray, StoryData, Triangle, Yours } from "./types.d.ts" */

import { computed } from "./computed.js";

/** @typedef {[step: number, array: number]} Known */

/** @type {Record<string, boolean>} operations that measure a prediction, and whether it comes as probabilities */
const NORMALIZED = { CrossEntropy: true, SoftmaxCrossEntropy: false };
const SLOT = 0xe100; // the first of the private characters that stand for indices in a formula

export class Story {
  /** @param {ArrayBuffer | DataView} data */
  constructor(data) {
    const bytes =
      data instanceof DataView
        ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
        : new Uint8Array(data);
    const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
    /** @type {StoryData} */
    const told = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    this.about = told.about;
    this.symbols = told.symbols;
    this.nodes = told.nodes;
    this.edges = told.edges;
    this.ways = told.ways;
    this.symbols = told.symbols ?? [];
    this.steps = told.steps;
    this.stops = told.stops;
    this.program = told.program;
    this.codes = told.codes;
    this.arrays = told.arrays;
    this.rules = told.rules;
    this.math = told.math;
    this.templates = told.templates;
    this.scale = told.scale;
    this.differences = told.differences;
    this.given = told.given ?? "yours"; // what the reader's own numbers are called
    this.whose = this.given; // whose numbers may stand beside those of this story
    this.numbers = unwoven(bytes.subarray(4 + length));
    this.triangle = told.triangle && this.#unpacked(told.triangle);
    this.givenTriangle = told.givenTriangle ? this.#unpacked(told.givenTriangle) : null;
    /** Whether an array is what its formula makes of the numbers that came in.
     * @type {(k: number) => boolean} */
    this.follows = () => true;
    this.node = new Map(this.nodes.map((node) => [node.id, node]));
    this.turn = this.steps.findIndex((step) => step.phase === "turn");

    /** @type {Map<number, Known>} by node */
    this.values = new Map();
    /** @type {Map<number | null, Known[]>} by node; the last is the total */
    this.gradients = new Map();
    /** @type {Map<string, Known>} by edge, "from>to": the gradient that came back along it */
    this.passages = new Map();
    /** @type {Map<number, number>} the step that made an array */
    this.maker = new Map();
    /** @type {Map<string, number[]>} the arrays of a name, in the order in which they come about */
    this.named = new Map();
    this.arrays.forEach(({ name }, k) => {
      const all = this.named.get(name);
      if (all) all.push(k);
      else this.named.set(name, [k]);
    });
    this.#whenKnown();
    /** @type {Map<number, { scores: number, target: number, size: number, normalized: boolean }>} by node: the losses of
     * one prediction, with the array that it is made from and the number of the true symbol */
    this.predictions = this.#findPredictions();
  }

  // Formulas ---------------------------------------------------------------------------------

  /** @param {number} k */
  mathml(k) {
    const [template, ...indices] = this.math[k];
    return indices.reduce(
      (text, index, slot) => text.replaceAll(String.fromCharCode(SLOT + slot), index),
      this.templates[template],
    );
  }

  // Arrays -----------------------------------------------------------------------------------

  /** The numbers of array k, row by row. Decoded on first use.
   * @param {number} k
   * @returns {Float64Array}
   */
  numbersOf(k) {
    return this.arrays[k].numbers ?? this.#decodedWithSources(k);
  }

  // What an array is made of comes before it, and is decoded first: of a long text there may be thousands.
  /** @param {number} k */
  #decodedWithSources(k) {
    const wanted = new Set([k]);
    for (const at of wanted) {
      const { sum = [], outer = [], by = [""] } = this.arrays[at];
      const [, ...sources] = by;
      for (const source of [...sum, ...outer, ...sources]) {
        if (!this.arrays[Number(source)].numbers) wanted.add(Number(source));
      }
    }
    for (const at of [...wanted].sort((a, b) => a - b)) {
      this.arrays[at].numbers = this.#decoded(this.arrays[at]);
    }
    return /** @type {Float64Array} */ (this.arrays[k].numbers);
  }

  /**
   * @param {StoryArray} array
   * @returns {Float64Array}
   */
  #decoded(array) {
    const begin = array.at ?? 0;
    const size = array.shape.reduce((a, b) => a * b, 1);
    if (array.whole) return Float64Array.from(array.whole);
    if (array.sum) {
      const total = Float64Array.from(this.numbersOf(array.sum[0]));
      for (const k of array.sum.slice(1)) {
        this.numbersOf(k).forEach((x, i) => {
          total[i] += x;
        });
      }
      return total;
    }
    if (array.by) {
      const [way, ...from] = array.by;
      const sources = from.map((k) => this.numbersOf(k));
      if (way === "column") sources.push(Float64Array.of(this.arrays[from[0]].shape[1]));
      const rest =
        array.rest === undefined ? null : this.numbers.subarray(array.rest, array.rest + size);
      return computed(way, sources, rest);
    }
    if (array.outer) {
      const [rows, columns] = array.outer.map((k) => this.numbersOf(k));
      const product = new Float64Array(size);
      rows.forEach((y, i) =>
        columns.forEach((x, j) => {
          product[i * columns.length + j] = y * x;
        }),
      );
      return product;
    }
    if (array.spots) {
      const spread = new Float64Array(size);
      array.spots.forEach((place, i) => {
        spread[place] = this.numbers[begin + i];
      });
      return spread;
    }
    return this.numbers.subarray(begin, begin + size);
  }

  /**
   * Euclidean norm of array k.
   * @param {number} k
   * @returns {number}
   */
  norm(k) {
    const array = this.arrays[k];
    return (array.norm ??= Math.sqrt(this.numbersOf(k).reduce((sum, x) => sum + x * x, 0)));
  }

  /** The smallest and the largest norm of what comes back along an edge; zeros where nothing does. */
  range() {
    return this.scale;
  }

  /** The triangle with its norms by loss and step; null for what is not finite.
   * @param {PackedTriangle} packed
   * @returns {Triangle}
   */
  #unpacked({ T, losses, reaches }) {
    /** @param {number} x */
    const finite = (x) => (Number.isFinite(x) ? x : null);
    return {
      T,
      losses,
      reaches: reaches.map((reach) => ({
        ...reach,
        norms: Array.from({ length: T }, (_, row) => {
          const at = reach.norms + (row * (row + 1)) / 2;
          return Array.from(this.numbers.subarray(at, at + row + 1), finite);
        }),
      })),
    };
  }

  /** How an entry of array k is made, if that can be read.
   * @param {number} k
   */
  ruleOf(k) {
    const { rule } = this.arrays[k];
    return typeof rule === "number" ? this.rules[rule] : null;
  }

  /** @param {number} k */
  isWhole(k) {
    return Boolean(this.arrays[k].whole);
  }

  /** What array k is compared with, and where that differs; undefined where it is compared with nothing.
   * @param {number} k
   * @returns {Yours | undefined}
   */
  comparisonOf(k) {
    return this.arrays[k].yours;
  }

  /**
   * The numbers that array k is compared with, if some differ from it.
   * @param {number} k
   * @returns {Float64Array | null}
   */
  yoursOf(k) {
    const { yours, shape } = this.arrays[k];
    if (yours?.at === undefined) return null;
    return this.numbers.subarray(yours.at, yours.at + shape.reduce((a, b) => a * b, 1));
  }

  /** Whether the number that an entry of array k is compared with differs.
   * @param {number} k
   * @param {number} [place] if not given, for any entry
   */
  differs(k, place) {
    const places = this.comparisonOf(k)?.differs ?? [];
    return place === undefined ? places.length > 0 : places.includes(place);
  }

  /** The first result of step i that differs from the reader's own.
   * @param {number} i
   */
  firstDiffering(i) {
    return this.#made(i).find((k) => this.differs(k));
  }

  /** @param {number} i */
  #made(i) {
    return this.steps[i].outcomes.flatMap(({ quantities }) => quantities.map(([k]) => k));
  }

  /** The names of the results of step i, and values first given there, that differ from the reader's own.
   * @param {number} i
   */
  differing(i) {
    const { operands } = this.steps[i];
    const made = this.#made(i);
    const given = operands
      .map(([k]) => k)
      .filter((k) => !this.arrays[k].letters && !this.arrays[k].parts);
    const differing = [...made, ...given].filter((k) => this.differs(k));
    return [...new Set(differing.map((k) => this.arrays[k].name))];
  }

  // The program in NumPy ----------------------------------------------------------------------

  /** The lines of step i.
   * @param {number} i
   */
  linesAt(i) {
    const { lines } = this.steps[i];
    return lines === null ? undefined : this.program?.steps[lines];
  }

  /** The step that does what a line says: of the time step of step i, or else the nearest; that which does no
   * more than a part of the line only if none does all of it.
   * @param {number} line
   * @param {number} i
   */
  stepOfLine(line, i) {
    const { t } = this.steps[i];
    const { length } = this.steps;
    let found = { step: -1, far: Infinity };
    this.steps.forEach((step, n) => {
      const mark = this.linesAt(n)?.marks.find(([at]) => at === line);
      if (!mark) return;
      const elsewhere = step.t === t ? 0 : 2 * length;
      const far = elsewhere + (mark.length > 1 ? length : 0) + Math.abs(n - i);
      if (far < found.far) found = { step: n, far };
    });
    return found.step < 0 ? undefined : found.step;
  }

  /** The array that a letter of the program stands for at step i: the one that is shown there, if it is.
   * @param {number} letter
   * @param {number} i
   */
  arrayOf(letter, i) {
    const [kind, name, by, via] = this.program?.letters[letter] ?? ["value", "", null];
    const { t, operands } = this.steps[i];
    if (by !== null && t === null) return undefined;
    const full = by === null ? name : `${name}[${Number(t) + by}]`;
    const through = this.program?.loop ? `${via}[${t}]` : via;
    const called = { value: full, gradient: `d${full}`, part: `∂${full} via ${through}` }[kind];
    const found = this.named.get(called) ?? [];
    const shown = [...operands.map(([k]) => k), ...this.#made(i)];
    return found.find((k) => shown.includes(k)) ?? found[found.length - 1];
  }

  // What is known when -----------------------------------------------------------------------

  #whenKnown() {
    for (const node of this.nodes) if (node.given !== null) this.values.set(node.id, [-1, node.given]);
    this.steps.forEach((step, i) => {
      for (const outcome of step.outcomes) {
        for (const [k] of outcome.quantities) if (!this.maker.has(k)) this.maker.set(k, i);
      }
      if (step.phase === "forward") this.values.set(step.node, [i, step.outcomes[0].quantities[0][0]]);
      if (step.phase === "turn") {
        for (const [k] of step.outcomes[0].quantities) this.#seed(i, k);
      }
      if (step.phase === "backward") {
        for (const outcome of step.outcomes) this.#arrival(i, step.node, outcome);
      }
    });
  }

  /**
   * @param {number} i
   * @param {number} k
   */
  #seed(i, k) {
    const node = this.nodes.find((n) => n.name === this.arrays[k].of);
    if (node) this.gradients.set(node.id, [[i, k]]);
  }

  /**
   * @param {number} i
   * @param {number} user
   * @param {Outcome} outcome
   */
  #arrival(i, user, outcome) {
    const [part] = outcome.quantities[0];
    const [k] = outcome.quantities[outcome.quantities.length - 1]; // with what had arrived before
    const arrived = this.gradients.get(outcome.target) || [];
    arrived.push([i, k]);
    this.gradients.set(outcome.target, arrived);
    const edge = `${outcome.target}>${user}`;
    if (!this.passages.has(edge)) this.passages.set(edge, [i, part]);
  }

  /**
   * The array of a node's value at step i, or null: not yet.
   * @param {number} id
   * @param {number} i
   */
  valueAt(id, i) {
    const known = this.values.get(id);
    return known && known[0] <= i ? known[1] : null;
  }

  /**
   * The gradient that has arrived at a node by step i, or null: not yet.
   * @param {number} id
   * @param {number} i
   */
  gradientAt(id, i) {
    const arrived = this.gradients.get(id);
    /** @type {number | null} */
    let found = null;
    for (const [step, k] of arrived || []) {
      if (step <= i) found = k;
      else break;
    }
    return found;
  }

  /** How many parts of a node's gradient have arrived by step i, and how many will have in the end.
   * @param {number} id
   * @param {number} i
   */
  arrivalsAt(id, i) {
    const all = this.gradients.get(id) ?? [];
    return { arrived: all.filter(([step]) => step <= i).length, of: all.length };
  }

  /**
   * Whether array k is all of the gradient of a node.
   * @param {number | null} id
   * @param {number} k
   */
  isTotal(id, k) {
    return this.gradients.get(id)?.at(-1)?.[1] === k;
  }

  /**
   * The gradient that has come back along an edge by step i, or null: not yet.
   * @param {number} from
   * @param {number} to
   * @param {number} i
   */
  passageAt(from, to, i) {
    const passage = this.passages.get(`${from}>${to}`);
    return passage && passage[0] <= i ? passage[1] : null;
  }

  /** Whether truncation leaves nothing of the gradients at a time step: no loss is so near.
   * @param {number} t
   * @param {number} horizon how many steps back gradients go; 0: all
   */
  isDropped(t, horizon) {
    return horizon > 0 && !this.triangle?.losses.some((loss) => loss >= t && loss - t < horizon);
  }

  /** Whether a part of a gradient, or all that has arrived so far, comes through a later time step.
   * @param {number} k
   * @returns {boolean}
   */
  isFromFuture(k) {
    const { of = "", via, parts = [] } = this.arrays[k];
    if (via === undefined) return parts.some((part) => this.isFromFuture(part));
    const [value, user] = [of, via].map((name) => this.nodes.find((node) => node.name === name));
    return value !== undefined && user !== undefined && user.t > value.t;
  }

  /** The step that made a node's value or, on the way back, the one at which its gradient is complete; for
   * a given value, or one without a gradient, the first step on that way that used it.
   * @param {number} id
   * @param {boolean} back
   */
  stepAbout(id, back) {
    const made = (back ? this.gradients.get(id)?.at(-1)?.[0] : this.values.get(id)?.[0]) ?? -1;
    if (made >= 0) return made;
    const phase = back ? "backward" : "forward";
    return this.steps.findIndex(
      (step) => step.phase === phase && this.edges.some(([from, to]) => from === id && to === step.node),
    );
  }

  // Predictions ------------------------------------------------------------------------------

  #findPredictions() {
    const found = new Map();
    for (const { phase, node, op, operands } of this.steps) {
      if (phase !== "forward" || !(op in NORMALIZED) || operands.length !== 2) continue;
      const [scores, target] = operands.map(([k]) => k);
      const { whole } = this.arrays[target];
      if (whole?.length !== 1 || this.arrays[scores].shape.length !== 1) continue;
      const [size] = this.arrays[scores].shape;
      found.set(node, { scores, target: whole[0], size, normalized: NORMALIZED[op] });
    }
    return found;
  }

  /** The probabilities that a loss measured; null if it measured something else.
   * @param {number} id
   * @param {Map<number, Float64Array>} [now] numbers other than those recorded, by array
   */
  probabilities(id, now) {
    const found = this.predictions.get(id);
    if (!found) return null;
    const scores = now?.get(found.scores) ?? this.numbersOf(found.scores);
    if (found.normalized) return scores;
    const largest = Math.max(...scores);
    const powers = scores.map((o) => Math.exp(o - largest));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / sum);
  }
}

/** Numbers whose bytes come as all the first, then all the second, and so on. Every host is little-endian.
 * @param {Uint8Array} planes
 */
function unwoven(planes) {
  const count = planes.length / 8;
  const bytes = new Uint8Array(planes.length);
  for (let first = 0, to = 0; first < count; first++) {
    for (let from = first; from < planes.length; from += count) bytes[to++] = planes[from];
  }
  return new Float64Array(bytes.buffer, 0, count);
}
