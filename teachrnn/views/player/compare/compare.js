// Two stories side by side on one rail: their graphs one above the other, gradient flow of both in one scale, and
// for each the formula of the current step in numbers. Both are walked through together, by time steps.

/** @import { Outline as Graph } from "../outline/outline.js" */
/** @import { Rail } from "../rail/rail.js" */
/** @import { Looked } from "../equation/block.js" */
/** @import { Context, Level, Model, State, StoryBytes } from "../types.d.ts" */

import { element, mathematics } from "../dom.js";
import { Equation } from "../equation/equation.js";
import { jointly } from "../equation/magnitudes.js";
import { Outline } from "../outline/outline.js";
import { Stops } from "../stops.js";
import { Story } from "../story.js";
import { Bar } from "./bar.js";
import { ComparedStory } from "./compared_story.js";
import { differingTimes, Flow } from "./flow.js";
import { lastTime, Partners } from "./partner.js";
import { Side } from "./side.js";
import { Triangles } from "./triangles.js";
import { bothNumbers, verdictOf } from "./verdict.js";
import { YoursStory } from "./yours_story.js";

const STRANGERS =
  "The two have other weights, so all their numbers differ; with the same weights, ▲ and ≠ mark where they do.";
const MOST_ROWS = 4; // of one layer; with more, all the rest is lower
export const YOURS = "yours"; // the name by which the reader's own numbers are compared

/** @typedef {import("./side.js").Told} Told */

export class Compare {
  /**
   * @param {Context} context
   * @param {{ outline: Graph, rail: Rail, player: HTMLElement, repaint: () => void }} around
   */
  constructor(context, { outline, rail, player, repaint }) {
    this.context = context;
    this.above = outline;
    this.rail = rail;
    this.player = player;
    this.repaint = repaint;
    /** What is shown, if it is. */
    this.shown = this.#none();
    this.saying = "";
    this.graphs = element("div", { class: "other-graph", "data-story": "other" });
    this.element = element("section", { class: "compare", "aria-label": "Compare", hidden: "" });
    this.heard = () => {
      this.ready = this.apply();
    };
    context.model.on("change:compare", this.heard);
    /** A tour leads through one story at a time. */
    this.led = () => {
      if (context.model.get("tour")) this.choose("");
    };
    context.model.on("change:tour", this.led);
    /** Resolves when what was asked for is there. */
    this.ready = Promise.resolve();
  }

  // Once all parts of the player are there, whom it tells of what it shows.
  begin() {
    this.heard();
  }

