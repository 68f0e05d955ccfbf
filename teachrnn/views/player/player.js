// The player: steps through a story made in Python. One module for every host; its state goes
// through `model` (get, set, on, off, save_changes, send), which a notebook's widget provides.

/** @import { Act, Address, Context, Heard, Listener, Model, State } from "./types.d.ts" */

import { indexAt } from "./address.js";
import { CellPane } from "./cell/cell.js";
import { WholePass } from "./code/whole_pass.js";
import { Compare } from "./compare/compare.js";
import { Controls } from "./controls/controls.js";
import { element, focusedBeside, partOf } from "./dom.js";
import { legend } from "./graph/legend.js";
import { Kernel } from "./kernel.js";
import { actOf, keyHelp } from "./keys.js";
import { Experiment } from "./experiment/experiment.js";
import { Link, pairsOf } from "./link.js";
import { legendLine } from "./outline/legend_line.js";
import { Outline } from "./outline/outline.js";
import { COVERED, Predict } from "./predict.js";
import { Rail } from "./rail/rail.js";
import { Reach } from "./reach.js";
import { Share } from "./share/share.js";
import { Slides } from "./share/slides.js";
import { differenceAt, StepCard } from "./step_card.js";
import { Stops } from "./stops.js";
import { Stories } from "./stories.js";
import { Story } from "./story.js";
import { TourCard } from "./tour/card.js";
import { Explained } from "./tour/explained.js";
import { Guide } from "./tour/guide.js";
import { Walk } from "./walk.js";
import { Whole } from "./whole.js";
import { Why } from "./why/why.js";

let players = 0; // ids that are unique on a page come from it

/** Show the model's story in `el`; returns a function that removes it again.
 * @param {{ model: Model, el: HTMLElement }} host
 */
export function render({ model, el }) {
  return present(model, el).stop;
}

/**
 * @param {Model} model
 * @param {HTMLElement} el
 * @param {Address} [linkTo]
 */
function present(model, el, linkTo) {
  el.classList.add("trnn");
  const kernel = new Kernel(model);
  const stories = new Stories(model, kernel, stay);
  const guide = new Guide(model, stories, { arrive: () => player.tour.arrive(), hold, open });
  const slides = new Slides(el);
  const around = { kernel, stories, guide, slides, linkTo };
  let player = play(model, el, around);
  /** Another story, at the step of the same name if it has one.
   * @param {() => Promise<void>} change
   */
  async function stay(change) {
    const place = player.link.place();
    await change();
    player.link.arrive(place);
  }
  /** Show what an address says.
   * @param {string} address
   */
  async function open(address) {
    const said = pairsOf(address);
    const tour = said.get("tour");
    try {
      if (tour === undefined) guide.close();
      else await guide.read(tour);
      const first = tour === undefined ? stories.all[0]?.name : guide.phase?.story;
      await guide.show(said.get("story") ?? first ?? "");
      if (tour === undefined || said.has("step")) await player.link.read(address);
    } catch (error) {
      await player.link.read(address);
      player.tell(error instanceof Error ? error.message : String(error));
    }
  }
  // If the focus is in a tour now, it can be given back to it when another story has come.
  function hold() {
    const held = focusedBeside(el)?.closest(".tour");
    return () => {
      const onward = /** @type {HTMLElement | null} */ (el.querySelector(".tour .onward"));
      if (held && !held.isConnected) onward?.focus({ preventScroll: true });
    };
  }
  const another = () => {
    const held = el.contains(focusedBeside(el));
    player.close();
    model.set("step", 0);
    model.set("entry", {});
    model.save_changes();
    player = play(model, el, around);
    if (held) partOf(el, "[aria-label='Next step']").focus({ preventScroll: true }); // what had the focus is gone
  };
  model.on("change:story", another);
  return {
    slides,
    /** Resolves when it shows what it is to show first. */
    ready: (guide.tour ? guide.go(guide.number) : Promise.resolve()).then(() => player.ready()),
    /** The address of what is shown. */
    address: () => player.link.write(),
    open,
    stop() {
      model.off("change:story", another);
      player.close();
      kernel.stop();
      slides.stop();
    },
  };
}

