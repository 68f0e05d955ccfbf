// The formula of one entry, evaluated: its terms, each with the numbers in it.
// What the trees are made of is said in teachrnn/formulas/entries/tree.py; teachrnn/formulas/entries/entry.py
// does the same in Python, and a test holds the two together.

const ENTRY_SUM = 0, ENTRY_PRODUCT = 1, ENTRY_POWER = 2, ENTRY_ATOM = 3;
const ENTRY_MOST_SUMMANDS = 6; // a longer sum inside a term is written with dots
const ENTRY_SUPERSCRIPTS = { 2: "²", 3: "³" };

const ENTRY_FUNCTIONS = {
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  tanh: Math.tanh,
  sin: Math.sin,
  cos: Math.cos,
  abs: Math.abs,
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

/**
 * The terms of one entry: [{parts: [string | {letter, name, index, value}], value}].
 *
 * `rule` is what rule_data gives; `letters` maps each letter of the operation (inputs, output, and for a
 * gradient also d and the output) to {name, shape, numbers}, the numbers row by row; `shape` is that of the
 * array asked about, `index` the entry. What is 0 whatever the numbers are has no term.
 */
export function entryTerms(rule, letters, shape, index) {
  const over = letters[rule.over].shape;
  const leading = over.slice(0, over.length - rule.overAxes);
  const own = shape.length - rule.axes;
  const state = { letters, leading, position: null, i: index[own], j: index[own + 1] };
  if (own || !leading.length) state.position = entryOffset(leading, index);
  const terms = [];
  entryCollect(state, rule.tree, false, terms);
  return terms;
}

/** The summands at the top of a formula. */
function entryCollect(state, tree, negative, terms) {
  switch (tree[0]) {
    case "+":
      entryCollect(state, tree[1], negative, terms);
      return entryCollect(state, tree[2], negative, terms);
    case "-":
      entryCollect(state, tree[1], negative !== (tree.length === 2), terms);
      if (tree.length === 3) entryCollect(state, tree[2], !negative, terms);
      return;
    case "sum":
    case "positions":
      return entrySummands(state, tree, (body) => entryCollect(state, body, negative, terms));
    case "if":
      return entryCollect(state, entryChosen(state, tree), negative, terms);
  }
  if (entryVanishes(state, tree)) return;
  const value = entryValue(state, tree);
  if (negative) terms.push({ parts: entryJoined([["−"], entryParts(state, tree, ENTRY_PRODUCT)], ""), value: -value });
  else terms.push({ parts: entryParts(state, tree, ENTRY_SUM), value });
}

/** What a sum adds up: `use(body)` is called with the index, or the position, filled in. */
function entrySummands(state, tree, use) {
  if (tree[0] === "sum") {
    const [, name, size, body] = tree;
    for (let k = 0, n = entryValue(state, size); k < n; k++) {
      state[name] = k;
      use(body);
    }
  } else if (state.position !== null) {
    use(tree[1]);
  } else {
    const count = state.leading.reduce((a, b) => a * b, 1);
    for (state.position = 0; state.position < count; state.position++) use(tree[1]);
    state.position = null;
  }
}

function entryChosen(state, [, condition, yes, no]) {
  return entryValue(state, condition) ? yes : no;
}

// Numbers

function entryValue(state, tree) {
  if (typeof tree === "number") return tree;
  if (typeof tree === "string") return state[tree];
  const [kind, a, b] = tree;
  switch (kind) {
    case "at":
      return state.letters[a].numbers[entryPlace(state, tree)];
    case "size":
      return state.letters[a].shape.at(b);
    case "if":
      return entryValue(state, entryChosen(state, tree));
    case "sum":
    case "positions": {
      let total = 0;
      entrySummands(state, tree, (body) => (total += entryValue(state, body)));
      return total;
    }
    case "/":
      // A softmax. Both sides are divided by e^a, so that inf / inf cannot come of it.
      if (a[0] === "exp" && b[0] === "sum" && b[3][0] === "exp") {
        const ratio = ["exp", ["-", b[3][1], entryValue(state, a[1])]];
        return 1 / entryValue(state, ["sum", b[1], b[2], ratio]);
      }
  }
  if (kind === "-" && tree.length === 2) return -entryValue(state, a);
  const function_ = ENTRY_FUNCTIONS[kind];
  return tree.length === 2 ? function_(entryValue(state, a)) : function_(entryValue(state, a), entryValue(state, b));
}

/** Where in an array, flat, the entry lies that stands at this place of the formula. */
function entryPlace(state, tree) {
  const { shape } = state.letters[tree[1]];
  const lead = shape.length - (tree.length - 2);
  let place = lead ? state.position : 0;
  for (let axis = 2; axis < tree.length; axis++) {
    place = place * shape[lead + axis - 2] + entryValue(state, tree[axis]);
  }
  return place;
}

function entryOffset(shape, index) {
  return shape.reduce((place, size, axis) => place * size + index[axis], 0);
}

/** Whether a formula is 0 here whatever the numbers are. */
function entryVanishes(state, tree) {
  if (typeof tree === "number") return tree === 0;
  const [kind, a, b] = tree;
  switch (kind) {
    case "onehot":
      return !entryValue(state, tree);
    case "*":
      return entryVanishes(state, a) || entryVanishes(state, b);
    case "/":
      return entryVanishes(state, a);
    case "+":
    case "-":
      return entryVanishes(state, a) && (tree.length === 2 || entryVanishes(state, b));
    case "if":
      return entryVanishes(state, entryChosen(state, tree));
    case "sum":
    case "positions": {
      let all = true;
      entrySummands(state, tree, (body) => (all &&= entryVanishes(state, body)));
      return all;
    }
  }
  return false;
}

// Text and links

/** A formula in parts, in brackets if it binds less tightly than `rank`. */
function entryParts(state, tree, rank) {
  const [parts, own] = entryWritten(state, tree);
  return own >= rank ? parts : entryJoined([["("], parts, [")"]], "");
}

/** A formula in parts, and how tightly it binds. */
function entryWritten(state, tree) {
  if (typeof tree === "number") return [[String(tree)], ENTRY_ATOM];
  if (typeof tree === "string") return [[String(state[tree])], ENTRY_ATOM];
  const [kind, a, b] = tree;
  const part = (node, rank) => entryParts(state, node, rank);
  const both = (left, sign, right) => entryJoined([part(a, left), part(b, right)], sign);
  switch (kind) {
    case "size":
    case "onehot":
      return [[String(entryValue(state, tree))], ENTRY_ATOM];
    case "at":
      return [[entryLink(state, tree)], ENTRY_ATOM];
    case "if":
      return entryWritten(state, entryChosen(state, tree));
    case "sum":
    case "positions":
      return entryWrittenSum(state, tree);
    case "+":
    case "-":
      if (tree.length === 2) return [entryJoined([["−"], part(a, ENTRY_PRODUCT)], ""), ENTRY_SUM];
      if (entryVanishes(state, b)) return entryWritten(state, a);
      if (entryVanishes(state, a)) return entryWritten(state, kind === "+" ? b : ["-", b]);
      return [kind === "+" ? both(ENTRY_SUM, " + ", ENTRY_SUM) : both(ENTRY_SUM, " − ", ENTRY_PRODUCT), ENTRY_SUM];
    case "*":
      if (a[0] === "onehot") return entryWritten(state, b);
      if (b[0] === "onehot") return entryWritten(state, a);
      return [both(ENTRY_PRODUCT, " · ", ENTRY_PRODUCT), ENTRY_PRODUCT];
    case "/":
      return [both(ENTRY_PRODUCT, " / ", ENTRY_POWER), ENTRY_PRODUCT];
    case "^":
      if (b in ENTRY_SUPERSCRIPTS) {
        return [entryJoined([entryBase(state, a), [ENTRY_SUPERSCRIPTS[b]]], ""), ENTRY_POWER];
      }
      return [entryJoined([entryBase(state, a), part(b, ENTRY_ATOM)], "^"), ENTRY_POWER];
    case "<":
    case ">":
      return [entryJoined([["["], both(ENTRY_SUM, ` ${kind} `, ENTRY_SUM), ["]"]], ""), ENTRY_ATOM];
  }
  const inner = entryJoined(tree.slice(1).map((node) => part(node, ENTRY_SUM)), ", ");
  return [entryJoined([[`${kind}(`], inner, [")"]], ""), ENTRY_ATOM];
}

/** The base of a power: a negative number is put in brackets too. */
function entryBase(state, tree) {
  const parts = entryParts(state, tree, ENTRY_ATOM);
  return parts.length === 1 && parts[0].value < 0 ? ["(", parts[0], ")"] : parts;
}

/** A sum inside a term; what a long one leaves out is marked by dots. */
function entryWrittenSum(state, tree) {
  let count = 0;
  entrySummands(state, tree, (body) => (count += entryVanishes(state, body) ? 0 : 1));
  const pieces = [];
  let number = 0, rank = ENTRY_ATOM;
  entrySummands(state, tree, (body) => {
    if (entryVanishes(state, body)) return;
    number++;
    if (count === 1) [pieces[0], rank] = entryWritten(state, body);
    else if (count <= ENTRY_MOST_SUMMANDS || number <= 3 || number === count) {
      pieces.push(entryParts(state, body, ENTRY_PRODUCT));
    } else if (number === 4) pieces.push(["…"]);
  });
  return count === 1 ? [pieces[0], rank] : [entryJoined(count ? pieces : [["0"]], " + "), ENTRY_SUM];
}

function entryLink(state, tree) {
  const letter = tree[1];
  const { name, shape, numbers } = state.letters[letter];
  const place = entryPlace(state, tree);
  const index = [];
  for (let axis = shape.length - 1, rest = place; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return { letter, name, index, value: numbers[place] };
}

/** Parts with a sign between them; text beside text becomes one. */
function entryJoined(pieces, sign) {
  const parts = [];
  const put = (part) => {
    const last = parts.length - 1;
    if (typeof part === "string" && typeof parts[last] === "string") parts[last] += part;
    else if (part !== "") parts.push(part);
  };
  pieces.forEach((piece, number) => {
    if (number) put(sign);
    piece.forEach(put);
  });
  return parts;
}
