// What a step computes, as equations in numbers: for each the arrays in reading order, the signs between them,
// and the result.

/** @import { Story } from "../story.js" */
/** @import { Piece, Rule } from "../types.d.ts" */

import { indexAt } from "../address.js";
import { mathematics } from "../dom.js";
import { formatNumber } from "../number.js";
import { evaluator } from "../why/entry.js";
import { outcomeOf, summands } from "../why/origin.js";
import { Block, computed, operands, recorded } from "./block.js";

/**
 * One equation of a step, by the arrays in it.
 * @typedef {object} Told
 * @property {"formula" | "sum" | "outer" | "losses" | "seeds"} kind
 * @property {number} k the result
 * @property {number} formula
 * @property {number | null} target
 * @property {number} [part] what a sum adds, or an outer product spans
 * @property {number} [before] what it is added to
 * @property {number[]} [parts] the losses, or their gradients
 */

/** @typedef {{ word: string }} Arrow */
/** @typedef {string | Arrow | Block} Laid */

/**
 * @typedef {object} Equation
 * @property {Laid[]} items
 * @property {Block} result
 * @property {number[]} leading the axes of time and batch of which one position is shown
 * @property {string[] | null} symbols what the rows stand for
 */

const SHORT = 14; // characters of a formula that is short enough to stand over its numbers

/**
 * The equations of step i, in the order of its outcomes.
 * @param {Story} story
 * @param {number} i
 * @returns {Told[]}
 */
export function equationsAt(story, i) {
  const step = story.steps[i];
  if (step.phase === "turn") return atTurn(story, i);
  /** @type {Told[]} */
  const found = [];
  for (const { formula, target, quantities } of step.outcomes) {
    const [[first], second] = quantities;
    const last = found.at(-1);
    if (second && last && repeats(story, last.k)) found.pop(); // as it is, it stands in the sum
    if (!second) found.push({ kind: "formula", k: first, formula, target });
    else if (last && spans(story, last.k)) {
      found[found.length - 1] = { ...last, kind: "outer", k: second[0], part: last.k, before: first };
    } else {
      found.push({ kind: "sum", k: second[0], formula, target, before: first, part: last?.k });
    }
  }
  return found;
}

/**
 * @param {Story} story
 * @param {number} i
 * @returns {Told[]}
 */
function atTurn(story, i) {
  const { formula, target, quantities } = story.steps[i].outcomes[0];
  const [[k], ...seeds] = quantities;
  /** @type {Told} */
  const losses = { kind: "losses", k, formula, target, parts: summands(story, k) };
  if (!seeds.length) return [losses];
  const parts = seeds.map(([at]) => at);
  return [losses, { kind: "seeds", k: parts[0], formula, target: null, parts }];
}

/**
 * The one that is shown at first: what goes on to an earlier time step, else the first; where all parts of it
 * are there, as their sum.
 * @param {Story} story
 * @param {number} i
 * @param {Told[]} told
 */
export function foremost(story, i, told) {
  const { t } = story.steps[i];
  /** @param {Told} one */
  const time = ({ target }) => (target === null ? null : (story.node.get(target)?.time ?? null));
  const earlier = told.filter((one) => t !== null && (time(one) ?? t) < t);
  const first = earlier[0] ?? told[0];
  const whole = told.find(
    (one) => one.target === first.target && one.kind === "sum" && story.isTotal(one.target, one.k),
  );
  return told.indexOf(whole ?? first);
}

/**
 * Whether array k is no more than another one, as it arrived.
 * @param {Story} story
 * @param {number} k
 */
function repeats(story, k) {
  const { pieces } = story.ruleOf(k) ?? {};
  return pieces?.length === 1 && typeof pieces[0] === "object" && "letter" in pieces[0];
}

/**
 * Whether array k is an outer product, at one position only.
 * @param {Story} story
 * @param {number} k
 */
function spans(story, k) {
  const { letters } = story.arrays[k];
  const rule = story.ruleOf(k);
  if (!letters || !rule) return false;
  const { pieces, over, overAxes } = rule;
  const isOuter = pieces?.some((item) => typeof item === "object" && "onTop" in item) ?? false;
  return isOuter && story.arrays[letters[over]].shape.length === overAxes;
}

/**
 * An equation with its numbers.
 * @param {Story} story
 * @param {number} i
 * @param {Told} told
 * @param {number} position of the leading axes
 * @returns {Equation}
 */
export function laidOut(story, i, told, position) {
  const equation = written(story, told, position);
  const { operands: given, outcomes } = story.steps[i];
  const notes = new Map([...outcomes.flatMap((o) => o.quantities), ...given].map(([k, n]) => [k, n]));
  for (const item of [...equation.items, equation.result]) {
    if (item instanceof Block && item.k !== null) item.note ||= notes.get(item.k) ?? "";
  }
  const { result } = equation;
  result.isResult = true;
  if (!result.note && result.kind === "gradient" && told.kind !== "seeds" && result.roles.length) {
    result.note = `norm ${formatNumber(story.norm(told.k))}`;
  }
  return equation;
}

