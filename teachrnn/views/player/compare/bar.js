// What is compared, chosen: the other story, the exchange of both, the end; on a phone also which graph is seen.

/** @import { Compare } from "./compare.js" */
/** @import { Flow } from "./flow.js" */

import { element, icon } from "../dom.js";

const ICONS = {
  exchange: "M2 5h11M10 2l3 3-3 3M14 11H3M6 8l-3 3 3 3",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
};
export const MARKS = ["●", "○"]; // of the two in gradient flow

export class Bar {
  /**
   * @param {Compare} compare
   * @param {string[]} titles
   * @param {AbortSignal} signal
   */
  constructor(compare, titles, signal) {
    const name = compare.context.model.get("compare");
    this.choice = element(
      "select",
      { "aria-label": "Compare with" },
      ...compare.offers.map((one) => element("option", { value: one.name }, one.title)),
    );
    this.choice.value = name;
    this.choice.addEventListener("change", () => compare.choose(this.choice.value), { signal });
    this.choice.hidden = compare.offers.length < 2;
    /**
     * @param {string} label
     * @param {string} path
     * @param {() => void} act
     */
    const button = (label, path, act) => {
      const b = element("button", { type: "button", "aria-label": label, title: label }, icon(path));
      b.addEventListener("click", act, { signal });
      return b;
    };
    const exchange = button("Exchange the two", ICONS.exchange, () => compare.exchange());
    exchange.hidden = !compare.context.stories.all.some((one) => one.name === name);
    this.element = element(
      "div",
      { class: "bar" },
      this.choice,
      exchange,
      button("End comparison (c)", ICONS.close, () => compare.toggle()),
    );
    /** Of which losses gradient flow is, where that can be chosen. */
    this.losses = element(
      "select",
      { "aria-label": "Gradient flow of" },
      element("option", { value: "last" }, "flow of the last loss"),
      element("option", { value: "all" }, "flow of all losses"),
    );
    this.captions = titles.map((title, at) =>
      element(
        "p",
        { class: "caption" },
        element("span", { "aria-hidden": "true" }, `${MARKS[at]} `),
        title,
      ),
    );
    this.turns = element("div", { class: "turns", role: "group", "aria-label": "Which graph is shown" });
    const { player } = compare;
    const turns = titles.map((title, at) => {
      const b = element("button", { type: "button", class: "level" }, `${MARKS[at]} ${title}`);
      b.addEventListener("click", () => turn(at), { signal });
      return b;
    });
    /** @param {number} at */
    function turn(at) {
      player.dataset.graph = String(at);
      turns.forEach((b, n) => b.setAttribute("aria-pressed", String(n === at)));
    }
    this.turns.append(...turns);
    turn(0);
  }

  /** The choice of which losses gradient flow is.
   * @param {Flow} flow
   * @param {() => void} redraw
   * @param {AbortSignal} signal
   */
  offerFlow(flow, redraw, signal) {
    this.losses.value = flow.of;
    this.losses.addEventListener(
      "change",
      () => {
        flow.of = this.losses.value === "all" ? "all" : "last";
        redraw();
      },
      { signal },
    );
    this.element.prepend(this.losses);
  }
}