/**
 * @param {Model} model
 * @param {HTMLElement} el
 * @param {Pick<Context, "kernel" | "stories" | "guide" | "linkTo"> & { slides: Slides }} around what outlasts the story that is shown
 */
function play(model, el, { slides, ...around }) {
  const control = new AbortController();
  const { signal } = control;
  const story = new Story(model.get("story"));
  const steps = story.steps;
  const last = steps.length - 1;
  players += 1;

  const voice = element("p", { class: "unseen-words", role: "status", "aria-live": "polite" });
  const message = element("p", { class: "message", role: "status" });
  const stops = new Stops(story);
  /** @type {Context} */
  const context = {
    ...around,
    story,
    stops,
    model,
    signal,
    unique: players,
    go(i) {
      model.set("step", Math.max(0, Math.min(last, i)));
      model.save_changes();
    },
    setLevel(level) {
      model.set("level", level);
      model.save_changes();
    },
    open(k, index) {
      model.set("entry", { array: k, index: [...index] });
      model.save_changes();
    },
    pick(id) {
      const { phase } = steps[model.get("step")];
      const i = story.stepAbout(id, phase === "backward");
      if (i >= 0) walk.to(i);
    },
    stopsAt({ name, op }) {
      const names = model.get("breakpoints");
      return names.includes(name) || (op !== "" && names.includes(op));
    },
    say(text) {
      voice.textContent = text;
    },
    tell(text) {
      message.textContent = text;
    },
    horizon(h) {
      outline.horizon(h);
      cell.mark();
      whole.horizon(h);
    },
    reached: (shares) => outline.reached(shares),
    covers: (i) => predict.covers(i),
    toured: () => tour.here,
    repaint: () => paint(),
    redrawn: () => tour.spotlight.shine(el),
    home: () => controls.buttons.next,
    compares: () => compare.offers.length > 0,
    aligned: (paper) => rail.align(outline.places?.fits ? outline.places.lead : 12, paper),
  };
  const walk = new Walk(context, () => controls.walkChanged());
  const rail = new Rail(context, walk);
  const outline = new Outline(context);
  const cell = new CellPane(context);
  const whole = new Whole(context);
  const why = new Why(context, () => walk.beat);
  const predict = new Predict(context, () => paint());
  const pass = new WholePass(context);
  const card = new StepCard(
    context,
    (k) => why.into(k),
    () => pass.copy(),
  );
  const reach = story.triangle?.reaches.length ? [new Reach(context, story.triangle)] : [];
  const experiment = new Experiment(context);
  context.nudge = experiment.nudge;
  const compare = new Compare(context, { outline, rail, player: el, repaint: () => paint() });

  const result = () => steps[model.get("step")].outcomes[0]?.quantities[0][0];
  const made = () =>
    steps[model.get("step")].outcomes
      .flatMap((o) => o.quantities.map(([k]) => k))
      .find((k) => story.arrays[k].letters);
  /** @type {Record<Act, () => void>} */
  const acts = {
    next: () => walk.by(1),
    previous: () => walk.by(-1),
    first: () => walk.by(-Infinity),
    last: () => walk.by(Infinity),
    nextTime: () => walk.byTime(1),
    previousTime: () => walk.byTime(-1),
    turn() {
      if (story.turn >= 0) walk.to(story.turn);
    },
    play() {
      if (why.walk.inside) why.walk.play();
      else if (walk.playing) walk.pause();
      else walk.start();
    },
    faster: () => walk.shiftSpeed(1),
    slower: () => walk.shiftSpeed(-1),
    sameOperation: () =>
      walk.toNext((s) => s.op === steps[walk.here].op, "No further step with this operation."),
    breakpoint: () => walk.toggleBreakpoint(),
    toBreakpoint: () =>
      walk.toNext((s) => walk.breaksAt(s), "There is no further breakpoint: set one at an operation."),
    jump: () => controls.goTo.focus(),
    difference: () => toDifference(0, "All your numbers agree."),
    nextDifference: () =>
      toDifference(walk.here + 1, "There is no further step at which your numbers differ."),
    into() {
      if (walk.deeper()) return;
      const k = made();
      if (covered()) context.tell(COVERED);
      else if (k === undefined) context.tell("There is no operation to step into here.");
      else {
        walk.pause();
        why.into(k);
      }
    },
    out() {
      if (!keys.hidden) acts.help();
      else if (!share.element.hidden) acts.share();
      else if (compare.shown && why.element.hidden) compare.toggle();
      else if (!why.dismiss() && !walk.higher()) slides.leave();
    },
    why() {
      if (covered()) return context.tell(COVERED);
      walk.pause();
      const k = story.firstDiffering(model.get("step")) ?? result();
      const { shape, yours } = story.arrays[k];
      context.open(k, indexAt(shape, yours?.differs[0] ?? 0));
      return why.reveal();
    },
    roll: () => whole.toggle(),
    predict() {
      const { options, selectedIndex } = predict.modes;
      const mode = options[(selectedIndex + 1) % options.length];
      model.set("predict", mode.value);
      model.save_changes();
      context.say(`Predict first: ${mode.textContent}`);
    },
    tour() {
      const { guide } = around;
      if (guide.tour && tour.here) guide.leave();
      else if (guide.tour) guide.go(guide.number);
      else guide.open(guide.tours[0].id).then(() => partOf(el, ".tour .onward").focus());
    },
    help() {
      keys.hidden = !keys.hidden;
      controls.more.setAttribute("aria-expanded", String(!keys.hidden));
      if (keys.hidden !== share.element.hidden) acts.share();
    },
    share() {
      share.element.hidden = !share.element.hidden;
      controls.share.setAttribute("aria-expanded", String(!share.element.hidden));
    },
    slides: () => (slides.shown ? slides.leave() : slides.enter()),
    onward: () => turnPage(1),
    backward: () => turnPage(-1),
    fullScreen: () => slides.toggleFullScreen(),
    blank: () => slides.toggleBlank(),
    compare: () => compare.toggle(),
  };
  /** What a presenter's clicker turns: the phases of a tour, where there is one, or the steps.
   * @param {number} by
   */
  function turnPage(by) {
    const { guide } = around;
    if (guide.tour && tour.here) guide.go(guide.number + by);
    else walk.by(by);
  }
  const controls = new Controls(context, walk, acts);
  const tour = new TourCard(context, controls.goTo, (name) => card.equation.prefer(name));
  card.header.prepend(tour.away);
  const explained = new Explained(context, controls.goTo, async (id, number) => {
    await around.guide.open(id, number, `${link.write()}&level=${model.get("level")}`);
    partOf(el, ".tour .onward").focus();
  });
  card.header.append(explained.element);
  const has = new Set([
    ...(story.differences ? ["yours"] : []),
    ...(around.guide.tours.length ? ["tours"] : []),
  ]);
  const link = new Link(context, controls.goTo, compare);
  const share = new Share(context, acts, link);
  slides.acts = acts;
  const compares = new Set([...has, "yours"]);
  /**
   * @param {number} from
   * @param {string} otherwise
   */
  const toDifference = (from, otherwise) => {
    if (!compare.shown) return walk.toDifference(from, otherwise);
    const found = compare.difference(from);
    return found < 0 ? context.tell("There is no further step at which they differ.") : walk.to(found);
  };
  const keys = element(
    "div",
    { class: "more", hidden: "" },
    element("div", { class: "settings" }, ...controls.settings, predict.choice),
    element("div", { class: "graph" }, legend(story, outline.scale)),
    keyHelp(context.compares() ? compares : has),
  );
  const panels = [outline, whole, why, walk, controls, compare, ...reach];
  const about = element(
    "div",
    { class: "about" },
    ...story.about.map((sentence) => element("p", {}, sentence)),
  );
  el.replaceChildren(
    about,
    element(
      "div",
      { class: "stay" },
      element(
        "div",
        { class: "scene" },
        cell.element,
        element(
          "div",
          { class: "across" },
          legendLine(story),
          outline.element,
          compare.graphs,
          rail.element,
        ),
      ),
      controls.element,
    ),
    share.element,
    keys,
    message,
    predict.element,
    card.element,
    compare.element,
    why.element,
    pass.element,
    whole.element,
    ...reach.map((panel) => panel.element),
    experiment.element,
    voice,
  );

  const covered = () => context.covers(model.get("step"));
  function paint() {
    const step = model.get("step");
    if (step > last) return context.go(last);
    const { principal } = stops.at(step);
    const level = model.get("level");
    const i = level === "time" ? principal : step;
    context.tell("");
    const done = stops.done(i, level);
    cell.paint(i, covered() ? i - 1 : done);
    outline.paint(i, done, covered());
    whole.paint(i, covered());
    rail.paint(i);
    controls.paint(i);
    predict.paint(i);
    card.paint(i, covered());
    pass.paint(i);
    share.paint();
    why.paint(i, covered());
    compare.paint(i, covered());
    const touring = tour.paint();
    card.give(touring ? tour.element : null);
    explained.paint(i, touring || covered() || !tour.away.hidden);
    tour.spotlight.shine(el);
    if (touring) return context.say(tour.spoken);
    const { heading, sentence } = stops.told(i, level);
    const told = covered() ? COVERED : compare.said || [sentence, differenceAt(story, i)].join(" ");
    return context.say(`${heading}. ${told}`);
  }

  // In a standalone page the whole page listens to the keys; elsewhere only the player, while it has the
  // focus.
  /** @type {Document | HTMLElement} */
  const scope = el.closest(".trnn-page") ? el.ownerDocument : el;
  scope.addEventListener(
    "keydown",
    (event) => {
      if (!(event instanceof KeyboardEvent)) return;
      const act = actOf(event, compare.shown ? compares : has);
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      acts[act]();
    },
    { signal },
  );

  // What stands for no time step is shown as the operation that it is; the first belongs to the first.
  const onStep = () => {
    const step = model.get("step");
    if (step && model.get("level") === "time" && step !== stops.at(step)?.principal) {
      model.set("level", "operations");
      model.save_changes();
    }
    paint();
  };
  const onLevel = () => {
    const step = model.get("step");
    const { principal } = stops.at(step);
    if (model.get("level") === "time" && step !== principal) {
      context.go(principal);
    } else paint();
  };
  const onOther = () => paint();
  model.on("change:step", onStep);
  model.on("change:level", onLevel);
  model.on("change:predict", onOther);
  model.on("change:tour", onOther);
  onStep();
  compare.begin();
  return {
    link,
    tour,
    /** Resolves when what it is to be compared with is there. */
    ready: () => compare.ready,
    tell: context.tell,
    close() {
      control.abort();
      model.off("change:step", onStep);
      model.off("change:level", onLevel);
      model.off("change:predict", onOther);
      model.off("change:tour", onOther);
      for (const panel of panels) panel.stop();
      el.replaceChildren();
    },
  };
}

