// What only a live kernel can do: nudge a number and compute the loss again, record another network.

/** @import { Attributes } from "./dom.js" */
/** @import { Context, Message } from "./types.d.ts" */

import { element } from "./dom.js";
import { formatNumber } from "./number.js";

const MOST_DELTA = 0.5;
const NUMBERS = ["hidden", "layers", "scale", "updates", "seed"];

export class Live {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    const { model, signal } = context;
    this.element = element("section", {
      class: "live",
      "aria-label": "Experiments with the live network",
      hidden: "",
    });
    if (!model.get("live")) return;
    this.element.hidden = false;
    this.element.append(
      element("h2", {}, "Experiment"),
      this.#nudgeForm(signal),
      this.#networkForm(signal),
    );
  }

  // Nudge --------------------------------------------------------------------------------------

  /** @param {AbortSignal} signal */
  #nudgeForm(signal) {
    const { story } = this.context;
    const given = story.arrays
      .map((array, k) => ({ array, k }))
      .filter(
        ({ array }) =>
          array.kind === "value" && !array.whole && !array.letters && !array.parts && array.name !== "L",
      );
    const name = element(
      "select",
      { "aria-label": "Quantity to nudge" },
      ...given.map(({ array, k }) => element("option", { value: String(k) }, array.name)),
    );
    const first = given.find(({ array }) => array.name === "W") || given[0];
    if (first) name.value = String(first.k);
    const chosen = () => story.arrays[Number(name.value)];
    const zeros = () =>
      first
        ? chosen()
            .shape.map(() => "0")
            .join(", ")
        : "";
    const index = element("input", {
      type: "text",
      value: zeros(),
      size: "6",
      "aria-label": "Index, such as 2, 0",
      inputmode: "numeric",
    });
    const delta = element("input", {
      type: "range",
      min: String(-MOST_DELTA),
      max: String(MOST_DELTA),
      step: "0.01",
      value: "0.1",
      "aria-label": "By how much",
    });
    const amount = element("output", {}, "+0.10");
    const result = element("div", { class: "result", role: "status" });
    const nudge = async () => {
      const place = index.value.split(",").map((s) => s.trim());
      const numbers = place.filter((s) => s !== "").map(Number);
      if (!numbers.every(Number.isInteger)) {
        const wanted = "it must be whole numbers with a comma between them, such as 2, 0.";
        result.replaceChildren(complaint(`The entry is ${index.value}; ${wanted}`));
        return;
      }
      const asked = { kind: "nudge", name: chosen().name, index: numbers, delta: Number(delta.value) };
      const { message: answer } = await this.context.kernel.ask(asked);
      result.replaceChildren(answer.error ? complaint(answer.error) : nudged(answer));
    };
    name.addEventListener(
      "change",
      () => {
        index.value = zeros();
        nudge();
      },
      { signal },
    );
    index.addEventListener("change", () => nudge(), { signal });
    delta.addEventListener(
      "input",
      () => {
        const by = Number(delta.value);
        amount.textContent = `${by < 0 ? "−" : "+"}${Math.abs(by).toFixed(2)}`;
        delta.setAttribute("aria-valuetext", amount.textContent);
        nudge();
      },
      { signal },
    );
    const explained =
      "Change one number: the loss is computed again, and compared with what its gradient predicts. A correct gradient is off only to second order: half the nudge, a quarter of the error.";
    const form = element(
      "form",
      { class: "nudge" },
      element("h3", {}, "nudge one number"),
      element("p", { class: "explained" }, explained),
      element(
        "div",
        { class: "controls" },
        element("label", {}, "number ", name),
        element("label", {}, "entry [", index, "]"),
        element("label", {}, "by ", delta, amount),
      ),
      result,
    );
    form.addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        nudge();
      },
      { signal },
    );
    return form;
  }

  // Another network ------------------------------------------------------------------------------

  /** @param {AbortSignal} signal */
  #networkForm(signal) {
    const { model } = this.context;
    const settings = model.get("settings");
    if (!settings?.text) return "";
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

/** @param {string} text */
const complaint = (text) => element("p", { class: "complaint" }, text);

/** How a nudge changed the loss, and what the gradient predicted.
 * @param {Message} answer
 */
function nudged({ before, after, predicted, remainder }) {
  const table = element("table", {}, element("caption", {}, "nats per sequence"));
  for (const { what, x } of [
    { what: "L as recorded", x: before },
    { what: "L computed again", x: after },
    { what: "L as the gradient predicts", x: predicted },
    { what: "what the prediction misses", x: remainder },
  ]) {
    const line = table.insertRow();
    line.append(element("th", { scope: "row" }, what));
    line.insertCell().textContent = formatNumber(Number(x), 6); // numbers that are not finite are sent as words
  }
  return table;
}
