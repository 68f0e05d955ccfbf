// Why this number: the formula that made it, the same with the numbers in it, term by term, and how we know.

/** @import { Story } from "../story.js" */
/** @import { Context, Entry, Line } from "../types.d.ts" */
/** @import { Origin } from "./origin.js" */

import { addressText, placeAt, typesetAddress } from "../address.js";
import { bar, element, focusedBeside, mathematics } from "../dom.js";
import { Evidence } from "./evidence.js";
import { Into } from "./into.js";
import { formatNumber } from "../number.js";
import { madeAt, numberAt, originOf, outcomeOf } from "./origin.js";
import { alignedNumber, shareBar, termFormula } from "./term_line.js";

const MOST_TERMS = 8; // of a longer sum, the largest are shown first
const ROUNDING = 1e-9; // what the order of addition may change, relative to the terms' magnitudes

export class Why {
  /**
   * `beat` is how many milliseconds an entry is shown when an operation is played.
   * @param {Context} context
   * @param {() => number} beat
   */
  constructor(context, beat) {
    this.context = context;
    /** @type {Entry[]} the entries that were open before this one */
    this.trail = [];
    this.step = -1;
    this.covered = false;
    this.following = false; // whether the entry is about to change because a link was followed
    /** @type {string | null} */
    this.shown = null;
    /** @type {HTMLElement | SVGElement | null} what had the focus before this was opened */
    this.returnTo = null;
    this.all = false; // whether all terms of a long sum are shown
    this.evidence = new Evidence(context, (k, index) => this.#follow(k, index));
    this.walk = new Into(context, { left: () => this.#left(), beat });
    this.back = wordButton("‹ back", () => this.#goBack());
    this.back.title = "Back to the previous number";
    this.trailLine = element("p", { class: "trail" });
    this.close = wordButton("close", () => this.#close());
    this.heading = element("h3", { tabindex: "-1" });
    this.body = element("div", { class: "why-body" });
    this.answer = element(
      "div",
      { class: "answer" },
      element("div", { class: "why-bar" }, this.back, this.trailLine, this.close),
      this.heading,
      this.body,
      this.evidence.element,
    );
    this.answer.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#entry) return; // the focus may still be here after this was closed
      event.preventDefault();
      this.#close();
    });
    this.element = element(
      "section",
      { class: "why", "aria-label": "Why this number", hidden: "" },
      this.answer,
      this.walk.element,
    );
    this.changed = () => this.#entryChanged();
    context.model.on("change:entry", this.changed);
  }

  stop() {
    this.walk.pause();
    this.context.model.off("change:entry", this.changed);
  }

  /** Shows the entry as it is known at step i; a number that the learner should predict there is withheld.
   * @param {number} i
   * @param {boolean} [covered]
   */
  paint(i, covered = false) {
    if (this.walk.inside && i !== this.step) this.walk.leave();
    this.step = i;
    this.covered = covered;
    this.#show();
  }

  /**
   * Walks through the operation that made array k, term by term.
   * @param {number} k
   */
  into(k) {
    this.returnTo = this.#focused() || this.returnTo;
    this.answer.hidden = true;
    this.element.hidden = false;
    this.walk.enter(k);
  }

  #left() {
    this.shown = null;
    this.#show();
    if (this.returnTo?.isConnected) this.returnTo.focus();
  }

  /** @returns {Entry | null} */
  get #entry() {
    const { array, index } = this.context.model.get("entry");
    if (array === undefined || !this.context.story.arrays[array]) return null;
    return { k: array, index: index ?? [] };
  }

  #focused() {
    return this.element.closest(".trnn")?.contains(this.#active()) ? this.#active() : null;
  }

  #active() {
    return focusedBeside(this.element);
  }