/**
 * Where there is no notebook, a model of a few lines takes the place of the widget's.
 * @param {HTMLElement} el
 * @param {Partial<State> & Pick<State, "story">} state
 * @param {Address} [linkTo] where the host has addresses
 */
export function mount(el, state, linkTo) {
  /** @type {Map<Heard, Listener[]>} */
  const listeners = new Map();
  /** @type {State} */
  const kept = {
    step: 0,
    level: "time",
    entry: {},
    rolled: false,
    horizon: 0,
    breakpoints: [],
    compare: "",
    predict: "off",
    live: false,
    stories: [],
    shown: state.stories?.[0]?.name ?? "",
    tours: [],
    tour: "",
    phase: 0,
    ...state,
  };
  /** @type {Model} */
  const model = {
    get: (key) => kept[key],
    set(key, value) {
      if (kept[key] === value) return;
      kept[key] = value;
      for (const f of listeners.get(`change:${key}`) ?? []) f({ kind: "change" }, []);
    },
    on(event, f) {
      listeners.set(event, [...(listeners.get(event) ?? []), f]);
    },
    off(event, f) {
      const others = (listeners.get(event) ?? []).filter((g) => g !== f);
      listeners.set(event, others);
    },
    save_changes() {},
    send() {},
  };
  return { model, ...present(model, el, linkTo) };
}