  /** @returns {ReturnType<Compare["open"]> | null} */
  #none() {
    return null;
  }

  /** What the story can be compared with, by name. */
  get offers() {
    const { stories, story } = this.context;
    const others = stories.all.filter(({ name }) => name !== stories.shown);
    const yours = story.differences === undefined ? [] : [{ name: YOURS, title: story.given }];
    return [...yours, ...others.map(({ name, title }) => ({ name, title: title || name }))];
  }

  toggle() {
    const { tell } = this.context;
    const [first] = this.offers;
    if (!this.shown && !first) {
      return tell(
        "This page has nothing to compare with. A page with two networks is made by teachrnn step --compare lstm.",
      );
    }
    return this.choose(this.shown ? "" : first.name);
  }

  /** @param {string} name */
  choose(name) {
    const { model, guide } = this.context;
    if (name && model.get("tour")) guide.close();
    model.set("compare", name);
    model.save_changes();
  }

  // The other story in place of this one, and this one beside it.
  async exchange() {
    const { stories, model } = this.context;
    const name = model.get("compare");
    this.stop(); // what is shown next has one of its own
    model.set("compare", stories.shown);
    model.save_changes();
    await stories.show({ name });
  }

  // Show what the model names.
  async apply() {
    const { model, stories, tell } = this.context;
    const name = model.get("compare");
    if (name === (this.shown?.name ?? "")) return;
    try {
      if (!name || name === stories.shown) this.close();
      else {
        const data = name === YOURS ? null : await stories.ask({ name });
        if (model.get("compare") !== name || this.context.signal.aborted) return;
        this.close();
        this.shown = this.open(name, data);
      }
    } catch (error) {
      this.close();
      model.set("compare", "");
      model.save_changes();
      tell(error instanceof Error ? error.message : String(error));
      return;
    }
    this.repaint();
  }

  /**
   * @param {string} name
   * @param {StoryBytes | null} data of the other; null for the reader's own numbers
   */
  open(name, data) {
    const { context } = this;
    const { stories, model } = context;
    const own = data === null;
    if (own && context.story.differences === undefined) {
      throw new Error("There are no numbers of yours in this story to compare with.");
    }
    const titles = own
      ? [stories.titleOf(stories.shown) || "right", context.story.given]
      : [stories.titleOf(stories.shown) || "this", stories.titleOf(name)];
    const story = own
      ? new YoursStory(model.get("story"), context.story, titles[0])
      : new ComparedStory(data, context.story, titles[0]);
    if (!lastTime(story) || !lastTime(context.story)) {
      throw new Error(
        `${titles[0]} and ${titles[1]} have no time axis in common: one has no time steps.`,
      );
    }
    /** @type {[Told, Told]} */
    const both = [
      { story: alone(context.story, model.get("story")), stops: context.stops, title: titles[0] },
      { story, stops: new Stops(story), title: titles[1] },
    ];
    const control = new AbortController();
    const { signal } = control;
    /** @type {{ level: Level }} */
    const state = { level: "time" };
    const partners = new Partners(...both);
    const beside = this.#contextOf(both[1], state, partners, signal);
    this.#measure([context.story, story]);
    this.player.classList.add("comparing");
    this.above.low = true;
    this.above.scale.span([context.story, story]);
    this.above.redraw();
    const outline = new Outline(beside, this.above);
    const strangers = weightsDiffer(both);
    const flow = new Flow(both, this.rail, strangers ? "last" : "all");
    if (own || !flow.itemised) flow.of = "all";
    this.rail.laid = () => flow.draw();
    const bar = new Bar(this, titles, signal);
    this.graphs.replaceChildren(outline.element, bar.turns, ...(flow.empty ? [] : [flow.element]));
    [this.above, outline].forEach(({ element: graph }, at) => {
      graph.append(bar.captions[at]);
      graph.setAttribute("aria-label", `Graph of ${titles[at]}`);
    });
    const first = { ...context, story: both[0].story, signal };
    const sides = [first, beside].map((one, at) => new Side(new Equation(one, () => {}), both[at]));
    sides[1].element.dataset.story = "other";
    this.#together(sides);
    const triangles = new Triangles(
      both.map(({ title, story: { triangle } }, at) => ({
        title,
        triangle: own && at ? context.story.givenTriangle : triangle,
      })),
      own,
    );
    const table = element("div", {
      class: "scroll",
      tabindex: "0",
      role: "region",
      "aria-label": "Gradient flow",
    });
    const redraw = () => {
      flow.draw();
      table.replaceChildren(flow.table());
    };
    if (!own && flow.itemised) bar.offerFlow(flow, redraw, signal);
    const norms = element("details", {}, element("summary", {}, "gradient flow as a table"), table);
    const line = element("p", { class: "verdict-line" });
    this.element.classList.toggle("strangers", strangers);
    this.graphs.classList.toggle("strangers", strangers);
    this.element.replaceChildren(
      element("div", { class: "headline" }, line, bar.element),
      element("div", { class: "sides" }, ...sides.map((side) => side.element)),
      ...(strangers ? [element("p", { class: "note" }, STRANGERS)] : []),
      triangles.element,
      ...(flow.empty ? [] : [norms]),
    );
    this.element.hidden = false;
    follow(this.above.window, outline.window, signal);
    redraw();
    triangles.draw();
    const watch = new ResizeObserver(() => triangles.draw());
    watch.observe(triangles.element);
    signal.addEventListener("abort", () => watch.disconnect());
    return { name, own, strangers, both, partners, state, outline, flow, sides, line, bar, control };
  }

  /** What the panels of the other story share.
   * @param {Told} told
   * @param {{ level: Level }} state
   * @param {Partners} partners
   * @param {AbortSignal} signal
   * @returns {Context}
   */
  #contextOf({ story, stops }, state, partners, signal) {
    const { context } = this;
    const own = story instanceof YoursStory;
    return {
      ...context,
      story,
      stops,
      signal,
      model: besideModel(context.model, state),
      stopsAt: () => false,
      aligned() {},
      pick: (id) => {
        const here = story.steps[partners.of(context.model.get("step"), "time")?.step ?? 0];
        const j = story.stepAbout(id, here.phase === "backward");
        const i = own ? j : partners.back(j);
        if (j >= 0 && i >= 0) context.go(i);
      },
      open: (k, index) => {
        if (own) context.open(k, index);
        else context.tell("Exchange the two networks to ask where this number comes from.");
      },
    };
  }

  /** Both graphs are as high as the rows of the taller need.
   * @param {Story[]} stories
   */
  #measure(stories) {
    const rows = Math.max(...stories.flatMap(({ nodes }) => nodes.map(({ outline }) => outline ?? 0)));
    this.player.style.setProperty("--trnn-compared-rows", String(Math.max(2, rows - 1)));
    this.player.classList.toggle("layered", rows > MOST_ROWS);
  }

  /** One row is looked at in both, and one result.
   * @param {Side[]} sides
   */
  #together(sides) {
    let looking = false;
    sides.forEach(({ equation }, at) => {
      const other = sides[1 - at].equation;
      equation.looks = (/** @type {Looked} */ looked) => {
        if (looking) return;
        looking = true;
        other.lookAt(looked);
        looking = false;
      };
      equation.chose = () => {
        if (other.wanted === equation.wanted) return;
        other.wanted = equation.wanted;
        this.repaint();
      };
    });
  }

  // Painting -----------------------------------------------------------------------------------

  /** The step that is shown on both sides: of the reader's own numbers that where they differ.
   * @param {number} i
   * @param {Level} level
   */
  #stepOf(i, level) {
    const { shown, context } = this;
    if (!shown?.own || level === "operations") return i;
    const { first, last } = context.stops.at(i);
    return context.story.differences?.find((j) => j >= first && j <= last) ?? i;
  }

  /**
   * @param {number} i
   * @param {boolean} covered
   */
  paint(i, covered) {
    const { shown, context } = this;
    if (!shown) return;
    const { both, partners, state, outline, flow, sides, line, own } = shown;
    const level = context.model.get("level");
    const here = this.#stepOf(i, level);
    const partner = own ? { step: here, level } : partners.of(here, level);
    const missing = own ? "" : partners.missing(here, level);
    state.level = partner?.level ?? "time";
    if (own) for (const { equation } of sides) equation.prefer(differingAt(both[1].story, here));
    sides[0].paint(here, level, covered);
    if (partner) sides[1].paint(partner.step, partner.level, covered);
    else sides[1].leave(missing);
    if (partner) oneScale(sides);
    const step = partner?.step ?? this.#before(here);
    outline.element.classList.toggle("alone", !partner);
    outline.paint(step, both[1].stops.done(step, state.level), covered);
    const { t, phase } = context.stops.at(i);
    flow.paint(t ?? 0, shown.strangers ? [] : differingTimes(both, phase === "backward"));
    this.#tell(line, covered ? "" : this.#told(missing, partner !== null));
  }

  /** Where the other story is when it has no partner: at its end, or at its turning point.
   * @param {number} i
   */
  #before(i) {
    const { phase } = this.context.stops.at(i);
    const times = this.shown?.both[1].stops.times ?? [];
    const before = times.filter((stop) =>
      phase === "forward" ? stop.phase === "forward" : stop.phase !== "backward",
    );
    return before.at(-1)?.principal ?? 0;
  }

  /**
   * @param {string} missing
   * @param {boolean} paired
   */
  #told(missing, paired) {
    const { shown } = this;
    if (!shown || !paired) return missing;
    const { both, sides, own } = shown;
    const [one, other] = sides.map(({ equation }) => equation.told[equation.chosen].k);
    const numbers = bothNumbers(both, one, other, !shown.strangers);
    const judged = own ? verdictOf(/** @type {YoursStory} */ (both[1].story), other) : "";
    return [numbers, judged, missing].filter(Boolean).join(" ");
  }

  /**
   * @param {HTMLElement} line
   * @param {string} text
   */
  #tell(line, text) {
    this.saying = text;
    const { arrays } = this.context.story;
    const name = /^(\S+\[\d+\]|d?[A-Z]\w*)/.exec(text)?.[0] ?? "";
    const k = this.context.story.named.get(name)?.at(-1);
    if (k === undefined) line.textContent = text;
    else {
      const written = mathematics(this.context.story.mathml(arrays[k].math));
      line.replaceChildren(written, text.slice(name.length));
    }
  }

  /** What is said to those who listen, of both; empty if nothing is compared. */
  get said() {
    return this.shown ? this.saying : "";
  }

  /** To the first step, from some on, at which the two differ; -1 if there is none.
   * @param {number} from
   */
  difference(from) {
    const { shown, context } = this;
    if (!shown) return -1;
    const { times } = context.stops;
    const [, { story, stops }] = shown.both;
    const found = times.find((stop) => {
      if (stop.last < from) return false;
      const step = shown.own ? stop.principal : shown.partners.of(stop.principal, "time")?.step;
      if (step === undefined) return false;
      const beside = stops.at(step);
      for (let j = beside.first; j <= beside.last; j++) if (story.differing(j).length) return true;
      return false;
    });
    return found?.principal ?? -1;
  }

  // Closing ------------------------------------------------------------------------------------

  close() {
    const { shown, player } = this;
    this.shown = null;
    shown?.control.abort();
    shown?.outline.stop();
    shown?.bar.captions[0].remove();
    if (!player.classList.contains("comparing")) return;
    this.rail.laid = () => {};
    player.classList.remove("comparing", "layered");
    this.graphs.replaceChildren();
    this.element.replaceChildren();
    this.element.hidden = true;
    this.above.element.setAttribute("aria-label", "Graph");
    this.above.low = false;
    this.above.scale.span([this.context.story]);
    this.above.redraw();
  }

  stop() {
    this.context.model.off("change:compare", this.heard);
    this.context.model.off("change:tour", this.led);
    this.close();
  }
}

