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
      this.buttons = told.map((one, at) => this.#button(one, names[at], told));
      this.element.replaceChildren(...this.buttons);
    }
    this.element.hidden = told.length < 2;
    this.buttons.forEach((button, at) => {
      button.setAttribute("aria-checked", String(at === chosen));
      button.tabIndex = at === chosen ? 0 : -1;
    });
    if (held) this.buttons[chosen]?.focus({ preventScroll: true });
  }

  /**
   * @param {Told} one
   * @param {string} name
   * @param {Told[]} told
   */
  #button({ k, kind, target }, name, told) {
    const { story } = this.context;
    const { via = "" } = story.arrays[k];
    const attributes = { type: "button", role: "radio", "data-result": name };
    const total = told.find((other) => other.target === target && other.kind === "sum");
    const [user] = story.named.get(via) ?? [];
    if (kind === "seeds" || !total || user === undefined) {
      const more = kind === "seeds" ? " …" : "";
      return element("button", { ...attributes, "aria-label": name }, ...labelOf(story, k), more);
    }
    // a part of a sum is called by the way it came, which a learner knows, not by its symbol
    const whole = story.arrays[total.k].name;
    const title = `What comes back to ${whole} through ${via} alone; ${whole} adds up all ways`;
    const said = { "aria-label": `${whole} through ${via}: ${name}`, title };
    const through = [...labelOf(story, total.k), " through ", ...labelOf(story, user)];
    return element("button", { ...attributes, ...said }, ...through);
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
