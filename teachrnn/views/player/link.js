// The state of the player as an address, such as step=dh[3]&why=W[0,2]: written when the reader comes to
// rest, and read when a page is opened.

/** @import { Context, Level } from "./types.d.ts" */
/** @import { Compare } from "./compare/compare.js" */
/** @import { GoTo } from "./controls/go_to.js" */

import { bracketed } from "./address.js";

export class Link {
  /**
   * @param {Context} context
   * @param {GoTo} goTo
   * @param {Compare} compare
   */
  constructor(context, goTo, compare) {
    this.context = context;
    this.goTo = goTo;
    this.compare = compare;
  }

  // What is shown now.
  write() {
    const { model, stops, guide } = this.context;
    const toured = this.context.toured();
    const i = model.get("step");
    const level = model.get("level");
    const { all, shown } = this.context.stories;
    const usual = guide.phase ? guide.phase.story : (all[0]?.name ?? "");
    const beside = model.get("compare");
    const why = this.#why();
    const said = [
      ...(guide.phase ? [`tour=${guide.write()}`] : []),
      ...(shown === usual ? [] : [`story=${shown}`]),
      ...(toured ? [] : [`step=${this.#nameOf(i)}`]),
      ...(!toured && level === "operations" && stops.at(i).principal === i ? ["level=operations"] : []),
      ...(beside ? [`compare=${beside}`] : []),
      ...(why ? [`why=${why}`] : []),
    ];
    return said.join("&");
  }

  /** Where this story is, as a place to arrive at in another one. */
  place() {
    const { model, stops } = this.context;
    const i = model.get("step");
    const { phase, t } = stops.at(i);
    return { name: this.#nameOf(i), phase, t };
  }

  /** Go to the place that was left in another story: to the step of that name, or else to its time step.
   * @param {{ name: string, phase: string, t: number | null }} place
   */
  arrive({ name, phase, t }) {
    const { stops, story } = this.context;
    const time = stops.times.find((stop) => stop.phase === phase && stop.t === t);
    const i = phase === "turn" ? story.turn : this.goTo.named(name);
    this.context.go(i ?? time?.principal ?? 0);
  }

  /** Show what an address says of this story; a place alone, such as dh[3] or 12, is a step.
   * @param {string} address
   */
  async read(address) {
    const { model } = this.context;
    const said = pairsOf(address);
    this.compare.choose(said.get("compare") ?? "");
    const step = said.get("step") ?? (said.has("t") ? `t=${said.get("t")}` : undefined);
    if (step) this.goTo.open(step);
    const level = said.get("level");
    if (level === "time" || level === "operations") {
      this.context.setLevel(/** @type {Level} */ (level));
    }
    const why = said.get("why");
    if (why) this.#open(why);
    else if (model.get("entry").array !== undefined) {
      model.set("entry", {});
      model.save_changes();
    }
    await this.compare.ready;
  }

  /** A name that leads back to step i, or its number, from 1.
   * @param {number} i
   */
  #nameOf(i) {
    const { story } = this.context;
    const { outcomes, phase } = story.steps[i];
    if (phase === "turn") return "loss";
    const made = outcomes.map(({ quantities }) => story.arrays[quantities[quantities.length - 1][0]]);
    const found = made.find(({ name, via }) => !via && this.goTo.named(name) === i);
    return found?.name ?? String(i + 1);
  }

  #why() {
    const { model, story } = this.context;
    const { array, index } = model.get("entry");
    return array === undefined
      ? ""
      : story.arrays[array].name + bracketed(index ?? []).replace(/ /g, "");
  }

  /** @param {string} why a name, and the place of an entry: W[0,2] or h[3][1] */
  #open(why) {
    const { story, model } = this.context;
    const i = model.get("step");
    const known = story.arrays
      .map((array, k) => ({ ...array, k, place: why.slice(array.name.length) }))
      .filter(({ name, k }) => why.startsWith(name) && (story.maker.get(k) ?? -1) <= i);
    for (const { k, shape, place } of known.reverse()) {
      const index = (/^\[([\d,\s]*)\]$/.exec(place)?.[1] ?? (place ? "?" : ""))
        .split(",")
        .filter((part) => part.trim() !== "")
        .map(Number);
      const fits = index.length === shape.length && index.every((at, axis) => at < shape[axis]);
      if (fits) return this.context.open(k, index);
    }
    return this.context.tell(`There is no number ${why} here.`);
  }
}

/** What an address says, by key.
 * @param {string} address
 */
export function pairsOf(address) {
  const pairs = address.includes("=")
    ? address.split("&").map((part) => part.split(/=(.*)/s).slice(0, 2).map(decoded))
    : [["step", decoded(address)]];
  return new Map(/** @type {[string, string][]} */ (pairs));
}

/** A part of an address, which may be encoded, or not.
 * @param {string} text
 */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
