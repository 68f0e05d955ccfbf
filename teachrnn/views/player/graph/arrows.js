// Arrow heads. They are in a drawing of their own: if they were in one that is hidden, they would vanish.

import { drawn } from "../dom.js";

let count = 0; // the heads of every graph in a page have names of their own

export class ArrowHeads {
  constructor() {
    this.number = ++count;
    this.svg = drawn("svg", { width: 0, height: 0, class: "heads", "aria-hidden": "true" });
    const defs = drawn("defs");
    for (const kind of ["rest", "seen", "back", "now"]) {
      const marker = drawn("marker", {
        id: this.#name(kind),
        viewBox: "0 0 8 8",
        refX: 7.5,
        refY: 4,
        markerWidth: 9,
        markerHeight: 9,
        markerUnits: "userSpaceOnUse",
        orient: "auto-start-reverse",
        class: `arrow ${kind}`,
      });
      marker.append(drawn("path", { d: "M0 0.5 8 4 0 7.5z" }));
      defs.append(marker);
    }
    this.svg.append(defs);
  }

  /** @param {string} kind */
  #name(kind) {
    return `trnn-${this.number}-arrow-${kind}`;
  }

  /**
   * Put a head on the end where an edge arrives: its start when the gradient comes back.
   * @param {SVGPathElement} path
   * @param {string} kind
   * @param {boolean} backward
   */
  place(path, kind, backward) {
    const [end, other] = backward ? ["marker-start", "marker-end"] : ["marker-end", "marker-start"];
    const head = `url(#${this.#name(kind)})`;
    if (path.getAttribute(end) === head) return; // to write it again draws it again
    path.removeAttribute(other);
    path.setAttribute(end, head);
  }
}