/**
 * @param {Story} story
 * @param {Told} told
 * @param {number} position
 * @returns {Equation}
 */
function written(story, told, position) {
  if (told.kind === "losses" || told.kind === "seeds") return losses(story, told);
  if (told.kind === "sum") return sum(story, told, position);
  const made = told.kind === "outer" ? (told.part ?? told.k) : told.k;
  const { letters, rule } = story.arrays[made];
  const read = typeof rule === "number" ? story.rules[rule] : null;
  if (!letters || !read?.pieces) return unread(story, told.k);
  const all = { ...letters, [read.over]: letters[read.over] ?? told.k };
  return fromFormula(story, told, made, read, all, position);
}

/**
 * @param {Story} story
 * @param {Told} told
 * @param {number} made the array that the formula makes
 * @param {Rule} rule
 * @param {Record<string, number>} letters
 * @param {number} position
 * @returns {Equation}
 */
function fromFormula(story, told, made, rule, letters, position) {
  const { shape } = story.arrays[letters[rule.over]];
  const leading = shape.slice(0, shape.length - rule.overAxes);
  const result = recorded(story, told.k, rule.axes, position);
  result.label = labelOf(story, told.k);
  const number = evaluator(rule, operands(story, letters), position);
  /** @type {Laid[]} */
  const items = [];
  /** @type {Block | null} */
  let top = null;
  for (const item of rule.pieces ?? []) {
    if (typeof item === "string" || "word" in item) {
      items.push(item);
      continue;
    }
    const block = blockOf(story, item, rule, letters, position, [result.rows, result.columns]);
    if (item.picked !== undefined) {
      block.picked = number(item.picked);
      const symbol = story.symbols?.[block.picked];
      if (block.isMatrix && symbol) block.note = `column ${symbol}`;
    }
    if (item.first !== undefined) block.first = number(item.first);
    if (item.onTop) top = block;
    else items.push(block);
  }
  const shared = leading.length > 0 && story.arrays[made].shape.length === rule.axes;
  if (top && (told.kind === "outer" || shared)) {
    const column = items.find((item) => item instanceof Block);
    const part = shared && column ? spanned(column, top) : recorded(story, made, rule.axes);
    if (!shared) part.label = labelOf(story, made);
    part.top = top;
    items.push(part, { word: "sum" });
  } else if (top) result.top = top;
  else if (shared) items.push({ word: "sum" });
  return { items, result, leading, symbols: symbolsOf(story, items, result) };
}

/**
 * @param {Story} story
 * @param {Piece} piece
 * @param {Rule} rule
 * @param {Record<string, number>} letters
 * @param {number} position
 * @param {[rows: number, columns: number]} wanted
 */
function blockOf(story, piece, rule, letters, position, wanted) {
  const block =
    piece.letter === undefined
      ? computed(story, piece, rule, letters, position, wanted)
      : recorded(story, letters[piece.letter], piece.shape.length, position, piece.turned);
  block.roles = piece.roles;
  block.shares = piece.shares ?? (block.k !== null && story.arrays[block.k].op === "Softmax");
  block.label = filled(story, mathematics(piece.label), (letter) => letters[letter]);
  return block;
}

/**
 * The matrix that a column and a row span.
 * @param {Block} column
 * @param {Block} row
 */
function spanned(column, row) {
  return new Block({
    name: `${column.name} × ${row.name}`,
    kind: "gradient",
    numbers: Float64Array.from(
      { length: column.rows * row.rows },
      (_, at) => column.at(Math.floor(at / row.rows)) * row.at(at % row.rows),
    ),
    rows: column.rows,
    columns: row.rows,
    roles: ["i", "j"],
    entry: () => null,
  });
}

/**
 * A further part is added to what has arrived: each stands under the formula it came by.
 * @param {Story} story
 * @param {Told} told
 * @param {number} position
 * @returns {Equation}
 */
function sum(story, { k, part = k, before = k }, position) {
  const rule = story.ruleOf(part);
  const { shape } = story.arrays[k];
  const axes = rule?.axes ?? Math.min(2, shape.length);
  const [first, second, result] = [before, part, k].map((at) => recorded(story, at, axes, position));
  first.label = cameBy(story, before);
  second.label = cameBy(story, part);
  result.label = labelOf(story, k);
  return {
    items: [first, "+", second],
    result,
    leading: shape.slice(0, shape.length - axes),
    symbols: null,
  };
}

/**
 * An operation whose formula cannot be read: what goes in, its name, what comes out.
 * @param {Story} story
 * @param {number} k
 * @returns {Equation}
 */
function unread(story, k) {
  const { letters = {}, op = "" } = story.arrays[k];
  const result = recorded(story, k);
  result.label = labelOf(story, k);
  const used = [...new Set(Object.values(letters))].filter((at) => at !== k);
  const gradients = used.filter((at) => story.arrays[at].kind === "gradient");
  const blocks = [...new Set([...gradients, ...used])].map((at) => {
    const block = recorded(story, at);
    block.roles = block.roles.map(() => "");
    block.label = labelOf(story, at);
    return block;
  });
  /** @type {Laid[]} */
  const items = blocks.flatMap((block, at) => (at ? [",", block] : [block]));
  return { items: [...items, { word: op }], result, leading: [], symbols: null };
}

