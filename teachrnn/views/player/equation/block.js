// One array of an equation: its numbers as rows and columns, where each is recorded, and which index of the
// result runs along each axis.

/** @import { Story } from "../story.js" */
/** @import { Entry, Piece, Rule, Tree } from "../types.d.ts" */
/** @import { Operand } from "../why/entry.js" */

import { indexAt, rowsAndColumns } from "../address.js";
import { formatNumber } from "../number.js";
import { evaluator, factorParts } from "../why/entry.js";

const LONGEST = 4; // texts and numbers of what is written out inside an entry

/**
 * The entry of the result that is looked at.
 * @typedef {{ i: number, j: number }} Looked
 */

export class Block {
  /**
   * @param {object} given
   * @param {string} given.name
   * @param {"value" | "gradient"} given.kind
   * @param {ArrayLike<number>} given.numbers row by row
   * @param {number} given.rows
   * @param {number} given.columns
   * @param {string[]} given.roles
   * @param {(row: number, column: number) => Entry | null} given.entry where a number is recorded
   * @param {number | null} [given.k] the array that this is, if it is recorded
   */
  constructor({ name, kind, numbers, rows, columns, roles, entry, k = null }) {
    this.name = name;
    this.kind = kind;
    this.numbers = numbers;
    this.rows = rows;
    this.columns = columns;
    this.roles = roles;
    this.entry = entry;
    this.k = k;
    this.first = 0; // the row that meets row 0 of the result
    /** @type {number | null} the row of a vector, or the column of a matrix, that alone goes on */
    this.picked = null;
    this.shares = false;
    this.turned = false;
    /** @type {Block | null} the row on top of the matrix that an outer product spans */
    this.top = null;
    /** @type {Node[]} */
    this.label = [];
    this.note = "";
    /** @type {((row: number, column: number) => string | null) | null} how it is computed, if that is short */
    this.text = null;
    /** @type {number | undefined} of a matrix: the magnitude of the fullest colour, if not its own largest */
    this.largest = undefined;
    this.isResult = false;
    this.covered = false;
  }

  get isMatrix() {
    return this.roles.length > 1;
  }

  /**
   * @param {number} row
   * @param {number} [column]
   */
  at(row, column = 0) {
    return this.numbers[row * this.columns + column];
  }

  /**
   * The row and the column that belong to an entry of the result; null where all or none do.
   * @param {Looked} looked
   * @returns {{ row: number | null, column: number | null }}
   */
  marked(looked) {
    const [down, across] = this.roles;
    let row = along(down, looked);
    let column = along(across, looked);
    if (row !== null) row += this.first;
    if (this.picked !== null && this.isMatrix) column = this.picked;
    else if (this.picked !== null) row = this.picked;
    return { row: inside(row, this.rows), column: inside(column, this.columns) };
  }

  /**
   * What is looked at when a number of this block is pointed at.
   * @param {Looked} looked so far
   * @param {number} row
   * @param {number} column
   * @returns {Looked}
   */
  pointed(looked, row, column) {
    const [down, across] = this.roles;
    const next = { ...looked };
    if (down === "i" || down === "j") next[down] = Math.max(0, row - this.first);
    if (across === "i" || across === "j") next[across] = column;
    return next;
  }
}

/**
 * @param {string | undefined} role
 * @param {Looked} looked
 */
function along(role, looked) {
  return role === "i" || role === "j" ? looked[role] : null;
}

/**
 * @param {number | null} at
 * @param {number} length
 */
function inside(at, length) {
  return at !== null && at >= 0 && at < length ? at : null;
}

/**
 * A recorded array, at a position of its leading axes.
 * @param {Story} story
 * @param {number} k
 * @param {number} [axes] how many of its axes are the vector's or the matrix's own
 * @param {number} [position]
 * @param {boolean} [turned]
 */
