// Into an operation: its result entry by entry, and an entry term by term, until the sum is the recorded
// number.

/** @import { Context, Line } from "../types.d.ts" */

import { addressText, indexAt, placeAt, typesetAddress } from "../address.js";
import { element, mathematics } from "../dom.js";
import { HeatMap } from "../array/heat.js";
import { formatNumber } from "../number.js";
import { numberAt, originOf, outcomeOf } from "./origin.js";
import { alignedNumber, inWords, termFormula } from "./term_line.js";

const LINES = 6; // terms that stay in sight

export class Into {
  /**
   * `left` is called when the learner leaves; `beat` is how many milliseconds an entry is shown when it plays.
   * @param {Context} context
   * @param {{ left: () => void, beat: () => number }} host
   */
  constructor(context, { left, beat }) {
    this.context = context;
    this.left = left;
    this.beat = beat;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.inside = false;
    this.k = -1; // the array that is walked through
    this.place = 0; // the entry
    this.term = 0;
    /** @type {number[]} */
    this.index = [];
    /** @type {Line[]} */
    this.terms = [];
    /** @type {number[]} after each term */
    this.sums = [];
    this.written = false; // whether there is a formula entry by entry
    /** @type {Map<number, { heat: HeatMap, figure: HTMLElement }>} by array */
    this.maps = new Map();
    this.heading = element("h3");
    this.formula = element("div", { class: "formula" });
    this.pictures = element("div", { class: "pictures" });
    this.lines = element("ol", { class: "terms" });
    this.position = element("p", { class: "position" });
    this.outcome = element("p", { class: "total" });
    /**
     * @param {string} text
     * @param {string} name
     * @param {() => void} act
     */
    const button = (text, name, act) => {
      const made = element(
        "button",
        { type: "button", class: "word", title: name, "aria-label": name },
        text,
      );
      made.addEventListener("click", () => {
        if (made !== this.player) this.pause();
        act();
      });
      return made;
    };
    this.player = button("play", "Play, entry after entry (k)", () => this.play());
    const buttons = element(
      "div",
      { class: "why-bar" },
      button("‹ term", "Previous term (←)", () => this.#byTerm(-1)),
      button("term ›", "Next term (→)", () => this.#byTerm(1)),
      button("‹ entry", "Previous entry (↑)", () => this.#byEntry(-1)),
      button("entry ›", "Next entry (↓)", () => this.#byEntry(1)),
      this.player,
      button("leave", "Leave (Esc)", () => this.leave()),
    );
    this.walker = element(
      "div",
      { class: "walker", role: "application", tabindex: "0", "data-own-keys": "" },
      this.pictures,
      element("div", { class: "sum" }, this.position, this.lines, this.outcome),
    );
    this.walker.addEventListener("keydown", (event) => this.#key(event));
    this.element = element(
      "section",
      { class: "into", "aria-label": "Into the operation", hidden: "" },
      this.heading,
      this.formula,
      buttons,
      this.walker,
    );
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.inside) {
        // the focus may be here still when it was left
        event.preventDefault();
        this.leave();
      }
    });
  }

  /** @param {number} k */
  enter(k) {
    const { story } = this.context;
    this.inside = true;
    this.k = k;
    this.maps.clear();
    this.pictures.replaceChildren();
    this.heading.replaceChildren("Into ", typesetAddress(story, k, []), ", term by term");
    const made = outcomeOf(story, k);
    this.formula.replaceChildren();
    if (made) this.formula.append(mathematics(story.mathml(made.formula)));
    this.walker.setAttribute(
      "aria-label",
      `Into ${story.arrays[k].name}: right and left arrow for the terms, down and up for the entries, k plays, Escape leaves`,
    );
    this.element.hidden = false;
    if (this.formula.scrollWidth > this.formula.clientWidth) this.formula.tabIndex = 0;
    this.#entry(0, 0);
    this.walker.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
  }

  /** Shows entry after entry, each with all of its terms, or pauses. */
  play() {
    if (this.timer !== undefined) return this.pause();
    if (this.place === this.#size - 1) this.#entry(0, -1);
    const tick = () => {
      if (this.place + 1 < this.#size) this.#entry(this.place + 1, -1);
      if (this.place + 1 < this.#size) this.timer = setTimeout(tick, this.beat());
      else this.pause();
    };
    this.timer = setTimeout(tick, this.beat());
    this.player.textContent = "pause";
    return undefined;
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.player.textContent = "play";
  }

  leave() {
    this.pause();
    this.inside = false;
    this.element.hidden = true;
    this.left();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    /** @type {Record<string, () => void>} */
    const acts = {
      ArrowRight: () => this.#byTerm(1),
      ArrowLeft: () => this.#byTerm(-1),
      ArrowDown: () => this.#byEntry(1),
      ArrowUp: () => this.#byEntry(-1),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    this.pause();
    acts[event.key]();
  }

  get #size() {
    return this.context.story.numbersOf(this.k).length;
  }

  /** @param {number} by */
  #byTerm(by) {
    const term = this.term + by;
    if (term >= 0 && term < this.terms.length) this.#show(term);
    else if (by > 0) this.#byEntry(1);
    else if (this.place > 0) this.#entry(this.place - 1, -1);
  }

  /** @param {number} by */
  #byEntry(by) {
    const place = this.place + by;
    if (place >= 0 && place < this.#size) this.#entry(place, 0);
    else this.context.say(by > 0 ? "That was the last entry." : "This is the first entry.");
  }

  /**
   * Goes to an entry of the result, at a term; -1 is its last.
   * @param {number} place
   * @param {number} term
   */
  #entry(place, term) {
    const { story } = this.context;
    this.place = place;
    this.index = indexAt(story.arrays[this.k].shape, place);
    const origin = originOf(story, this.k, this.index);
    this.terms = origin.lines;
    this.written = origin.kind !== "unwritten";
    let sum = 0;
    this.sums = this.terms.map((line) => (sum += line.value));
    this.#picture();
    this.#show(term < 0 ? Math.max(0, this.terms.length - 1) : term);
  }

  // Frames around the numbers that this entry is made from, in their arrays.
  #picture() {
    /** @type {Map<number, number[]>} by array */
    const places = new Map();
    for (const { parts } of this.terms) {
      for (const part of parts) {
        if (typeof part === "string") continue;
        const { shape } = this.context.story.arrays[part.array];
        const others = places.get(part.array) ?? [];
        others.push(placeAt(shape, part.index));
        places.set(part.array, others);
      }
    }
    const made = [...places].slice(0, LINES);
    const shown = [...made.map(([k]) => k), this.k];
    this.pictures.replaceChildren(...shown.map((k) => this.#map(k).figure));
    for (const [k, used] of made) this.#map(k).heat.frame(used, "used");
    this.#map(this.k).heat.frame([this.place], "used");
  }

  /** @param {number} k */
  #map(k) {
    const known = this.maps.get(k);
    if (known) return known;
    const heat = HeatMap.ofArray(this.context.story, k);
    const caption = element("figcaption", {}, typesetAddress(this.context.story, k, []));
    const map = { heat, figure: element("figure", {}, caption, heat.element) };
    this.maps.set(k, map);
    return map;
  }

  /** @param {number} term */
  #show(term) {
    const { story } = this.context;
    this.term = term;
    const value = numberAt(story, this.k, this.index);
    const last = this.terms.length - 1;
    const address = addressText(story, this.k, this.index);
    for (const { heat } of this.maps.values()) heat.frame([], "at-term");
    for (const part of this.terms[term]?.parts || []) {
      if (typeof part !== "string") {
        this.maps
          .get(part.array)
          ?.heat.frame([placeAt(story.arrays[part.array].shape, part.index)], "at-term");
      }
    }
    const first = Math.max(0, term - LINES + 1);
    this.lines.start = first + 1;
    this.lines.replaceChildren(
      ...this.terms
        .slice(first, term + 1)
        .map((line, n) => this.#line(line, this.sums[first + n], first + n === term)),
    );
    const where = `entry ${this.place + 1} of ${this.#size}`;
    if (!this.terms.length) {
      this.position.replaceChildren(typesetAddress(story, this.k, this.index), ` · ${where}`);
      const reason = this.written
        ? "it is 0 whatever the numbers are"
        : "its formula is not written entry by entry";
      this.outcome.textContent = `${formatNumber(value)}: ${reason}`;
      this.context.say(`${address} is ${formatNumber(value)}: ${reason}.`);
      return;
    }
    this.position.replaceChildren(
      typesetAddress(story, this.k, this.index),
      ` · ${where} · term ${term + 1} of ${last + 1}`,
    );
    const sum = this.sums[term];
    const spoken = `term ${term + 1} of ${last + 1}: ${inWords(story, this.terms[term].parts)} is ${formatNumber(this.terms[term].value)}`;
    if (term < last) {
      this.outcome.textContent = `${last - term} more to come`;
      this.context.say(`${spoken}; sum so far ${formatNumber(sum)}`);
      return;
    }
    const agreement = agreementOf(sum, value);
    this.outcome.replaceChildren(
      typesetAddress(story, this.k, this.index),
      " = ",
      element("strong", {}, formatNumber(value)),
      `, ${agreement}`,
    );
    this.context.say(`${spoken}; ${address} is ${formatNumber(value)}, ${agreement}`);
  }

  /**
   * @param {Line} line
   * @param {number} sum
   * @param {boolean} now
   */
  #line({ parts, value }, sum, now) {
    const line = element(
      "li",
      now ? { class: "now-term", "aria-current": "step" } : {},
      element("div", { class: "what" }, termFormula(this.context.story, parts)),
      element("span", { class: "sign" }, "="),
      alignedNumber(value),
    );
    line.append(
      element(
        "span",
        { class: "so-far" },
        element("span", { class: "soft" }, "sum "),
        alignedNumber(sum),
      ),
    );
    return line;
  }
}

/** Whether the sum is the recorded number: another order of addition may change the last digits.
 * @param {number} sum
 * @param {number} value
 */
function agreementOf(sum, value) {
  if (Object.is(sum, value) || sum === value) return "which is the recorded number";
  if (Math.abs(sum - value) <= 1e-9 * Math.max(Math.abs(sum), Math.abs(value), 1)) {
    return "which is the recorded number, up to rounding in the last digits";
  }
  return `but the terms add up to ${formatNumber(sum)}`;
}