/**
 * The losses of all steps as one column; or the gradients with which the way back begins.
 * @param {Story} story
 * @param {Told} told
 * @returns {Equation}
 */
function losses(story, { kind, k, parts = [] }) {
  const entries = parts.flatMap((at) =>
    Array.from(story.numbersOf(at), (_, place) => ({
      k: at,
      index: indexAt(story.arrays[at].shape, place),
    })),
  );
  const column = new Block({
    name: parts.map((at) => story.arrays[at].name).join(", "),
    kind: kind === "seeds" ? "gradient" : "value",
    numbers: Float64Array.from(parts.flatMap((at) => [...story.numbersOf(at)])),
    rows: entries.length,
    columns: 1,
    roles: ["i"],
    entry: (row) => entries[row],
  });
  const names = entries.map(({ k: at }, row) => symbolOf(story, at, row));
  const texts = names.some(Boolean) ? names : null;
  if (kind === "seeds") {
    column.k = k;
    column.label = labelOf(story, k);
    return { items: [], result: column, leading: [], symbols: texts };
  }
  const result = recorded(story, k);
  result.label = labelOf(story, k);
  return { items: [column, { word: "sum" }], result, leading: [], symbols: texts };
}

/**
 * What a loss is about: the symbol that was to be predicted, else its number.
 * @param {Story} story
 * @param {number} k
 * @param {number} row
 */
function symbolOf(story, k, row) {
  const { letters = {}, of } = story.arrays[k];
  const loss =
    of === undefined ? letters : (story.arrays.find(({ name }) => name === of)?.letters ?? {});
  const target = Object.values(loss).find((at) => story.isWhole(at));
  const symbol = target === undefined ? undefined : story.symbols?.[story.numbersOf(target)[0]];
  return story.arrays[k].shape.length ? "" : (symbol ?? String(row + 1));
}

/**
 * @param {Story} story
 * @param {Laid[]} items
 * @param {Block} result
 */
function symbolsOf(story, items, result) {
  const { symbols } = story;
  const blocks = [...items.filter((item) => item instanceof Block), result];
  const speaks = blocks.some((block) => block.shares || block.picked !== null);
  if (!symbols || !speaks || blocks.some((block) => block.isMatrix)) return null;
  return blocks.every(({ rows }) => rows === 1 || rows === symbols.length) ? symbols : null;
}

// Labels -----------------------------------------------------------------------------------------

/**
 * @param {Story} story
 * @param {number} k
 */
export function labelOf(story, k) {
  const math = mathematics(story.mathml(story.arrays[k].math));
  const row = math.firstElementChild;
  if (row instanceof Element) row.setAttribute("data-k", String(k));
  return [...math.childNodes];
}

/**
 * Above a part of a sum stands what it is equal to, if that is short: Vᵀdo.
 * @param {Story} story
 * @param {number} k
 */
function cameBy(story, k) {
  const { letters } = story.arrays[k];
  const outcome = letters && outcomeOf(story, k);
  if (!outcome) return labelOf(story, k);
  const math = formulaOf(story, outcome.formula, k).firstElementChild;
  const sign = [...(math?.children ?? [])].findIndex(({ textContent }) => textContent === "=");
  const right = [...(math?.children ?? [])].slice(sign + 1);
  const length = right.reduce((sum, { textContent }) => sum + (textContent ?? "").length, 0);
  if (!math || sign < 0 || length > SHORT) {
    return labelOf(story, k);
  }
  math.replaceChildren(...right);
  math.setAttribute("data-k", String(k));
  return [math];
}

/**
 * A formula whose letters carry the number of their array.
 * @param {Story} story
 * @param {number} formula
 * @param {number} k the result
 */
export function formulaOf(story, formula, k) {
  const { letters, parts } = story.arrays[k];
  const added = parts ? summands(story, k) : [];
  const math = mathematics(story.mathml(formula));
  for (const row of math.querySelectorAll("[data-l]")) {
    const letter = row.getAttribute("data-l") ?? "";
    const at = letter === "=" ? k : parts ? added.at(Number(letter)) : letters?.[letter];
    if (at !== undefined) row.setAttribute("data-k", String(at));
  }
  return math;
}

/**
 * A label with the names of the arrays in the places of an operation's own letters.
 * @param {Story} story
 * @param {DocumentFragment} frame
 * @param {(letter: string) => number} array
 */
function filled(story, frame, array) {
  for (const row of frame.querySelectorAll("[data-l]")) {
    const k = array(row.getAttribute("data-l") ?? "");
    const name = mathematics(story.mathml(story.arrays[k].math)).firstElementChild;
    row.setAttribute("data-k", String(k));
    row.replaceChildren(...(name?.childNodes ?? []));
  }
  return [...frame.childNodes];
}
