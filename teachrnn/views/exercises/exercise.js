// An exercise that is answered without code: lines in order, or a prediction. In a page it is judged here,
// by the same rules as in Python (teachrnn/exercises/kinds); in a notebook Python judges it.

/**
 * @typedef {object} Line
 * @property {string} text
 * @property {number} indent in levels
 * @property {number} place in the solution; of a wrong line, that of the line it replaces
 * @property {string} why what is wrong with it; empty for a right one
 */
/**
 * @typedef {object} Order
 * @property {"order"} kind
 * @property {string} name
 * @property {Line[]} lines
 * @property {number} count how many lines are right
 * @property {[number, number][]} pairs places of which the first must come first
 * @property {(number | null)[]} heads of which block each place is
 * @property {boolean} yours whether the spaces before a line are part of the answer
 */
/**
 * @typedef {object} Prediction
 * @property {"prediction"} kind
 * @property {string} name
 * @property {"choice" | "sign" | "order" | "shape" | "number"} asks
 * @property {{ text: string, html: string }[]} choices
 * @property {string | number | string[] | number[]} answer
 * @property {string} written
 * @property {number} tolerance
 * @property {string} because HTML
 */
/** @typedef {{ outcome: string, said: string }} Verdict its words are HTML */
/** @typedef {string | string[]} Answer */
/** @typedef {(answer: Answer) => void} Tell */

const WORDS = { right: "\u2713 Right.", wrong: "\u2717 Not right." };

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 */
function element(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...children);
  return e;
}

/** @param {string} text */
function escaped(text) {
  return element("span", {}, text).innerHTML;
}

/** A list whose items are moved with buttons, with Alt and an arrow, or with the mouse.
 * @template T
 */
class Arranged {
  /**
   * @param {string} label
   * @param {(item: T) => Node} draw
   * @param {(item: T) => [string, () => void][]} more further buttons of an item
   */
  constructor(label, draw, more) {
    this.draw = draw;
    this.more = more;
    /** @type {T[]} */
    this.items = [];
    this.list = element("ol", { class: "arranged", "aria-label": label });
    /** @type {() => void} */
    this.changed = () => {};
  }

  /** @param {number} from @param {number} to */
  move(from, to) {
    if (to < 0 || to >= this.items.length) return;
    this.items.splice(to, 0, ...this.items.splice(from, 1));
    this.show(to);
    this.changed();
  }

