// Predict, then reveal: a step's result stays covered until the learner has said what it will be.
import { addressText, indexAt, typesetAddress } from "./address.js";
import { element } from "./dom.js";
import { formatNumber } from "./number.js";
import { numberAt } from "./why/origin.js";

export const COVERED = "The result is covered: say first what it is.";

const TOLERANCE = 0.1; // a predicted number may be off by this share
const MODES = { off: "off", sign: "the sign", shape: "the shape", number: "the number" };
const SIGNS = [
  ["−", "minus"],
  ["0", "zero"],
  ["+", "plus"],
];

export class Predict {
  // `revealed` is called when an answer uncovers the step at hand.
  constructor(context, revealed) {
    this.context = context;
    this.revealed = revealed;
    this.answers = new Map(); // "mode at step" -> what became of it
    this.modes = element(
      "select",
      { "aria-label": "Predict first" },
      ...Object.entries(MODES).map(([mode, text]) => element("option", { value: mode }, text)),
    );
    this.modes.addEventListener("change", () => {
      context.model.set("predict", this.modes.value);
      context.model.save_changes();
    });
    this.score = element("span", { class: "score" });
    this.question = element("div", { class: "question" });
    this.feedback = element("p", { class: "feedback", tabindex: "-1" });
    this.element = element(
      "section",
      { class: "predict", "aria-label": "Predict, then reveal" },
      element(
        "div",
        { class: "predict-bar" },
        element("label", {}, "Predict first: ", this.modes),
        this.score,
      ),
      this.question,
      this.feedback,
    );
  }

  get mode() {
    const mode = this.context.model.get("predict");
    return mode in MODES ? mode : "off";
  }

