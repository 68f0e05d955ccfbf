// The matrix that a way of the outline multiplies by, written beside its arrow: the same at every time step.

/** @import { Story } from "../story.js" */
/** @import { Way } from "../types.d.ts" */

import { drawn, held } from "../dom.js";

/** Its name, where there is one matrix on the way, and it is not that of a gate: several of these share one.
 * @param {Story} story
 * @param {Way} way
 */
function weightOf(story, [, , through]) {
  const matrices = through
    .flatMap((id) => held(story.node, id).uses)
    .filter(({ name }) => {
      const [k] = story.named.get(name) ?? [];
      return k !== undefined && story.arrays[k].shape.length === 2;
    });
  return matrices.length === 1 && !matrices[0].gate ? matrices[0] : null;
}

/** The letter; it lights up with the matrix and its gradient, wherever they stand.
 * @param {Story} story
 * @param {Way} way
 * @param {[x: number, y: number]} place
 */
export function weightLetter(story, way, [x, y]) {
  const weight = weightOf(story, way);
  if (!weight) return null;
  const { name, letter } = weight;
  const arrays = [name, `d${name}`].flatMap((one) => story.named.get(one) ?? []);
  return drawn(
    "text",
    { x, y, class: "weight", "aria-hidden": "true", "data-k": arrays.join(" ") },
    letter,
  );
}
