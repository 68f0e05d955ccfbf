// The phase of a tour, in the place of the sentence. Whoever takes a step of their own is let go, and finds a line
// that leads back.

/** @import { GoTo } from "../controls/go_to.js" */
/** @import { Context, TourPhase } from "../types.d.ts" */

import { bar, element } from "../dom.js";
import { Links } from "../links.js";
import { filled } from "./blanks.js";
import { Spotlight } from "./spotlight.js";

const GAP = "\u2003".repeat(4); // of a closed list only the number is to be seen

export class TourCard {
  /**
   * `prefer` tells the equation which of a step's results a phase is about.
   * @param {Context} context
   * @param {GoTo} goTo
   * @param {(name: string) => void} prefer
   */
  constructor(context, goTo, prefer) {
    this.context = context;
    this.guide = context.guide;
    this.goTo = goTo;
    this.prefer = prefer;
    this.spotlight = new Spotlight(context.story);
    this.told = ""; // what is shown, so that it is not written again
    this.answered = false;
    const button = (/** @type {string} */ name, /** @type {string} */ title) => {
      const b = element("button", { type: "button", class: `word ${name}`, title });
      b.addEventListener("click", () => this.#act(name), { signal: context.signal });
      return b;
    };
    this.back = button("back", "Previous phase");
    this.back.setAttribute("aria-label", "Previous phase");
    this.back.append("‹");
    this.onward = button("onward", "Next phase");
    this.end = button("end", "");
    this.where = element("select", { "aria-label": "Phase of the tour" });
    this.where.addEventListener("change", () => this.guide.go(this.where.selectedIndex), {
      signal: context.signal,
    });
    this.bar = element("span", { class: "progress", "aria-hidden": "true" });
    this.title = element("h2");
    this.words = element("p", { class: "words" });
    this.ask = element("p", { class: "ask" });
    this.question = element("span");
    this.offers = element("p", { class: "offers" });
    const tools = [this.where, this.back, this.onward, this.end];
    this.element = element(
      "section",
      { class: "tour", "aria-label": "Guided tour" },
      element("div", { class: "tour-bar" }, ...tools, this.bar),
      this.title,
      this.words,
      this.ask,
      this.offers,
    );
    new Links(this.element); // a name in the words lights up what it means
    this.away = element("p", { class: "away", hidden: "" });
  }

  /** @param {string} name of the button */
  #act(name) {
    const { guide } = this;
    if (name === "end") return guide.leave();
    if (name === "back") return guide.go(guide.number - 1);
    if (this.guide.number + 1 < (guide.tour?.phases.length ?? 0)) return guide.go(guide.number + 1);
    return guide.following ? guide.open(guide.following.id) : guide.close();
  }

  /** The step of a phase. @param {TourPhase} phase */
  #step({ at }) {
    return this.goTo.named(at) ?? 0;
  }

  /** To the step of the phase, at its level. */
  arrive() {
    const { phase } = this.guide;
    const { model } = this.context;
    if (!phase) return;
    this.told = "";
    this.prefer(phase.result ?? "");
    model.set("horizon", phase.horizon);
    model.set("entry", {});
    // whichever comes last paints what both say
    const step = this.#step(phase);
    if (phase.level === "operations") this.context.setLevel(phase.level);
    if (model.get("step") !== step) this.context.go(step);
    if (phase.level === "time") this.context.setLevel(phase.level);
    this.context.repaint();
  }

  /** Whether the reader stands where the phase is.
   * @returns {boolean}
   */
  get here() {
    const { phase } = this.guide;
    const { model } = this.context;
    return (
      phase !== undefined &&
      model.get("level") === phase.level &&
      model.get("step") === this.#step(phase)
    );
  }

  /** @returns {boolean} whether it speaks in the place of the step */
  paint() {
    const { guide } = this;
    const { phase, tour } = guide;
    const { here } = this;
    this.away.hidden = here || !phase;
    this.spotlight.turn(here && phase ? phase.light : [], here && phase ? phase.zoom : null);
    if (!phase || !tour) return false;
    if (!here) {
      this.#leave(phase);
      return false;
    }
    const key = `${tour.id} ${guide.number} ${guide.stories.shown}`;
    if (key !== this.told) this.#tell(phase);
    this.told = key;
    return true;
  }

  /** @param {TourPhase} phase */
  #leave(phase) {
    const back = element("button", { type: "button", class: "word" }, `Back to “${phase.title}”`);
    back.addEventListener("click", () => this.guide.go(this.guide.number));
    const end = element("button", { type: "button", class: "word" }, "end it");
    end.addEventListener("click", () => this.guide.close());
    this.away.replaceChildren("You left the tour. ", back, " or ", end, ".");
  }

  /** @param {TourPhase} phase */
  #tell(phase) {
    const { guide, context } = this;
    const { story } = context;
    const phases = guide.tour?.phases ?? [];
    const last = guide.number === phases.length - 1;
    const { following } = guide;
    this.where.replaceChildren(
      ...phases.map(({ title }, n) =>
        element("option", {}, `${n + 1} of ${phases.length}${GAP}${title}`),
      ),
    );
    this.where.selectedIndex = guide.number;
    this.bar.style.setProperty("--share", String((guide.number + 1) / phases.length));
    bar(this.back, guide.number === 0);
    this.onward.replaceChildren(!last ? "Next ›" : following ? "Next tour ›" : "End");
    this.onward.title = !last ? "Next phase" : following ? following.title : "End the tour";
    const end = guide.origin ? "Back to the step" : "End the tour";
    this.end.title = `${end} (g)`;
    this.end.setAttribute("aria-label", end);
    this.end.replaceChildren(guide.origin ? "↩" : "✕");
    this.title.replaceChildren(...filled(story, phase.title));
    this.words.replaceChildren(...filled(story, phase.say));
    this.answered = false;
    this.#question(phase);
    const offers = phase.offer.map(({ words, story: name }) => {
      const there = guide.stories.shown === name;
      const text = there ? `Back to ${guide.stories.titleOf(phase.story)}` : words;
      const b = element("button", { type: "button", class: "word" }, text);
      b.addEventListener("click", () => guide.show(there ? phase.story : name));
      return b;
    });
    this.offers.replaceChildren(...offers);
    this.offers.hidden = !offers.length;
  }

  /** @param {TourPhase} phase */
  #question({ ask }) {
    const { story } = this.context;
    this.ask.hidden = !ask;
    if (!ask) return;
    const reveal = element("button", { type: "button", class: "word" }, "show the answer");
    this.question.replaceChildren(...filled(story, ask.question));
    reveal.addEventListener("click", () => {
      const answer = element("strong", { tabindex: "-1" }, ...filled(story, ask.answer));
      reveal.replaceWith(answer);
      answer.focus({ preventScroll: true });
    });
    this.ask.replaceChildren(this.question, " ", reveal);
  }

  /** What a screen reader is told. */
  get spoken() {
    const question = this.ask.hidden ? "" : this.question.textContent;
    return `${this.title.textContent}. ${this.words.textContent} ${question}`;
  }
}
