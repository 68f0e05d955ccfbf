// What the network predicts at a time step: a bar for the probability of every symbol, the true one marked.

/** @import { Story } from "../story.js" */
/** @import { StoryNode } from "../types.d.ts" */
/** @import { Looks } from "./node.js" */

import { drawn } from "../dom.js";
import { formatNumber } from "../number.js";

const LETTERS = 12; // pixels under the bars
const ROOM = 8.5; // width that a letter needs

export class Guess {
  /** Whether a node is the loss of one prediction.
   * @param {Story} story
   * @param {StoryNode} node
   */
  static fits(story, node) {
    return story.predictions.has(node.id);
  }

  /**
   * @param {Story} story
   * @param {StoryNode} node the loss
   * @param {{ width: number, height: number }} size
   */
  constructor(story, node, { width, height }) {
    this.node = node;
    this.width = width;
    this.tall = height - LETTERS;
    this.last = "";
    this.g = drawn("g", {
      class: "node guess",
      tabindex: "-1",
      role: "button",
      "data-name": node.name,
    });
    this.g.dataset.id = String(node.id);
    this.title = drawn("title");
    this.bars = drawn("path", { class: "other-bars" });
    this.truth = drawn("path", { class: "truth" });
    this.letters = drawn("g", { class: "letters", "aria-hidden": "true" });
    this.g.append(
      this.title,
      drawn("rect", { class: "box", x: -width / 2, y: -2, width, height: height + 2, rx: 5 }),
      drawn("path", { class: "zero", d: `M${-width / 2 + 4} ${this.tall}H${width / 2 - 4}` }),
      this.bars,
      this.truth,
      this.letters,
    );
    this.#drawLetters(story);
  }

  /** @param {Story} story */
  #drawLetters(story) {
    const { symbols } = story;
    const { target, size } = story.predictions.get(this.node.id) ?? { target: 0, size: 1 };
    const each = (this.width - 8) / size;
    symbols.forEach((symbol, k) => {
      if (each < ROOM && k !== target) return;
      const x = -this.width / 2 + 4 + (k + 0.5) * each;
      const letter = drawn("text", { x, y: this.tall + LETTERS - 2 }, symbol);
      if (k === target) letter.setAttribute("class", "true");
      this.letters.append(letter);
    });
  }

  /**
   * @param {Story} story
   * @param {number} known
   * @param {Looks} looks
   */
  paint(story, known, { role, breakpoint }) {
    const value = story.valueAt(this.node.id, known);
    const gradient = story.gradientAt(this.node.id, known);
    const key = `${value} ${gradient} ${role} ${breakpoint}`;
    if (key === this.last) return;
    this.last = key;
    this.g.dataset.k = [value, gradient].filter((k) => k !== null).join(" ");
    const lit = this.g.classList.contains("lit") && "lit";
    this.g.setAttribute(
      "class",
      ["node", "guess", value === null && "unseen", role, lit].filter(Boolean).join(" "),
    );
    if (role === "now") this.g.setAttribute("aria-current", "step");
    else this.g.removeAttribute("aria-current");
    const p = value === null ? null : story.probabilities(this.node.id);
    const { target } = story.predictions.get(this.node.id) ?? { target: 0 };
    const paths = p ? this.#paths(p, target) : { others: "", truth: "" };
    this.bars.setAttribute("d", paths.others);
    this.truth.setAttribute("d", paths.truth);
    const said = this.#said(story, p, target, value, gradient);
    this.title.textContent = said;
    this.g.setAttribute("aria-label", breakpoint ? `${said}, breakpoint` : said);
  }

  /**
   * @param {Story} story
   * @param {Float64Array | null} p
   * @param {number} target
   * @param {number | null} value
   * @param {number | null} gradient
   */
  #said(story, p, target, value, gradient) {
    const { name } = this.node;
    if (!p || value === null) return `${name}, prediction not yet`;
    const best = p.indexOf(Math.max(...p));
    const called = (/** @type {number} */ k) => story.symbols[k] ?? `number ${k}`;
    const guess =
      best === target
        ? `expects ${called(best)}, rightly, with probability ${formatNumber(p[best])}`
        : `expects ${called(best)} with probability ${formatNumber(p[best])}; the true one is ${called(target)}, ${formatNumber(p[target])}`;
    const loss = `loss ${formatNumber(story.numbersOf(value)[0])}`;
    const back =
      gradient === null ? "gradient not yet" : `gradient ${formatNumber(story.norm(gradient))}`;
    return `${name}: ${guess}; ${loss}, ${back}`;
  }

  /**
   * @param {Float64Array} p
   * @param {number} target
   */
  #paths(p, target) {
    const each = (this.width - 8) / p.length;
    const wide = Math.max(0.8, Math.min(12, each - 1));
    let others = "";
    let truth = "";
    p.forEach((probability, k) => {
      const high = Math.max(probability * (this.tall - 2), probability > 0 ? 0.6 : 0);
      const x = -this.width / 2 + 4 + (k + 0.5) * each - wide / 2;
      const bar = `M${x.toFixed(1)} ${this.tall}v${-high.toFixed(2)}h${wide.toFixed(1)}v${high.toFixed(2)}z`;
      if (k === target) truth = bar;
      else others += bar;
    });
    return { others, truth };
  }
}
