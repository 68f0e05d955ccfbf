// What the colours, dashes and widths of a graph mean.

/** @import { GradientScale } from "./scale.js" */
/** @import { Story } from "../story.js" */

import { element } from "../dom.js";

/**
 * @param {Story} story
 * @param {GradientScale} scale
 */
export function legend(story, scale) {
  /**
   * @param {string} kind
   * @param {string} sign
   */
  const swatch = (kind, sign) =>
    element("span", { class: `swatch ${kind} ${sign}`, "aria-hidden": "true" });
  const all = element(
    "p",
    { class: "legend" },
    element("span", {}, swatch("value", "plus"), " value above 0, ", swatch("value", "minus"), " below"),
    element(
      "span",
      {},
      swatch("gradient", "plus"),
      " gradient above 0, ",
      swatch("gradient", "minus"),
      " below",
    ),
    element("span", {}, element("span", { class: "dashes", "aria-hidden": "true" }), " not yet"),
  );
  if (story.differences) {
    all.append(
      element(
        "span",
        {},
        element("span", { class: "unequal", "aria-hidden": "true" }, "≠"),
        " yours differs",
      ),
    );
  }
  if (!scale.empty) all.append(scale.legend());
  return all;
}
