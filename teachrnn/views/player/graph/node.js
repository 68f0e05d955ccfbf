// A node of the graph: its letter, its value and, once backward has reached it, its gradient.

/** @import { Kind } from "./column.js" */
/** @import { GradientScale } from "./scale.js" */
/** @import { Story } from "../story.js" */
/** @import { Name, StoryNode } from "../types.d.ts" */

import { drawn } from "../dom.js";
import { formatNumber } from "../number.js";
import { BOX, isToken } from "./column.js";
import { NodeMarks } from "./marks.js";
import { stripPaths } from "./strip.js";

const NO_PATHS = { plus: "", minus: "", other: "" };
const STRIP = {
  width: BOX.width - 10,
  tall: 5.5, // height of the tallest bar of a value
  least: 1.5, // of a gradient at the lower end of its scale
};

/**
 * The letter as in the textbook: layer above, gate and time below.
 * @param {Name} name
 * @param {number} x
 * @param {number} y
 */
export function nodeLabel({ letter, layer, gate, time }, x, y) {
  const text = drawn("text", { x, y, class: "label" });
  text.append(drawn("tspan", { class: letter.length > 1 ? "word" : "letter" }, shortened(letter, 8)));
  const below = [...(gate ? [gate] : []), ...(time === null ? [] : [time])].join(",");
  if (below) text.append(drawn("tspan", { class: "sub", dy: 3 }, below));
  if (layer !== null) text.append(drawn("tspan", { class: "sub", dy: below ? -9 : -6 }, `(${layer})`));
  return text;
}

/**
 * @param {string} text
 * @param {number} most
 */
export function shortened(text, most) {
  const letters = Array.from(text);
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : text;
}

/** An invisible symbol comes as its code point, U+200D, of which the box has room for the digits only.
 * @param {string} symbol
 */
export const symbolCode = (symbol) => /^U\+([0-9A-F]{4,6})$/.exec(symbol)?.[1];

/** What is known of a node: the arrays of its value and gradient, and how many parts of the gradient have
 * arrived, of how many.
 * @typedef {object} Known
 * @property {number | null} value
 * @property {number | null} gradient
 * @property {number} arrived
 * @property {number} uses
 * @property {boolean} complete
 * @property {"now" | "touched" | ""} role in this step
 * @property {boolean} breakpoint
 * @property {boolean} initial whether it is an initial state
 */

// The numbers of an array in a node: bars, or the number itself where there is only one.
class Strip {
  /**
   * @param {string} kind
   * @param {number} y
   */
  constructor(kind, y) {
    /** @type {number | null | undefined} */
    this.array = undefined;
    this.zero = drawn("path", { class: "zero", d: `M0 0H${STRIP.width}` });
    this.plus = drawn("path", { class: "plus" });
    this.minus = drawn("path", { class: "minus" });
    this.other = drawn("path", { class: "other" });
    this.number = drawn("text", { x: STRIP.width / 2, y: 4, class: "number" });
    this.g = drawn("g", { class: `bars ${kind}`, transform: `translate(5 ${y})` });
    this.g.append(this.zero, this.plus, this.minus, this.other, this.number);
  }

  /**
   * @param {Story} story
   * @param {number | null} k the array; null: not yet
   * @param {number} height of the tallest bar
   */
  paint(story, k, height) {
    if (this.array === k) return;
    this.array = k;
    const numbers = k === null ? null : story.numbersOf(k);
    const single = numbers?.length === 1;
    this.zero.setAttribute("class", numbers ? "zero" : "not-yet");
    this.zero.setAttribute("visibility", single ? "hidden" : "inherit");
    this.number.textContent = single ? formatNumber(numbers[0]) : "";
    const paths = numbers && !single ? stripPaths(numbers, STRIP.width, height) : NO_PATHS;
    this.plus.setAttribute("d", paths.plus);
    this.minus.setAttribute("d", paths.minus);
    this.other.setAttribute("d", paths.other);
  }
}

export class GraphNode {
  /**
   * @param {StoryNode} node
   * @param {Kind} kind
   * @param {GradientScale} scale
   */
  constructor(node, kind, scale) {
    this.node = node;
    this.scale = scale;
    this.token = isToken(node);
    this.last = "";
    this.marks = new NodeMarks(BOX.width);
    this.g = drawn("g", {
      class: node.op ? "node" : "node leaf",
      tabindex: "-1",
      role: "button",
      "data-name": node.name,
    });
    this.box = drawn("rect", { width: BOX.width, height: kind.height, rx: 7, class: "box" });
    this.title = drawn(
      "title",
      {},
      [node.name, node.op, ...node.uses.map((use) => use.name)].filter(Boolean).join(" · "),
    );
    this.g.append(this.box, this.title);
    /** @type {{ value: Strip, gradient: Strip } | null} */
    this.strips = null;
    if (this.token) this.#drawToken(kind.height / 2 + 5);
    else {
      this.strips = { value: new Strip("value", 26.5), gradient: new Strip("gradient", 40) };
      const { value, gradient } = this.strips;
      this.g.append(nodeLabel(node, BOX.width / 2, 15), value.g, gradient.g);
    }
    this.g.append(this.marks.g);
  }

  /** @param {number} y */
  #drawToken(y) {
    const { symbol } = this.node;
    this.g.append(nodeLabel(this.node, symbol ? 14 : BOX.width / 2, y));
    if (!symbol) return;
    const code = symbolCode(symbol);
    this.g.append(
      drawn("text", { x: 33, y, class: code ? "symbol code" : "symbol" }, code || shortened(symbol, 3)),
    );
  }

  /**
   * Show what is known.
   * @param {Story} story
   * @param {Known} state
   */
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
    const differs = [state.value, state.gradient].some((k) => k !== null && story.differs(k));
    this.g.setAttribute(
      "aria-label",
      [this.#name(story, state), ...(differs ? ["yours differs"] : [])].join(", "),
    );
    this.marks.paint(differs, state.breakpoint);
    if (!this.strips) return;
    const { value, gradient } = this.strips;
    value.paint(story, state.value, STRIP.tall);
    const share = state.gradient === null ? 0 : this.scale.share(story.norm(state.gradient));
    gradient.paint(story, state.gradient, STRIP.least + (STRIP.tall - STRIP.least) * share);
    gradient.g.setAttribute(
      "class",
      `bars gradient${state.gradient !== null && !state.complete ? " partial" : ""}`,
    );
  }

  /**
   * @param {Story} story
   * @param {Known} known
   */
  #name(story, { value, gradient, complete, arrived, uses, breakpoint, initial }) {
    const { node } = this;
    const made = node.op ? `made by ${node.op}` : initial ? "initial state" : "given";
    const told = [`${node.name}, ${made}`];
    if (this.token) told.push(node.symbol && `symbol ${node.symbol}`, "has no gradient");
    else {
      if (value === null) told.push("value not yet");
      if (gradient === null) told.push("gradient not yet");
      else {
        told.push(
          `gradient${complete ? "" : ` so far, ${arrived} of ${uses} parts,`} of norm ${formatNumber(story.norm(gradient))}`,
        );
      }
    }
    if (breakpoint) told.push("breakpoint");
    return told.filter(Boolean).join(", ");
  }
}
