// What happens now: one sentence, the formula in numbers, the lines of code, and all numbers on demand.

/** @import { Story } from "./story.js" */
/** @import { Context } from "./types.d.ts" */

import { AfterLayout } from "./after_layout.js";
import { ArrayShelf } from "./array/array.js";
import { CodePane } from "./code/code_pane.js";
import { element, focusedBeside } from "./dom.js";
import { Equation } from "./equation/equation.js";
import { Links } from "./links.js";
import { withMentions } from "./mention.js";

export class StepCard {
  /**
   * @param {Context} context
   * @param {(k: number) => void} into
   * @param {() => void} copy
   */
  constructor(context, into, copy) {
    this.context = context;
    this.step = 0;
    this.covered = false;
    this.shelf = new ArrayShelf(context);
    this.equation = new Equation(context, into);
    this.heading = element("h2");
    this.title = element("code", { class: "technical" });
    this.sentence = element("p", { class: "sentence" });
    this.outcomes = element("div", { class: "arrays" });
    this.operands = element("div", { class: "arrays" });
    this.code = new CodePane(context, copy);
    this.difference = element("p", { class: "difference" });
    this.header = element(
      "header",
      {},
      this.heading,
      this.sentence,
      element("p", {}, this.title),
      this.difference,
    );
    new Links(this.sentence); // a name lights up its node and its numbers
    this.all = element(
      "details",
      { class: "all-numbers" },
      element("summary", {}, "all numbers of this step"),
      element("div", { class: "in" }, element("h3", {}, "what goes in"), this.operands),
      element("div", { class: "out" }, element("h3", {}, "what comes out"), this.outcomes),
    );
    this.all.addEventListener("toggle", () => this.#shelve());
    this.element = element(
      "section",
      { class: "now", "aria-label": "What happens now" },
      this.header,
      this.equation.element,
      this.code.element,
      this.all,
    );
    this.laidOut = new AfterLayout(this.element, () => this.#reachable());
  }

  /**
   * @param {number} i
   * @param {boolean} covered
   */
  paint(i, covered) {
    const { story, stops, model } = this.context;
    const step = story.steps[i];
    this.step = i;
    this.covered = covered;
    const level = model.get("level");
    const { heading, sentence } = stops.told(i, level);
    this.element.dataset.phase = step.phase;
    this.element.dataset.level = level;
    this.heading.textContent = heading;
    this.title.textContent = step.title;
    this.sentence.replaceChildren(...(covered ? [] : withMentions(story, sentence))); // numbers of the result
    this.difference.textContent = covered ? "" : differenceAt(story, i);
    this.difference.hidden = !this.difference.textContent;
    this.code.paint(i);
    this.equation.paint(i, covered);
    this.#shelve();
    this.laidOut.wait();
  }

  /** Give the place of the words to a tour; null takes it back.
   * @param {HTMLElement | null} tour
   */
  give(tour) {
    const [first] = this.element.children;
    this.header.hidden = tour !== null;
    if (first === tour || (!tour && first === this.header)) return;
    const held = first !== this.header && first.contains(focusedBeside(first));
    if (tour) this.element.prepend(tour);
    else first.remove();
    if (held) this.context.home().focus({ preventScroll: true }); // what had the focus is gone
  }

  // All arrays of the step as tables, for those who have opened them.
  #shelve() {
    if (!this.all.open) return;
    const step = this.context.story.steps[this.step];
    const results = this.covered ? [] : step.outcomes.flatMap(({ quantities }) => quantities);
    const [operands, outcomes] = this.shelf.figures([step.operands, results]);
    this.outcomes.replaceChildren(...outcomes);
    this.operands.replaceChildren(...operands);
    this.shelf.refocus();
  }

  // Scrollable elements can be reached, and scrolled, with the keyboard.
  #reachable() {
    for (const part of this.element.querySelectorAll(".code, .formula")) {
      if (!(part instanceof HTMLElement)) continue;
      const scrolls = part.scrollWidth > part.clientWidth;
      if (part.hasAttribute("data-own-keys") === scrolls) continue;
      part.toggleAttribute("data-own-keys", scrolls);
      if (scrolls) part.tabIndex = 0;
      else part.removeAttribute("tabindex");
    }
  }
}

/**
 * Which numbers of the reader's own differ at step i, in a sentence.
 * @param {Story} story
 * @param {number} i
 */
export function differenceAt(story, i) {
  const names = story.differing(i);
  return names.length ? `≠ Yours differs here: ${names.join(", ")}.` : "";
}
