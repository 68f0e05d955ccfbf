// Predict, then reveal: a step's result stays covered until the learner has predicted it.

/** @import { Context, Entry } from "./types.d.ts" */

import { addressText, indexAt, typesetAddress } from "./address.js";
import { element, focusedBeside, partOf } from "./dom.js";
import { formatNumber } from "./number.js";
import { numberAt } from "./why/origin.js";

export const COVERED = "The result is covered: predict it first.";

const TOLERANCE = 0.1; // a predicted number may be off by this fraction
const MODES = { off: "off", sign: "the sign", shape: "the shape", number: "the number" };
const SIGNS = [
  { sign: "−", spoken: "minus" },
  { sign: "0", spoken: "zero" },
  { sign: "+", spoken: "plus" },
];

/**
 * A question that is answered by typing; `judge` gives null for what cannot be read.
 * @typedef {object} Typed
 * @property {string} what
 * @property {[before: string, after: string]} question
 * @property {string} example
 * @property {string} hint
 * @property {(text: string) => { right: boolean, off: string } | null} judge
 */

export class Predict {
  /**
   * `revealed` is called when an answer uncovers the step at hand.
   * @param {Context} context
   * @param {() => void} revealed
   */
  constructor(context, revealed) {
    this.context = context;
    this.revealed = revealed;
    /** @type {Map<string, { verdict: string, text: string }>} the outcome of "mode at step" */
    this.answers = new Map();
    this.step = 0;
    this.shown = "";
    this.modes = element(
      "select",
      { "aria-label": "Predict first" },
      ...Object.entries(MODES).map(([mode, text]) => element("option", { value: mode }, text)),
    );
    this.modes.addEventListener("change", () => {
      context.model.set("predict", this.modes.value);
      context.model.save_changes();
    });
    this.choice = element("label", {}, "predict first ", this.modes);
    this.score = element("span", { class: "score" });
    this.question = element("div", { class: "question" });
    this.feedback = element("p", { class: "feedback", tabindex: "-1" });
    this.element = element(
      "section",
      { class: "predict", "aria-label": "Predict, then reveal" },
      this.score,
      this.question,
      this.feedback,
    );
  }

  get mode() {
    const mode = this.context.model.get("predict");
    return mode in MODES ? mode : "off";
  }

