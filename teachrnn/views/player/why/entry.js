// The formula of one entry, evaluated: its terms, each with the numbers in it.
// What the trees are made of is said in teachrnn/formulas/entries/tree.py; teachrnn/formulas/entries/entry.py
// does the same in Python, and a test holds the two together.

const SUM = 0;
const PRODUCT = 1;
const POWER = 2;
const ATOM = 3;
const MOST_SUMMANDS = 6; // a longer sum inside a term is written with dots
const SUPERSCRIPTS = { 2: "²", 3: "³" };

const FUNCTIONS = {
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
export function termsOf(rule, letters, shape, index) {
  const over = letters[rule.over].shape;
  const leading = over.slice(0, over.length - rule.overAxes);
  const own = shape.length - rule.axes;
  const state = { letters, leading, position: null, i: index[own], j: index[own + 1] };
  if (own || !leading.length) state.position = offset(leading, index);
  const terms = [];
  collect(state, rule.tree, false, terms);
  return terms;
}

/** The summands at the top of a formula. */
function collect(state, tree, negative, terms) {
  switch (tree[0]) {
    case "+":
      collect(state, tree[1], negative, terms);
      return collect(state, tree[2], negative, terms);
    case "-":
      collect(state, tree[1], negative !== (tree.length === 2), terms);
      if (tree.length === 3) collect(state, tree[2], !negative, terms);
      return;
    case "sum":
    case "positions":
      return eachSummand(state, tree, (body) => collect(state, body, negative, terms));
    case "if":
      return collect(state, chosen(state, tree), negative, terms);
  }
  if (vanishes(state, tree)) return;
  const value = valueOf(state, tree);
  if (negative) terms.push({ parts: joined([["−"], partsOf(state, tree, PRODUCT)], ""), value: -value });
  else terms.push({ parts: partsOf(state, tree, SUM), value });
}

/** What a sum adds up: `use(body)` is called with the index, or the position, filled in. */
function eachSummand(state, tree, use) {
  if (tree[0] === "sum") {
    const [, name, size, body] = tree;
    for (let k = 0, n = valueOf(state, size); k < n; k++) {
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

function chosen(state, [, condition, yes, no]) {
  return valueOf(state, condition) ? yes : no;
}

// Numbers

function valueOf(state, tree) {
  if (typeof tree === "number") return tree;
  if (typeof tree === "string") return state[tree];
  const [kind, a, b] = tree;
  switch (kind) {
    case "at":
      return state.letters[a].numbers[placeOf(state, tree)];
    case "size":
      return state.letters[a].shape.at(b);
    case "if":
      return valueOf(state, chosen(state, tree));
    case "sum":
    case "positions": {
      let total = 0;
      eachSummand(state, tree, (body) => (total += valueOf(state, body)));
      return total;
    }
    case "/":
      // A softmax. Both sides are divided by e^a, so that inf / inf cannot come of it.
      if (a[0] === "exp" && b[0] === "sum" && b[3][0] === "exp") {
        const ratio = ["exp", ["-", b[3][1], valueOf(state, a[1])]];
        return 1 / valueOf(state, ["sum", b[1], b[2], ratio]);
      }
  }
  if (kind === "-" && tree.length === 2) return -valueOf(state, a);
  const function_ = FUNCTIONS[kind];
  return tree.length === 2
    ? function_(valueOf(state, a))
    : function_(valueOf(state, a), valueOf(state, b));
}

/** Where in an array, flat, the entry lies that stands at this place of the formula. */
function placeOf(state, tree) {
  const { shape } = state.letters[tree[1]];
  const lead = shape.length - (tree.length - 2);
  let place = lead ? state.position : 0;
  for (let axis = 2; axis < tree.length; axis++) {
    place = place * shape[lead + axis - 2] + valueOf(state, tree[axis]);
  }
  return place;
}

function offset(shape, index) {
  return shape.reduce((place, size, axis) => place * size + index[axis], 0);
}

/** Whether a formula is 0 here whatever the numbers are. */
function vanishes(state, tree) {
  if (typeof tree === "number") return tree === 0;
  const [kind, a, b] = tree;
  switch (kind) {
    case "onehot":
      return !valueOf(state, tree);
    case "*":
      return vanishes(state, a) || vanishes(state, b);
    case "/":
      return vanishes(state, a);
    case "+":
    case "-":
      return vanishes(state, a) && (tree.length === 2 || vanishes(state, b));
    case "if":
      return vanishes(state, chosen(state, tree));
    case "sum":
    case "positions": {
      let all = true;
      eachSummand(state, tree, (body) => (all &&= vanishes(state, body)));
      return all;
    }
  }
  return false;
}

// Text and links

/** A formula in parts, in brackets if it binds less tightly than `rank`. */
function partsOf(state, tree, rank) {
  const [parts, own] = written(state, tree);
  return own >= rank ? parts : joined([["("], parts, [")"]], "");
}

/** A formula in parts, and how tightly it binds. */
function written(state, tree) {
  if (typeof tree === "number") return [[String(tree)], ATOM];
  if (typeof tree === "string") return [[String(state[tree])], ATOM];
  const [kind, a, b] = tree;
  const part = (node, rank) => partsOf(state, node, rank);
  const both = (left, sign, right) => joined([part(a, left), part(b, right)], sign);
  switch (kind) {
    case "size":
    case "onehot":
      return [[String(valueOf(state, tree))], ATOM];
    case "at":
      return [[link(state, tree)], ATOM];
    case "if":
      return written(state, chosen(state, tree));
    case "sum":
    case "positions":
      return writtenSum(state, tree);
    case "+":
    case "-":
      if (tree.length === 2) return [joined([["−"], part(a, PRODUCT)], ""), SUM];
      if (vanishes(state, b)) return written(state, a);
      if (vanishes(state, a)) return written(state, kind === "+" ? b : ["-", b]);
      return [kind === "+" ? both(SUM, " + ", SUM) : both(SUM, " − ", PRODUCT), SUM];
    case "*":
      if (a[0] === "onehot") return written(state, b);
      if (b[0] === "onehot") return written(state, a);
      return [both(PRODUCT, " · ", PRODUCT), PRODUCT];
    case "/":
      return [both(PRODUCT, " / ", POWER), PRODUCT];
    case "^":
      if (b in SUPERSCRIPTS) {
        return [joined([base(state, a), [SUPERSCRIPTS[b]]], ""), POWER];
      }
      return [joined([base(state, a), part(b, ATOM)], "^"), POWER];
    case "<":
    case ">":
      return [joined([["["], both(SUM, ` ${kind} `, SUM), ["]"]], ""), ATOM];
  }
  const inner = joined(
    tree.slice(1).map((node) => part(node, SUM)),
    ", ",
  );
  return [joined([[`${kind}(`], inner, [")"]], ""), ATOM];
}

/** The base of a power: a negative number is put in brackets too. */
function base(state, tree) {
  const parts = partsOf(state, tree, ATOM);
  return parts.length === 1 && parts[0].value < 0 ? ["(", parts[0], ")"] : parts;
}

/** A sum inside a term; what a long one leaves out is marked by dots. */
function writtenSum(state, tree) {
  let count = 0;
  eachSummand(state, tree, (body) => (count += vanishes(state, body) ? 0 : 1));
  const pieces = [];
  let number = 0;
  let rank = ATOM;
  eachSummand(state, tree, (body) => {
    if (vanishes(state, body)) return;
    number++;
    if (count === 1) [pieces[0], rank] = written(state, body);
    else if (count <= MOST_SUMMANDS || number <= 3 || number === count) {
      pieces.push(partsOf(state, body, PRODUCT));
    } else if (number === 4) pieces.push(["…"]);
  });
  return count === 1 ? [pieces[0], rank] : [joined(count ? pieces : [["0"]], " + "), SUM];
}

function link(state, tree) {
  const letter = tree[1];
  const { name, shape, numbers } = state.letters[letter];
  const place = placeOf(state, tree);
  const index = [];
  for (let axis = shape.length - 1, rest = place; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return { letter, name, index, value: numbers[place] };
}

/** Parts with a sign between them; text beside text becomes one. */
function joined(pieces, sign) {
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