/** A colour means the same number on both sides.
 * @param {Side[]} sides
 */
function oneScale(sides) {
  const [one, other] = sides.map(({ equation }) => equation.magnitudes);
  for (const { equation } of sides) equation.share(jointly(one, other));
}

/** The first result of a step at which numbers differ, by name.
 * @param {Story} story
 * @param {number} i
 */
const differingAt = (story, i) => story.differing(i)[0] ?? "";

/** Whether two networks have other weights: then all numbers differ, and a mark at each would say nothing.
 * @param {[Told, Told]} both
 */
function weightsDiffer([one, { story }]) {
  /** @param {Story} of */
  const weights = (of) => new Set(of.nodes.flatMap(({ uses }) => uses.map(({ name }) => name)));
  const [own, theirs] = [weights(one.story), weights(story)];
  if (own.size !== theirs.size) return true;
  return [...theirs].some((name) => {
    const k = story.named.get(name)?.[0];
    return !own.has(name) || (k !== undefined && story.differs(k));
  });
}

/** A story without the reader's own numbers.
 * @param {Story} story
 * @param {StoryBytes} data
 */
function alone(story, data) {
  if (story.differences === undefined) return story;
  const same = new Story(data);
  for (const array of same.arrays) delete array.yours;
  return same;
}

/** The reader's state, at a level of its own.
 * @param {Model} model
 * @param {{ level: Level }} state
 * @returns {Model}
 */
function besideModel(model, state) {
  return {
    get: (key) => (key === "level" ? /** @type {State[typeof key]} */ (state.level) : model.get(key)),
    set: (key, value) => model.set(key, value),
    on: (event, f) => model.on(event, f),
    off: (event, f) => model.off(event, f),
    save_changes: () => model.save_changes(),
    send: (message) => model.send(message),
  };
}

/** Both graphs are scrolled together.
 * @param {HTMLElement} one
 * @param {HTMLElement} other
 * @param {AbortSignal} signal
 */
function follow(one, other, signal) {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ]) {
    from.addEventListener(
      "scroll",
      () => {
        if (Math.abs(to.scrollLeft - from.scrollLeft) > 1) to.scrollLeft = from.scrollLeft;
      },
      { signal, passive: true },
    );
  }
}
