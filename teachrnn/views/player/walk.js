// Moving through the story: by stops, by time steps, to a place, on its own; and where it pauses.

/** @import { Context, Level, Step } from "./types.d.ts" */

import { COVERED } from "./predict.js";

const PAUSE = 1100; // milliseconds between two stops at speed 1
export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16];

export class Walk {
  /**
   * `changed` is called when it begins or ends to move on its own, and when its speed changes.
   * @param {Context} context
   * @param {() => void} changed
   */
  constructor(context, changed) {
    this.context = context;
    this.steps = context.story.steps;
    this.changed = changed;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.speed = 1;
  }

  get here() {
    return this.context.model.get("step");
  }

  /** @returns {Level} */
  get level() {
    return this.context.model.get("level");
  }

  get playing() {
    return this.timer !== undefined;
  }

  /** Milliseconds between two stops. */
  get beat() {
    return PAUSE / this.speed;
  }

  /** @param {number} i a step */
  to(i) {
    this.pause();
    this.context.go(i);
  }

  /** @param {number} n stops */
  by(n) {
    this.pause();
    this.context.go(this.context.stops.from(this.here, n, this.level));
  }

  /** @param {number} n time steps, to the beginning of each where operations are walked through */
  byTime(n) {
    const { stops } = this.context;
    const { times, timeOf } = stops;
    const stop = times[Math.max(0, Math.min(times.length - 1, timeOf[this.here] + n))];
    const onward = n < 0 || stop !== times[timeOf[this.here]];
    this.pause();
    this.context.go(this.level === "time" ? stop.principal : onward ? stop.first : stop.last);
  }

  /** One level down; false where operations are walked through already. */
  deeper() {
    if (this.level === "operations") return false;
    this.pause();
    this.context.setLevel("operations");
    return true;
  }

  /** One level up; false where time steps are walked through already. */
  higher() {
    if (this.level === "time") return false;
    this.pause();
    this.context.setLevel("time");
    return true;
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

  /** To a step at which the reader's own numbers differ.
   * @param {number} from
   * @param {string} otherwise
   */
  toDifference(from, otherwise) {
    const found = this.context.story.differences?.find((i) => i >= from);
    if (found === undefined) this.context.tell(otherwise);
    else this.to(found);
  }

  // On its own -------------------------------------------------------------------------------

  start() {
    if (this.#atEnd()) this.context.go(this.context.stops.from(0, 0, this.level));
    const tick = () => {
      if (this.#atEnd()) return this.pause();
      if (this.#questioned()) return undefined;
      this.context.go(this.context.stops.from(this.here, 1, this.level));
      if (this.#questioned()) return undefined;
      if (this.breaksAt(this.steps[this.here])) {
        this.pause();
        return this.context.tell(`Breakpoint at ${this.steps[this.here].title}.`);
      }
      this.timer = setTimeout(tick, this.beat);
      return undefined;
    };
    if (this.#questioned()) return;
    this.timer = setTimeout(tick, this.beat);
    this.changed();
  }

  #atEnd() {
    return this.context.stops.from(this.here, 1, this.level) === this.here;
  }

  // It pauses while the reader is asked a question.
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
    this.changed();
  }

  /** @param {number} speed */
  setSpeed(speed) {
    this.speed = speed;
    this.changed();
  }

  /** @param {number} by */
  shiftSpeed(by) {
    const speed = SPEEDS[SPEEDS.indexOf(this.speed) + by];
    if (speed) this.setSpeed(speed);
    this.context.say(`Speed ${this.speed} times`);
  }

  // Breakpoints ------------------------------------------------------------------------------

  /** @param {Step} step */
  breaksAt(step) {
    const names = this.context.model.get("breakpoints");
    const node = step.node === null ? undefined : this.context.story.node.get(step.node);
    return names.includes(step.op) || (node !== undefined && names.includes(node.name));
  }

  toggleBreakpoint() {
    const { op } = this.steps[this.here];
    const { model, tell } = this.context;
    if (!op) return tell("A breakpoint is set at an operation; this is the turning point.");
    const now = model.get("breakpoints");
    const set = now.includes(op);
    model.set("breakpoints", set ? now.filter((name) => name !== op) : [...now, op]);
    model.save_changes();
    return tell(
      set ? `Breakpoint at ${op} cleared.` : `Breakpoint at every ${op}: playing stops there.`,
    );
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
