// Where one number comes from, out of what the story says of its array: given, a formula's terms, or a sum of parts.
import { indexAt, placeAt } from "../address.js";
import { termsOf } from "./entry.js";

const MOST_FACTORS = 5; // links and signs of a part that is written out in its sum

// The step at which array k is made; -1 for what was given.
export function madeAt(story, k) {
  if (story.maker.has(k)) return story.maker.get(k);
  return isSeed(story, k) ? story.turn : -1;
}

// The gradient of the loss with respect to itself: nothing made it.
export function isSeed(story, k) {
  const { kind, letters, parts } = story.arrays[k];
  return kind === "gradient" && !letters && !parts;
}

export function numberAt(story, k, index) {
  return story.numbersOf(k)[placeAt(story.arrays[k].shape, index)];
}

// {kind, lines}: kind is "given", "seed", "sum", "formula" or "unwritten"; a line is
// {parts: [string | {array, index, value}], value, array?}, with the array whose number a summand is.
export function originOf(story, k, index) {
  const { letters, parts, rule } = story.arrays[k];
  if (parts)
    return {
      kind: "sum",
      lines: summands(story, k).flatMap((part) => summandLines(story, part, k, index)),
    };
  if (letters && Number.isInteger(rule))
    return { kind: "formula", lines: formulaLines(story, k, index) };
  if (letters) return { kind: "unwritten", lines: [] };
  return { kind: isSeed(story, k) ? "seed" : "given", lines: [] };
}

// A sum that grew step by step is a sum of sums: what was added, in order.
function summands(story, k) {
  const { parts } = story.arrays[k];
  return parts ? parts.flatMap((part) => summands(story, part)) : [k];
}

// A part of the sum's own shape gives the same entry; the losses of a batch, summed up, give all of theirs.
function summandLines(story, part, k, index) {
  const { shape } = story.arrays[part];
  if (shape.length === story.arrays[k].shape.length) return [summandLine(story, part, index)];
  return Array.from(story.numbersOf(part), (_, place) =>
    summandLine(story, part, indexAt(shape, place)),
  );
}

function summandLine(story, part, index) {
  const { letters, rule } = story.arrays[part];
  const value = numberAt(story, part, index);
  if (letters && Number.isInteger(rule)) {
    const [only, ...others] = formulaLines(story, part, index);
    // one product says more than the name of the part; a part that is a sum itself is asked on its own
    if (only && !others.length && only.parts.length <= MOST_FACTORS)
      return { parts: only.parts, value, array: part };
  }
  return { parts: [{ array: part, index, value }], value, array: part };
}

function formulaLines(story, k, index) {
  const { letters, rule, shape } = story.arrays[k];
  // a value's own letter is that of its operation's output, and carries the batch axes
  const known = { [story.rules[rule].over]: operand(story, k) };
  for (const [letter, at] of Object.entries(letters)) known[letter] = operand(story, at);
  return termsOf(story.rules[rule], known, shape, index).map(({ parts, value }) => ({
    value,
    parts: parts.map((part) =>
      typeof part === "string"
        ? part
        : { array: letters[part.letter], index: part.index, value: part.value },
    ),
  }));
}

const operand = (story, k) => ({
  name: story.arrays[k].name,
  shape: story.arrays[k].shape,
  numbers: story.numbersOf(k),
});
