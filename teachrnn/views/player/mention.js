// The names in a sentence, such as h₃⁽²⁾ or dW, know which arrays they mean: they light up with them.

/** @import { Story } from "./story.js" */

import { element } from "./dom.js";

const BELOW = "₀₁₂₃₄₅₆₇₈₉";
const ABOVE = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const NAME = /(?<!\p{L})(\p{L}+)([₀-₉]*)(?:⁽([⁰¹²³⁴⁵⁶⁷⁸⁹]+)⁾)?(?![\p{L}₀-₉])/gu;

/**
 * A sentence as text and the names in it.
 * @param {Story} story
 * @param {string} sentence
 * @returns {(string | HTMLElement)[]}
 */
export function withMentions(story, sentence) {
  /** @type {(string | HTMLElement)[]} */
  const parts = [];
  let end = 0;
  for (const match of sentence.matchAll(NAME)) {
    const [text, letter, time, layer] = match;
    const arrays = story.named.get(named(letter, time, layer));
    if (!arrays || !(time || isGradient(story, letter))) continue; // "a" and "I" are words, too
    parts.push(sentence.slice(end, match.index));
    parts.push(element("span", { class: "mention", "data-k": arrays.join(" ") }, text));
    end = match.index + text.length;
  }
  return [...parts, sentence.slice(end)];
}

/** What an array is called in the record: dh₃⁽²⁾ is dlayer2.h[3].
 * @param {string} letter
 * @param {string} time
 * @param {string | undefined} layer
 */
function named(letter, time, layer) {
  const at = time && `[${digits(time, BELOW)}]`;
  if (!layer) return letter + at;
  const [, d, base] = /^(d?)(.+)$/u.exec(letter) ?? ["", "", letter];
  return `${d}layer${digits(layer, ABOVE)}.${base}${at}`;
}

/**
 * @param {string} text
 * @param {string} signs
 */
const digits = (text, signs) => [...text].map((sign) => signs.indexOf(sign)).join("");

/** Whether a word without a time step is the gradient of a parameter.
 * @param {Story} story
 * @param {string} word
 */
const isGradient = (story, word) => word.startsWith("d") && story.named.has(word.slice(1));
