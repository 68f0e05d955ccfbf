// From a step to the phase of a tour that stands there, if one of the page's tours has such a phase.

/** @import { GoTo } from "../controls/go_to.js" */
/** @import { Context } from "../types.d.ts" */

import { element } from "../dom.js";

/** @typedef {{ id: string, number: number, said: string, title: string }} Place of a phase */

export class Explained {
  /**
   * @param {Context} context
   * @param {GoTo} goTo
   * @param {(id: string, number: number) => void} open
   */
  constructor({ guide, stories, signal }, goTo, open) {
    /** @type {Map<number, Place>} by step of the story that is shown: the first that stands there */
    this.places = new Map();
    for (const { id, title, phases } of guide.tours) {
      phases.forEach((phase, number) => {
        const step = phase.story === stories.shown ? goTo.named(phase.at) : undefined;
        if (step === undefined || this.places.has(step)) return;
        const said = `explained in the tour, ${number + 1} of ${phases.length}`;
        this.places.set(step, { id, number, said, title: `${title}: ${phase.title}` });
      });
    }
    /** @type {Place | undefined} */
    this.place = undefined;
    this.button = element("button", { type: "button", class: "word" });
    this.button.addEventListener("click", () => this.place && open(this.place.id, this.place.number), {
      signal,
    });
    this.element = element("p", { class: "to-tour", hidden: "" }, this.button);
  }

  /**
   * @param {number} step
   * @param {boolean} silent whether a tour, or the way back to it, is shown already, or the step is covered
   */
  paint(step, silent) {
    this.place = silent ? undefined : this.places.get(step);
    this.element.hidden = !this.place;
    this.button.textContent = this.place?.said ?? "";
    this.button.title = this.place?.title ?? "";
  }
}
