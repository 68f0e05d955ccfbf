// The field that goes elsewhere, and what may be written in it: a time step, a name, an operation.

/** @import { Context, Step } from "../types.d.ts" */
/** @import { Walk } from "../walk.js" */

import { element } from "../dom.js";

export class GoTo {
  /**
   * @param {Context} context
   * @param {Walk} walk
   */
  constructor(context, walk) {
    this.context = context;
    this.walk = walk;
    const { story, signal, unique } = context;
    this.steps = story.steps;
    /** @type {Map<string, number>} by name: the first step that uses it */
    this.used = new Map();
    this.steps.forEach((step, i) => {
      for (const [k] of step.operands) {
        if (!this.used.has(story.arrays[k].name)) this.used.set(story.arrays[k].name, i);
      }
    });
    /** @type {HTMLElement | null} what had the focus before the box */
    this.before = null;
    this.box = element("input", {
      type: "text",
      list: `trnn-places-${unique}`,
      placeholder: "go to dh3",
      "aria-label": "Go to a time step, a name or an operation",
      title: "Go to a time step (t=3), a name (dh3) or an operation (:)",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
    });
    this.element = element(
      "form",
      { class: "jump" },
      this.box,
      element(
        "datalist",
        { id: `trnn-places-${unique}` },
        ...this.#names().map((n) => element("option", { value: n })),
      ),
    );
    this.element.addEventListener("submit", (event) => event.preventDefault(), { signal });
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
        if (event.key === "Escape") this.#leave();
        if (event.key !== "Enter") return;
        event.preventDefault(); // a notebook keeps Enter from the form
        event.stopPropagation();
        if (this.jump(this.box.value.trim())) this.#leave();
      },
      { signal },
    );
  }

  // Names to choose from: every operation, and every quantity but the parts of a gradient.
  #names() {
    const { arrays, maker } = this.context.story;
    const operations = this.steps.map((step) => step.op).filter(Boolean);
    const shown = arrays.filter(({ name, via }, k) => !via && (maker.has(k) || this.used.has(name)));
    return [...new Set([...operations, ...shown.map(({ name }) => name)])];
  }

  focus() {
    this.box.focus();
  }

  // Give the keys back to the player.
  #leave() {
    this.box.value = "";
    (this.before?.isConnected ? this.before : this.context.home()).focus({ preventScroll: true });
  }

  /** Go to a time step (3), a quantity (h[3], dh3, dW) or the next step of an operation (Tanh), if there is
   * one.
   * @param {string} wanted
   */
  jump(wanted) {
    const place = this.#find(wanted);
    if (place === null) {
      this.context.tell(
        `Nothing is named ${wanted}. Try a time step such as t=2, a name such as h2 or dh2, or an operation such as ${this.steps[0].op}.`,
      );
    } else this.walk.to(place);
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
    const { length } = this.steps;
    const wanted = Number(address) - 1;
    this.walk.to(Math.max(0, Math.min(length - 1, wanted)));
    if (wanted < 0 || wanted >= length) {
      this.context.tell(`There is no step ${address}: they are 1 to ${length}.`);
    }
  }

  /**
   * @param {string} wanted
   * @returns {number | null}
   */
  #find(wanted) {
    if (wanted === "") return null;
    const time = /^(?:t\s*=?\s*)?(\d+)$/i.exec(wanted);
    if (time) return this.#atTime(Number(time[1]));
    if (/^(the )?loss$/i.test(wanted) && this.context.story.turn >= 0) return this.context.story.turn;
    const found = this.named(wanted);
    if (found !== null) return found;
    const written = this.#names().find((name) => plainly(name) === plainly(wanted));
    if (written !== undefined && written !== wanted) return this.named(written);
    return null;
  }

  /** @param {number} t */
  #atTime(t) {
    const { phase } = this.steps[this.walk.here];
    const way = phase === "turn" ? "backward" : phase;
    const { times } = this.context.stops;
    const stop = times.find((s) => s.t === t && s.phase === way);
    if (!stop) return null;
    return this.walk.level === "time" ? stop.principal : stop.first;
  }

  /** The step at which a name is complete, or an operation comes next; null if there is none.
   * @param {string} wanted
   */
  named(wanted) {
    const { story } = this.context;
    const made = [...story.maker].filter(([k]) => story.arrays[k].name === wanted);
    const places = made.map(([, i]) => i);
    if (made.length && story.arrays[made[0][0]].kind === "gradient") return Math.max(...places);
    if (made.length) return Math.min(...places);
    const used = this.used.get(wanted);
    if (used !== undefined) return used;
    /** @param {Step} s */
    const operation = (s) => s.op.toLowerCase() === wanted.toLowerCase();
    const after = this.steps.findIndex((s, i) => i > this.walk.here && operation(s));
    const any = this.steps.findIndex(operation);
    return after >= 0 ? after : any >= 0 ? any : null;
  }
}

/** A name without what people leave out: dh3, dh_3 and dh[3] are the same.
 * @param {string} name
 */
const plainly = (name) => name.toLowerCase().replace(/[[\]_\s.(){}]/g, "");
