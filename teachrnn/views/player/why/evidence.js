// How we know that a gradient is right: the same number by the complex step, from the page or from the kernel.
import { addressText, placeAt } from "../address.js";
import { element } from "../dom.js";
import { formatNumber } from "../number.js";
import { isSeed, madeAt, numberAt } from "./origin.js";

const METHOD =
  "The complex step moves this one number by a tiny amount in the imaginary direction, computes the loss anew from there, and divides the imaginary part of the loss by that amount. It knows nothing of the chain rule and subtracts nothing, so it is right to about 16 digits.";

export class Evidence {
  constructor(context) {
    this.context = context;
    this.element = element("section", { class: "evidence", "aria-label": "How we know" });
    this.asked = 0;
    this.answered = (message) => {
      if (message.kind !== "answer" || message.id !== this.waiting) return;
      if (message.error) this.#say(message.error);
      else this.#compare(Number(message.value ?? NaN));
    };
    context.model.on("msg:custom", this.answered);
  }

  stop() {
    this.context.model.off("msg:custom", this.answered);
  }

  show(k, index) {
    const { story, model } = this.context;
    const { kind, name, shape } = story.arrays[k];
    // where the way back begins, the same number stands in the turning point and in the step after
    const { check, refused } = isSeed(story, k)
      ? story.arrays.findLast((array) => array.name === name)
      : story.arrays[k];
    Object.assign(this, { k, index, waiting: null });
    this.element.hidden = kind !== "gradient";
    this.element.replaceChildren(element("h4", {}, "How we know"));
    if (this.element.hidden) return;
    const total = completed(story, k);
    const found =
      check === undefined || check === null ? NaN : story.numbers[check + placeAt(shape, index)];
    if (Number.isFinite(found)) this.#compare(found);
    else if (refused) this.#say(refused);
    else if (total !== k) this.#partOnly(total);
    else if (model.get("live")) this.#offer();
    else
      this.#say(
        "This entry is not among those that were checked when the page was made; in a notebook with a running kernel any entry can be.",
      );
  }

  #say(text) {
    this.element.append(element("p", {}, text));
  }

  // A part is not the derivative of anything that can be nudged: only the whole is.
  #partOnly(total) {
    const { story } = this.context;
    this.#say(
      "Only the complete gradient can be checked by moving the number: this is one part of it, or a sum that is still growing.",
    );
    if (total === null || story.arrays[total].shape.length !== this.index.length) return;
    const { index } = this;
    const link = element(
      "button",
      { type: "button", class: "word" },
      `the complete ${addressText(story, total, index)}`,
    );
    link.addEventListener("click", () => this.follow(total, index));
    this.element.append(link);
  }

  #offer() {
    const button = element(
      "button",
      { type: "button", class: "word" },
      "check it now by the complex step",
    );
    button.addEventListener("click", () => {
      if (this.waiting) return;
      this.asked += 1;
      this.waiting = `check-${this.context.unique}-${this.asked}`;
      button.setAttribute("aria-disabled", "true");
      button.textContent = "computing …";
      const name = this.context.story.arrays[this.k].name.slice(1); // dW is the slope along W
      this.context.model.send({ kind: "check", name, index: this.index, id: this.waiting });
    });
    this.element.append(button);
  }

  #compare(found) {
    const { story } = this.context;
    const value = numberAt(story, this.k, this.index);
    const difference = value - found;
    const again = this.waiting !== null;
    this.waiting = null;
    this.element.replaceChildren(element("h4", {}, "How we know"));
    if (!Number.isFinite(found)) {
      this.#say(
        "The complex step gave no finite number here: the loss is not analytic on the way from this number.",
      );
      return;
    }
    const scale = Math.max(Math.abs(value), Math.abs(found));
    const relative = scale > 0 ? Math.abs(difference) / scale : 0;
    const rows = [
      ["backpropagation", digits17(value)],
      ["complex step", digits17(found)],
      ["difference", formatNumber(difference)],
      ["relative", formatNumber(relative)],
    ].map(([name, text]) =>
      element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, text)),
    );
    this.element.append(
      element(
        "table",
        { "aria-label": "Backpropagation against the complex step" },
        element("tbody", {}, ...rows),
      ),
    );
    this.#say(METHOD);
    if (again)
      this.context.say(
        `Complex step: ${formatNumber(found)}, relative difference ${formatNumber(relative)}`,
      );
  }
}

const digits17 = (x) => (x === 0 ? "0" : x.toPrecision(17).replaceAll("-", "−"));

// The array that holds the complete gradient of which array k is a part; k itself if it is complete.
function completed(story, k) {
  const made = madeAt(story, k);
  const outcome = story.steps[made]?.outcomes.find(({ quantities }) =>
    quantities.some(([at]) => at === k),
  );
  if (!outcome || story.steps[made].phase !== "backward") return k;
  return story.gradients.get(outcome.target)?.at(-1)[1] ?? null;
}
