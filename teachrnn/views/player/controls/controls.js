// The controls: buttons, where the story is, and the field to go elsewhere. The Tab key stops at few of the
// buttons: what the others do has a key of its own.

/** @import { Act, Context, Tour } from "../types.d.ts" */
/** @import { Walk } from "../walk.js" */

import { bar, element, icon } from "../dom.js";
import { SPEEDS } from "../walk.js";
import { GoTo } from "./go_to.js";

const ICONS = {
  first: "M3 3v10M13 3 6 8l7 5z",
  back: "M8.5 3 3.5 8l5 5M13 3 8 8l5 5",
  previous: "M11 3 5 8l6 5",
  play: "M4 2.5 13 8l-9 5.5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  next: "M5 3l6 5-6 5",
  onward: "M3 3l5 5-5 5M7.5 3l5 5-5 5",
  difference: "M3 6h10M3 10h10M10.5 2.5l-5 11",
  breakpoint: "M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5z",
  compare: "M2 3h5v10H2zM9.5 3h4.5v10H9.5z",
  share: "M8 10V2M5 4.5 8 2l3 2.5M3.5 8v6h9V8",
  more: "M3 8h.01M8 8h.01M13 8h.01",
};
const WAYS = { forward: "Forward", turn: "Turning point", backward: "Back" };
const LEVELS = /** @type {const} */ ([
  ["time", "Time", "Walk by time steps"],
  ["operations", "Operations", "Walk by operations"],
]);

export class Controls {
  /**
   * @param {Context} context
   * @param {Walk} walk
   * @param {Record<Act, () => void>} acts
   */
  constructor(context, walk, acts) {
    this.context = context;
    this.walk = walk;
    const { model, signal } = context;
    /**
     * @param {string} name
     * @param {string} key
     * @param {string} path
     * @param {Act} act
     */
    const button = (name, key, path, act) => {
      const b = element(
        "button",
        { type: "button", "aria-label": name, title: `${name} (${key})` },
        icon(path),
      );
      b.addEventListener(
        "click",
        () => {
          if (b.getAttribute("aria-disabled") !== "true") acts[act]();
        },
        { signal },
      );
      return b;
    };
    this.buttons = {
      first: button("First step", "0", ICONS.first, "first"),
      back: button("Previous time step", "p", ICONS.back, "previousTime"),
      previous: button("Previous step", "←", ICONS.previous, "previous"),
      play: button("Play", "k", ICONS.play, "play"),
      next: button("Next step", "→", ICONS.next, "next"),
      onward: button("Next time step", "n", ICONS.onward, "nextTime"),
    };
    this.buttons.play.classList.add("play");
    for (const name of /** @type {const} */ (["first", "back", "onward"])) {
      this.buttons[name].tabIndex = -1;
      this.buttons[name].classList.add("keyed"); // where there is little room, its key is enough
    }
    this.levels = LEVELS.map(([level, text, title]) => {
      const b = element("button", { type: "button", class: "level", title }, text);
      b.dataset.level = level;
      b.addEventListener("click", () => context.setLevel(level), { signal });
      return b;
    });
    this.share = button("Share", "s", ICONS.share, "share");
    this.share.setAttribute("aria-expanded", "false");
    this.share.classList.add("keyed");
    this.tour = element(
      "button",
      { type: "button", class: "level tours keyed", title: "Guided tour (g)" },
      "Tour",
    );
    this.tour.addEventListener("click", () => acts.tour(), { signal });
    this.compare = button("Compare", "c", ICONS.compare, "compare");
    this.compare.hidden = !context.compares();
    this.compare.classList.add("keyed");
    const beside = element("button", { type: "button", class: "word" }, "compare with another story");
    beside.hidden = !context.compares();
    beside.addEventListener("click", () => acts.compare(), { signal });
    this.more = button("More controls and keys", "?", ICONS.more, "help");
    this.more.setAttribute("aria-expanded", "false");
    this.difference = button("First difference from your numbers", "d", ICONS.difference, "difference");
    const { differences } = context.story;
    bar(this.difference, !differences?.length);
    this.tools = element(
      "div",
      { class: "tools", role: "group", "aria-label": "Steps" },
      ...Object.values(this.buttons),
      element(
        "span",
        { class: "levels", role: "group", "aria-label": "What a step is" },
        ...this.levels,
      ),
      ...(differences ? [this.difference] : []),
      ...(context.guide.tours.length ? [this.tour] : []),
      this.compare,
      this.share,
      this.more,
    );
    this.where = element("p", { class: "where" });
    this.goTo = new GoTo(context, walk);
    this.element = element("div", { class: "steer" }, this.tools, this.where, this.goTo.element);

    this.stopping = button("Breakpoint at this operation", "b", ICONS.breakpoint, "breakpoint");
    this.pace = element(
      "select",
      { "aria-label": "Speed", title: "Speed (< >)" },
      ...SPEEDS.map((s) => element("option", { value: String(s) }, `${s}×`)),
    );
    this.pace.addEventListener("change", () => walk.setSpeed(Number(this.pace.value)), { signal });
    this.stops = element("span", { class: "stops" });
    this.settings = [
      ...context.guide.tours.map((tour) => this.#entrance(tour)),
      beside,
      element("label", {}, "speed ", this.pace),
      element("span", {}, this.stopping, " ", this.stops),
    ];
    this.marks = () => this.#markBreakpoints();
    model.on("change:breakpoints", this.marks);
  }

  /** A button that opens a tour.
   * @param {Tour} tour
   */
  #entrance({ id, title }) {
    const b = element("button", { type: "button", class: "word" }, `Tour: ${title}`);
    b.addEventListener("click", () => this.context.guide.open(id));
    return b;
  }

