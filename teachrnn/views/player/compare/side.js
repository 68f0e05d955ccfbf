// One of two stories that are compared: what happens there now, and its formula in numbers.

/** @import { Equation } from "../equation/equation.js" */
/** @import { Story } from "../story.js" */
/** @import { Stops } from "../stops.js" */
/** @import { Level } from "../types.d.ts" */

import { element } from "../dom.js";

/** @typedef {{ story: Story, stops: Stops, title: string }} Told */

export class Side {
  /**
   * @param {Equation} equation
   * @param {Told} told
   */
  constructor(equation, told) {
    this.equation = equation;
    this.told = told;
    equation.button.remove(); // an operation is stepped into where it is alone
    this.heading = element("h2");
    this.sentence = element("p", { class: "sentence" });
    this.element = element(
      "section",
      { class: "side", "aria-label": told.title },
      this.heading,
      equation.element,
      this.sentence,
    );
  }

  /**
   * @param {number} i
   * @param {Level} level
   * @param {boolean} covered
   */
  paint(i, level, covered) {
    const { title, stops } = this.told;
    const { heading, sentence } = stops.told(i, level);
    this.#head(heading);
    this.sentence.textContent = covered ? "" : sentence;
    this.equation.element.hidden = false;
    this.equation.paint(i, covered);
    this.element.setAttribute("aria-label", `${title}: ${heading}`);
  }

  /** There is nothing beside the other.
   * @param {string} why
   */
  leave(why) {
    this.#head("no partner");
    this.equation.element.hidden = true;
    this.sentence.textContent = why;
  }

  /** @param {string} heading */
  #head(heading) {
    this.heading.replaceChildren(element("span", { class: "called" }, this.told.title), ` · ${heading}`);
  }
}
