// The time line: one cursor over a forward and a backward half, and the controls that move it.

/** @import { Context, Step } from "./types.d.ts" */

import { bar, element, icon } from "./dom.js";
import { COVERED } from "./predict.js";

const PAUSE = 1100; // milliseconds between two steps at speed 1
const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16];
const ICONS = {
  first: "M3 3v10M13 3 6 8l7 5z",
  previous: "M11 3 5 8l6 5",
  play: "M4 2.5 13 8l-9 5.5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  next: "M5 3l6 5-6 5",
  breakpoint: "M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5z",
  difference: "M3 6h10M3 10h10M10.5 2.5l-5 11",
  last: "M13 3v10M3 3l7 5-7 5z",
};

export class TimeLine {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    const { story, model, signal } = context;
    this.steps = story.steps;
    this.box = element("input", {
      type: "text",
      list: `trnn-places-${context.unique}`,
      placeholder: "go to …",
      "aria-label": "Go to a time step, a name or an operation",
      title: "Go to a time step, a name or an operation (:)",
      autocomplete: "off",
      spellcheck: "false",
    });
    this.stops = element("span", { class: "stops" });
    /** @type {HTMLElement | null} what had the focus before the box */
    this.before = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.speed = 1;
    /** @type {Map<string, number>} by name: the first step that uses it */
    this.used = new Map();
    /**
     * @param {string} name
     * @param {string} key
     * @param {string} path
     * @param {() => void} act
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
          if (b.getAttribute("aria-disabled") !== "true") act();
        },
        { signal },
      );
      return b;
    };
    this.buttons = {
      first: button("First step", "g", ICONS.first, () => this.acts.first()),
      previous: button("Previous step", "←", ICONS.previous, () => this.acts.previous()),
      play: button("Play", "k", ICONS.play, () => this.acts.play()),
      next: button("Next step", "→", ICONS.next, () => this.acts.next()),
      last: button("Last step", "G", ICONS.last, () => this.acts.last()),
    };
    this.slider = element("input", {
      type: "range",
      min: "0",
      max: String(this.steps.length - 1),
      step: "1",
      "aria-label": "Step",
    });
    this.slider.addEventListener(
      "input",
      () => {
        this.pause();
        context.go(Number(this.slider.value));
      },
      { signal },
    );
    this.pace = element(
      "select",
      { "aria-label": "Speed", title: "Speed (< >)" },
      ...SPEEDS.map((s) => element("option", { value: String(s) }, `${s}×`)),
    );
    this.pace.value = "1";
    this.pace.addEventListener("change", () => this.setSpeed(Number(this.pace.value)), { signal });
    this.stopping = button("Breakpoint at this operation", "b", ICONS.breakpoint, () =>
      this.acts.breakpoint(),
    );
    this.element = element(
      "div",
      { class: "bar" },
      element(
        "div",
        { class: "buttons" },
        ...Object.values(this.buttons),
        this.stopping,
        ...this.#differing(button),
        this.pace,
      ),
      element("div", { class: "line" }, this.#halves(), this.slider),
      this.#jumpForm(signal),
    );
    this.marks = () => this.#markBreakpoints();
    model.on("change:breakpoints", this.marks);
    this.acts = {
      next: () => this.by(1),
      previous: () => this.by(-1),
      first: () => this.to(0),
      last: () => this.to(this.steps.length - 1),
      nextTime: () => this.byTime(1),
      previousTime: () => this.byTime(-1),
      turn: () => {
        if (story.turn >= 0) this.to(story.turn);
      },
      play: () => (this.timer ? this.pause() : this.start()),
      faster: () => this.#shiftSpeed(1),
      slower: () => this.#shiftSpeed(-1),
      sameOperation: () =>
        this.toNext((s) => s.op === this.steps[this.here].op, "No further step with this operation."),
      breakpoint: () => this.toggleBreakpoint(),
      toBreakpoint: () =>
        this.toNext(
          (s) => this.#breaksAt(s),
          "There is no further breakpoint: set one at an operation.",
        ),
      jump: () => this.box.focus(),
      difference: () => this.#toDifference(0, "All your numbers agree."),
      nextDifference: () =>
        this.#toDifference(this.here + 1, "There is no further step at which your numbers differ."),
    };
    this.#markBreakpoints();
  }

  get here() {
    return this.context.model.get("step");
  }

  // Moving -----------------------------------------------------------------------------------

  /** @param {number} i */
  to(i) {
    this.pause();
    this.context.go(i);
  }

  /** @param {number} n */
  by(n) {
    this.to(this.here + n);
  }

