// What the keyboard does: one table, from which the help is also made. The keys that scroll a page (Space,
// PageUp, PageDown, Home, End, the arrows up and down) are left to the page.

/** @import { Key } from "./types.d.ts" */

import { element } from "./dom.js";

/** @type {Key[]} */
export const KEYS = [
  { keys: ["ArrowRight"], shown: "→", does: "next step", act: "next" },
  { keys: ["ArrowLeft"], shown: "←", does: "previous step", act: "previous" },
  { keys: ["n"], shown: "n", does: "next time step", act: "nextTime" },
  { keys: ["p"], shown: "p", does: "previous time step", act: "previousTime" },
  { keys: ["0"], shown: "0", does: "first step", act: "first" },
  { keys: ["G"], shown: "G", does: "last step", act: "last" },
  { keys: ["t", "T"], shown: "t", does: "the turning point, where backpropagation begins", act: "turn" },
  {
    keys: ["k"],
    shown: "k",
    does: "play or pause; inside an operation, entry after entry",
    act: "play",
  },
  { keys: [">"], shown: ">", does: "faster", act: "faster" },
  { keys: ["<"], shown: "<", does: "slower", act: "slower" },
  { keys: ["o"], shown: "o", does: "next step of the same operation", act: "sameOperation" },
  { keys: ["b"], shown: "b", does: "set or clear a breakpoint at this operation", act: "breakpoint" },
  { keys: ["B"], shown: "B", does: "go to the next breakpoint", act: "toBreakpoint" },
  { keys: [":", "/"], shown: ":", does: "go to a time step, a name or an operation", act: "jump" },
  {
    keys: ["d"],
    shown: "d",
    does: "first step at which your numbers differ, or the two that are compared",
    act: "difference",
    needs: "yours",
  },
  {
    keys: ["D"],
    shown: "D",
    does: "next step at which they differ",
    act: "nextDifference",
    needs: "yours",
  },
  {
    keys: ["i"],
    shown: "i",
    does: "one level down: to operations, then into one, term by term",
    act: "into",
  },
  { keys: ["w"], shown: "w", does: "why this number: the first entry of the result", act: "why" },
  { keys: ["c"], shown: "c", does: "compare with another story, or end that", act: "compare" },
  { keys: ["r"], shown: "r", does: "the whole graph, rolled up or unrolled", act: "roll" },
  { keys: ["g"], shown: "g", does: "begin the guided tour, or end it", act: "tour", needs: "tours" },
  { keys: ["m"], shown: "m", does: "predict, then reveal: off, sign, shape, number", act: "predict" },
  { keys: ["s"], shown: "s", does: "share: copy the link, save pictures", act: "share" },
  {
    keys: ["f"],
    shown: "f",
    does: "slides: large type, no controls; PageDown steps too",
    act: "slides",
  },
  { keys: ["?"], shown: "?", does: "show or hide more controls and the keys", act: "help" },
  { keys: ["Escape"], shown: "Esc", does: "one level up, or close what is open", act: "out" },
];

// Where arrow keys move over entries or nodes, or scroll, the element says so with data-own-keys.
const OWNED = ["ArrowRight", "ArrowLeft"];

/**
 * The keys of a player that has these things.
 * @param {Set<string>} has
 */
const keysOf = (has) => KEYS.filter((key) => !key.needs || has.has(key.needs));

/**
 * The key's act, if the event is for the player and not for the control that has the focus.
 * @param {KeyboardEvent} event
 * @param {Set<string>} has what the player has: numbers of the reader's own, tours
 */
export function actOf(event, has) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return null;
  const [target] = event.composedPath();
  if (!(target instanceof HTMLElement || target instanceof SVGElement)) return null;
  if (OWNED.includes(event.key) && target.closest("[data-own-keys]")) return null;
  const entry = keysOf(has).find(({ keys }) => keys.includes(event.key));
  if (!entry) return null;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return null;
  if (target instanceof HTMLInputElement) {
    if (!["range", "checkbox", "radio"].includes(target.type)) return null; // typing
    if (target.type === "range" && OWNED.includes(event.key)) return null;
  }
  return entry.act;
}

/** @param {Set<string>} has */
export function keyHelp(has) {
  const list = element("dl", { class: "keys" });
  for (const { shown, does } of keysOf(has)) {
    list.append(
      element("div", {}, element("dt", {}, element("kbd", {}, shown)), element("dd", {}, does)),
    );
  }
  const note = "In the graph, in tables and in the code the arrow keys move, and Enter opens.";
  list.append(element("div", { class: "wide" }, element("dd", {}, note)));
  return list;
}