  // Whether the result of step i must not be shown yet.
  covers(i) {
    return this.mode !== "off" && !this.answers.has(this.#key(i)) && this.#asked(i) !== null;
  }

  paint(i) {
    const focused = this.question.contains(this.#active()) || this.feedback === this.#active();
    this.step = i;
    this.modes.value = this.mode;
    const covered = this.covers(i);
    const state = `${this.#key(i)} ${covered}`;
    this.score.textContent = this.#scoreInWords();
    if (state === this.shown) return;
    this.shown = state;
    const answer = this.answers.get(this.#key(i));
    this.question.replaceChildren(...(covered ? this.#ask(this.#asked(i)) : []));
    this.feedback.textContent =
      covered || this.mode === "off" ? "" : answer?.text || "Nothing to predict at this step.";
    this.feedback.className = `feedback ${answer?.verdict || ""}`;
    // whoever answers one step after the other need not look for the question again
    if (focused)
      (covered ? this.question.querySelector("input, button") : this.feedback).focus({
        preventScroll: true,
      });
  }

  #active() {
    return this.element.getRootNode().activeElement;
  }

  #key(i) {
    return `${this.mode} at ${i}`;
  }

  // The entry asked about at a step: drawn by a rule from the step's number, so the same each time.
  #asked(i) {
    const { story } = this.context;
    const step = story.steps[i];
    if (step.phase === "turn") return null; // its sentence tells the loss
    const made = step.outcomes.map(({ quantities }) => quantities.at(-1)[0]);
    const draw = scattered(i);
    const k = made[draw % made.length];
    const { shape } = story.arrays[k];
    if (this.mode === "shape") return { k, index: [] };
    const size = story.numbersOf(k).length;
    const index = indexAt(shape, scattered(draw) % size);
    return size && Number.isFinite(numberAt(story, k, index)) ? { k, index } : null;
  }

  #ask({ k, index }) {
    const { story } = this.context;
    const name = typesetAddress(story, k, index);
    const text = addressText(story, k, index);
    const skip = element("button", { type: "button", class: "word" }, "show me");
    skip.addEventListener("click", () => this.#reveal({ k, index }, null));
    if (this.mode === "sign") {
      const buttons = SIGNS.map(([sign, spoken]) => {
        const button = element(
          "button",
          { type: "button", class: "word", "aria-label": `${text} is ${spoken}` },
          sign,
        );
        button.addEventListener("click", () => this.#reveal({ k, index }, sign));
        return button;
      });
      return [
        element("p", {}, "Which sign will ", name, " have?"),
        element("div", { class: "choices" }, ...buttons, skip),
      ];
    }
    const shapely = this.mode === "shape";
    const hint = shapely
      ? "such as 4 or 4 × 3; () for a single number"
      : `such as −0.13; right if it is within ${100 * TOLERANCE} %`;
    const input = element("input", {
      type: "text",
      inputmode: "text",
      autocomplete: "off",
      size: "10",
      placeholder: shapely ? "4 × 3" : "−0.13",
    });
    const form = element(
      "form",
      { class: "choices" },
      element(
        "label",
        {},
        element(
          "span",
          {},
          shapely ? "Which shape will " : "Which number will ",
          name,
          shapely ? " have? " : " be? ",
        ),
        input,
      ),
      element("button", { type: "submit", class: "word" }, "answer"),
      skip,
      element("span", { class: "hint" }, hint),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const read = shapely ? readShape(input.value) : readNumber(input.value);
      if (read === null) {
        input.setAttribute("aria-invalid", "true");
        this.context.say(`This is not ${shapely ? "a shape" : "a number"}: write one, ${hint}.`);
        form.querySelector(".hint").textContent =
          `not ${shapely ? "a shape" : "a number"}: write one, ${hint}`;
        input.focus();
        return;
      }
      this.#reveal({ k, index }, read);
    });
    return [form];
  }

  // What was said against what it is; null is "show me".
  #reveal({ k, index }, given) {
    const { story } = this.context;
    const { shape } = story.arrays[k];
    const text = addressText(story, k, index);
    const value = this.mode === "shape" ? null : numberAt(story, k, index);
    const judged = {
      sign: () => [given === signOf(value), `${text} is ${formatNumber(value)}`],
      shape: () => [given?.join() === shape.join(), `${text} ${shapeInWords(shape)}`],
      number: () => [
        given !== null && Math.abs(given - value) <= TOLERANCE * Math.abs(value),
        `${text} is ${formatNumber(value)}${offInWords(given, value)}`,
      ],
    };
    const [right, truth] = judged[this.mode]();
    const verdict = given === null ? "shown" : right ? "right" : "wrong";
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
    const count = (verdict) => all.filter((one) => one === verdict).length;
    const answered = count("right") + count("wrong");
    const shown = count("shown") ? `, ${count("shown")} shown` : "";
    return answered + count("shown") ? `${count("right")} of ${answered} right${shown}` : "";
  }
}

// Neighbouring numbers far apart: the multiplier is the golden ratio in 32 bits (Knuth, volume 3, section 6.4).
function scattered(n) {
  return (Math.imul(n + 1, 0x9e3779b1) >>> 0) >>> 8;
}

const signOf = (x) => (x < 0 ? "−" : x > 0 ? "+" : "0");

function readNumber(text) {
  const plain = text.trim().replaceAll("−", "-").replace(",", ".");
  return plain && Number.isFinite(Number(plain)) ? Number(plain) : null;
}

function readShape(text) {
  if (/^\s*(\(\s*\)|scalar)\s*$/i.test(text)) return [];
  const sizes = text.match(/\d+/g);
  return sizes && /^[\d\s(),x×*]+$/i.test(text) ? sizes.map(Number) : null;
}

const shapeInWords = (shape) =>
  shape.length ? `has the shape ${shape.join(" × ")}` : "is a single number: its shape is ()";

function offInWords(given, value) {
  if (given === null || given === value) return "";
  const off = formatNumber(Math.abs(given - value));
  return value === 0
    ? `; you were off by ${off}`
    : `; you were off by ${off}, which is ${formatNumber((100 * Math.abs(given - value)) / Math.abs(value), 2)} %`;
}