  /** @param {number} [focused] */
  show(focused) {
    this.list.replaceChildren(...this.items.map((item, i) => this.#item(item, i)));
    if (focused === undefined) return;
    const row = this.list.children[Math.min(focused, this.items.length - 1)];
    if (row instanceof HTMLElement) row.focus();
  }

  /** @param {T} item @param {number} i */
  #item(item, i) {
    const row = element("li", { tabindex: "0", draggable: "true" }, this.draw(item));
    /** @type {[string, () => void][]} */
    const buttons = [
      ["\u2191 up", () => this.move(i, i - 1)],
      ["\u2193 down", () => this.move(i, i + 1)],
      ...this.more(item),
    ];
    const bar = element("span", { class: "moves" });
    for (const [words, act] of buttons) {
      const [sign, name] = words.split(" ", 2);
      const button = element("button", { type: "button", title: name, "aria-label": name }, sign);
      button.addEventListener("click", act);
      bar.append(button);
    }
    row.append(bar);
    row.addEventListener("keydown", (event) => {
      if (event.target !== row) return;
      const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (way === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.altKey) this.move(i, i + way);
      else this.show(Math.max(0, i + way));
    });
    row.addEventListener("dragstart", (event) => event.dataTransfer?.setData("text/plain", String(i)));
    row.addEventListener("dragover", (event) => event.preventDefault());
    row.addEventListener("drop", (event) => {
      event.preventDefault();
      const from = Number(event.dataTransfer?.getData("text/plain"));
      if (Number.isInteger(from) && from < this.items.length) this.move(from, i);
    });
    return row;
  }
}

/** Lines to be put in order: what is offered above, the program below.
 * @param {Order} data
 * @param {Tell} tell
 * @returns {{ body: HTMLElement, take: (answer: Answer) => void }}
 */
function orderOf(data, tell) {
  /** @typedef {{ line: Line, indent: number }} Placed */
  const offered = element("ul", { class: "offered", "aria-label": "Lines that are left" });
  /** @type {Arranged<Placed>} */
  const program = new Arranged(
    "Your program",
    ({ line, indent }) => element("code", {}, " ".repeat(4 * indent) + line.text),
    (placed) => [
      ...(data.yours
        ? /** @type {[string, () => void][]} */ ([
            ["\u2190 outdent", () => turn(placed, -1)],
            ["\u2192 indent", () => turn(placed, 1)],
          ])
        : []),
      ["\u2715 remove", () => remove(placed)],
    ],
  );
  /** @param {Placed} placed @param {number} way */
  const turn = (placed, way) => {
    placed.indent = Math.max(0, placed.indent + way);
    program.show(program.items.indexOf(placed));
  };
  /** @param {Placed} placed */
  const remove = (placed) => {
    program.items = program.items.filter((other) => other !== placed);
    show();
    offered.querySelector("button")?.focus();
  };
  const show = () => {
    const used = program.items.map((placed) => placed.line);
    const left = data.lines.filter((line) => !used.includes(line));
    offered.replaceChildren(
      ...left.map((line) => {
        const words = element("code", {}, (data.yours ? "" : " ".repeat(4 * line.indent)) + line.text);
        const button = element("button", { type: "button", title: "put it at the end" }, words);
        button.addEventListener("click", () => {
          const next = [...offered.querySelectorAll("button")].indexOf(button);
          program.items.push({ line, indent: data.yours ? 0 : line.indent });
          show();
          const buttons = offered.querySelectorAll("button");
          buttons[Math.min(next, buttons.length - 1)]?.focus();
        });
        return element("li", {}, button);
      }),
    );
    program.show();
  };
  const check = element("button", { type: "button", class: "check" }, "Check");
  check.addEventListener("click", () =>
    tell(program.items.map(({ line, indent }) => " ".repeat(4 * indent) + line.text)),
  );
  show();
  const body = element(
    "div",
    { class: "order" },
    element("p", { class: "label" }, "Lines to choose from; some are wrong:"),
    offered,
    element("p", { class: "label" }, "Your program, moved by its buttons or with Alt and an arrow:"),
    program.list,
    check,
  );
  return {
    body,
    take(answer) {
      program.items = [];
      for (const text of Array.isArray(answer) ? answer : []) {
        const used = program.items.map((placed) => placed.line);
        const line = data.lines.find((one) => one.text === text.trim() && !used.includes(one));
        if (line) program.items.push({ line, indent: (text.length - text.trimStart().length) / 4 });
      }
      show();
    },
  };
}

/**
 * @param {Prediction} data
 * @param {Tell} tell
 * @returns {{ body: HTMLElement, take: (answer: Answer) => void }}
 */
function predictionOf(data, tell) {
  const body = element("form", { class: "prediction" });
  const check = element("button", { type: "submit", class: "check" }, "Predict");
  /** @type {() => Answer} */
  let read;
  /** @type {(answer: Answer) => void} */
  let take;
  if (data.asks === "order") {
    /** @type {Arranged<{ text: string, html: string }>} */
    const order = new Arranged(
      "Your order",
      ({ html }) => {
        const words = element("span");
        words.innerHTML = html;
        return words;
      },
      () => [],
    );
    order.items = [...data.choices];
    order.show();
    body.append(order.list);
    read = () => order.items.map(({ text }) => text);
    take = (answer) => {
      const known = data.choices.filter(({ text }) => answer.includes(text));
      if (known.length < data.choices.length || !Array.isArray(answer)) return;
      order.items = answer.map((text) => known[known.findIndex((one) => one.text === text)]);
      order.show();
    };
  } else if (data.asks === "choice" || data.asks === "sign") {
    const signs = ["positive", "zero", "negative"].map((text) => ({ text, html: text }));
    const choices = data.asks === "choice" ? data.choices : signs;
    const group = element("fieldset", {}, element("legend", {}, "Your prediction"));
    const fields = choices.map(({ text, html }) => {
      const field = element("input", { type: "radio", name: `of-${data.name}`, value: text });
      const words = element("span");
      words.innerHTML = html;
      group.append(element("label", {}, field, words));
      return field;
    });
    body.append(group);
    read = () => fields.find((field) => field.checked)?.value ?? "";
    take = (answer) => {
      for (const field of fields) field.checked = field.value === answer;
    };
  } else {
    const hint = data.asks === "shape" ? "such as (2, 3)" : "a number";
    const field = element("input", { type: "text", autocomplete: "off", placeholder: hint });
    body.append(element("label", {}, element("span", {}, `Your prediction, ${hint}: `), field));
    read = () => field.value;
    take = (answer) => {
      field.value = String(answer);
    };
  }
  body.append(check);
  body.addEventListener("submit", (event) => {
    event.preventDefault();
    tell(read());
  });
  return { body, take };
}

/** What is said of lines in order: OrderExercise.judged says the same.
 * @param {Order} data
 * @param {string[]} answer
 * @returns {Verdict}
 */
function judgedOrder(data, answer) {
  if (answer.length === 0) return { outcome: "not yet", said: "Put the lines in order first." };
  /** @type {{ line: Line, indent: number }[]} */
  const order = [];
  for (const text of answer) {
    const same = data.lines.filter((line) => line.text === text.trim());
    const line = same.find((one) => !order.some((placed) => placed.line === one)) ?? same[0];
    const indent = data.yours ? (text.length - text.trimStart().length) / 4 : line.indent;
    order.push({ line, indent });
  }
  const wrong = order.filter(({ line }) => line.why);
  const there = new Set(order.filter(({ line }) => !line.why).map(({ line }) => line.place));
  const replaced = new Set(wrong.map(({ line }) => line.place));
  const missing = [...Array(data.count).keys()].filter((p) => !there.has(p) && !replaced.has(p));
  const at = new Map(order.map(({ line }, i) => [line.place, i]));
  const violated = data.pairs.filter(([a, b]) => {
    const [first, second] = [at.get(a), at.get(b)];
    return first !== undefined && second !== undefined && first > second;
  }).length;
  const strayed = order.some(({ line, indent }, i) => {
    const above = order.slice(0, i).filter((other) => other.indent < indent);
    const head = above.length ? above[above.length - 1].line.place : null;
    return head !== data.heads[line.place];
  });
  const twice = order.length - wrong.length !== there.size;
  const said = [];
  if (wrong.length) said.push(`${count(wrong.length, "line is", "lines are")} wrong.`);
  if (missing.length) said.push(`${count(missing.length, "line is", "lines are")} missing.`);
  if (violated) {
    said.push(`${count(violated, "line stands", "lines stand")} before another that it depends on.`);
  } else if (twice) said.push("A line is there twice.");
  else if (strayed && !wrong.length) said.push("A line stands in a block that is not its own.");
  if (!said.length) return { outcome: "right", said: `All ${data.count} lines stand where they can.` };
  const whys = wrong.map(({ line }) => `<code>${escaped(line.text)}</code>: ${escaped(line.why)}`);
  const look = whys.length
    ? `<details><summary>Which line?</summary>${whys.join("<br>")}</details>`
    : "";
  return { outcome: "wrong", said: said.join(" ") + look };
}

/** @param {number} n @param {string} one @param {string} more */
const count = (n, one, more) => `${n} ${n === 1 ? one : more}`;

/** What is said of a prediction: PredictionExercise.judged says the same.
 * @param {Prediction} data
 * @param {Answer} answer
 * @returns {Verdict}
 */
function judgedPrediction(data, answer) {
  const given = Array.isArray(answer) ? answer.join(", ") : answer.trim();
  if (!given) return { outcome: "not yet", said: "Say what you expect first." };
  let right = given === data.written;
  let own = given;
  if (data.asks === "number") {
    const number = Number(given.replace("\u2212", "-"));
    if (!Number.isFinite(number)) {
      return { outcome: "not readable", said: "A number is needed, such as 0.25." };
    }
    const expected = Number(data.answer);
    right = Math.abs(number - expected) <= Math.max(data.tolerance * Math.abs(expected), 1e-12);
  } else if (data.asks === "shape") {
    const sizes = (given.match(/\d+/g) ?? []).map(Number);
    if (!sizes.length && given !== "()") {
      return { outcome: "not readable", said: "A shape is needed, such as (2, 3)." };
    }
    right = sizes.join() === /** @type {number[]} */ (data.answer).join();
    own = `(${sizes.join(", ")}${sizes.length === 1 ? "," : ""})`;
  }
  const said = right
    ? `You said ${escaped(own)}, and so it is, because ${data.because}`
    : `You said ${escaped(own)}; it is ${escaped(data.written)}, because ${data.because}`;
  return { outcome: right ? "right" : "wrong", said };
}

/** The judgement of an answer, without Python.
 * @param {Order | Prediction} data
 * @param {Answer} answer
 * @returns {Verdict}
 */
export function judged(data, answer) {
  return data.kind === "order" ? judgedOrder(data, [...answer]) : judgedPrediction(data, answer);
}

/** Show an exercise in an element.
 * @param {HTMLElement} root
 * @param {Order | Prediction} data
 * @param {Tell} [ask] asks Python, which answers through what is returned; without it, it is judged here
 */
function show(root, data, ask) {
  const said = element("div", { class: "verdict", role: "status", "aria-live": "polite" });
  /** @param {Verdict} verdict */
  const tell = ({ outcome, said: words }) => {
    said.dataset.outcome = outcome;
    const start = outcome === "right" ? WORDS.right : outcome === "wrong" ? WORDS.wrong : "";
    said.innerHTML = `${start ? `<b>${start}</b> ` : ""}${words}`;
  };
  const key = `teachrnn.exercise.${data.name}`;
  /** @param {Answer} answer */
  const answered = (answer) => {
    if (ask) {
      ask(answer);
      return;
    }
    tell(judged(data, answer));
    try {
      localStorage.setItem(key, JSON.stringify(answer));
    } catch {
      // a browser that keeps nothing
    }
  };
  const { body, take } = data.kind === "order" ? orderOf(data, answered) : predictionOf(data, answered);
  root.replaceChildren(body, said);
  if (!ask) {
    try {
      const before = localStorage.getItem(key);
      if (before) take(JSON.parse(before));
    } catch {
      // nothing was kept
    }
  }
  return { tell, take };
}

/** Bring to life what a page holds: each is an element with its data in a script inside. */
export function start() {
  for (const root of document.querySelectorAll("[data-trnn-exercise]")) {
    const data = root.querySelector("script");
    const place = root.querySelector(".answer");
    if (data && place instanceof HTMLElement) show(place, JSON.parse(data.textContent ?? ""));
  }
}

/**
 * @typedef {object} Model what is used of an anywidget's
 * @property {(key: string) => any} get
 * @property {(key: string, value: unknown) => void} set
 * @property {(event: string, f: () => void) => void} on
 * @property {(event: string, f: () => void) => void} off
 * @property {() => void} save_changes
 */
/** In a notebook: Python judges, and says what is open.
 * @param {{ model: Model, el: HTMLElement }} host
 */
function render({ model, el }) {
  const root = element("section", { class: "trnn-exercise" });
  const task = element("div");
  const place = element("div", { class: "answer" });
  root.append(task, place);
  el.append(element("style", {}, model.get("hiding")), root);
  task.innerHTML = model.get("task");
  let asked = 0;
  const { tell, take } = show(place, model.get("exercise"), (answer) => {
    asked += 1;
    model.set("asked", { answer, count: asked });
    model.save_changes();
  });
  const renew = () => {
    const verdict = model.get("verdict");
    if (verdict.outcome) tell(verdict);
  };
  const before = model.get("before");
  if (before.length) take(before);
  model.on("change:verdict", renew);
  renew();
  return () => model.off("change:verdict", renew);
}

export default { render };
