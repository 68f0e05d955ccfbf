// The words of a tour, with their blanks filled from the story that is shown. What may stand in a blank is said in
// teachrnn/views/tour/blanks.py, which holds every tour against its stories when it is made.

/** @import { Story } from "../story.js" */

import { element, mathematics } from "../dom.js";
import { withMentions } from "../mention.js";
import { formatNumber } from "../number.js";
import { placeAt } from "../address.js";

const BLANK = /\{([^{}]*)\}/;
const EQUALS = /\b([a-zA-Z]) = /g; // t = 3 stays in one line

/** Text and formulas.
 * @param {Story} story
 * @param {string} text
 * @returns {(string | Node)[]}
 */
export function filled(story, text) {
  return text.split(BLANK).flatMap((part, n) => {
    if (n % 2 === 0) return withMentions(story, part.replace(EQUALS, "$1\u00a0=\u00a0"));
    if (part.startsWith("math:")) return typeset(story, part.slice("math:".length));
    const found = part.split(" / ").map((one) => single(story, one.trim()));
    if (found.length === 1) return written(found[0]);
    return written(Number(found[0]) / Number(found[1]));
  });
}

/** @param {number | string} found */
const written = (found) => (typeof found === "number" ? formatNumber(found) : found);

/**
 * @param {Story} story
 * @param {string} name
 */
function typeset(story, name) {
  const math = element("span", { class: "in-words" });
  math.append(mathematics(story.mathml(story.arrays[last(story, name)].math)));
  return math;
}

/** The array of a name; of a sum that grows, the last.
 * @param {Story} story
 * @param {string} name
 */
function last(story, name) {
  const k = story.named.get(name)?.at(-1);
  if (k === undefined) throw new Error(`the story has no ${name}`);
  return k;
}

/**
 * @param {Story} story
 * @param {string} part
 * @returns {number | string}
 */
function single(story, part) {
  const [kind, rest] = part.split(/:(.*)/s);
  const place = rest.split(",").map((one) => one.trim());
  switch (kind) {
    case "norm":
      return story.norm(last(story, rest));
    case "value":
      return entry(story, rest);
    case "symbol":
      return story.symbols[story.numbersOf(last(story, rest))[0]];
    case "chance":
      return Math.exp(-story.numbersOf(last(story, rest))[0]);
    case "guess":
      return story.symbols[best(story, rest).k];
    case "guessed":
      return best(story, rest).p;
    case "reach":
      return reached(story, place[0]).norms[Number(place[1]) - 1][Number(place[2]) - 1] ?? NaN;
    case "kept":
      return reached(story, place[0]).kept[Number(place[1]) - 1] ?? NaN;
    case "angle":
      return degrees(cosine(story, place));
    default: // cosine
      return cosine(story, place);
  }
}

/**
 * @param {Story} story
 * @param {string} place a name and an index: dh[3][0]
 */
function entry(story, place) {
  if (story.named.has(place)) return story.numbersOf(last(story, place))[0];
  const [, name, index] = /^(.*?)\[([\d, ]*)\]$/.exec(place) ?? ["", place, ""];
  const k = last(story, name);
  return story.numbersOf(k)[placeAt(story.arrays[k].shape, index.split(",").map(Number))];
}

/** The symbol that was thought the most probable at a loss.
 * @param {Story} story
 * @param {string} name
 */
function best(story, name) {
  const node = story.nodes.find((one) => one.name === name);
  const shares = (node && story.probabilities(node.id)) ?? new Float64Array([NaN]);
  const p = Math.max(...shares);
  return { k: shares.indexOf(p), p };
}

/** Of the angle between a gradient truncated to some steps and the whole.
 * @param {Story} story
 * @param {string[]} place a name and a number of steps
 */
function cosine(story, [name, horizon]) {
  return reached(story, name).cosine[Number(horizon) - 1] ?? NaN;
}

/** The angle of a cosine, which rounding may have put beside 1. @param {number} x */
const degrees = (x) => (Math.acos(Math.min(1, Math.max(-1, x))) * 180) / Math.PI;

/**
 * @param {Story} story
 * @param {string} name
 */
function reached(story, name) {
  const found = story.triangle?.reaches.find((reach) => reach.name === name);
  if (!found) throw new Error(`the story has no triangle of ${name}`);
  return found;
}
