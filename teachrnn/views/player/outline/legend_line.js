// What is seen in the outline, in one line above it: what matters most comes first, and what has no room is left
// out. The whole legend is among the further controls.

/** @import { Story } from "../story.js" */

import { drawn, element } from "../dom.js";

let folded = false; // on a phone a reader may know it; that outlasts the story that is shown

/** @param {Story} story */
export function legendLine(story) {
  const fold = element("button", { type: "button", class: "fold" });
  const about = element("p");
  const line = element(
    "div",
    { class: "legend-line", role: "group", "aria-label": "Legend" },
    fold,
    about,
  );
  const show = () => {
    line.classList.toggle("folded", folded);
    fold.setAttribute("aria-expanded", String(!folded));
    fold.setAttribute("aria-label", "Legend");
    fold.textContent = folded ? "▸ legend" : "▾";
  };
  fold.addEventListener("click", () => {
    folded = !folded;
    show();
  });
  show();
  const back = story.turn >= 0;
  about.append(
    back
      ? item(nodeSign(), "value, gradient", "value, gradient below")
      : item(barsSign(), "value", "value"),
    item(lineSign("seen", ">"), "forward", "forward"),
    ...(back ? [item(lineSign("back", "<"), "back", "gradient back, wider: larger")] : []),
    item(lineSign("rest", ""), "not yet", "not yet"),
    item(nowSign(), "now", "now, or pointed at"),
    ...(story.predictions.size ? [item(null, "bold: true", "bold letter: the true one")] : []),
    item(barsSign(), "+ up, − down", "bars up: above 0, down: below"),
  );
  return line;
}

/**
 * @param {Element | null} sign
 * @param {string} short words where there is little room
 * @param {string} long
 */
function item(sign, short, long) {
  const words =
    short === long
      ? [short]
      : [element("span", { class: "short" }, short), element("span", { class: "long" }, long)];
  return element("span", { class: "item" }, ...(sign ? [sign] : []), ...words);
}

const frame = (/** @type {number} */ width) =>
  drawn("svg", { width, height: 14, viewBox: `0 0 ${width} 14`, "aria-hidden": "true" });

function nodeSign() {
  const svg = frame(20);
  svg.append(
    drawn("rect", { x: 0.5, y: 0.5, width: 19, height: 13, rx: 2.5, class: "box" }),
    bars("value", 4.5, 2.6),
    bars("gradient", 10, 2.6),
  );
  return svg;
}

function barsSign() {
  const svg = frame(16);
  svg.append(bars("value", 7, 5, 2));
  return svg;
}

/**
 * @param {string} kind
 * @param {number} y
 * @param {number} tall
 * @param {number} [left]
 */
function bars(kind, y, tall, left = 4) {
  const g = drawn("g", { class: `bars ${kind}` });
  g.append(
    drawn("path", { class: "zero", d: `M${left} ${y}h12` }),
    drawn("path", { class: "plus", d: `M${left + 1} ${y}v${-tall}h4v${tall}z` }),
    drawn("path", { class: "minus", d: `M${left + 7} ${y}v${tall}h4v${-tall}z` }),
  );
  return g;
}

/**
 * @param {string} kind of edge
 * @param {"<" | ">" | ""} head
 */
function lineSign(kind, head) {
  const svg = frame(18);
  svg.append(drawn("path", { class: `edge ${kind}`, d: "M1 7H17" }));
  const d = { "<": "M0 7 6 3.5V10.5z", ">": "M18 7 12 3.5V10.5z", "": "" }[head];
  const arrow = drawn("g", { class: `arrow ${kind}` });
  arrow.append(drawn("path", { d }));
  if (head) svg.append(arrow);
  return svg;
}

function nowSign() {
  const svg = frame(12);
  svg.append(drawn("circle", { class: "now", cx: 6, cy: 7, r: 4.5 }));
  return svg;
}
