// The formula of one entry, evaluated: its terms, each with the numbers in it.
// The nodes of the trees are described in teachrnn/formulas/entries/tree.py; teachrnn/formulas/entries/entry.py
// does the same in Python, and a test compares the two.

/** @import { At, Branch, Choice, Many, One, Rule, Tree, Two } from "../types.d.ts" */

/** @typedef {{ name: string, shape: number[], numbers: ArrayLike<number> }} Operand */
/** @typedef {{ letter: string, name: string, index: number[], value: number }} Link */
/** @typedef {string | Link} Part */
/** @typedef {{ parts: Part[], value: number }} Term */
/** @typedef {[parts: Part[], rank: number]} Written */

/** The indices of a formula by name, and the position in the leading axes, if there is one.
 * @typedef {object} Place
 * @property {Record<string, Operand>} letters
 * @property {number[]} leading
 * @property {number | null} position
 * @property {Record<string, number>} index
 */

import { indexAt } from "../address.js";

const SUM = 0;
const PRODUCT = 1;
const POWER = 2;
const ATOM = 3;
const MOST_SUMMANDS = 6; // a longer sum inside a term is written with dots
const SUPERSCRIPTS = new Map([
  [2, "²"],
  [3, "³"],
]);

/** @type {Record<One, (a: number) => number>} */
const ONE = {
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  tanh: Math.tanh,
  sin: Math.sin,
  cos: Math.cos,
  abs: Math.abs,
};

/** @type {Record<Two, (a: number, b: number) => number>} */
const TWO = {
  max: Math.max,
  min: Math.min,
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "^": (a, b) => a ** b,
  "<": (a, b) => Number(a < b),
  ">": (a, b) => Number(a > b),
  onehot: (a, b) => Number(a === b),
};

/** The terms of one entry. Those that are 0 whatever the numbers are are left out.
 * @param {Rule} rule
 * @param {Record<string, Operand>} letters those of the operation: inputs, output, and for a gradient also
 *   d and the output; the numbers row by row
 * @param {number[]} shape of the array asked about
 * @param {number[]} index the entry
 */
export function termsOf(rule, letters, shape, index) {
  const over = letters[rule.over].shape;
  const leading = over.slice(0, over.length - rule.overAxes);
  const own = shape.length - rule.axes;
  /** @type {Place} */
  const place = { letters, leading, position: null, index: { i: index[own], j: index[own + 1] } };
  if (own || !leading.length) place.position = offset(leading, index);
  /** @type {Term[]} */
  const terms = [];
  collect(place, rule.tree, false, terms);
  return terms;
}

/**
 * What evaluates formulas of an entry at one position of the leading axes.
 * @param {Rule} rule
 * @param {Record<string, Operand>} letters
 * @param {number} position
 * @returns {(tree: Tree, i?: number, j?: number) => number}
 */
export function evaluator(rule, letters, position) {
  const { shape } = letters[rule.over];
  const leading = shape.slice(0, shape.length - rule.overAxes);
  return (tree, i = 0, j = 0) => valueOf({ letters, leading, position, index: { i, j } }, tree);
}

/**
 * A formula of an entry with the numbers in it, as a factor: a sum in brackets.
 * @param {Rule} rule
 * @param {Record<string, Operand>} letters
 * @param {number} position
 * @param {Tree} tree
 * @param {number} i
 * @param {number} j
 * @returns {Part[]}
 */
export function factorParts(rule, letters, position, tree, i, j) {
  const { shape } = letters[rule.over];
  const leading = shape.slice(0, shape.length - rule.overAxes);
  return partsOf({ letters, leading, position, index: { i, j } }, tree, PRODUCT);
}

/**
 * The summands at the top of a formula.
 * @param {Place} place
 * @param {Tree} tree
 * @param {boolean} negative
 * @param {Term[]} terms
 * @returns {void}
 */
function collect(place, tree, negative, terms) {
  if (typeof tree === "object") {
    switch (tree[0]) {
      case "+":
        collect(place, tree[1], negative, terms);
        return collect(place, tree[2], negative, terms);
      case "-":
        collect(place, tree[1], negative !== (tree.length === 2), terms);
        return tree.length === 3 ? collect(place, tree[2], !negative, terms) : undefined;
      case "sum":
      case "positions":
        return eachSummand(place, tree, (body) => collect(place, body, negative, terms));
      case "if":
        return collect(place, chosen(place, tree), negative, terms);
    }
  }
  if (vanishes(place, tree)) return;
  const value = valueOf(place, tree);
  if (negative) {
    terms.push({ parts: joined([["−"], partsOf(place, tree, PRODUCT)], ""), value: -value });
  } else terms.push({ parts: partsOf(place, tree, SUM), value });
}