  /**
   * Whether the result of step i must not be shown yet.
   * @param {number} i
   */
  covers(i) {
    return this.mode !== "off" && !this.answers.has(this.#key(i)) && this.#asked(i) !== null;
  }

  /** @param {number} i */
  paint(i) {
    const focused = this.question.contains(this.#active()) || this.feedback === this.#active();
    this.step = i;
    this.modes.value = this.mode;
    const entry = this.covers(i) ? this.#asked(i) : null;
    const covered = entry !== null;
    const state = `${this.#key(i)} ${covered}`;
    this.score.textContent = this.#scoreInWords();
    if (state === this.shown) return;
    this.shown = state;
    const answer = this.answers.get(this.#key(i));
    this.question.replaceChildren(...(entry ? this.#ask(entry) : []));
    this.feedback.textContent =
      covered || this.mode === "off" ? "" : answer?.text || "Nothing to predict at this step.";
    this.feedback.className = `feedback ${answer?.verdict || ""}`;
    // a learner who answers step after step need not look for the question again
    if (focused) {
      const next = covered ? partOf(this.question, "input, button") : this.feedback;
      next.focus({ preventScroll: true });
    }
  }

  #active() {
    return focusedBeside(this.element);
  }

  /** @param {number} i */
  #key(i) {
    return `${this.mode} at ${i}`;
  }

  /**
   * The entry asked about at a step: drawn by a rule from the step's number, so the same each time.
   * @param {number} i
   * @returns {Entry | null}
   */
  #asked(i) {
    const { story } = this.context;
    const step = story.steps[i];
    if (step.phase === "turn") return null; // its sentence gives the loss
    const made = step.outcomes.map(({ quantities }) => quantities[quantities.length - 1][0]);
    const draw = scattered(i);
    const k = made[draw % made.length];
    const { shape } = story.arrays[k];
    if (this.mode === "shape") return { k, index: [] };
    const size = story.numbersOf(k).length;
    const index = indexAt(shape, scattered(draw) % size);
    return size && Number.isFinite(numberAt(story, k, index)) ? { k, index } : null;
  }

  /** @param {Entry} entry */
  #ask(entry) {
    const skip = element("button", { type: "button", class: "word" }, "show me");
    skip.addEventListener("click", () => this.#reveal(null, this.#truth(entry)));
    return this.mode === "sign" ? this.#askSign(entry, skip) : [this.#askTyped(entry, skip)];
  }

  /**
   * @param {Entry} entry
   * @param {HTMLButtonElement} skip
   */
  #askSign({ k, index }, skip) {
    const { story } = this.context;
    const value = numberAt(story, k, index);
    const buttons = SIGNS.map(({ sign, spoken }) => {
      const name = `${addressText(story, k, index)} is ${spoken}`;
      const button = element("button", { type: "button", class: "word", "aria-label": name }, sign);
      button.addEventListener("click", () =>
        this.#reveal(sign === signOf(value), this.#truth({ k, index })),
      );
      return button;
    });
    return [
      element("p", {}, "What sign will ", typesetAddress(story, k, index), " have?"),
      element("div", { class: "choices" }, ...buttons, skip),
    ];
  }

  /**
   * @param {Entry} entry
   * @param {HTMLButtonElement} skip
   */
  #askTyped(entry, skip) {
    const { what, question, example, hint, judge } =
      this.mode === "shape" ? this.#askedShape(entry) : this.#askedNumber(entry);
    const name = typesetAddress(this.context.story, entry.k, entry.index);
    const input = element("input", {
      type: "text",
      inputmode: "text",
      autocomplete: "off",
      size: "10",
      placeholder: example,
    });
    const said = element("span", { class: "hint" }, hint);
    const form = element(
      "form",
      { class: "choices" },
      element("label", {}, element("span", {}, question[0], name, question[1]), input),
      element("button", { type: "submit", class: "word" }, "answer"),
      skip,
      said,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const judged = judge(input.value);
      if (judged === null) {
        input.setAttribute("aria-invalid", "true");
        this.context.say(`This is not ${what}: write one, ${hint}.`);
        said.textContent = `not ${what}: write one, ${hint}`;
        input.focus();
        return;
      }
      this.#reveal(judged.right, `${this.#truth(entry)}${judged.off}`);
    });
    return form;
  }

  /**
   * @param {Entry} entry
   * @returns {Typed}
   */
  #askedShape({ k }) {
    const { shape } = this.context.story.arrays[k];
    return {
      what: "a shape",
      question: ["What shape will ", " have? "],
      example: "4 × 3",
      hint: "such as 4 or 4 × 3; () for a single number",
      judge(text) {
        const given = readShape(text);
        return given && { right: given.join() === shape.join(), off: "" };
      },
    };
  }

  /**
   * @param {Entry} entry
   * @returns {Typed}
   */
  #askedNumber({ k, index }) {
    const value = numberAt(this.context.story, k, index);
    return {
      what: "a number",
      question: ["What number will ", " be? "],
      example: "−0.13",
      hint: `such as −0.13; right if it is within ${100 * TOLERANCE} %`,
      judge(text) {
        const given = readNumber(text);
        if (given === null) return null;
        const right = Math.abs(given - value) <= TOLERANCE * Math.abs(value);
        return { right, off: offInWords(given, value) };
      },
    };
  }

  /** The correct answer, in words.
   * @param {Entry} entry
   */
  #truth({ k, index }) {
    const { story } = this.context;
    const text = addressText(story, k, index);
    if (this.mode === "shape") return `${text} ${shapeInWords(story.arrays[k].shape)}`;
    return `${text} is ${formatNumber(numberAt(story, k, index))}`;
  }

  /** Whether the answer is right, and the correct one; null is "show me".
   * @param {boolean | null} right
   * @param {string} truth
   */
  #reveal(right, truth) {
    const verdict = right === null ? "shown" : right ? "right" : "wrong";
    const told = { shown: truth, right: `✓ Right: ${truth}`, wrong: `✗ Not so: ${truth}` }[verdict];
    this.answers.set(this.#key(this.step), { verdict, text: `${told}.` });
    this.paint(this.step);
    this.revealed();
    this.context.say(`${told.replace(/^[✓✗] /, "")}. ${this.#scoreInWords()}`);
  }

  #scoreInWords() {
    if (this.mode === "off") return "";
    const all = [...this.answers]
      .filter(([key]) => key.startsWith(`${this.mode} `))
      .map(([, { verdict }]) => verdict);
    /** @param {string} verdict */
    const count = (verdict) => all.filter((one) => one === verdict).length;
    const answered = count("right") + count("wrong");
    const shown = count("shown") ? `, ${count("shown")} shown` : "";
    return answered + count("shown") ? `${count("right")} of ${answered} right${shown}` : "";
  }
}

/** Sends neighbouring numbers far apart: the multiplier is the golden ratio in 32 bits (Knuth, volume 3,
 *  section 6.4).
 * @param {number} n
 */
function scattered(n) {
  return (Math.imul(n + 1, 0x9e3779b1) >>> 0) >>> 8;
}

/** @param {number} x */
const signOf = (x) => (x < 0 ? "−" : x > 0 ? "+" : "0");

/** @param {string} text */
function readNumber(text) {
  const plain = text.trim().replaceAll("−", "-").replace(",", ".");
  return plain && Number.isFinite(Number(plain)) ? Number(plain) : null;
}

/** @param {string} text */
function readShape(text) {
  if (/^\s*(\(\s*\)|scalar)\s*$/i.test(text)) return [];
  const sizes = text.match(/\d+/g);
  return sizes && /^[\d\s(),x×*]+$/i.test(text) ? sizes.map(Number) : null;
}

/** @param {number[]} shape */
const shapeInWords = (shape) =>
  shape.length ? `has the shape ${shape.join(" × ")}` : "is a single number: its shape is ()";

/**
 * @param {number} given
 * @param {number} value
 */
function offInWords(given, value) {
  if (given === value) return "";
  const off = formatNumber(Math.abs(given - value));
  return value === 0
    ? `; you were off by ${off}`
    : `; you were off by ${off}, which is ${formatNumber((100 * Math.abs(given - value)) / Math.abs(value), 2)} %`;
}
