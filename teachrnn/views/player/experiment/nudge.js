// Change one number that the network was given: the loss is computed again, in the page or, where the page cannot,
// by Python, and compared with what the number's gradient predicts.

/** @import { Context, Entry, Message } from "../types.d.ts" */

import { bracketed, placeAt } from "../address.js";
import { element } from "../dom.js";
import { formatNumber } from "../number.js";
import { forwardAgain, totalLoss, unreadableAfter } from "./forward_again.js";

const MOST_DELTA = 0.5;
const ROUNDING = 1e-9; // by which a sum in another order may differ, relative to it
const EXPLAINED =
  "Change one number: the loss is computed again, and compared with what its gradient predicts. A correct gradient is off only to second order: half the nudge, a quarter of the error.";

export class Nudge {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    const { story, signal, kernel } = context;
    this.unreadable = unreadableAfter(story);
    this.given = story.arrays
      .map((array, k) => ({ array, k }))
      .filter(({ array, k }) => isGiven(array) && (kernel.live || !this.unreadable.has(k)));
    this.name = element(
      "select",
      { "aria-label": "Quantity to nudge" },
      ...this.given.map(({ array, k }) => element("option", { value: String(k) }, array.name)),
    );
    this.index = element("input", {
      type: "text",
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
    this.element = element(
      "form",
      { class: "nudge" },
      element("h3", {}, "nudge one number"),
      element("p", { class: "explained" }, EXPLAINED),
      element(
        "div",
        { class: "controls" },
        element("label", {}, "number ", this.name),
        element("label", {}, "entry [", this.index, "]"),
        element("label", {}, "by ", this.delta, this.amount),
      ),
      this.result,
    );
    const first = this.given.find(({ array }) => array.name === "W") ?? this.given[0];
    this.element.hidden = !first || totalLoss(story) === 0;
    if (first) this.#choose({ k: first.k, index: first.array.shape.map(() => 0) });
    this.name.addEventListener("change", () => this.#nameChanged(), { signal });
    this.index.addEventListener("change", () => this.#nudge(), { signal });
    this.delta.addEventListener("input", () => this.#moved(), { signal });
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#nudge();
    });
  }

  /** The array that can be nudged to try out array k, which is that array or its gradient; undefined if none can.
   * @param {number} k
   * @returns {number | undefined}
   */
  forArray(k) {
    const { name, of, via } = this.context.story.arrays[k];
    if (this.element.hidden || via) return undefined;
    return this.given.find(({ array }) => array.name === (of ?? name))?.k;
  }

  /** Takes the reader to the slider of one number.
   * @param {Entry} entry
   */
  open(entry) {
    this.#choose(entry);
    this.#nudge();
    this.element.scrollIntoView({ block: "center" });
    this.delta.focus({ preventScroll: true });
  }

  /** @param {Entry} entry */
  #choose({ k, index }) {
    this.name.value = String(k);
    this.index.value = index.join(", ");
    this.index.disabled = index.length === 0;
  }

  #nameChanged() {
    const k = Number(this.name.value);
    this.#choose({ k, index: this.context.story.arrays[k].shape.map(() => 0) });
    this.#nudge();
  }

