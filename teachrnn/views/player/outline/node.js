// A node of the outline: its letter, and beside it its value and its gradient as bars, each about a line.

/** @import { GradientScale } from "../graph/scale.js" */
/** @import { Story } from "../story.js" */
/** @import { StoryNode } from "../types.d.ts" */

import { drawn } from "../dom.js";
import { NodeMarks } from "../graph/marks.js";
import { nodeLabel, shortened, symbolCode } from "../graph/node.js";
import { stripPaths } from "../graph/strip.js";
import { formatNumber } from "../number.js";

const LETTER = { plain: 32, layered: 44 }; // pixels at the left; with the number of a layer
const NARROW = { width: 78, plain: 24, layered: 34 }; // in a narrower box
const DIGIT = 5; // more for each digit of a time step after the second
const ONE_STRIP = 22; // a lower box has room for one strip only
const NO_BARS = { plus: "", minus: "", other: "" };
const LEAST = 1.2; // height of the bars of a gradient at the lower end of its scale

/**
 * @typedef {object} Looks
 * @property {"now" | "touched" | ""} role in what is shown now
 * @property {boolean} breakpoint
 * @property {boolean} initial whether it is an initial state
 * @property {boolean} dropped whether truncation leaves nothing of its gradient
 */

export class OutlineNode {
  /**
   * @param {StoryNode} node
   * @param {{ width: number, height: number }} size
   * @param {GradientScale} scale
   * @param {boolean} symbol whether it is a symbol that is read
   */
  constructor(node, { width, height }, scale, symbol) {
    this.node = node;
    this.scale = scale;
    this.symbol = symbol;
    this.last = "";
    this.g = drawn("g", { class: "node", tabindex: "-1", role: "button", "data-name": node.name });
    this.g.dataset.id = String(node.id);
    this.title = drawn("title", {}, [node.name, node.op].filter(Boolean).join(" · "));
    this.g.append(this.title, drawn("rect", { width, height, rx: 5, class: "box" }));
    this.marks = new NodeMarks(width);
    if (symbol) this.#drawSymbol(width, height);
    else {
      const small = height < ONE_STRIP;
      const { plain, layered } = width < NARROW.width ? NARROW : LETTER;
      const digits = String(node.time ?? "").length;
      const left = (node.layer === null ? plain : layered) + DIGIT * Math.max(0, digits - 2);
      const label = nodeLabel(node, left / 2 - 1, height / 2 + 4.5);
      if (small) label.classList.add("slim");
      this.room = { width: width - left - 5, tall: small ? height / 2 - 2.5 : height / 4 - 1.5 };
      this.value = strip("value", [left, small ? height / 2 : height * 0.27], this.room.width);
      this.gradient = strip("gradient", [left, small ? height / 2 : height * 0.75], this.room.width);
      this.small = small;
      this.g.append(label, this.value.g, this.gradient.g);
    }
    this.g.append(this.marks.g);
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  #drawSymbol(width, height) {
    const y = height / 2 + 5;
    const { symbol } = this.node;
    this.g.classList.add("read");
    this.g.append(nodeLabel(this.node, symbol ? 15 : width / 2, y));
    if (!symbol) return;
    const code = symbolCode(symbol);
    this.g.append(
      drawn("text", { x: 37, y, class: code ? "symbol code" : "symbol" }, code || shortened(symbol, 3)),
    );
  }

