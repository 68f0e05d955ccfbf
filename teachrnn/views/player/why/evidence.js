// How we know that a gradient is right: the same number by the complex step, from the page or from the kernel.

/** @import { Story } from "../story.js" */
/** @import { Answer } from "../kernel.js" */
/** @import { Context } from "../types.d.ts" */

import { addressText, placeAt } from "../address.js";
import { element } from "../dom.js";
import { formatNumber } from "../number.js";
import { isSeed, madeAt, numberAt, outcomeOf } from "./origin.js";

const METHOD =
  "The complex step moves this one number by a tiny amount in the imaginary direction, computes the loss again from there, and divides the imaginary part of the loss by that amount. It does not use the chain rule and subtracts nothing, so it is accurate to about 16 digits.";

export class Evidence {
  /**
   * @param {Context} context
   * @param {(k: number, index: number[]) => void} follow
   */
  constructor(context, follow) {
    this.context = context;
    this.follow = follow;
    this.element = element("section", { class: "evidence", "aria-label": "How we know" });
    this.k = 0;
    /** @type {number[]} */
    this.index = [];
    /** @type {Promise<Answer> | null} what the kernel was asked */
    this.waiting = null;
  }

  /**
   * @param {number} k
   * @param {number[]} index
   */
  show(k, index) {
    const { story, model } = this.context;
    const { kind, name, shape } = story.arrays[k];
    // where backpropagation begins, the turning point and the step after it have the same number
    const same = isSeed(story, k) ? story.arrays.findLast((array) => array.name === name) : undefined;
    const { check, refused } = same ?? story.arrays[k];
    this.k = k;
    this.index = index;
    this.waiting = null;
    this.element.hidden = kind !== "gradient";
    this.element.replaceChildren(element("h4", {}, "How we know"));
    if (this.element.hidden) return;
    const total = completed(story, k);
    const found = check === undefined ? NaN : story.numbers[check + placeAt(shape, index)];
    if (Number.isFinite(found)) this.#compare(found);
    else if (refused) this.#say(refused);
    else if (total !== k) this.#partOnly(total);
    else if (model.get("live")) this.#offer();
    else {
      this.#say(
        "This entry is not among those that were checked when the page was made; in a notebook with a running kernel any entry can be checked.",
      );
    }
  }

  /** @param {string} text */
  #say(text) {
    this.element.append(element("p", {}, text));
  }

  /**
   * A part is not the derivative of anything that can be nudged: only the whole is.
   * @param {number | null} total
   */
  #partOnly(total) {
    const { story } = this.context;
    this.#say(
      "Only the complete gradient can be checked by changing the number: this is one part of it, or a sum that is still growing.",
    );
    if (total === null || story.arrays[total].shape.length !== this.index.length) return;
    const { index } = this;
    const link = element(
      "button",
      { type: "button", class: "word" },
      `the complete ${addressText(story, total, index)}`,
    );
    link.addEventListener("click", () => this.follow(total, index));
    this.element.append(link);
  }

  #offer() {
    const button = element(
      "button",
      { type: "button", class: "word" },
      "check it now by the complex step",
    );
    button.addEventListener("click", async () => {
      if (this.waiting) return;
      button.setAttribute("aria-disabled", "true");
      button.textContent = "computing …";
      const name = this.context.story.arrays[this.k].of;
      const asked = this.context.kernel.ask({ kind: "check", name, index: this.index });
      this.waiting = asked;
      const { message } = await asked;
      if (this.waiting !== asked) return; // another number is looked at
      if (message.error) this.#say(message.error);
      else this.#compare(Number(message.value ?? NaN));
    });
    this.element.append(button);
  }

  /** @param {number} found */
  #compare(found) {
    const { story } = this.context;
    const value = numberAt(story, this.k, this.index);
    const difference = value - found;
    const again = this.waiting !== null;
    this.waiting = null;
    this.element.replaceChildren(element("h4", {}, "How we know"));
    if (!Number.isFinite(found)) {
      this.#say(
        "The complex step gave no finite number here: the loss is not analytic on the path from this number.",
      );
      return;
    }
    const scale = Math.max(Math.abs(value), Math.abs(found));
    const relative = scale > 0 ? Math.abs(difference) / scale : 0;
    const rows = [
      { name: "backpropagation", text: digits17(value) },
      { name: "complex step", text: digits17(found) },
      { name: "difference", text: formatNumber(difference) },
      { name: "relative", text: formatNumber(relative) },
    ].map(({ name, text }) =>
      element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, text)),
    );
    this.element.append(
      element(
        "table",
        { "aria-label": "Backpropagation against the complex step" },
        element("tbody", {}, ...rows),
      ),
    );
    this.#say(METHOD);
    if (again) {
      this.context.say(
        `Complex step: ${formatNumber(found)}, relative difference ${formatNumber(relative)}`,
      );
    }
  }
}

/** @param {number} x */
const digits17 = (x) => (x === 0 ? "0" : x.toPrecision(17).replaceAll("-", "−"));

/**
 * The array that holds the complete gradient of which array k is a part; k itself if it is complete.
 * @param {Story} story
 * @param {number} k
 */
function completed(story, k) {
  const made = madeAt(story, k);
  const outcome = outcomeOf(story, k);
  if (!outcome || story.steps[made].phase !== "backward") return k;
  return story.gradients.get(outcome.target)?.at(-1)?.[1] ?? null;
}
