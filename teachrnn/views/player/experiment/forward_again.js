// The forward pass once more, from the formulas in the story: what follows from other numbers for given values.

/** @import { Story } from "../story.js" */
/** @import { Rule } from "../types.d.ts" */

import { evaluator } from "../why/entry.js";

/** @typedef {Map<number, Float64Array>} Changes numbers other than those recorded, by array */

/** For arrays on which an operation depends that has no formula that a page can evaluate, the name of the first
 * such operation.
 * @param {Story} story
 * @returns {Map<number, string>}
 */
export function unreadableAfter(story) {
  const steps = [...forwardSteps(story)];
  /** @type {Map<number, number>} by array: the first step that cannot be evaluated */
  const first = new Map();
  for (let n = steps.length - 1; n >= 0; n--) {
    const { made, letters } = steps[n];
    const blocked = story.ruleOf(made) ? first.get(made) : n;
    if (blocked === undefined) continue;
    for (const k of Object.values(letters)) first.set(k, Math.min(blocked, first.get(k) ?? blocked));
  }
  return new Map([...first].map(([k, n]) => [k, story.arrays[steps[n].made].name]));
}

/** All arrays that differ from the record when those of `changes` do, which are among them.
 * @param {Story} story
 * @param {Changes} changes
 * @returns {Changes}
 */
export function forwardAgain(story, changes) {
  const now = new Map(changes);
  for (const { made, letters } of forwardSteps(story)) {
    if (!Object.values(letters).some((at) => now.has(at))) continue;
    const rule = story.ruleOf(made);
    if (!rule) throw new Error(`${story.arrays[made].name} has no formula that a page can evaluate.`);
    const known = Object.fromEntries(
      Object.entries({ ...letters, [rule.over]: made }).map(([letter, k]) => {
        const { name, shape } = story.arrays[k];
        return [letter, { name, shape, numbers: now.get(k) ?? story.numbersOf(k) }];
      }),
    );
    now.set(made, evaluated(rule, known, story.arrays[made].shape));
  }
  return now;
}

/** The sum of all losses, with these numbers.
 * @param {Story} story
 * @param {Changes} [now]
 */
export function totalLoss(story, now = new Map()) {
  const losses = story.nodes.filter(({ id }) => story.gradients.get(id)?.[0]?.[0] === story.turn);
  return losses
    .map(({ id }) => story.values.get(id)?.[1] ?? -1)
    .flatMap((k) => [...(now.get(k) ?? story.numbersOf(k))])
    .reduce((sum, x) => sum + x, 0);
}

/** @param {Story} story */
function* forwardSteps(story) {
  for (const { phase, outcomes } of story.steps) {
    if (phase !== "forward") return;
    const [[made]] = outcomes[0].quantities;
    yield { made, letters: story.arrays[made].letters ?? {} };
  }
}

/**
 * @param {Rule} rule
 * @param {Parameters<typeof evaluator>[1]} letters
 * @param {number[]} shape of the result
 */
function evaluated(rule, letters, shape) {
  const own = shape.length - rule.axes;
  const positions = shape.slice(0, own).reduce((a, b) => a * b, 1);
  const [rows, columns] = [...shape.slice(own), 1, 1];
  const result = new Float64Array(positions * rows * columns);
  let at = 0;
  for (let position = 0; position < positions; position++) {
    const value = evaluator(rule, letters, position);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) result[at++] = value(rule.tree, i, j);
    }
  }
  return result;
}
