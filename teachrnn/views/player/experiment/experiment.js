// What would happen if: nudge a number of the network; with a live kernel, record another network.

/** @import { Context } from "../types.d.ts" */

import { element } from "../dom.js";
import { AnotherNetwork } from "./another_network.js";
import { Nudge } from "./nudge.js";

export class Experiment {
  /** @param {Context} context */
  constructor(context) {
    this.nudge = new Nudge(context);
    const forms = [this.nudge.element, new AnotherNetwork(context).element].filter(
      (form) => !form.hasAttribute("hidden"), // form.hidden would be a field of that name
    );
    this.element = element(
      "section",
      { class: "experiment", "aria-label": "Experiments with the network" },
      element("h2", {}, "Experiment"),
      ...forms,
    );
    this.element.hidden = forms.length === 0;
  }
}
