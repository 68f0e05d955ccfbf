// An edge of the unrolled graph. Backward it is reversed and in the gradient's colour, and its width is the
// size of the gradient.

/** @import { ArrowHeads } from "./arrows.js" */
/** @import { GradientScale } from "./scale.js" */
/** @import { Story } from "../story.js" */
/** @import { StoryNode } from "../types.d.ts" */

import { drawn } from "../dom.js";
import { formatNumber } from "../number.js";

export class Line {
  /**
   * from, to: nodes
   * @param {StoryNode} from
   * @param {StoryNode} to
   * @param {string} d
   * @param {{ scale: GradientScale, heads: ArrowHeads }} graph
   */
  constructor(from, to, d, { scale, heads }) {
    this.from = from;
    this.to = to;
    this.scale = scale;
    this.heads = heads;
    this.last = "";
    /** @type {SVGTitleElement | null} */
    this.title = null;
    this.path = drawn("path", { d, "data-lag": to.t - from.t });
  }

  /** Its appearance at step i, when outcomes up to step `known` are known; truncation removes the gradient
   * that would come back here.
   * @param {Story} story
   * @param {number} i
   * @param {number} known
   * @param {boolean} truncated
   */
  paint(story, i, known, truncated) {
    const { from, to, path } = this;
    const step = story.steps[i];
    const current = step.edges.some((edge) => edge[0] === from.id && edge[1] === to.id);
    const passage = story.passageAt(from.id, to.id, known);
    const cut = truncated && !current;
    const backward = passage !== null || (current && step.phase === "backward");
    const kind = current
      ? "now"
      : backward
        ? "back"
        : story.valueAt(to.id, known) !== null
          ? "seen"
          : "rest";
    const key = `${kind} ${backward} ${cut} ${passage}`;
    if (key === this.last) return;
    this.last = key;
    path.setAttribute("class", `edge ${kind}${backward && current ? " back" : ""}${cut ? " cut" : ""}`);
    path.style.strokeWidth =
      passage === null || cut ? "" : this.scale.width(story.norm(passage)).toFixed(2);
    this.heads.place(path, cut ? "rest" : kind, backward);
    const told =
      passage === null
        ? ""
        : `Gradient that came back from ${to.name} to ${from.name}: norm ${formatNumber(story.norm(passage))}`;
    if (this.title) this.title.textContent = told;
    else if (told) {
      this.title = drawn("title", {}, told);
      path.append(this.title);
    }
  }
}