  #markBreakpoints() {
    const names = this.context.model.get("breakpoints");
    this.stops.textContent = names.length ? `stops at ${names.join(", ")}` : "no breakpoint";
    const set = this.walk.breaksAt(this.walk.steps[this.walk.here]);
    this.stopping.setAttribute("aria-pressed", String(set));
  }

  /** The walk plays or pauses, or has another speed. */
  walkChanged() {
    const name = this.walk.playing ? "Pause" : "Play";
    const { play } = this.buttons;
    if (play.getAttribute("aria-label") !== name) {
      play.replaceChildren(icon(this.walk.playing ? ICONS.pause : ICONS.play));
      play.setAttribute("aria-label", name);
      play.title = `${name} (k)`;
    }
    this.pace.value = String(this.walk.speed);
  }

  /** @param {number} i */
  paint(i) {
    const { stops, story, model } = this.context;
    const level = model.get("level");
    const step = story.steps[i];
    const { at, of } = stops.count(i, level);
    for (const b of this.levels) {
      const chosen = b.dataset.level === level;
      b.setAttribute("aria-pressed", String(chosen));
      b.tabIndex = chosen ? -1 : 0;
    }
    this.tour.setAttribute("aria-pressed", String(this.context.guide.tour !== undefined));
    this.compare.setAttribute("aria-pressed", String(model.get("compare") !== ""));
    const { first, last } = stops.at(i);
    const operation =
      level === "operations" && last > first
        ? [`operation ${i - first + 1} of ${last - first + 1}`]
        : [];
    const parts = [...(step.t === null ? [] : [`t = ${step.t}`]), ...operation];
    this.where.replaceChildren(
      element("b", {}, [WAYS[step.phase], ...parts.slice(0, 1)].join(" · ")),
      [...["", ...parts.slice(1)], `step ${at + 1} of ${of}`].join(" · "),
    );
    const { first: begin, back, previous, next, onward } = this.buttons;
    for (const b of [begin, back, previous]) bar(b, at === 0);
    for (const b of [next, onward]) bar(b, at === of - 1);
    this.#markBreakpoints();
  }

  stop() {
    this.context.model.off("change:breakpoints", this.marks);
  }
}
