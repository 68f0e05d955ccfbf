// Which of the equations of a step is shown: one small tab for each result.

/** @import { Context } from "../types.d.ts" */
/** @import { Told } from "./laid_out.js" */

import { element, focusedBeside, within } from "../dom.js";
import { labelOf } from "./laid_out.js";

export class Tabs {
  /**
   * @param {Context} context
   * @param {(at: number) => void} choose
   */
  constructor(context, choose) {
    this.context = context;
    this.choose = choose;
    this.element = element("div", {
      class: "results",
      role: "radiogroup",
      "aria-label": "Result",
      "data-own-keys": "",
    });
    /** @type {HTMLButtonElement[]} */
    this.buttons = [];
    this.element.addEventListener("click", (event) => {
      const button = within(event, "button");
      if (button) this.#take(this.buttons.findIndex((one) => one === button));
    });
    this.element.addEventListener("keydown", (event) => this.#key(event));
  }

  /**
   * @param {Told[]} told
   * @param {number} chosen
   */
  paint(told, chosen) {
    const { story } = this.context;
    const held = this.element.contains(focusedBeside(this.element));
    const names = told.map(({ k }) => story.arrays[k].name);
    if (names.join() !== this.buttons.map((button) => button.dataset.result).join()) {
      this.buttons = told.map(({ k, kind }, at) =>
        element(
          "button",
          { type: "button", role: "radio", "aria-label": names[at], "data-result": names[at] },
          ...labelOf(story, k),
          kind === "seeds" ? " …" : "",
        ),
      );
      this.element.replaceChildren(...this.buttons);
    }
    this.element.hidden = told.length < 2;
    this.buttons.forEach((button, at) => {
      button.setAttribute("aria-checked", String(at === chosen));
      button.tabIndex = at === chosen ? 0 : -1;
    });
    if (held) this.buttons[chosen]?.focus({ preventScroll: true });
  }

  /** @param {number} at */
  #take(at) {
    this.choose(at);
    this.buttons[at].focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const now = this.buttons.findIndex((button) => button.tabIndex === 0);
    this.#take((now + step + this.buttons.length) % this.buttons.length);
  }
}
