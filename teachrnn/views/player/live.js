// What only a live kernel can do: nudge a number and compute the loss anew, record another network.

import { element } from "./dom.js";
import { formatNumber } from "./number.js";

const CELLS = "cells"; // the model tells which cells there are
const MOST_DELTA = 0.5;

export class Live {
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
    this.waiting = new Map();
    this.asked = 0;
    this.onAnswer = (message) => this.#answered(message);
    model.on("msg:custom", this.onAnswer);
    this.element.append(
      element("h2", {}, "Experiment"),
      this.#nudgeForm(signal),
      this.#networkForm(signal),
    );
  }

  // Ask the kernel something; the promise holds its answer.
  ask(request) {
    this.asked += 1;
    const id = `${this.context.unique}-${this.asked}`;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.context.model.send({ ...request, id });
    });
  }

  #answered(message) {
    if (message.kind !== "answer" || !this.waiting.has(message.id)) return;
    this.waiting.get(message.id)(message);
    this.waiting.delete(message.id);
  }

  // Nudge --------------------------------------------------------------------------------------

  #nudgeForm(signal) {
    const { story } = this.context;
    this.given = story.arrays
      .map((array, k) => ({ array, k }))
      .filter(
        ({ array }) =>
          array.kind === "value" && !array.whole && !array.letters && !array.parts && array.name !== "L",
      );
    this.name = element(
      "select",
      { "aria-label": "Quantity to nudge" },
      ...this.given.map(({ array, k }) => element("option", { value: String(k) }, array.name)),
    );
    const first = this.given.find(({ array }) => array.name === "W") || this.given[0];
    if (first) this.name.value = String(first.k);
    this.index = element("input", {
      type: "text",
      value: this.#zeros(),
      size: "6",
      "aria-label": "Index, such as 2, 0",
      inputmode: "numeric",
    });
    this.delta = element("input", {
      type: "range",
      min: String(-MOST_DELTA),
      max: String(MOST_DELTA),
      step: "0.01",
      value: "0.1",
      "aria-label": "By how much",
    });
    this.amount = element("output", {}, "+0.10");
    this.result = element("div", { class: "result", role: "status" });
    this.name.addEventListener(
      "change",
      () => {
        this.index.value = this.#zeros();
        this.#nudge();
      },
      { signal },
    );
    this.index.addEventListener("change", () => this.#nudge(), { signal });
    this.delta.addEventListener(
      "input",
      () => {
        const delta = Number(this.delta.value);
        this.amount.textContent = `${delta < 0 ? "−" : "+"}${Math.abs(delta).toFixed(2)}`;
        this.delta.setAttribute("aria-valuetext", this.amount.textContent);
        this.#nudge();
      },
      { signal },
    );
    const explained =
      "Move one number: the loss is computed anew, beside what its gradient predicts. A right gradient is wrong only to second order: half the nudge, a quarter of the miss.";
    const form = element(
      "form",
      { class: "nudge" },
      element("h3", {}, "nudge one number"),
      element("p", { class: "explained" }, explained),
      element(
        "div",
        { class: "controls" },
        element("label", {}, "number ", this.name),
        element("label", {}, "entry [", this.index, "]"),
        element("label", {}, "by ", this.delta, this.amount),
      ),
      this.result,
    );
    form.addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        this.#nudge();
      },
      { signal },
    );
    return form;
  }

  #zeros() {
    const chosen = this.context.story.arrays[Number(this.name.value)];
    return chosen ? chosen.shape.map(() => "0").join(", ") : "";
  }

  async #nudge() {
    const array = this.context.story.arrays[Number(this.name.value)];
    const index = this.index.value
      .split(",")
      .map((s) => s.trim())
      .filter((s) => s !== "")
      .map(Number);
    if (!index.every(Number.isInteger)) {
      this.result.replaceChildren(
        element(
          "p",
          { class: "complaint" },
          `The entry is ${this.index.value}; it must be whole numbers with a comma between them, such as 2, 0.`,
        ),
      );
      return;
    }
    const answer = await this.ask({
      kind: "nudge",
      name: array.name,
      index,
      delta: Number(this.delta.value),
    });
    if (answer.error) {
      this.result.replaceChildren(element("p", { class: "complaint" }, answer.error));
      return;
    }
    const lines = [
      ["L as recorded", answer.before],
      ["L computed anew", answer.after],
      ["L as the gradient predicts", answer.predicted],
      ["what the prediction misses", answer.remainder],
    ];
    const table = element("table", {}, element("caption", {}, "nats per sequence"));
    for (const [what, x] of lines) {
      const line = table.insertRow();
      line.append(element("th", { scope: "row" }, what));
      line.insertCell().textContent = formatNumber(Number(x), 6); // what is not finite comes as a word
    }
    this.result.replaceChildren(table);
  }

  // Another network ------------------------------------------------------------------------------

  #networkForm(signal) {
    const { model } = this.context;
    const settings = model.get("settings") || {};
    if (!settings.text) return "";
    const field = (name, label, attributes) =>
      element(
        "label",
        {},
        `${label} `,
        element("input", { name, value: String(settings[name]), required: "", ...attributes }),
      );
    const cells = element(
      "select",
      { name: "cell" },
      ...(model.get(CELLS) || [settings.cell]).map((c) => element("option", { value: c }, c)),
    );
    cells.value = settings.cell;
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
        element("label", {}, "cell ", cells),
        field("hidden", "m", { type: "number", min: "1", max: "64" }),
        field("layers", "layers", { type: "number", min: "1", max: "4" }),
        field("scale", "weight scale", { type: "number", min: "0", max: "5", step: "any" }),
        field("updates", "updates of training", { type: "number", min: "0", max: "10000" }),
        field("seed", "seed", { type: "number", min: "0" }),
        button,
      ),
      said,
    );
    form.addEventListener(
      "submit",
      async (event) => {
        event.preventDefault();
        const given = Object.fromEntries(new FormData(form));
        for (const name of ["hidden", "layers", "scale", "updates", "seed"])
          given[name] = Number(given[name]);
        said.textContent = "recording …";
        const answer = await this.ask({ kind: "record", ...given });
        said.textContent = answer.error || "recorded"; // the new story arrives by itself
      },
      { signal },
    );
    return form;
  }

  stop() {
    if (this.onAnswer) this.context.model.off("msg:custom", this.onAnswer);
  }
}
