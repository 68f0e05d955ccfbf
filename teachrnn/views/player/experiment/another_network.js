// With a live kernel: another text, cell or size, recorded by Python in place of what is shown.

/** @import { Attributes } from "../dom.js" */
/** @import { Context } from "../types.d.ts" */

import { element } from "../dom.js";

const NUMBERS = ["hidden", "layers", "scale", "updates", "seed"];

export class AnotherNetwork {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    this.element = this.#form(context.signal);
  }

  /** @param {AbortSignal} signal */
  #form(signal) {
    const { model } = this.context;
    const settings = model.get("settings");
    if (!model.get("live") || !settings?.text) return element("form", { hidden: "" });
    /**
     * @param {string} name
     * @param {string} label
     * @param {Attributes} attributes
     */
    const field = (name, label, attributes) =>
      element(
        "label",
        {},
        `${label} `,
        element("input", { name, value: String(settings[name]), required: "", ...attributes }),
      );
    const cells = model.get("cells") ?? [String(settings.cell)];
    const cell = element(
      "select",
      { name: "cell" },
      ...cells.map((c) => element("option", { value: c }, c)),
    );
    cell.value = String(settings.cell);
    const said = element("p", { class: "result", role: "status" });
    const button = element("button", { type: "submit", class: "word" }, "record it");
    const form = element(
      "form",
      { class: "network" },
      element("h3", {}, "record another network"),
      element(
        "div",
        { class: "controls" },
        field("text", "text", { type: "text", size: "28", maxlength: "200" }),
        element("label", {}, "cell ", cell),
        field("hidden", "m", { type: "number", min: "1", max: "64" }),
        field("layers", "layers", { type: "number", min: "1", max: "4" }),
        field("scale", "weight scale", { type: "number", min: "0", max: "5", step: "any" }),
        field("updates", "training updates", { type: "number", min: "0", max: "10000" }),
        field("seed", "seed", { type: "number", min: "0" }),
        button,
      ),
      said,
    );
    form.addEventListener(
      "submit",
      async (event) => {
        event.preventDefault();
        const given = [...new FormData(form)].map(([name, text]) => [
          name,
          NUMBERS.includes(name) ? Number(text) : text,
        ]);
        said.textContent = "recording …";
        const shown = this.context.stories.show({ settings: Object.fromEntries(given) });
        said.textContent = await shown.then(
          () => "recorded",
          (error) => error.message,
        );
      },
      { signal },
    );
    return form;
  }
}