  #moved() {
    const by = Number(this.delta.value);
    this.amount.textContent = `${by < 0 ? "−" : "+"}${Math.abs(by).toFixed(2)}`;
    this.delta.setAttribute("aria-valuetext", this.amount.textContent);
    this.#nudge();
  }

  async #nudge() {
    const k = Number(this.name.value);
    const place = this.index.value.split(",").map((s) => s.trim());
    const index = place.filter((s) => s !== "").map(Number);
    if (!index.every(Number.isInteger)) {
      const wanted = "it must be whole numbers with a comma between them, such as 2, 0.";
      return this.#show(complaint(`The entry is ${this.index.value}; ${wanted}`));
    }
    const { story, kernel } = this.context;
    const delta = Number(this.delta.value);
    if (!this.unreadable.has(k)) return this.#show(...this.#computed({ k, index }, delta));
    const asked = { kind: "nudge", name: story.arrays[k].name, index, delta };
    const { message } = await kernel.ask(asked);
    return this.#show(message.error ? complaint(message.error) : table(message));
  }

  /** @param {...Node} parts */
  #show(...parts) {
    this.result.replaceChildren(...parts);
  }

  /** @param {Entry} entry @param {number} delta */
  #computed({ k, index }, delta) {
    const { story } = this.context;
    const { name, shape } = story.arrays[k];
    const inside = index.length === shape.length && index.every((i, axis) => i >= 0 && i < shape[axis]);
    if (!inside) {
      const wanted = shape.map((size) => `0 to ${size - 1}`).join(", ");
      return [complaint(`${name} has no entry ${bracketed(index)}: its indices are ${wanted}.`)];
    }
    const place = placeAt(shape, index);
    const before = totalLoss(story);
    const again = totalLoss(story, forwardAgain(story, new Map([[k, story.numbersOf(k)]])));
    if (!(Math.abs(again - before) <= ROUNDING * Math.abs(before))) {
      const text = `Without a nudge, L is ${formatNumber(before, 6)} in the record, and ${formatNumber(again, 6)} by the formulas: one of them is not what was computed.`;
      return [complaint(text)];
    }
    const changed = Float64Array.from(story.numbersOf(k));
    changed[place] += delta;
    const now = forwardAgain(story, new Map([[k, changed]]));
    const after = totalLoss(story, now);
    const gradient = story.named.get(`d${name}`)?.at(-1);
    const slope = gradient === undefined ? 0 : story.numbersOf(gradient)[place]; // nothing depends on it
    const predicted = before + slope * delta;
    return [table({ before, after, predicted, remainder: after - predicted }), ...this.#mostMoved(now)];
  }

  /** Where the network's expectation changes most, in a sentence.
   * @param {Map<number, Float64Array>} now
   */
  #mostMoved(now) {
    const { story } = this.context;
    const moves = [...story.predictions.keys()].map((id) => {
      const [before, after] = [story.probabilities(id), story.probabilities(id, now)];
      const k = story.predictions.get(id)?.target ?? 0;
      return { id, k, from: before?.[k] ?? 0, to: after?.[k] ?? 0 };
    });
    if (!moves.length) return [];
    const most = moves.reduce((a, b) => (Math.abs(b.to - b.from) > Math.abs(a.to - a.from) ? b : a));
    const [from, to] = [most.from, most.to].map((p) => formatNumber(p));
    if (from === to) return [];
    const t = story.node.get(most.id)?.t;
    const symbol = story.symbols[most.k] ?? `symbol ${most.k}`;
    const text = `The expectation changes most at t = ${t}: “${symbol}”, which comes next, has probability ${from} as recorded, ${to} now.`;
    return [element("p", { class: "moved" }, text)];
  }
}

/** A value that no operation made, of real numbers: a parameter, an initial state.
 * @param {import("../types.d.ts").StoryArray} array
 */
const isGiven = ({ kind, whole, letters, parts, name }) =>
  kind === "value" && !whole && !letters && !parts && name !== "L";

/** @param {string} text */
const complaint = (text) => element("p", { class: "complaint" }, text);

/** How a nudge changed the loss, and what the gradient predicted.
 * @param {Pick<Message, "before" | "after" | "predicted" | "remainder">} answer
 */
function table({ before, after, predicted, remainder }) {
  const made = element("table", {}, element("caption", {}, "nats per sequence"));
  for (const { what, x } of [
    { what: "L as recorded", x: before },
    { what: "L computed again", x: after },
    { what: "L as the gradient predicts", x: predicted },
    { what: "what the prediction misses", x: remainder },
  ]) {
    const line = made.insertRow();
    line.append(element("th", { scope: "row" }, what));
    line.insertCell().textContent = formatNumber(Number(x), 6); // numbers that are not finite are sent as words
  }
  return made;
}
