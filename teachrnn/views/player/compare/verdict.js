// What two stories say of one array, in a sentence: both numbers, and how they compare.

/** @import { Told } from "./side.js" */
/** @import { YoursStory } from "./yours_story.js" */

import { formatNumber, toldApart } from "../number.js";

const EQUAL = 5e-3; // a factor that is written as 1

/**
 * @param {[Told, Told]} both
 * @param {number} one an array of the first
 * @param {number} other an array of the second
 * @param {boolean} counted whether it is told how many differ
 */
export function bothNumbers([a, b], one, other, counted) {
  const [mine, theirs] = [a.story.arrays[one], b.story.arrays[other]];
  if (mine.name !== theirs.name) {
    return `${a.title}: ${sized(a, one)}. ${b.title}: ${sized(b, other)}.`;
  }
  const numbers = [a.story.numbersOf(one), b.story.numbersOf(other)];
  const { name } = mine;
  if (numbers.every(({ length }) => length === 1)) {
    const [[x], [y]] = numbers;
    if (!b.story.differs(other)) return `${name} is ${formatNumber(x)} in both.`;
    const texts = toldApart(x, y);
    return `${name} is ${texts[0]} in ${a.title}, ${texts[1]} in ${b.title}.`;
  }
  if (`${mine.shape}` !== `${theirs.shape}`) {
    return `${name}: ${shaped(a, one)}, ${shaped(b, other)}.`;
  }
  const size = numbers[1].length;
  const count = b.story.comparisonOf(other)?.differs.length ?? 0;
  const [x, y] = [a.story.norm(one), b.story.norm(other)];
  if (!count) return `${name} agrees in both, norm ${formatNumber(x)}.`;
  const texts = toldApart(x, y);
  const much = times(x, y);
  const many = `; ${count} of ${size} numbers ${count === 1 ? "differs" : "differ"}`;
  return `${name} has norm ${texts[0]} in ${a.title}, ${texts[1]} in ${b.title}${counted ? many : much}.`;
}

/**
 * @param {number} x
 * @param {number} y
 */
function times(x, y) {
  const factor = y / x;
  if (!Number.isFinite(factor) || factor === 0 || Math.abs(factor - 1) < EQUAL) return "";
  return `, ${formatNumber(factor)} times as much`;
}

/**
 * @param {Told} told
 * @param {number} k
 */
function sized({ story }, k) {
  const numbers = story.numbersOf(k);
  const { name } = story.arrays[k];
  return numbers.length === 1
    ? `${name} is ${formatNumber(numbers[0])}`
    : `${name} has norm ${formatNumber(story.norm(k))}`;
}

/**
 * @param {Told} told
 * @param {number} k
 */
function shaped({ story, title }, k) {
  return `shape (${story.arrays[k].shape.join(", ")}) and norm ${formatNumber(story.norm(k))} in ${title}`;
}

/** How a number of the reader's own came about.
 * @param {YoursStory} story
 * @param {number} k
 */
export function verdictOf(story, k) {
  const { name } = story.arrays[k];
  switch (story.verdict(k)) {
    case "follows":
      return "Wrong only by what came in: the rule is applied rightly.";
    case "wrong":
      return "Here it goes wrong: of what came in the rule makes other numbers.";
    case "not given":
      return `No ${name} was given: what is shown is what the right rule makes of the numbers that were.`;
    default:
      return "";
  }
}