/**
 * What a sum adds up: `use(body)` is called with the index, or the position, filled in.
 * @param {Place} place
 * @param {Many} tree
 * @param {(body: Tree) => void} use
 */
function eachSummand(place, tree, use) {
  if (tree[0] === "sum") {
    const [, name, size, body] = tree;
    for (let k = 0, n = valueOf(place, size); k < n; k++) {
      place.index[name] = k;
      use(body);
    }
  } else if (place.position !== null) {
    use(tree[1]);
  } else {
    const count = place.leading.reduce((a, b) => a * b, 1);
    for (place.position = 0; place.position < count; place.position++) use(tree[1]);
    place.position = null;
  }
}

/**
 * @param {Place} place
 * @param {Choice} tree
 */
function chosen(place, [, condition, yes, no]) {
  return valueOf(place, condition) ? yes : no;
}

// Numbers

/**
 * @param {Place} place
 * @param {Tree} tree
 * @returns {number}
 */
function valueOf(place, tree) {
  if (typeof tree === "number") return tree;
  if (typeof tree === "string") return place.index[tree];
  switch (tree[0]) {
    case "at":
      return place.letters[tree[1]].numbers[placeOf(place, tree)];
    case "size": {
      const { shape } = place.letters[tree[1]];
      return shape[shape.length + tree[2]];
    }
    case "if":
      return valueOf(place, chosen(place, tree));
    case "sum":
    case "positions": {
      let total = 0;
      eachSummand(place, tree, (body) => (total += valueOf(place, body)));
      return total;
    }
    case "-":
      return tree.length === 2
        ? -valueOf(place, tree[1])
        : valueOf(place, tree[1]) - valueOf(place, tree[2]);
    case "/": {
      const [, a, b] = tree;
      if (isA(a, "exp") && isA(b, "sum") && isA(b[3], "exp")) {
        // A softmax. Both sides are divided by e^a, so that it cannot become inf / inf.
        const exponent = valueOf(place, a[1]);
        return 1 / valueOf(place, ["sum", b[1], b[2], ["exp", ["-", b[3][1], exponent]]]);
      }
      return valueOf(place, a) / valueOf(place, b);
    }
  }
  if (tree.length === 2) return ONE[tree[0]](valueOf(place, tree[1]));
  return TWO[tree[0]](valueOf(place, tree[1]), valueOf(place, tree[2]));
}

/**
 * @template {Branch[0]} K
 * @param {Tree} tree
 * @param {K} kind
 * @returns {tree is Extract<Branch, [kind: K, ...unknown[]]>}
 */
const isA = (tree, kind) => typeof tree === "object" && tree[0] === kind;

/** The position in the flattened array of an entry of the formula.
 * @param {Place} place
 * @param {At} tree
 */
function placeOf(place, [, letter, ...indices]) {
  const { shape } = place.letters[letter];
  const lead = shape.length - indices.length;
  let at = lead ? (place.position ?? 0) : 0;
  indices.forEach((index, axis) => {
    at = at * shape[lead + axis] + valueOf(place, index);
  });
  return at;
}

/**
 * @param {number[]} shape
 * @param {number[]} index
 */
function offset(shape, index) {
  return shape.reduce((place, size, axis) => place * size + index[axis], 0);
}

/**
 * Whether a formula is 0 here whatever the numbers are.
 * @param {Place} place
 * @param {Tree} tree
 * @returns {boolean}
 */
function vanishes(place, tree) {
  if (typeof tree !== "object") return tree === 0;
  switch (tree[0]) {
    case "onehot":
      return !valueOf(place, tree);
    case "*":
      return vanishes(place, tree[1]) || vanishes(place, tree[2]);
    case "/":
      return vanishes(place, tree[1]);
    case "+":
    case "-":
      return vanishes(place, tree[1]) && (tree.length === 2 || vanishes(place, tree[2]));
    case "if":
      return vanishes(place, chosen(place, tree));
    case "sum":
    case "positions": {
      let all = true;
      eachSummand(place, tree, (body) => (all &&= vanishes(place, body)));
      return all;
    }
  }
  return false;
}

// Text and links

/**
 * A formula in parts, in brackets if it binds less tightly than `rank`.
 * @param {Place} place
 * @param {Tree} tree
 * @param {number} rank
 * @returns {Part[]}
 */
function partsOf(place, tree, rank) {
  const [parts, own] = written(place, tree);
  return own >= rank ? parts : joined([["("], parts, [")"]], "");
}

/**
 * A formula in parts, and how tightly it binds.
 * @param {Place} place
 * @param {Tree} tree
 * @returns {Written}
 */
