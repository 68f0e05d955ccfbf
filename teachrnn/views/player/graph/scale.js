// The norm of a gradient on a logarithmic scale: the width of the edge along which it came back, and
// the height of the bars in its node. The whole story has one scale, so that vanishing is visible.

/** @import { Story } from "../story.js" */

import { drawn, element } from "../dom.js";
import { formatNumber } from "../number.js";

const GRADIENT = { thin: 0.7, wide: 4.6, fewest: 4, most: 8 }; // widths in pixels; orders of magnitude that the scale spans

export class GradientScale {
  /** @param {...Story} stories */
  constructor(...stories) {
    this.empty = true;
    this.low = 0; // powers of ten
    this.high = 0;
    this.span(stories);
  }

  /** The scale of several stories, so that what is wider in one of them is larger.
   * @param {Story[]} stories
   */
  span(stories) {
    let least = Infinity;
    let most = 0;
    for (const story of stories) {
      const [low, high] = story.range();
      if (high > 0) [least, most] = [Math.min(least, low), Math.max(most, high)];
    }
    this.empty = most === 0;
    this.high = this.empty ? 0 : Math.ceil(Math.log10(most));
    const low = this.empty ? 0 : Math.floor(Math.log10(least));
    this.low = Math.max(this.high - GRADIENT.most, Math.min(low, this.high - GRADIENT.fewest));
  }

  /**
   * 0 at the lower end of the scale and below, 1 at its upper end.
   * @param {number} norm
   */
  share(norm) {
    if (!(norm > 0)) return 0;
    return Math.min(1, Math.max(0, (Math.log10(norm) - this.low) / (this.high - this.low)));
  }

  /** @param {number} norm */
  width(norm) {
    return Number.isNaN(norm)
      ? GRADIENT.wide
      : GRADIENT.thin + (GRADIENT.wide - GRADIENT.thin) * this.share(norm);
  }

  // A key: lines for every second order of magnitude, with their norms.
  legend() {
    const key = element("span", { class: "orders" }, "Norm of the gradient that came back: ");
    for (let order = this.low; order <= this.high; order += 2) {
      const line = drawn("svg", { width: 22, height: 8, "aria-hidden": "true" });
      line.append(
        drawn("path", {
          d: "M0 4H22",
          class: "edge back",
          style: `stroke-width:${this.width(10 ** order)}`,
        }),
      );
      const below = order === this.low ? "≤ " : "";
      key.append(element("span", { class: "order" }, line, ` ${below}${formatNumber(10 ** order, 1)}`));
    }
    return key;
  }
}
