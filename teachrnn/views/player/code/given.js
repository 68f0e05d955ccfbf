// What the trace was given, written out as NumPy: as teachrnn/views/program/given.py writes it, of the
// numbers that the story has anyway.

/** @import { Story } from "../story.js" */
/** @import { GivenName } from "../types.d.ts" */

import { held } from "../dom.js";

const WIDTH = 100;

/**
 * @param {Story} story
 * @param {GivenName} given
 */
export function givenText(story, { name, of, axes, times, numbers }) {
  if (times === null) return `${name} = ${arrayText(story, of, axes, numbers)}`;
  const entries = times.map((t) => `${t}: ${arrayText(story, `${of}[${t}]`, axes, numbers)}`);
  if (axes) return [`${name} = {`, ...entries.map((entry) => `${entry},`), "}"].join("\n");
  return `${name} = {${wrapped(entries)}}`;
}

/**
 * @param {Story} story
 * @param {string} name
 * @param {number} axes
 * @param {boolean} withNumbers
 */
function arrayText(story, name, axes, withNumbers) {
  const [k] = held(story.named, name);
  const { shape } = story.arrays[k];
  const core = shape.slice(shape.length - axes);
  const numbers = [...story.numbersOf(k)];
  const zeros = story.isWhole(k) ? false : !withNumbers || !numbers.some(Boolean);
  if (!axes) return zeros ? "0.0" : String(numbers[0]);
  if (zeros) return `np.zeros(${axes === 1 ? core[0] : `(${core.join(", ")})`})`;
  if (axes === 1) return `np.array([${wrapped(numbers)}])`;
  const rows = Array.from({ length: core[0] }, (_, i) => numbers.slice(i * core[1], (i + 1) * core[1]));
  return ["np.array([", ...rows.map((row) => `    [${wrapped(row)}],`), "])"].join("\n");
}

/**
 * Several lines where they are many.
 * @param {(number | string)[]} entries
 */
function wrapped(entries) {
  const lines = [""];
  entries.forEach((entry, i) => {
    const text = `${entry}${i < entries.length - 1 ? "," : ""}`;
    const last = lines.length - 1;
    if (lines[last] && lines[last].length + text.length >= WIDTH) lines.push(text);
    else lines[last] += lines[last] ? ` ${text}` : text;
  });
  return lines.join("\n        ");
}
