// An app in a notebook: its controls beside its picture. What they are, and what the picture is, Python says.

/**
 * @typedef {object} Seen a control, as Python tells it: teachrnn/widgets/control.py
 * @property {"button" | "choice" | "slider" | "text" | "tick"} kind
 * @property {string} description
 * @property {string} tooltip
 * @property {boolean} disabled
 * @property {string | number | boolean} [value]
 * @property {string[]} [options]
 * @property {number} [rows]
 * @property {number} [low]
 * @property {number} [high]
 * @property {number} [step]
 * @property {boolean} [whole]
 * @property {boolean} [logarithmic]
 */
/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement | HTMLButtonElement} Field */
/**
 * @typedef {object} Model what is used of an anywidget's
 * @property {(key: string) => any} get
 * @property {(key: string, value: unknown) => void} set
 * @property {(event: string, f: () => void) => void} on
 * @property {(event: string, f: () => void) => void} off
 * @property {() => void} save_changes
 */

const OWN = 1000; // milliseconds during which what is moved is the reader's, whatever Python still says
const QUIET = 60; // milliseconds between two values of a slider that is dragged

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

/** A number as it is read: three digits, and no zeros that say nothing.
 * @param {number} x
 */
const written = (x) => (Number.isInteger(x) ? String(x) : String(Number(x.toPrecision(3))));

class Control {
  /**
   * @param {string} name
   * @param {Seen} seen
   * @param {(name: string, value: unknown) => void} ask
   */
  constructor(name, seen, ask) {
    this.seen = seen;
    this.waiting = 0;
    this.moved = -Infinity; // when the reader moved it last
    this.field = this.#field(seen);
    this.readout = element("span", { class: "readout", "aria-hidden": "true" });
    this.field.title = seen.tooltip;
    const send = () => {
      clearTimeout(this.waiting);
      ask(name, this.#value());
    };
    if (seen.kind === "button") {
      this.field.addEventListener("click", () => ask(name, true));
      this.element = this.field;
    } else {
      this.field.addEventListener("input", () => {
        this.#tell(this.#value());
        this.moved = performance.now();
        clearTimeout(this.waiting);
        this.waiting = setTimeout(send, QUIET);
      });
      this.field.addEventListener("change", send);
      const words = element("span", { class: "name" }, seen.description);
      const parts = seen.kind === "tick" ? [this.field, words] : [words, this.readout, this.field];
      this.element = element("label", { class: seen.kind, title: seen.tooltip }, ...parts);
    }
    this.take(seen);
  }

  /**
   * @param {Seen} seen
   * @returns {Field}
   */
  #field({ kind, description, options = [], rows = 1 }) {
    if (kind === "button") return element("button", { type: "button" }, description);
    if (kind === "choice") {
      return element("select", {}, ...options.map((o) => element("option", { value: o }, o)));
    }
    if (kind === "text" && rows > 1) {
      return element("textarea", { rows: String(rows), spellcheck: "false" });
    }
    const type = { slider: "range", tick: "checkbox", text: "text" }[kind];
    return element("input", { type, spellcheck: "false" });
  }

  /** What Python says of it; what is being moved is not moved back.
   * @param {Seen} seen
   */
  take(seen) {
    const { field } = this;
    this.seen = seen;
    field.disabled = seen.disabled;
    if (seen.kind === "slider" && field instanceof HTMLInputElement) {
      const { low = 0, high = 1, step = 1, logarithmic } = seen;
      const [from, to] = logarithmic ? [Math.log10(low), Math.log10(high)] : [low, high];
      Object.assign(field, { min: String(from), max: String(to), step: String(step) });
    }
    if (performance.now() > this.moved + OWN) this.#show(seen);
  }

  /** @param {Seen} seen */
  #show({ kind, value, logarithmic }) {
    const { field } = this;
    if (kind === "button") return;
    if (kind === "tick" && field instanceof HTMLInputElement) {
      field.checked = Boolean(value);
    } else {
      field.value = String(logarithmic ? Math.log10(Number(value)) : value);
    }
    this.#tell(value);
  }

  #value() {
    const { field, seen } = this;
    if (seen.kind === "tick") return field instanceof HTMLInputElement && field.checked;
    if (seen.kind !== "slider") return field.value;
    const at = Number(field.value);
    return seen.logarithmic ? Number((10 ** at).toPrecision(6)) : at;
  }

  /** @param {unknown} value */
  #tell(value) {
    if (this.seen.kind !== "slider") return;
    this.readout.textContent = written(Number(value));
    this.field.setAttribute("aria-valuetext", this.readout.textContent);
  }
}

/** Puts HTML in a place, and leaves what is folded out as it was.
 * @param {HTMLElement} place
 * @param {string} html made by teachrnn, which escapes every text in it
 */
function fill(place, html) {
  const open = Array.from(place.querySelectorAll("details"), (details) => details.open);
  place.innerHTML = html;
  place.querySelectorAll("details").forEach((details, n) => {
    details.open = open[n] ?? false;
  });
}

/** JupyterLab handles x or d d wherever the focus is, unless the focused element itself opts out.
 * @param {FocusEvent} event
 */
function keepKeys({ target }) {
  if (target instanceof HTMLElement) target.dataset.lmSuppressShortcuts = "true";
}

/** @param {{ model: Model, el: HTMLElement }} host */
function render({ model, el }) {
  let count = 0;
  /**
   * @param {string} name
   * @param {unknown} value
   */
  const ask = (name, value) => {
    count += 1;
    model.set("asked", { name, value, count: `${Date.now()} ${count}` });
    model.save_changes();
  };
  /** @type {Record<string, Seen>} */
  const seen = model.get("controls");
  const controls = new Map(
    Object.entries(seen).map(([name, one]) => [name, new Control(name, one, ask)]),
  );
  /** @param {(kind: string) => boolean} wanted */
  const those = (wanted) =>
    [...controls.values()].filter(({ seen: { kind } }) => wanted(kind)).map((one) => one.element);
  const groups = [
    element("div", { class: "settings" }, ...those((kind) => kind !== "tick" && kind !== "button")),
    element("div", { class: "ticks" }, ...those((kind) => kind === "tick")),
    element("div", { class: "buttons" }, ...those((kind) => kind === "button")),
  ].filter((group) => group.childElementCount);
  const said = element("div", { class: "said" });
  const picture = element("div", { class: "picture" });
  const notes = element("div", { class: "notes" });
  el.classList.add("trnn-app");
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", model.get("title"));
  el.replaceChildren(
    element(
      "div",
      { class: "beside" },
      element(
        "div",
        { class: "controls" },
        element("p", { class: "title" }, model.get("title")),
        ...groups,
      ),
      element("div", { class: "shown" }, said, picture, notes),
    ),
  );
  /** @type {Record<string, () => void>} */
  const parts = {
    controls() {
      /** @type {Record<string, Seen>} */
      const now = model.get("controls");
      for (const [name, control] of controls) if (now[name]) control.take(now[name]);
    },
    said: () => fill(said, model.get("said")),
    picture: () => fill(picture, model.get("picture")),
    notes: () => fill(notes, model.get("notes")),
  };
  for (const [key, show] of Object.entries(parts)) {
    model.on(`change:${key}`, show);
    show();
  }
  const style = element("style", {}, model.get("hiding")); // the static form
  document.head.append(style);
  el.addEventListener("focusin", keepKeys);
  return () => {
    for (const [key, show] of Object.entries(parts)) model.off(`change:${key}`, show);
    el.removeEventListener("focusin", keepKeys);
  };
}

export default { render };