function written(place, tree) {
  if (typeof tree === "number") return [[String(tree)], ATOM];
  if (typeof tree === "string") return [[String(place.index[tree])], ATOM];
  switch (tree[0]) {
    case "size":
    case "onehot":
      return [[String(valueOf(place, tree))], ATOM];
    case "at":
      return [[link(place, tree)], ATOM];
    case "if":
      return written(place, chosen(place, tree));
    case "sum":
    case "positions":
      return writtenSum(place, tree);
    case "+":
    case "-":
      if (tree.length === 2) return [joined([["−"], partsOf(place, tree[1], PRODUCT)], ""), SUM];
      if (vanishes(place, tree[2])) return written(place, tree[1]);
      if (vanishes(place, tree[1])) return written(place, tree[0] === "+" ? tree[2] : ["-", tree[2]]);
      if (tree[0] === "+") return [both(place, tree, SUM, " + ", SUM), SUM];
      return [both(place, tree, SUM, " − ", PRODUCT), SUM];
    case "*":
      if (isA(tree[1], "onehot")) return written(place, tree[2]);
      if (isA(tree[2], "onehot")) return written(place, tree[1]);
      return [both(place, tree, PRODUCT, " · ", PRODUCT), PRODUCT];
    case "/":
      return [both(place, tree, PRODUCT, " / ", POWER), PRODUCT];
    case "^": {
      const above = typeof tree[2] === "number" ? SUPERSCRIPTS.get(tree[2]) : undefined;
      if (above) return [joined([base(place, tree[1]), [above]], ""), POWER];
      return [joined([base(place, tree[1]), partsOf(place, tree[2], ATOM)], "^"), POWER];
    }
    case "<":
    case ">":
      return [joined([["["], both(place, tree, SUM, ` ${tree[0]} `, SUM), ["]"]], ""), ATOM];
  }
  const [kind, ...given] = tree;
  const inner = given.map((node) => partsOf(place, node, SUM));
  return [joined([[`${kind}(`], joined(inner, ", "), [")"]], ""), ATOM];
}

/**
 * Two operands with a sign between them.
 * @param {Place} place
 * @param {[kind: string, a: Tree, b: Tree]} tree
 * @param {number} left how tightly what stands there has to bind
 * @param {string} sign
 * @param {number} right
 */
function both(place, [, a, b], left, sign, right) {
  return joined([partsOf(place, a, left), partsOf(place, b, right)], sign);
}

/**
 * The base of a power: a negative number is put in brackets too.
 * @param {Place} place
 * @param {Tree} tree
 * @returns {Part[]}
 */
function base(place, tree) {
  const parts = partsOf(place, tree, ATOM);
  const [first, ...others] = parts;
  return typeof first === "object" && !others.length && first.value < 0 ? ["(", first, ")"] : parts;
}

/** A sum inside a term; dots mark what is left out of a long one.
 * @param {Place} place
 * @param {Many} tree
 * @returns {Written}
 */
function writtenSum(place, tree) {
  let count = 0;
  eachSummand(place, tree, (body) => (count += vanishes(place, body) ? 0 : 1));
  /** @type {Part[][]} */
  const pieces = [];
  let number = 0;
  let rank = ATOM;
  eachSummand(place, tree, (body) => {
    if (vanishes(place, body)) return;
    number++;
    if (count === 1) [pieces[0], rank] = written(place, body);
    else if (count <= MOST_SUMMANDS || number <= 3 || number === count) {
      pieces.push(partsOf(place, body, PRODUCT));
    } else if (number === 4) pieces.push(["…"]);
  });
  return count === 1 ? [pieces[0], rank] : [joined(count ? pieces : [["0"]], " + "), SUM];
}

/**
 * @param {Place} place
 * @param {At} tree
 * @returns {Link}
 */
function link(place, tree) {
  const letter = tree[1];
  const { name, shape, numbers } = place.letters[letter];
  const at = placeOf(place, tree);
  return { letter, name, index: indexAt(shape, at), value: numbers[at] };
}

/** Parts with a sign between them; adjacent texts are merged.
 * @param {Part[][]} pieces
 * @param {string} sign
 */
function joined(pieces, sign) {
  /** @type {Part[]} */
  const parts = [];
  /** @param {Part} part */
  const put = (part) => {
    const before = parts.at(-1);
    if (typeof part === "string" && typeof before === "string") parts[parts.length - 1] = before + part;
    else if (part !== "") parts.push(part);
  };
  pieces.forEach((piece, number) => {
    if (number) put(sign);
    piece.forEach(put);
  });
  return parts;
}
