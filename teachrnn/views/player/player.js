// The player: steps through a story that Python has told. It computes no mathematics.
// One module for every host; state goes through `model` (get, set, on, off, save_changes).

const SVG = "http://www.w3.org/2000/svg";
const NODE = { width: 48, height: 50, gapX: 8, gapY: 18, column: 28, margin: 18 };
const BAR = 5; // height of the tallest bar above or below its line
const MOST_NUMBERS = 16; // longer vectors and wide matrices show their numbers on demand
const PAUSE = 1100; // milliseconds between two steps while playing
const PHASES = { forward: "forward", turn: "turning point", backward: "back through time" };

// Numbers: the same rule as teachrnn.views.number -------------------------------------------

export function formatNumber(x, digits = 3) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  if (x === 0) return "0";
  const [mantissa, power] = Math.abs(x).toExponential(digits - 1).split("e");
  const exponent = Number(power);
  const sign = x < 0 ? "−" : "";
  if (exponent >= -3 && exponent < 5) {
    // shift the point of the decimal digits by hand: toFixed would round a second time
    const all = mantissa.replace(".", "");
    const places = Math.max(digits - 1 - exponent, 0);
    if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${all}`;
    const whole = all.slice(0, exponent + 1).padEnd(exponent + 1, "0");
    return sign + (places ? `${whole}.${all.slice(exponent + 1)}` : whole);
  }
  return `${sign}${mantissa}e${exponent < 0 ? "−" : ""}${Math.abs(exponent)}`;
}

function numbersOf(array) {
  if (!array.numbers) {
    if (array.whole) array.numbers = array.whole;
    else {
      const bytes = Uint8Array.from(atob(array.floats), (c) => c.charCodeAt(0));
      const view = new DataView(bytes.buffer);
      array.numbers = Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
    }
  }
  return array.numbers;
}

const show = (array, x) => (array.whole ? String(x) : formatNumber(x));

// Building the document ----------------------------------------------------------------------

function element(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  e.append(...children);
  return e;
}

function drawn(tag, attributes = {}, text) {
  const e = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  if (text !== undefined) e.textContent = text;
  return e;
}

function icon(path) {
  const svg = drawn("svg", { viewBox: "0 0 16 16", "aria-hidden": "true", class: "icon" });
  svg.append(drawn("path", { d: path }));
  return svg;
}

function formula(mathml) {
  const template = document.createElement("template");
  template.innerHTML = mathml; // made by teachrnn.views.mathml, which escapes every text in it
  return template.content;
}

export function useFont(bytes) {
  const face = new FontFace("TeachrnnMath", bytes);
  face.load().then((f) => document.fonts.add(f), () => {}); // without it the browser's own font serves
}

// Colour: two diverging scales, zero in the paper's colour -------------------------------------

function shade(kind, x, largest) {
  if (!Number.isFinite(x)) return "var(--trnn-not-finite)";
  const share = largest > 0 ? Math.sqrt(Math.abs(x) / largest) : 0;
  const colour = `var(--trnn-${kind}-${x < 0 ? "minus" : "plus"})`;
  return `color-mix(in oklab, ${colour} calc(${share.toFixed(3)} * var(--trnn-most)), var(--trnn-paper))`;
}

const largestOf = (numbers) => numbers.reduce((m, x) => (Number.isFinite(x) ? Math.max(m, Math.abs(x)) : m), 0);

// An array with its numbers ---------------------------------------------------------------------

function arrayFigure(story, array, note) {
  const numbers = numbersOf(array);
  const shape = array.shape;
  const name = element("span", { class: "name" });
  name.append(formula(story.math[array.math]));
  const caption = element("figcaption", {}, name);
  if (shape.length) caption.append(element("span", { class: "shape" }, shape.join(" × ")));
  if (note) caption.append(element("span", { class: "note" }, note));
  const figure = element("figure", { class: `array ${array.kind}`, "data-name": array.name }, caption);
  if (!shape.length) {
    figure.append(element("output", { class: "scalar" }, show(array, numbers[0])));
    return figure;
  }
  const columns = shape[shape.length - 1];
  const rows = Array.from({ length: numbers.length / columns }, (_, i) => numbers.slice(i * columns, (i + 1) * columns));
  const wordy = rows.length > 1 || columns > MOST_NUMBERS;
  if (wordy) {
    figure.append(heatMap(array, rows, numbers));
    const details = element("details", {}, element("summary", {}, "numbers"));
    details.addEventListener("toggle", () => {
      if (details.open && details.childElementCount === 1) details.append(numberTable(array, rows, numbers));
    });
    figure.append(details);
  } else figure.append(numberTable(array, rows, numbers));
  return figure;
}

function heatMap(array, rows, numbers) {
  const largest = largestOf(numbers);
  const cell = rows[0].length > 40 ? 6 : 14;
  const svg = drawn("svg", {
    class: "heat", role: "img", width: rows[0].length * cell, height: rows.length * cell,
    "aria-label": `Heat map of ${array.name}, ${rows.length} by ${rows[0].length}, largest magnitude ${formatNumber(largest)}`,
  });
  rows.forEach((row, i) => row.forEach((x, j) => {
    const box = drawn("rect", { x: j * cell, y: i * cell, width: cell, height: cell });
    box.style.fill = shade(array.kind, x, largest);
    box.append(drawn("title", {}, `${array.name}[${i},${j}] = ${x}`));
    svg.append(box);
    if (x < 0 && cell > 8) svg.append(drawn("path", { d: `M${j * cell + 4} ${i * cell + cell / 2}h6`, class: "minus" }));
  }));
  return element("div", { class: "scroll" }, svg);
}

function numberTable(array, rows, numbers) {
  const largest = largestOf(numbers);
  const table = element("table", { "aria-label": array.name });
  rows.forEach((row) => {
    const line = table.insertRow();
    row.forEach((x) => {
      const cell = line.insertCell();
      cell.textContent = show(array, x);
      cell.title = String(x);
      if (!array.whole) cell.style.background = shade(array.kind, x, largest);
    });
  });
  return element("div", { class: "scroll" }, table);
}

// The unrolled graph -------------------------------------------------------------------------------

class Graph {
  constructor(story, pick) {
    this.story = story;
    this.at = new Map();
    this.boxes = new Map();
    this.lines = [];
    this.svg = drawn("svg", { role: "group", "aria-label": "Unrolled graph: time from left to right, depth upwards" });
    this.arrowheads();
    this.place();
    for (const [from, to] of story.edges) this.drawEdge(from, to);
    for (const node of story.nodes) this.drawNode(node, pick);
  }

  arrowheads() {
    const defs = drawn("defs");
    for (const kind of ["rest", "seen", "now", "back"]) {
      const marker = drawn("marker", {
        id: `trnn-arrow-${kind}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7,
        orient: "auto-start-reverse", class: `arrow ${kind}`,
      });
      marker.append(drawn("path", { d: "M0 0.5 8 4 0 7.5z" }));
      defs.append(marker);
    }
    this.svg.append(defs);
  }

  place() {
    const widest = new Map();
    let top = 0;
    for (const n of this.story.nodes) {
      widest.set(n.t, Math.max(widest.get(n.t) || 1, n.slots));
      top = Math.max(top, n.row);
    }
    const start = new Map();
    let x = NODE.margin;
    for (const t of [...widest.keys()].sort((a, b) => a - b)) {
      start.set(t, x);
      x += widest.get(t) * (NODE.width + NODE.gapX) + NODE.column;
    }
    const rise = NODE.height + NODE.gapY;
    for (const n of this.story.nodes) {
      const slack = (widest.get(n.t) - n.slots) * (NODE.width + NODE.gapX) / 2;
      this.at.set(n.id, {
        x: start.get(n.t) + slack + n.slot * (NODE.width + NODE.gapX),
        y: NODE.margin + (top - n.row) * rise,
      });
    }
    this.width = x - NODE.column - NODE.gapX + NODE.margin;
    this.height = 2 * NODE.margin + (top + 1) * rise - NODE.gapY + 18;
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.svg.setAttribute("width", this.width);
    this.svg.setAttribute("height", this.height);
    for (const [t, left] of start) {
      const middle = left + (widest.get(t) * (NODE.width + NODE.gapX) - NODE.gapX) / 2;
      this.svg.append(drawn("text", { x: middle, y: this.height - 6, class: "time" }, t === 0 ? "start" : `t = ${t}`));
    }
  }

  drawEdge(from, to) {
    const a = this.at.get(from), b = this.at.get(to);
    const { width: w, height: h } = NODE;
    let d;
    if (a.y > b.y + 1 && Math.abs(a.x - b.x) < 4 * w) {
      const lift = (a.y - b.y - h) / 2;
      d = `M${a.x + w / 2} ${a.y}C${a.x + w / 2} ${a.y - lift} ${b.x + w / 2} ${b.y + h + lift} ${b.x + w / 2} ${b.y + h + 1}`;
    } else if (b.x > a.x + w) {
      const reach = Math.max(24, (b.x - a.x - w) / 2);
      d = `M${a.x + w} ${a.y + h / 2}C${a.x + w + reach} ${a.y + h / 2} ${b.x - reach} ${b.y + h / 2} ${b.x - 1} ${b.y + h / 2}`;
    } else {
      d = `M${a.x + w / 2} ${a.y + h}L${b.x + w / 2} ${b.y - 1}`;
    }
    const path = drawn("path", { d, class: "edge" });
    this.svg.append(path);
    this.lines.push({ from, to, path });
  }

  drawNode(node, pick) {
    const { x, y } = this.at.get(node.id);
    const g = drawn("g", {
      class: node.op ? "node" : "node leaf", transform: `translate(${x} ${y})`, tabindex: "-1", role: "button",
      "data-name": node.name,
    });
    const label = this.label(node);
    const seen = [label.textContent, node.symbol && this.shown(node.symbol)].filter(Boolean).join("");
    const made = node.op ? `made by ${node.op}` : node.t === 0 ? "initial state" : "given";
    g.setAttribute("aria-label", `${seen}: ${node.name}, ${made}`);
    g.append(drawn("rect", { width: NODE.width, height: NODE.height, rx: 7, class: "box" }));
    g.append(label);
    const value = drawn("g", { class: "bars value", transform: "translate(5 26)" });
    const gradient = drawn("g", { class: "bars gradient", transform: "translate(5 40)" });
    g.append(value, gradient, drawn("title", {}, [node.name, node.op, ...node.uses].filter(Boolean).join(" · ")));
    g.addEventListener("click", () => pick(node.id));
    g.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); pick(node.id); }
    });
    this.svg.append(g);
    this.boxes.set(node.id, { g, value, gradient, node });
  }

  label(node) {
    const [, layer, base, sub, t] = /^(?:layer(\d+)\.)?([^_[]+)(?:_([^[]+))?(?:\[(\d+)\])?$/.exec(node.name) || [0, "", node.name];
    const text = drawn("text", { x: NODE.width / 2, y: 15, class: "label" });
    const letter = { rho: "ρ" }[base] || base;
    text.append(drawn("tspan", { class: base.length > 1 && letter === base ? "word" : "letter" }, letter.slice(0, 7)));
    const below = [sub && ({ rho: "ρ" }[sub] || sub), t].filter(Boolean).join(",");
    if (below) text.append(drawn("tspan", { class: "sub", dy: 3 }, below));
    if (layer) text.append(drawn("tspan", { class: "sub", dy: -8 }, `(${layer})`));
    return text;
  }

  bars(group, array) {
    // A bar up for a positive number, down for a negative one: sign by place, size by height and colour.
    group.replaceChildren();
    const width = NODE.width - 10;
    if (!array) {
      group.append(drawn("path", { d: `M0 0H${width}`, class: "not-yet" }));
      return;
    }
    const numbers = numbersOf(array).slice(0, 18);
    const largest = largestOf(numbers);
    const step = Math.min(8, width / numbers.length);
    const left = (width - step * numbers.length) / 2;
    group.append(drawn("path", { d: `M0 0H${width}`, class: "zero" }));
    numbers.forEach((x, i) => {
      const size = largest > 0 && Number.isFinite(x) ? Math.max(0.6, BAR * Math.sqrt(Math.abs(x) / largest)) : 0.6;
      const bar = drawn("rect", { x: left + i * step + 0.4, width: Math.max(step - 0.8, 0.8), y: x < 0 ? 0 : -size, height: size });
      bar.style.fill = `var(--trnn-${array.kind}-${x < 0 ? "minus" : "plus"})`;
      group.append(bar);
    });
  }

  paint(now, values, gradients, backwardEdges, step) {
    for (const [id, { g, value, gradient, node }] of this.boxes) {
      const known = !node.op || values.has(id);
      const inputs = step.edges.some(([from]) => from === id);
      g.classList.toggle("now", id === now);
      g.classList.toggle("touched", id !== now && inputs);
      g.classList.toggle("unseen", !known);
      g.setAttribute("tabindex", id === now || (now === null && node.t === 0) ? "0" : "-1");
      if (id === now) g.setAttribute("aria-current", "step"); else g.removeAttribute("aria-current");
      if (node.symbol) this.symbol(value, node.symbol);
      else this.bars(value, values.get(id));
      if (node.symbol) gradient.replaceChildren();
      else this.bars(gradient, gradients.get(id));
    }
    const active = new Set(step.edges.map(([a, b]) => `${a}>${b}`));
    for (const { from, to, path } of this.lines) {
      const key = `${from}>${to}`, back = backwardEdges.has(key), current = active.has(key);
      const kind = current ? "now" : back ? "back" : values.has(to) ? "seen" : "rest";
      path.setAttribute("class", `edge ${kind}`);
      const reversed = back || (current && step.phase === "backward");
      path.removeAttribute("marker-start");
      path.removeAttribute("marker-end");
      path.setAttribute(reversed ? "marker-start" : "marker-end", `url(#trnn-arrow-${kind})`);
      if (current) path.parentNode.insertBefore(path, path.parentNode.querySelector(".node"));
    }
  }

  shown(text) {
    return { " ": "␣", "\n": "⏎", "\t": "⇥" }[text] || text;
  }

  symbol(group, text) {
    group.replaceChildren(drawn("text", { x: (NODE.width - 10) / 2, y: 12, class: "symbol" }, this.shown(text)));
  }
}

// The player ------------------------------------------------------------------------------------------

export function render({ model, el }) {
  const control = new AbortController();
  const on = { signal: control.signal };
  const story = model.get("story");
  const steps = story.steps;
  const turn = steps.findIndex((s) => s.phase === "turn");
  let timer = null;

  const button = (name, key, path, act) => {
    const b = element("button", { type: "button", "aria-label": name, title: `${name} (${key})` }, icon(path));
    b.addEventListener("click", act, on);
    return b;
  };
  const go = (i) => {
    model.set("step", Math.max(0, Math.min(steps.length - 1, i)));
    model.save_changes();
  };
  const by = (n) => { stop(); go(model.get("step") + n); };
  const jump = (direction) => {
    stop();
    const here = model.get("step"), group = (s) => `${s.phase}${s.t}`;
    let i = here;
    while (i + direction >= 0 && i + direction < steps.length && group(steps[i]) === group(steps[here])) i += direction;
    go(i);
  };

  const first = button("First step", "Home", "M3 3v10M13 3 6 8l7 5z", () => { stop(); go(0); });
  const previous = button("Previous step", "left arrow", "M11 3 4 8l7 5z", () => by(-1));
  const play = button("Play", "space", "", () => (timer ? stop() : start()));
  const next = button("Next step", "right arrow", "M5 3l7 5-7 5z", () => by(1));
  const last = button("Last step", "End", "M3 3l7 5-7 5zM13 3v10", () => { stop(); go(steps.length - 1); });
  const help = element("button", { type: "button", class: "help", "aria-expanded": "false", title: "Keys (?)" }, "?");
  help.setAttribute("aria-label", "Keys");
  const slider = element("input", { type: "range", min: 0, max: steps.length - 1, "aria-label": "Step" });
  slider.addEventListener("input", () => { stop(); go(Number(slider.value)); }, on);
  const halves = element("div", { class: "halves", "aria-hidden": "true" });
  if (turn > 0) {
    const forward = element("span", {}, "forward →"), backward = element("span", {}, "← back through time");
    forward.style.flexGrow = turn;
    backward.style.flexGrow = steps.length - 1 - turn;
    halves.append(forward, backward);
  }
  const keys = element("p", { class: "keys", hidden: "" },
    "Keys: ← → one step, Page Up and Page Down a whole time step, Home and End, T the turning point, space plays and pauses, ? shows this.");
  help.addEventListener("click", () => toggleHelp(), on);
  const toggleHelp = () => {
    keys.hidden = !keys.hidden;
    help.setAttribute("aria-expanded", String(!keys.hidden));
  };

  const graph = new Graph(story, (id) => {
    stop();
    const phase = steps[model.get("step")].phase === "backward" ? "backward" : "forward";
    const made = steps.findIndex((s) => s.node === id && s.phase === phase);
    const used = steps.findIndex((s) => s.phase === phase && s.edges.some(([from]) => from === id));
    if (made >= 0 || used >= 0) go(made >= 0 ? made : used);
  });
  const stage = element("div", { class: "stage", tabindex: "0", role: "region", "aria-label": "Graph, scrolls" }, graph.svg);
  const about = element("div", { class: "about" }, ...story.about.map((line) => element("p", {}, line)));
  const where = element("p", { class: "where" });
  const title = element("h2");
  const sentence = element("p", { class: "sentence", "aria-live": "polite" });
  const code = element("pre", { class: "code" });
  const operands = element("div", { class: "arrays" });
  const outcomes = element("div", { class: "outcomes" });
  const now = element("section", { class: "now", "aria-label": "This step" },
    element("header", {}, where, title, sentence),
    element("div", { class: "out" }, outcomes),
    element("div", { class: "in" }, element("h3", {}, "What went in"), operands, element("h3", {}, "The line of code"), code));
  const legend = element("p", { class: "legend" });
  legend.append(
    swatch("value", "minus"), " − value + ", swatch("value", "plus"), element("span", { class: "space" }),
    swatch("gradient", "minus"), " − gradient + ", swatch("gradient", "plus"), element("span", { class: "space" }),
    element("span", { class: "dashes" }), " not yet");

  el.classList.add("trnn");
  el.append(about, stage, legend,
    element("div", { class: "bar" }, element("div", { class: "buttons" }, first, previous, play, next, last),
      element("div", { class: "line" }, halves, slider), help),
    keys, now);

  function start() {
    if (model.get("step") >= steps.length - 1) go(0);
    timer = setInterval(() => (model.get("step") >= steps.length - 1 ? stop() : go(model.get("step") + 1)), PAUSE);
    mark();
  }
  function stop() {
    clearInterval(timer);
    timer = null;
    mark();
  }
  function mark() {
    play.replaceChildren(icon(timer ? "M4 3h3v10H4zM9 3h3v10H9z" : "M4 2.5 13 8l-9 5.5z"));
    play.setAttribute("aria-label", timer ? "Pause" : "Play");
    play.title = `${timer ? "Pause" : "Play"} (space)`;
  }

  function paint() {
    const i = model.get("step"), step = steps[i];
    const values = new Map(), gradients = new Map(), backwardEdges = new Set();
    for (const node of story.nodes) if (node.given !== null) values.set(node.id, story.arrays[node.given]);
    for (const past of steps.slice(0, i + 1)) {
      if (past.phase === "forward") values.set(past.node, story.arrays[past.outcomes[0].quantities[0][0]]);
      if (past.phase === "backward") for (const [a, b] of past.edges) backwardEdges.add(`${a}>${b}`);
      for (const outcome of past.phase === "backward" ? past.outcomes : []) {
        gradients.set(outcome.target, story.arrays[outcome.quantities.at(-1)[0]]);
      }
      if (past.phase === "turn") {
        for (const node of story.nodes) {
          const seed = past.outcomes[0].quantities.find(([array]) => story.arrays[array].name === `d${node.name}`);
          if (seed) gradients.set(node.id, story.arrays[seed[0]]);
        }
      }
    }
    graph.paint(step.node, values, gradients, backwardEdges, step);
    slider.value = i;
    slider.setAttribute("aria-valuetext", `Step ${i + 1} of ${steps.length}: ${step.title}`);
    for (const b of [first, previous]) b.disabled = i === 0;
    for (const b of [last, next]) b.disabled = i === steps.length - 1;
    where.textContent = `Step ${i + 1} of ${steps.length} · ${PHASES[step.phase]}${step.t ? ` · t = ${step.t}` : ""}${step.op ? ` · ${step.op}` : ""}`;
    now.dataset.phase = step.phase;
    title.textContent = step.title;
    sentence.textContent = step.sentence;
    code.textContent = step.code;
    code.hidden = code.previousElementSibling.hidden = !step.code;
    outcomes.replaceChildren(...step.outcomes.map((outcome) => {
      const line = element("div", { class: "formula" });
      line.append(formula(story.math[outcome.formula]));
      const arrays = outcome.quantities.map(([array, note]) => arrayFigure(story, story.arrays[array], note));
      return element("div", { class: "outcome" }, line, element("div", { class: "arrays" }, ...arrays));
    }));
    operands.replaceChildren(...step.operands.map(([array, note]) => arrayFigure(story, story.arrays[array], note)));
    // what scrolls can be reached with the keyboard
    for (const s of now.querySelectorAll(".scroll, .code, .formula")) if (s.scrollWidth > s.clientWidth) s.tabIndex = 0;
    follow(step);
  }

  function follow(step) {
    const at = graph.at.get(step.node ?? step.outcomes[0]?.target);
    if (!at) return;
    const left = Math.max(0, at.x - stage.clientWidth / 2), top = Math.max(0, at.y - stage.clientHeight / 2);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const far = Math.abs(left - stage.scrollLeft) > stage.clientWidth / 2; // a jump, or the page has just opened
    stage.scrollTo({ left, top, behavior: calm || far ? "instant" : "smooth" });
  }

  const scope = el.closest("[data-keys]") || (el.parentElement?.closest(".trnn-page") ? document : el);
  scope.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) {
      if (event.target !== slider || !["PageUp", "PageDown", " ", "t", "T", "?"].includes(event.key)) return;
    }
    if (event.key === " " && event.target.closest?.("button, summary, .node")) return;
    const acts = {
      ArrowRight: () => by(1), ArrowLeft: () => by(-1), Home: () => { stop(); go(0); }, End: () => { stop(); go(steps.length - 1); },
      PageDown: () => jump(1), PageUp: () => jump(-1), " ": () => (timer ? stop() : start()), "?": toggleHelp,
      t: () => { stop(); if (turn > 0) go(turn); }, T: () => { stop(); if (turn > 0) go(turn); },
    };
    if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
  }, on);

  model.on("change:step", paint);
  mark();
  paint();
  return () => { stop(); control.abort(); model.off("change:step", paint); };
}

function swatch(kind, sign) {
  return element("span", { class: `swatch ${kind} ${sign}`, "aria-hidden": "true" });
}

// Where there is no notebook, a model of a few lines takes the place of the widget's.
export function mount(el, state) {
  const listeners = {};
  const model = {
    get: (key) => state[key],
    set(key, value) {
      if (state[key] === value) return;
      state[key] = value;
      (listeners[`change:${key}`] || []).forEach((f) => f());
    },
    on(event, f) { (listeners[event] ||= []).push(f); },
    off(event, f) { listeners[event] = (listeners[event] || []).filter((g) => g !== f); },
    save_changes() {},
  };
  state.step = Math.min(state.step || 0, state.story.steps.length - 1);
  return { model, stop: render({ model, el }) };
}

export default { render, mount };
