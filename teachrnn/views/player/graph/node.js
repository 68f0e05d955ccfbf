// A node of the graph: its letter, its value and, once backward has reached it, its gradient.

import { drawn } from "../dom.js";
import { formatNumber } from "../number.js";
import { BOX, isToken } from "./column.js";
import { stripPaths } from "./strip.js";

const STRIP = {
  width: BOX.width - 10,
  tall: 5.5, // height of the tallest bar of a value
  least: 1.5, // of a gradient at the lower end of its scale
};
export const GREEK = { rho: "ρ" };

// The letter as in the textbook: layer above, index and time below.
export function nodeLabel(name, x, y) {
  const parts = /^(?:layer(\d+)\.)?([^_[]+)(?:_([^[]+))?(?:\[(\d+)\])?$/.exec(name);
  const [, layer, base, index, t] = parts || [null, "", name];
  const text = drawn("text", { x, y, class: "label" });
  const letter = GREEK[base] || base;
  text.append(drawn("tspan", { class: letter.length > 1 ? "word" : "letter" }, shortened(letter, 8)));
  const below = [index && (GREEK[index] || index), t].filter(Boolean).join(",");
  if (below) text.append(drawn("tspan", { class: "sub", dy: 3 }, below));
  if (layer) text.append(drawn("tspan", { class: "sub", dy: below ? -9 : -6 }, `(${layer})`));
  return text;
}

export function shortened(text, most) {
  const letters = Array.from(text);
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : text;
}

// A symbol that cannot be seen comes as its code point, U+200D, of which the box has room for the digits.
const codeOf = (symbol) => /^U\+([0-9A-F]{4,6})$/.exec(symbol)?.[1];

export class GraphNode {
  constructor(node, kind, scale) {
    Object.assign(this, { node, scale, token: isToken(node), shown: {}, last: "" });
    this.g = drawn("g", {
      class: node.op ? "node" : "node leaf",
      tabindex: "-1",
      role: "button",
      "data-name": node.name,
    });
    this.box = drawn("rect", { width: BOX.width, height: kind.height, rx: 7, class: "box" });
    this.title = drawn("title", {}, [node.name, node.op, ...node.uses].filter(Boolean).join(" · "));
    this.g.append(this.box, this.title);
    if (this.token) this.#drawToken(kind.height / 2 + 5);
    else {
      this.g.append(nodeLabel(node.name, BOX.width / 2, 15));
      this.value = this.#strip("value", 26.5);
      this.gradient = this.#strip("gradient", 40);
    }
  }

  #drawToken(y) {
    const { symbol } = this.node;
    this.g.append(nodeLabel(this.node.name, symbol ? 14 : BOX.width / 2, y));
    if (!symbol) return;
    const code = codeOf(symbol);
    this.g.append(
      drawn("text", { x: 33, y, class: code ? "symbol code" : "symbol" }, code || shortened(symbol, 3)),
    );
  }

  #strip(kind, y) {
    const g = drawn("g", { class: `bars ${kind}`, transform: `translate(5 ${y})` });
    const parts = { g, array: undefined };
    for (const part of ["zero", "plus", "minus", "other"])
      g.append((parts[part] = drawn("path", { class: part })));
    parts.zero.setAttribute("d", `M0 0H${STRIP.width}`);
    g.append((parts.number = drawn("text", { x: STRIP.width / 2, y: 4, class: "number" })));
    this.g.append(g);
    return parts;
  }

  // Show what is known: {value, gradient} numbers of arrays or null; `arrived` of `uses` parts of the
  // gradient are there; `role` in this step: "now", "touched" or "".
  paint(story, state) {
    const key = `${state.value} ${state.gradient} ${state.complete} ${state.role} ${state.breakpoint}`;
    if (key === this.last) return;
    this.last = key;
    const unseen = this.node.op && state.value === null;
    this.g.setAttribute(
      "class",
      ["node", !this.node.op && "leaf", unseen && "unseen", state.role].filter(Boolean).join(" "),
    );
    if (state.role === "now") this.g.setAttribute("aria-current", "step");
    else this.g.removeAttribute("aria-current");
    this.g.setAttribute("aria-label", this.#name(story, state));
    this.#breakpoint(state.breakpoint);
    if (this.token) return;
    this.#bars(this.value, story, state.value, STRIP.tall);
    const share = state.gradient === null ? 0 : this.scale.share(story.norm(state.gradient));
    this.#bars(this.gradient, story, state.gradient, STRIP.least + (STRIP.tall - STRIP.least) * share);
    this.gradient.g.setAttribute(
      "class",
      `bars gradient${state.gradient !== null && !state.complete ? " partial" : ""}`,
    );
  }

  #bars(strip, story, k, height) {
    if (strip.array === k) return;
    strip.array = k;
    const known = k !== null;
    const numbers = known ? story.numbersOf(k) : [];
    const single = numbers.length === 1;
    strip.zero.setAttribute("class", known ? "zero" : "not-yet");
    strip.zero.setAttribute("visibility", single ? "hidden" : "inherit");
    strip.number.textContent = single ? formatNumber(numbers[0]) : "";
    const paths =
      known && !single ? stripPaths(numbers, STRIP.width, height) : { plus: "", minus: "", other: "" };
    for (const part of ["plus", "minus", "other"]) strip[part].setAttribute("d", paths[part]);
  }

  #name(story, { value, gradient, complete, arrived, uses, breakpoint, initial }) {
    const { node } = this;
    const made = node.op ? `made by ${node.op}` : initial ? "initial state" : "given";
    const told = [`${node.name}, ${made}`];
    if (this.token) told.push(node.symbol && `symbol ${node.symbol}`, "has no gradient");
    else {
      if (value === null) told.push("value not yet");
      if (gradient === null) told.push("gradient not yet");
      else
        told.push(
          `gradient${complete ? "" : ` so far, ${arrived} of ${uses} parts,`} of norm ${formatNumber(story.norm(gradient))}`,
        );
    }
    if (breakpoint) told.push("breakpoint");
    return told.filter(Boolean).join(", ");
  }

  #breakpoint(set) {
    if (set === Boolean(this.stopSign)) return;
    this.stopSign?.remove();
    this.stopSign = null;
    if (!set) return;
    this.stopSign = drawn("g", { class: "breakpoint", transform: "translate(2 2)" });
    this.stopSign.append(
      drawn("path", { d: "M-3-7H3L7-3V3L3 7H-3L-7 3V-3z" }),
      drawn("path", { d: "M-3 0H3", class: "bar" }),
      drawn("title", {}, "Breakpoint"),
    );
    this.g.append(this.stopSign);
  }
}
