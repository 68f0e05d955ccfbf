// Which step of one story stands beside a step of another: the same time step, in the same direction; where
// operations are walked through, the one that makes what has the same name.

/** @import { Story } from "../story.js" */
/** @import { Stops } from "../stops.js" */
/** @import { Level, Stop } from "../types.d.ts" */

/**
 * @typedef {object} Partner
 * @property {number} step
 * @property {Level} level whether all of its time step stands there, or the one operation
 */

export class Partners {
  /**
   * @param {{ story: Story, stops: Stops, title: string }} one
   * @param {{ story: Story, stops: Stops, title: string }} other
   */
  constructor(one, other) {
    this.one = one;
    this.other = other;
  }

  /** The step beside step i; null if it has no partner.
   * @param {number} i
   * @param {Level} level
   * @returns {Partner | null}
   */
  of(i, level) {
    const stop = this.#stopOf(i);
    if (!stop) return null;
    const { first, last, principal } = stop;
    if (level === "operations") {
      for (const name of namesMade(this.one.story, i).reverse()) {
        const step = this.#making(name);
        if (step >= first && step <= last) return { step, level };
      }
    }
    return { step: principal, level: "time" };
  }

  /** The step of the first story beside step j of the second; -1 if there is none.
   * @param {number} j
   */
  back(j) {
    const { phase, t } = this.other.stops.at(j);
    return this.one.stops.times.find((stop) => stop.phase === phase && stop.t === t)?.principal ?? -1;
  }

  /** @param {number} i
   *  @returns {Stop | undefined} */
  #stopOf(i) {
    const { phase, t } = this.one.stops.at(i);
    return this.other.stops.times.find((stop) => stop.phase === phase && stop.t === t);
  }

  /** @param {string} name */
  #making(name) {
    const { story } = this.other;
    const steps = (story.named.get(name) ?? []).flatMap((k) => story.maker.get(k) ?? []);
    return steps.length ? Math.max(...steps) : -1;
  }

  /** What has no partner at step i, in a sentence; empty if all has.
   * @param {number} i
   * @param {Level} level
   */
  missing(i, level) {
    const { one, other } = this;
    const { phase, t } = one.stops.at(i);
    const last = lastTime(other.story);
    if (!this.#stopOf(i)) {
      if (t !== null && t > last) return `${other.title} ends at t = ${last}: no partner for t = ${t}.`;
      if (phase === "forward") return `${other.title} has no partner for this.`;
      return `${other.title} has no loss, and so no way back.`;
    }
    const said = [];
    if (level === "operations" && this.of(i, level)?.level === "time") {
      const [name] = namesMade(one.story, i).reverse();
      said.push(`${other.title} has no ${name}: all of its step ${t} stands beside it.`);
    }
    const own = lastTime(one.story);
    if (last > own) {
      const rest = last === own + 1 ? `step ${last} has` : `steps ${own + 1} to ${last} have`;
      said.push(`Its ${rest} no partner in ${one.title}.`);
    }
    return said.join(" ");
  }
}

/**
 * The names of what step i makes.
 * @param {Story} story
 * @param {number} i
 */
export function namesMade(story, i) {
  const made = story.steps[i].outcomes.flatMap(({ quantities }) => quantities.map(([k]) => k));
  return made.filter((k) => !story.arrays[k].via).map((k) => story.arrays[k].name);
}

/** @param {Story} story */
export const lastTime = (story) => Math.max(0, ...story.stops.map(({ t }) => t ?? 0));