  #entryChanged() {
    const focused = this.#focused();
    if (!this.following) this.trail = [];
    this.following = false;
    if (this.walk.inside) this.walk.leave();
    this.all = false;
    if (this.step < 0) return; // not painted yet
    if (focused && !this.element.contains(focused)) this.returnTo = focused;
    this.#show();
    if (focused && !this.element.hidden) this.reveal(); // opening it from Python must not move the focus
  }

  // Takes the reader to the answer.
  reveal() {
    this.heading.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
  }

  // Closes what is open; false if nothing is.
  dismiss() {
    const open = this.walk.inside || this.#entry !== null;
    if (this.walk.inside) this.walk.leave();
    else if (open) this.#close();
    return open;
  }

  /**
   * @param {number} k
   * @param {number[]} index
   */
  #follow(k, index) {
    const entry = this.#entry;
    if (entry) this.trail.push(entry);
    this.following = true;
    this.context.open(k, index);
  }

  #goBack() {
    const before = this.trail.pop();
    if (!before) return;
    this.following = true;
    this.context.open(before.k, before.index);
  }

  #close() {
    this.context.model.set("entry", {});
    this.context.model.save_changes();
    if (this.returnTo?.isConnected) this.returnTo.focus();
  }

  #show() {
    const entry = this.#entry;
    this.element.hidden = !entry && !this.walk.inside;
    this.answer.hidden = !entry || this.walk.inside;
    if (!entry || this.answer.hidden) {
      this.shown = null;
      return;
    }
    const { story } = this.context;
    const made = madeAt(story, entry.k);
    const known = made < this.step || (made === this.step && !this.covered);
    const state = JSON.stringify([
      entry,
      known,
      made === this.step && this.covered,
      this.trail.length,
      this.all,
    ]);
    if (state === this.shown) return; // nothing to repaint, and the focus stays
    this.shown = state;
    this.#head(entry);
    const focused = this.body.contains(this.#active());
    this.body.replaceChildren();
    if (known) this.#tell(entry, made);
    else this.#notYet(made);
    // scrollable elements can be reached with the keyboard
    const line = this.body.querySelector(".formula");
    if (line instanceof HTMLElement && line.scrollWidth > line.clientWidth) line.tabIndex = 0;
    if (known) this.evidence.show(entry.k, entry.index);
    else this.evidence.element.hidden = true;
    if (focused) this.heading.focus({ preventScroll: true });
  }

  /** @param {Entry} entry */
  #head({ k, index }) {
    const { story } = this.context;
    bar(this.back, !this.trail.length);
    this.trailLine.textContent = [...this.trail.slice(-3), { k, index }]
      .map((at) => addressText(story, at.k, at.index))
      .join(" › ");
    this.heading.replaceChildren("Why is ", typesetAddress(story, k, index), " what it is?");
  }

  /** @param {number} made */
  #notYet(made) {
    const text =
      made === this.step ? "Covered: predict it first." : `Not yet: it is made in step ${made + 1}.`;
    this.body.append(element("p", { class: "not-yet" }, text));
    if (made !== this.step) {
      this.body.append(wordButton(`go to step ${made + 1}`, () => this.context.go(made)));
    }
  }

  /**
   * @param {Entry} entry
   * @param {number} made
   */
  #tell({ k, index }, made) {
    const { story } = this.context;
    const value = numberAt(story, k, index);
    const origin = originOf(story, k, index);
    this.body.append(
      element(
        "p",
        { class: "full" },
        element("span", { class: "soft" }, "in full "),
        String(value).replaceAll("-", "−"),
      ),
    );
    this.#yours(k, index, value);
    if (made >= 0) this.#made(k, made);
    const text = this.#inWords(k, origin);
    if (text) this.body.append(element("p", {}, text));
    if (origin.lines.length) this.#terms(k, index, value, origin);
    const given = this.context.nudge?.forArray(k);
    if (given !== undefined) {
      const label = `what if: nudge ${addressText(story, given, index)}`;
      this.body.append(wordButton(label, () => this.context.nudge?.open({ k: given, index })));
    }
    if (index.length) {
      this.body.append(
        element(
          "p",
          { class: "counting" },
          "In brackets, entries count from 0, as in Python; time steps count from 1.",
        ),
      );
    }
  }

  /**
   * The reader's own number for the entry, beside the right one.
   * @param {number} k
   * @param {number[]} index
   * @param {number} value
   */
  #yours(k, index, value) {
    const { story } = this.context;
    const { shape, yours } = story.arrays[k];
    if (!yours) return;
    const place = placeAt(shape, index);
    const own = story.yoursOf(k)?.[place] ?? value;
    const text = story.differs(k, place)
      ? `≠ ${String(own).replaceAll("-", "−")}, off by ${formatNumber(own - value)}`
      : "the same, up to rounding";
    const line = element("p", { class: "full" }, element("span", { class: "soft" }, "yours "), text);
    if (yours.note) line.append(element("span", { class: "soft" }, ` (${yours.note})`));
    this.body.append(line);
  }

  /**
   * @param {number} k
   * @param {number} made
   */
  #made(k, made) {
    const { story } = this.context;
    const outcome = outcomeOf(story, k);
    if (outcome) {
      const line = element("div", { class: "formula" });
      line.append(mathematics(story.mathml(outcome.formula)));
      this.body.append(line);
    }
    this.body.append(wordButton(`made in step ${made + 1}`, () => this.context.go(made)));
  }

  /**
   * @param {number} k
   * @param {Origin} origin
   */
  #inWords(k, { kind, lines }) {
    const { story } = this.context;
    if (kind === "given") return givenInWords(story, k);
    if (kind === "seed") {
      return "Here backpropagation begins: L is the sum of the losses, so if one of them grows a little, L grows by the same amount.";
    }
    if (kind === "unwritten") {
      const from = Object.values(story.arrays[k].letters ?? {}).map((at) => story.arrays[at].name);
      return `Made by ${story.arrays[k].op} from ${from.join(", ")}; its formula is not written entry by entry.`;
    }
    if (!lines.length) return "It is 0 whatever the numbers are: nothing reaches this entry.";
    return kind === "sum" && lines.length > 1
      ? `The sum of ${lines.length} parts, one for each use:`
      : "";
  }

  /**
   * @param {number} k
   * @param {number[]} index
   * @param {number} value
   * @param {Origin} origin
   */
  #terms(k, index, value, { lines }) {
    const { story } = this.context;
    const { kind } = story.arrays[k];
    const largest = Math.max(
      ...lines.map((line) => (Number.isFinite(line.value) ? Math.abs(line.value) : 0)),
    );
    const shown = this.all ? lines : mostOf(lines);
    this.body.append(
      element(
        "ol",
        { class: "terms", "aria-label": "Terms" },
        ...shown.map((line) => this.#term(kind, line, largest, lines.length > 1)),
      ),
    );
    const rest = lines.filter((line) => !shown.includes(line));
    if (rest.length) {
      const sum = rest.reduce((total, line) => total + line.value, 0);
      this.body.append(
        element(
          "p",
          { class: "rest" },
          `The other ${rest.length} terms add up to ${formatNumber(sum)}. `,
          wordButton(`show all ${lines.length}`, () => this.#showAll()),
        ),
      );
    }
    const added = lines.reduce((total, line) => total + line.value, 0);
    const room = lines.reduce((total, line) => total + Math.abs(line.value), 0);
    // a wrong formula must not look like a correct one
    const differs = Number.isFinite(added) && Math.abs(added - value) > ROUNDING * room;
    if (lines.length === 1 && !differs) return; // the one line already shows it
    const total = element(
      "p",
      { class: "total" },
      typesetAddress(story, k, index),
      element("span", { class: "sign" }, " = "),
      element("strong", {}, formatNumber(value)),
    );
    if (differs) total.append(`, but the terms add up to ${formatNumber(added)}`);
    this.body.append(total);
  }

  /**
   * @param {string} kind
   * @param {Line} line
   * @param {number} largest
   * @param {boolean} several
   */
  #term(kind, { parts, value, array }, largest, several) {
    const { story } = this.context;
    const formula = termFormula(story, parts, (k, index) => this.#follow(k, index));
    const what = element("div", { class: "what" }, formula);
    if (array !== undefined) what.prepend(this.#use(array));
    const sign = element("span", { class: "sign" }, "=");
    const line = element("li", {}, what, sign, alignedNumber(value));
    if (several) line.append(shareBar(kind, value, largest));
    return line;
  }

  /**
   * Which use of a shared array a part belongs to, and the way to the step that made it.
   * @param {number} array
   */
  #use(array) {
    const { story } = this.context;
    const made = madeAt(story, array);
    const { t } = story.steps[made];
    const link = wordButton(t === null ? `step ${made + 1}` : `t = ${t}`, () => this.context.go(made));
    link.title = `${story.arrays[array].name}: go to step ${made + 1}, which made it`;
    link.setAttribute("aria-label", `${story.arrays[array].name}, made in step ${made + 1}: go there`);
    return link;
  }

  #showAll() {
    this.all = true;
    this.#show();
    const first = this.body.querySelector(".terms button");
    if (first instanceof HTMLElement) first.focus();
  }
}

/**
 * @param {string} text
 * @param {() => void} act
 */
function wordButton(text, act) {
  const button = element("button", { type: "button", class: "word" }, text);
  button.addEventListener("click", act);
  return button;
}

/**
 * The terms that make most of the sum, in the order of the sum.
 * @param {Line[]} lines
 */
function mostOf(lines) {
  if (lines.length <= MOST_TERMS) return lines;
  const largest = [...lines].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, MOST_TERMS);
  return lines.filter((line) => largest.includes(line));
}

/**
 * @param {Story} story
 * @param {number} k
 */
function givenInWords(story, k) {
  const { name } = story.arrays[k];
  if (story.isWhole(k)) return "Given: the number of a symbol of the text.";
  const node = story.nodes.find((n) => n.name === name);
  if (!node) return "Given: a parameter. Training changes it; the passes only read it.";
  return "Given: an input, or the state before the first step.";
}
