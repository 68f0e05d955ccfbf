// What happens now: the formula with its numbers, what went in, one sentence, the lines of code.

/** @import { Story } from "./story.js" */
/** @import { Context, Outcome } from "./types.d.ts" */

import { ArrayShelf } from "./array/array.js";
import { CodePane } from "./code/code_pane.js";
import { element, mathematics } from "./dom.js";

const PHASES = { forward: "forward", turn: "turning point", backward: "back through time" };

export class StepCard {
  /**
   * @param {Context} context
   * @param {(k: number) => void} into
   * @param {() => void} copy
   */
  constructor(context, into, copy) {
    this.context = context;
    this.into = into;
    this.measuring = 0;
    this.shelf = new ArrayShelf(context);
    this.where = element("p", { class: "where" });
    this.heading = element("h2");
    this.title = element("code", { class: "technical" });
    this.sentence = element("p", { class: "sentence" });
    this.outcomes = element("div", { class: "outcomes" });
    this.operands = element("div", { class: "arrays" });
    this.code = new CodePane(context, copy);
    this.difference = element("p", { class: "difference" });
    this.header = element(
      "header",
      {},
      this.where,
      this.heading,
      this.sentence,
      element("p", {}, this.title),
      this.difference,
    );
    this.element = element(
      "section",
      { class: "now", "aria-label": "What happens now" },
      this.header,
      element("div", { class: "out" }, element("h3", {}, "what comes out"), this.outcomes),
      element(
        "div",
        { class: "in" },
        element("h3", {}, "what goes in"),
        this.operands,
        this.code.element,
      ),
    );
  }

  /**
   * @param {number} i
   * @param {boolean} covered
   */
  paint(i, covered) {
    const { story } = this.context;
    const step = story.steps[i];
    this.where.textContent = [
      `Step ${i + 1} of ${story.steps.length}`,
      PHASES[step.phase],
      ...(step.t ? [`t = ${step.t}`] : []),
      ...(step.op ? [step.op] : []),
    ].join(" · ");
    this.element.dataset.phase = step.phase;
    this.heading.textContent = step.heading;
    this.title.textContent = step.title;
    this.sentence.textContent = covered ? "" : step.sentence; // it tells numbers of the result
    this.difference.textContent = covered ? "" : differenceAt(story, i);
    this.difference.hidden = !this.difference.textContent;
    this.code.paint(i);
    const results = covered ? [] : step.outcomes.map((outcome) => outcome.quantities);
    const [operands, ...figures] = this.shelf.figures([step.operands, ...results]);
    this.outcomes.replaceChildren(
      ...step.outcomes.map((outcome, o) => this.#outcome(i, outcome, figures[o])),
    );
    this.operands.replaceChildren(...operands);
    this.shelf.refocus();
    cancelAnimationFrame(this.measuring); // measuring now would lay the page out twice
    this.measuring = requestAnimationFrame(() => this.#reachable());
  }

  // Scrollable elements can be reached, and scrolled, with the keyboard.
  #reachable() {
    for (const part of this.element.querySelectorAll(".code, .formula")) {
      if (!(part instanceof HTMLElement)) continue;
      const scrolls = part.scrollWidth > part.clientWidth;
      part.toggleAttribute("data-own-keys", scrolls);
      if (scrolls) part.tabIndex = 0;
      else part.removeAttribute("tabindex");
    }
  }

  /**
   * @param {number} i
   * @param {Outcome} outcome
   * @param {HTMLElement[] | undefined} figures
   */
  #outcome(i, outcome, figures) {
    const { story, signal } = this.context;
    const line = element("div", { class: "formula" });
    line.append(mathematics(story.mathml(outcome.formula)));
    const body = element("div", { class: "outcome" }, line);
    if (!figures) {
      body.append(element("p", { class: "covered" }, "covered: predict it first"));
      return body;
    }
    body.append(element("div", { class: "arrays" }, ...figures));
    const made = outcome.quantities
      .map(([k]) => k)
      .find((k) => story.arrays[k].letters && story.maker.get(k) === i);
    if (made !== undefined) {
      const name = `Step into ${story.arrays[made].name}, term by term`;
      const button = element(
        "button",
        { type: "button", class: "word", "aria-label": name, title: `${name} (i)` },
        "step into",
      );
      button.addEventListener("click", () => this.into(made), { signal });
      line.append(button);
    }
    return body;
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