  /**
   * Show what is known after step `known`.
   * @param {Story} story
   * @param {number} known
   * @param {Looks} looks
   */
  paint(story, known, { role, breakpoint, initial, dropped }) {
    const { node } = this;
    const value = story.valueAt(node.id, known);
    const gradient = dropped ? null : story.gradientAt(node.id, known);
    const { arrived, of } = story.arrivalsAt(node.id, known);
    const key = `${value} ${gradient} ${arrived} ${role} ${breakpoint} ${dropped}`;
    if (key === this.last) return;
    this.last = key;
    this.g.dataset.k = [value, gradient].filter((k) => k !== null).join(" ");
    const lit = this.g.classList.contains("lit") && "lit";
    const unseen = Boolean(node.op) && value === null;
    this.g.setAttribute(
      "class",
      ["node", this.symbol && "read", unseen && "unseen", role, lit].filter(Boolean).join(" "),
    );
    if (role === "now") this.g.setAttribute("aria-current", "step");
    else this.g.removeAttribute("aria-current");
    const differs = [value, gradient].some((k) => k !== null && story.differs(k));
    this.g.setAttribute(
      "aria-label",
      this.#name(story, { value, gradient, arrived, of, breakpoint, initial, dropped, differs }),
    );
    this.marks.paint(differs, breakpoint, story.whose);
    if (!this.value || !this.gradient || !this.room) return;
    const { width, tall } = this.room;
    const one = this.small && gradient !== null;
    this.value.g.setAttribute("visibility", one ? "hidden" : "inherit");
    const none = dropped || (this.small && !one);
    this.gradient.g.setAttribute("visibility", none ? "hidden" : "inherit");
    fill(this.value, value === null ? null : story.numbersOf(value), width, tall);
    const share = gradient === null ? 0 : this.scale.share(story.norm(gradient));
    fill(
      this.gradient,
      gradient === null ? null : story.numbersOf(gradient),
      width,
      LEAST + (tall - LEAST) * share,
    );
    this.gradient.g.classList.toggle("partial", gradient !== null && arrived < of);
  }

  /**
   * @param {Story} story
   * @param {{ value: number | null, gradient: number | null, arrived: number, of: number,
   *   breakpoint: boolean, initial: boolean, dropped: boolean, differs: boolean }} known
   */
  #name(story, { value, gradient, arrived, of, breakpoint, initial, dropped, differs }) {
    const { node } = this;
    const told = [
      node.name,
      node.op ? `made by ${node.op}` : initial ? "initial state" : "given",
      ...(this.symbol ? [node.symbol ? `symbol ${node.symbol}` : "", "has no gradient"] : []),
    ];
    if (!this.symbol) {
      if (value === null) told.push("value not yet");
      const some = arrived < of ? ` so far, ${arrived} of ${of} parts,` : "";
      told.push(
        gradient === null
          ? `gradient ${dropped ? "dropped by truncation" : "not yet"}`
          : `gradient${some} of norm ${formatNumber(story.norm(gradient))}`,
      );
    }
    if (breakpoint) told.push("breakpoint");
    if (differs) told.push(`${story.whose} differs`);
    return told.filter(Boolean).join(", ");
  }
}

/** @typedef {ReturnType<typeof strip>} Strip */

/**
 * @param {string} kind
 * @param {[x: number, y: number]} place
 * @param {number} width
 */
function strip(kind, [x, y], width) {
  const g = drawn("g", { class: `bars ${kind}`, transform: `translate(${x} ${y})` });
  const zero = drawn("path", { class: "zero", d: `M0 0H${width}` });
  const [plus, minus] = ["plus", "minus"].map((name) => drawn("path", { class: name }));
  g.append(zero, plus, minus);
  return { g, zero, plus, minus };
}

/**
 * @param {Strip} strip
 * @param {Float64Array | null} numbers null: not yet
 * @param {number} width
 * @param {number} tall height of the tallest bar
 */
function fill({ g, zero, plus, minus }, numbers, width, tall) {
  const single = numbers?.length === 1;
  zero.setAttribute("class", numbers ? "zero" : "not-yet");
  zero.setAttribute("visibility", single ? "hidden" : "inherit");
  const paths = numbers && !single ? stripPaths(numbers, width, tall) : NO_BARS;
  plus.setAttribute("d", paths.plus);
  minus.setAttribute("d", paths.minus);
  for (const rare of g.querySelectorAll(".other, .number")) rare.remove();
  if (paths.other) g.append(drawn("path", { class: "other", d: paths.other }));
  if (single) g.append(drawn("text", { x: width / 2, y: 4, class: "number" }, formatNumber(numbers[0])));
}