  /** @param {number} direction */
  byTime(direction) {
    /** @param {number} i */
    const group = (i) => `${this.steps[i].phase}${this.steps[i].t}`;
    const last = this.steps.length - 1;
    let i = this.here;
    while (i + direction >= 0 && i + direction <= last && group(i) === group(this.here)) i += direction;
    if (direction < 0) while (i > 0 && group(i - 1) === group(i)) i -= 1; // to the beginning of that time step
    this.to(i);
  }

  /**
   * @param {(step: Step) => boolean} wanted
   * @param {string} otherwise
   */
  toNext(wanted, otherwise) {
    const found = this.steps.findIndex((step, i) => i > this.here && wanted(step));
    if (found < 0) this.context.tell(otherwise);
    else this.to(found);
  }

  /**
   * @param {number} from
   * @param {string} otherwise
   */
  #toDifference(from, otherwise) {
    const found = this.context.story.differences?.find((i) => i >= from);
    if (found === undefined) this.context.tell(otherwise);
    else this.to(found);
  }

  /** The button to the first difference from the reader's own numbers, if there are any.
   * @param {(name: string, key: string, path: string, act: () => void) => HTMLElement} button
   */
  #differing(button) {
    const { differences } = this.context.story;
    if (!differences) return [];
    const first = button("First difference from your numbers", "d", ICONS.difference, () =>
      this.acts.difference(),
    );
    bar(first, !differences.length);
    return [first];
  }

  start() {
    if (this.here >= this.steps.length - 1) this.context.go(0);
    const tick = () => {
      if (this.here >= this.steps.length - 1) return this.pause();
      if (this.#questioned()) return undefined;
      this.context.go(this.here + 1);
      if (this.#questioned()) return undefined;
      if (this.#breaksAt(this.steps[this.here])) {
        this.pause();
        return this.context.tell(`Breakpoint at ${this.steps[this.here].title}.`);
      }
      this.timer = setTimeout(tick, PAUSE / this.speed);
      return undefined;
    };
    if (this.#questioned()) return;
    this.timer = setTimeout(tick, PAUSE / this.speed);
    this.#markPlay();
  }

  // Playing pauses while the reader is asked a question.
  #questioned() {
    const covered = this.context.covers(this.here);
    if (covered) {
      this.pause();
      this.context.tell(COVERED);
    }
    return covered;
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.#markPlay();
  }

  /** @param {number} speed */
  setSpeed(speed) {
    this.speed = speed;
    this.pace.value = String(speed);
  }

  /** @param {number} by */
  #shiftSpeed(by) {
    const place = SPEEDS.indexOf(this.speed) + by;
    if (SPEEDS[place]) this.setSpeed(SPEEDS[place]);
    this.context.say(`Speed ${this.speed} times`);
  }

  #markPlay() {
    const playing = this.timer !== undefined;
    const name = playing ? "Pause" : "Play";
    this.buttons.play.replaceChildren(icon(playing ? ICONS.pause : ICONS.play));
    this.buttons.play.setAttribute("aria-label", name);
    this.buttons.play.title = `${name} (k)`;
  }

  // Breakpoints ------------------------------------------------------------------------------

  /** @param {Step} step */
  #breaksAt(step) {
    const names = this.context.model.get("breakpoints") || [];
    const node = step.node === null ? undefined : this.context.story.node.get(step.node);
    return names.includes(step.op) || (node !== undefined && names.includes(node.name));
  }

  toggleBreakpoint() {
    const { op } = this.steps[this.here];
    const { model, tell } = this.context;
    if (!op) return tell("A breakpoint is set at an operation; this is the turning point.");
    const now = model.get("breakpoints") || [];
    model.set("breakpoints", now.includes(op) ? now.filter((name) => name !== op) : [...now, op]);
    model.save_changes();
    tell(
      now.includes(op)
        ? `Breakpoint at ${op} cleared.`
        : `Breakpoint at every ${op}: playing stops there.`,
    );
  }

  #markBreakpoints() {
    const names = this.context.model.get("breakpoints") || [];
    this.stops.textContent = names.length ? `stops at ${names.join(", ")}` : "";
    const set = this.#breaksAt(this.steps[this.here]);
    this.stopping.setAttribute("aria-pressed", String(set));
  }

  // Jumping ----------------------------------------------------------------------------------

  /** @param {AbortSignal} signal */
  #jumpForm(signal) {
    const { story } = this.context;
    const { arrays } = story;
    this.steps.forEach((step, i) => {
      for (const [k] of step.operands) {
        if (!this.used.has(arrays[k].name)) this.used.set(arrays[k].name, i);
      }
    });
    const operations = this.steps.map((step) => step.op).filter(Boolean);
    const shown = arrays.filter(
      ({ name, via }, k) => !via && (story.maker.has(k) || this.used.has(name)),
    );
    const quantities = shown.map(({ name }) => name);
    const names = [...new Set([...operations, ...quantities])];
    const form = element(
      "form",
      { class: "jump" },
      this.box,
      element(
        "datalist",
        { id: `trnn-places-${this.context.unique}` },
        ...names.map((n) => element("option", { value: n })),
      ),
      this.stops,
    );
    form.addEventListener("submit", (event) => event.preventDefault(), { signal });
    this.box.addEventListener(
      "focus",
      (event) => {
        this.before = event.relatedTarget instanceof HTMLElement ? event.relatedTarget : null;
      },
      { signal },
    );
    this.box.addEventListener(
      "keydown",
      (event) => {
        if (event.key === "Escape") this.#leaveBox();
        if (event.key !== "Enter") return;
        event.preventDefault(); // a notebook keeps Enter from the form
        event.stopPropagation();
        if (this.jump(this.box.value.trim())) this.#leaveBox();
      },
      { signal },
    );
    return form;
  }

  /** Go to a time step (3), a quantity (h[3], dW) or the next step of an operation (Tanh), if there is one.
   * @param {string} wanted
   */
  jump(wanted) {
    const place = this.#find(wanted);
    if (place === null) {
      this.context.tell(
        `Nothing is named ${wanted}. Try a time step such as 2, a name such as h[2] or dh[2], or an operation such as ${this.steps[0].op}.`,
      );
    } else this.to(place);
    return place !== null;
  }

  /** Go to an address: a step, counted from 1, or a name.
   * @param {string} address
   */
  open(address) {
    if (!/^\d+$/.test(address)) {
      this.jump(address);
      return;
    }
    this.to(Number(address) - 1);
    const { length } = this.steps;
    if (this.here !== Number(address) - 1) {
      this.context.tell(`There is no step ${address}: they are 1 to ${length}.`);
    }
  }

  // Give the keys back to the player.
  #leaveBox() {
    this.box.value = "";
    this.box.setAttribute("aria-invalid", "false");
    (this.before?.isConnected ? this.before : this.buttons.next).focus({ preventScroll: true });
  }

  /**
   * @param {string} wanted
   * @returns {number | null}
   */
  #find(wanted) {
    const { story } = this.context;
    const { phase } = this.steps[this.here];
    if (wanted === "") return null;
    if (/^\d+$/.test(wanted)) {
      const found = this.steps.findIndex(
        (s) => s.t === Number(wanted) && s.phase === (phase === "turn" ? "backward" : phase),
      );
      return found < 0 ? null : found;
    }
    const made = [...story.maker].filter(([k]) => story.arrays[k].name === wanted);
    const places = made.map(([, i]) => i);
    if (made.length && story.arrays[made[0][0]].kind === "gradient") return Math.max(...places);
    if (made.length) return Math.min(...places);
    const used = this.used.get(wanted);
    if (used !== undefined) return used;
    /** @param {Step} s */
    const operation = (s) => s.op.toLowerCase() === wanted.toLowerCase();
    const after = this.steps.findIndex((s, i) => i > this.here && operation(s));
    const any = this.steps.findIndex(operation);
    return after >= 0 ? after : any >= 0 ? any : null;
  }

  // Showing ----------------------------------------------------------------------------------

  #halves() {
    const forward = this.steps.filter((s) => s.phase === "forward").length;
    const back = this.steps.length - forward;
    const halves = element("div", { class: "halves", "aria-hidden": "true" });
    /**
     * @param {string} text
     * @param {number} share
     */
    const part = (text, share) => {
      const s = element("span", {}, text);
      s.style.flexGrow = String(share);
      halves.append(s);
    };
    part("forward →", forward);
    if (back) part("← back through time", back);
    return halves;
  }

  /** @param {number} i */
  paint(i) {
    const step = this.steps[i];
    this.slider.value = String(i);
    this.slider.setAttribute("aria-valuetext", `Step ${i + 1} of ${this.steps.length}: ${step.heading}`);
    const { first, previous, next, last } = this.buttons;
    for (const button of [first, previous]) bar(button, i === 0);
    for (const button of [next, last]) bar(button, i === this.steps.length - 1);
    this.#markBreakpoints();
  }

  stop() {
    this.pause();
    this.context.model.off("change:breakpoints", this.marks);
  }
}
