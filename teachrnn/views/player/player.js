// The player: steps through a story made in Python. One module for every host; its state goes
// through `model` (get, set, on, off, save_changes, send), which a notebook's widget provides.

/** @import { Act, Context, Heard, Listener, Model, State } from "./types.d.ts" */

import { indexAt } from "./address.js";
import { element, focusedBeside, icon, partOf } from "./dom.js";
import { Graph } from "./graph/graph.js";
import { WholePass } from "./code/whole_pass.js";
import { actOf, keyHelp } from "./keys.js";
import { Live } from "./live.js";
import { COVERED, Predict } from "./predict.js";
import { Reach } from "./reach.js";
import { differenceAt, StepCard } from "./step_card.js";
import { Story } from "./story.js";
import { TimeLine } from "./time_line.js";
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
 */
function present(model, el) {
  el.classList.add("trnn");
  let player = play(model, el);
  const another = () => {
    const held = el.contains(focusedBeside(el));
    player.close();
    model.set("step", 0);
    model.set("entry", {});
    model.save_changes();
    player = play(model, el);
    if (held) partOf(el, "[aria-label='Next step']").focus(); // what had the focus is gone
  };
  model.on("change:story", another);
  return {
    /** @param {string} address */
    open: (address) => player.open(address),
    stop() {
      model.off("change:story", another);
      player.close();
    },
  };
}

/**
 * @param {Model} model
 * @param {HTMLElement} el
 */
function play(model, el) {
  const control = new AbortController();
  const { signal } = control;
  const story = new Story(model.get("story"));
  const steps = story.steps;
  const last = steps.length - 1;
  players += 1;

  const voice = element("p", { class: "unseen-words", role: "status", "aria-live": "polite" });
  const message = element("p", { class: "message", role: "status" });
  /** @type {Context} */
  const context = {
    story,
    model,
    signal,
    unique: players,
    go(i) {
      model.set("step", Math.max(0, Math.min(last, i)));
      model.save_changes();
    },
    open(k, index) {
      model.set("entry", { array: k, index: [...index] });
      model.save_changes();
    },
    say(text) {
      voice.textContent = text;
    },
    tell(text) {
      message.textContent = text;
    },
    horizon(steps) {
      graph.horizon(steps);
    },
    covers: (i) => predict.covers(i),
  };
  const graph = new Graph(context);
  const line = new TimeLine(context);
  const why = new Why(context);
  const predict = new Predict(context, () => paint());
  const whole = new WholePass(context);
  const card = new StepCard(
    context,
    (k) => why.into(k),
    () => whole.copy(),
  );
  const reach = story.triangle?.reaches.length ? [new Reach(context, story.triangle)] : [];
  const live = new Live(context);
  const panels = [graph, line, why, live, ...reach];

  const compares = story.differences !== undefined;
  const keys = keyHelp(compares);
  const help = element(
    "button",
    { type: "button", "aria-label": "Keys", title: "Keys (?)", "aria-expanded": "false" },
    icon("M5.5 6a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.1.8-1.1 1.7M8 12.2v.6"),
  );
  const about = element(
    "div",
    { class: "about" },
    ...story.about.map((sentence) => element("p", {}, sentence)),
  );
  line.element.append(help);
  el.replaceChildren(
    about,
    graph.element,
    line.element,
    message,
    keys,
    predict.element,
    element("div", { class: "desk" }, card.element, why.element),
    whole.element,
    ...reach.map((panel) => panel.element),
    live.element,
    voice,
  );

  const result = () => steps[model.get("step")].outcomes[0]?.quantities[0][0];
  const made = () =>
    steps[model.get("step")].outcomes
      .flatMap((o) => o.quantities.map(([k]) => k))
      .find((k) => story.arrays[k].letters);
  /** @type {Record<Act, () => void>} */
  const acts = {
    ...line.acts,
    into() {
      const k = made();
      if (covered()) context.tell(COVERED);
      else if (k === undefined) context.tell("There is no operation to step into here.");
      else {
        line.pause();
        why.into(k);
      }
    },
    why() {
      if (covered()) return context.tell(COVERED);
      line.pause();
      const k = story.firstDiffering(model.get("step")) ?? result();
      const { shape, yours } = story.arrays[k];
      context.open(k, indexAt(shape, yours?.differs[0] ?? 0));
      return why.reveal();
    },
    roll: () => graph.toggle(),
    predict() {
      const { options, selectedIndex } = predict.modes;
      const mode = options[(selectedIndex + 1) % options.length];
      model.set("predict", mode.value);
      model.save_changes();
      context.say(`Predict first: ${mode.textContent}`);
    },
    help() {
      keys.hidden = !keys.hidden;
      help.setAttribute("aria-expanded", String(!keys.hidden));
    },
    close: () => (keys.hidden ? why.dismiss() : acts.help()),
  };
  help.addEventListener("click", acts.help, { signal });

  const covered = () => context.covers(model.get("step"));
  function paint() {
    const i = model.get("step");
    if (i > last) return context.go(last);
    context.tell("");
    graph.paint(i, covered());
    line.paint(i);
    predict.paint(i);
    card.paint(i, covered());
    whole.paint(i);
    why.paint(i, covered());
    const told = covered() ? COVERED : [steps[i].sentence, differenceAt(story, i)].join(" ");
    return context.say(`${steps[i].heading}. ${told}`);
  }

  // In a standalone page the whole page listens to the keys; elsewhere only the player, while it has the
  // focus.
  /** @type {Document | HTMLElement} */
  const scope = el.closest(".trnn-page") ? el.ownerDocument : el;
  scope.addEventListener(
    "keydown",
    (event) => {
      if (!(event instanceof KeyboardEvent)) return;
      const act = actOf(event, compares);
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      acts[act]();
    },
    { signal },
  );

  const onChange = () => paint();
  model.on("change:step", onChange);
  model.on("change:predict", onChange);
  paint();
  return {
    /** @param {string} address */
    open: (address) => line.open(address),
    close() {
      control.abort();
      model.off("change:step", onChange);
      model.off("change:predict", onChange);
      for (const panel of panels) panel.stop();
      el.replaceChildren();
    },
  };
}

/**
 * Where there is no notebook, a model of a few lines takes the place of the widget's. `open` goes where
 * an address says.
 * @param {HTMLElement} el
 * @param {Partial<State> & Pick<State, "story">} state
 */
export function mount(el, state) {
  /** @type {Map<Heard, Listener[]>} */
  const listeners = new Map();
  /** @type {State} */
  const kept = {
    step: 0,
    entry: {},
    rolled: false,
    horizon: 0,
    breakpoints: [],
    predict: "off",
    live: false,
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
  return { model, ...present(model, el) };
}
