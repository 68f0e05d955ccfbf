// Nodes of a drawing are chosen by a click, Enter or Space, and have the focus one at a time.

import { within } from "../dom.js";

/**
 * @param {HTMLElement | SVGSVGElement} drawing
 * @param {object} heard
 * @param {(id: number) => void} heard.pick a node has been chosen
 * @param {(id: number) => void} heard.stop the Tab key goes to a node
 * @param {(event: KeyboardEvent) => void} heard.keys any other key
 * @param {AbortSignal} signal
 */
export function hearNodes(drawing, { pick, stop, keys }, signal) {
  /** @param {Event} event */
  const nodeOf = (event) => {
    const id = within(event, ".node")?.dataset.id;
    return id === undefined ? null : Number(id);
  };
  /** @param {Event} event */
  const chosen = (event) => {
    const id = nodeOf(event);
    if (id !== null) pick(id);
    return id !== null;
  };
  drawing.addEventListener("click", chosen, { signal });
  drawing.addEventListener(
    "keydown",
    (event) => {
      if (!(event instanceof KeyboardEvent)) return;
      if (["Enter", " "].includes(event.key) && chosen(event)) event.preventDefault();
      keys(event);
    },
    { signal },
  );
  drawing.addEventListener(
    "focusin",
    (event) => {
      const id = nodeOf(event);
      if (id !== null) stop(id);
    },
    { signal },
  );
}
