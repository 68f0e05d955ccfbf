// An edge of the outline. Values go up and to the right; once a gradient has come back the edge is solid in
// the gradient's colour, its width is the size of the gradient, and its head is turned round.

/** @import { ArrowHeads } from "../graph/arrows.js" */
/** @import { GradientScale } from "../graph/scale.js" */
/** @import { Story } from "../story.js" */
/** @import { Way } from "../types.d.ts" */

import { drawn, held } from "../dom.js";
import { formatNumber } from "../number.js";

export class Passage {
  /**
   * @param {Story} story
   * @param {Way} way
   * @param {string} d its line
   * @param {{ scale: GradientScale, heads: ArrowHeads }} outline
   */
  constructor(story, [source, target, through], d, { scale, heads }) {
    this.story = story;
    this.source = held(story.node, source);
    this.target = held(story.node, target);
    this.through = through;
    this.scale = scale;
    this.heads = heads;
    this.last = "";
    this.d = d;
    this.path = drawn("path", { d, "data-edge": `${this.source.name}>${this.target.name}` });
    this.title = drawn("title");
    this.path.append(this.title);
  }

  /** Whether an operation that uses its source on this way is among those.
   * @param {Set<number>} current
   */
  moves(current) {
    return this.through.some((id) => current.has(id));
  }

  /**
   * @param {number} known the last step that is known
   * @param {Set<number>} current the operations of what is shown now
   * @param {{ back: boolean, cut: boolean, dropped: boolean }} how whether that is a way back; whether
   *   truncation removes what the last loss would send back here, or all that would come back
   */
  paint(known, current, { back, cut, dropped }) {
    const { story } = this;
    const parts = this.through
      .map((user) => (dropped ? null : story.passageAt(this.source.id, user, known)))
      .filter((k) => k !== null);
    const now = this.moves(current) && !(back && dropped);
    const backward = parts.length > 0 || (now && back);
    const seen = story.valueAt(this.target.id, known) !== null;
    const kind = now ? "now" : cut && backward ? "rest" : backward ? "back" : seen ? "seen" : "rest";
    const key = `${kind} ${backward} ${cut} ${parts}`;
    if (key === this.last) return;
    this.last = key;
    this.path.dataset.k = parts.join(" ");
    const waits = !seen && !now;
    const gone = cut && backward && !now;
    this.path.setAttribute(
      "class",
      ["edge", kind, backward && now && "back", waits && "unseen", gone && "cut"]
        .filter(Boolean)
        .join(" "),
    );
    const norm = parts.length ? normOfSum(parts.map((k) => story.numbersOf(k))) : null;
    this.path.style.strokeWidth = norm === null || cut ? "" : this.scale.width(norm).toFixed(2);
    this.heads.place(this.path, kind, backward);
    this.title.textContent =
      norm === null
        ? ""
        : `Gradient that came back from ${this.target.name} to ${this.source.name}: norm ${formatNumber(norm)}`;
  }

  /** A dot that takes the way of the numbers, once.
   * @param {boolean} back
   */
  traveller(back) {
    const dot = drawn("circle", { r: 3.5, class: "traveller" });
    const motion = {
      dur: "0.15s",
      path: this.d,
      fill: "freeze",
      keyPoints: back ? "1;0" : "0;1",
      keyTimes: "0;1",
    };
    const moving = drawn("animateMotion", { ...motion, calcMode: "linear", begin: "indefinite" });
    dot.append(moving);
    requestAnimationFrame(() => {
      if (!dot.isConnected) return;
      moving.beginElement();
      setTimeout(() => dot.remove(), 200);
    });
    return dot;
  }
}

/**
 * Euclidean norm of a sum of arrays.
 * @param {Float64Array[]} parts
 */
function normOfSum([first, ...others]) {
  let sum = 0;
  first.forEach((x, i) => {
    const total = others.reduce((all, part) => all + part[i], x);
    sum += total * total;
  });
  return Math.sqrt(sum);
}