export function recorded(story, k, axes, position = 0, turned = false) {
  const { name, kind, shape } = story.arrays[k];
  const own = axes === undefined ? shape : shape.slice(shape.length - axes);
  const flat = own.length > 2 ? rowsAndColumns(own) : own;
  const [rows, columns] = [flat[0] ?? 1, flat[1] ?? 1];
  const offset = own.length < shape.length ? position * rows * columns : 0;
  const numbers = story.numbersOf(k).subarray(offset, offset + rows * columns);
  const across = turned ? rows : columns;
  /** @type {(row: number, column: number) => number} */
  const place = (row, column) => (turned ? column * columns + row : row * columns + column);
  const block = new Block({
    name,
    kind,
    numbers: turned
      ? Float64Array.from(numbers, (_, at) => numbers[place(Math.floor(at / across), at % across)])
      : numbers,
    rows: turned ? columns : rows,
    columns: across,
    roles: ["i", "j"].slice(0, flat.length),
    entry: (row, column) => ({ k, index: indexAt(shape, offset + place(row, column)) }),
    k,
  });
  block.turned = turned;
  return block;
}

/**
 * What a formula computes on its way.
 * @param {Story} story
 * @param {Piece} piece
 * @param {Rule} rule
 * @param {Record<string, number>} letters
 * @param {number} position
 * @param {[rows: number, columns: number]} wanted of the result: what fits any length is as long as that
 */
export function computed(story, piece, rule, letters, position, wanted) {
  const number = evaluator(rule, operands(story, letters), position);
  const tree = piece.tree ?? 0;
  const any = wanted[piece.onTop ? 1 : 0];
  const sizes = piece.shape.map((axis) => (axis === "any" ? any : number(axis)));
  const [rows, columns] = [sizes[0] ?? 1, sizes[1] ?? 1];
  const used = lettersOf(tree);
  const arrays = [...used].map((letter) => letters[letter]);
  const [source] = arrays.filter((k) => !story.isWhole(k));
  const alone = arrays.length === 1 && rows * columns === story.numbersOf(source ?? 0).length;
  const block = new Block({
    name: [...used].join(", "),
    kind: arrays.some((k) => story.arrays[k].kind === "gradient") ? "gradient" : "value",
    numbers: Float64Array.from({ length: rows * columns }, (_, at) =>
      number(tree, Math.floor(at / columns), at % columns),
    ),
    rows,
    columns,
    roles: piece.roles,
    entry: (row) =>
      alone && source !== undefined
        ? { k: source, index: indexAt(story.arrays[source].shape, row) }
        : null,
  });
  block.text = (row, column) => shortText(rule, operands(story, letters), position, tree, row, column);
  return block;
}

/**
 * @param {Rule} rule
 * @param {Record<string, Operand>} letters
 * @param {number} position
 * @param {Tree} tree
 * @param {number} row
 * @param {number} column
 */
function shortText(rule, letters, position, tree, row, column) {
  const parts = factorParts(rule, letters, position, tree, row, column);
  if (parts.length > LONGEST) return null;
  return parts.map((part) => (typeof part === "string" ? part : formatNumber(part.value))).join("");
}

/**
 * @param {Story} story
 * @param {Record<string, number>} letters
 * @returns {Record<string, Operand>}
 */
export function operands(story, letters) {
  return Object.fromEntries(
    Object.entries(letters).map(([letter, k]) => {
      const { name, shape } = story.arrays[k];
      return [letter, { name, shape, numbers: story.numbersOf(k) }];
    }),
  );
}

/**
 * @param {Tree} tree
 * @returns {Set<string>}
 */
function lettersOf(tree) {
  if (typeof tree !== "object") return new Set();
  const [kind, ...rest] = tree;
  /** @type {Set<string>} */
  const found = new Set(kind === "at" ? [String(rest[0])] : []);
  if (kind === "size") return found;
  for (const part of kind === "at" ? rest.slice(1) : rest) {
    for (const letter of lettersOf(/** @type {Tree} */ (part))) found.add(letter);
  }
  return found;
}
