// The field that goes elsewhere, and what may be written in it: a time step, a name, an operation.

/** @import { Context } from "../types.d.ts" */
/** @import { Walk } from "../walk.js" */

import { bracketed } from "../address.js";
import { element } from "../dom.js";
import { Names, plainly } from "./asked.js";

const TIME =
  /^(?:(forward|back(?:ward)?)\s+)?(?:(?:t|time|step|time step)\s*=?\s*)?(\d+)(?:\s+(forward|back(?:ward)?))?$/i;
const ENTRY = /^(.+?)\[\s*(\d+(?:\s*,\s*\d+)*)\s*\]$/; // W[0,2]

const OFFERED = 50; // names at most

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
    this.names = new Names(story);
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
    this.offered = element("datalist", { id: `trnn-places-${unique}` });
    this.element = element("form", { class: "jump" }, this.box, this.offered);
    this.element.addEventListener("submit", (event) => event.preventDefault(), { signal });
    this.box.addEventListener("input", () => this.#offer(), { signal });
    this.box.addEventListener(
      "focus",
      (event) => {
        this.#offer();
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

  // Of thousands of names those that what is written may stand for.
  #offer() {
    const written = plainly(this.box.value);
    const fitting = this.all().filter((name) => plainly(name).includes(written));
    const first = fitting.filter((name) => plainly(name).startsWith(written));
    const offered = [...new Set([...first, ...fitting])].slice(0, OFFERED);
    this.offered.replaceChildren(...offered.map((name) => element("option", { value: name })));
  }

  // Names to choose from: every operation, and every quantity but the parts of a gradient.
  all() {
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

  /** Go to a time step (3), a quantity (h[3], dh3, dW), an entry of it (W[0,2]) or the next step of an operation
   * (Tanh), if there is one.
   * @param {string} wanted
   */
  jump(wanted) {
    if (!wanted) return false;
    const place = this.#find(wanted) ?? this.#entry(wanted);
    if (place === null) this.context.tell(this.#missing(wanted));
    else this.walk.to(place);
    return place !== null;
  }

  /** Why there is no such place, and what there is instead.
   * @param {string} wanted
   */
  #missing(wanted) {
    const { times } = this.context.stops;
    const ends = times.flatMap(({ t }) => (t === null ? [] : [t]));
    if (TIME.test(wanted) && ends.length) {
      return `There is no time step ${wanted.replace(/\D/g, "")}: they are ${Math.min(...ends)} to ${Math.max(...ends)}.`;
    }
    const told = this.names.times(wanted, this.#here); // h[9] is a time step, not an entry of h[2]
    if (told) return told;
    const entry = ENTRY.exec(wanted);
    const name = entry && this.names.find(entry[1], this.#here);
    if (name) {
      const [k] = this.context.story.named.get(name) ?? [0];
      const ends = this.context.story.arrays[k].shape.map((length) => length - 1);
      return `${name} has no entry [${entry[2]}]: they are ${bracketed(ends.map(() => 0))} to ${bracketed(ends)}.`;
    }
    const near = this.names.near(wanted, this.all());
    const similar = near.length
      ? `Similar: ${near.join(", ")}.`
      : `Try a time step such as t=2, a name such as h2 or dh2, or an operation such as ${this.steps[0].op}.`;
    return `Nothing is named ${wanted}. ${similar}`;
  }

  // What a name without time or layer is about.
  get #here() {
    const { node, t } = this.steps[this.walk.here];
    return { t, layer: node === null ? null : (this.context.story.node.get(node)?.layer ?? null) };
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
    const { story, stops } = this.context;
    const exact = this.named(wanted);
    if (exact !== null) return exact;
    const count = /^#\s*(\d+)$|^step\s+(\d+)\s+of\s+\d+$/i.exec(wanted);
    if (count) return this.#stop(Number(count[1] ?? count[2]));
    const time = TIME.exec(wanted);
    if (time) return this.#atTime(Number(time[2]), time[1] ?? time[3]);
    if (/^(the |total )?loss$|^turn(ing point)?$/i.test(wanted) && story.turn >= 0) return story.turn;
    if (/^(start|first|begin(ning)?|forward)$/i.test(wanted)) return stops.from(0, 0, this.walk.level);
    if (/^(end|last|finish)$/i.test(wanted)) return stops.from(0, Infinity, this.walk.level);
    if (/^(back(wards?)?|bptt)$/i.test(wanted) && story.turn >= 0) {
      return stops.from(story.turn, 1, this.walk.level);
    }
    const read = /^["'“‘](.+)["'”’]$/.exec(wanted);
    if (read) return this.#reading(read[1]);
    const written = this.all().find((name) => plainly(name) === plainly(wanted));
    const name = written ?? this.names.find(wanted, this.#here);
    if (name) return this.named(name);
    return wanted.length < 3
      ? null
      : this.#operation((op) => op.toLowerCase().startsWith(wanted.toLowerCase()));
  }

  /** An entry, such as W[0,2]: its step, with the answer to why it is what it is.
   * @param {string} wanted
   */
  #entry(wanted) {
    const found = ENTRY.exec(wanted);
    const place = found ? this.#find(found[1].trim()) : null;
    if (!found || place === null) return null;
    const { story } = this.context;
    const index = found[2].split(",").map(Number);
    const name = this.names.find(found[1], this.#here);
    const known = story.named.get(name ?? found[1])?.filter((k) => (story.maker.get(k) ?? -1) <= place);
    const k = known?.at(-1);
    const { shape } = story.arrays[k ?? 0];
    if (k === undefined || index.length !== shape.length || !index.every((at, n) => at < shape[n])) {
      return null;
    }
    this.walk.to(place);
    this.context.open(k, index);
    return place;
  }

  /** @param {number} count from 1 */
  #stop(count) {
    const { level } = this.walk;
    const { of } = this.context.stops.count(0, level);
    return count < 1 || count > of ? null : this.context.stops.from(0, count - 1, level);
  }

  /** The next time step that reads a symbol.
   * @param {string} symbol
   */
  #reading(symbol) {
    const { story } = this.context;
    const times = story.nodes.filter((node) => node.symbol === symbol).map(({ t }) => t);
    const { t } = this.steps[this.walk.here];
    const next = times.find((one) => one > (t ?? 0)) ?? times[0];
    return typeof next === "number" ? this.#atTime(next, "forward") : null;
  }

  /**
   * @param {number} t
   * @param {string} [way] in words
   */
  #atTime(t, way) {
    const { phase } = this.steps[this.walk.here];
    const said = way && (way.startsWith("f") ? "forward" : "backward");
    const wanted = said ?? (phase === "turn" ? "backward" : phase);
    const { times } = this.context.stops;
    const stop = times.find((s) => s.t === t && s.phase === wanted);
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
    return this.#operation((op) => op.toLowerCase() === wanted.toLowerCase());
  }

  /** The next step of an operation, or its first if there is none.
   * @param {(op: string) => boolean} called
   */
  #operation(called) {
    const all = this.steps.flatMap(({ op }, i) => (op && called(op) ? [i] : []));
    return all.find((i) => i > this.walk.here) ?? all[0] ?? null;
  }
}
