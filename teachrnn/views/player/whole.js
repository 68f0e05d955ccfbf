// The whole graph, every operation of every time step. It is drawn when the reader opens it.

/** @import { Context } from "./types.d.ts" */

import { element } from "./dom.js";
import { Graph } from "./graph/graph.js";

export class Whole {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    /** @type {Graph | null} */
    this.graph = null;
    /** @type {[i: number, covered: boolean]} */
    this.shown = [0, false];
    this.horizonSteps = 0;
    this.place = element("div");
    this.element = element(
      "details",
      { class: "whole" },
      element("summary", {}, "The whole graph: every operation of every time step"),
      this.place,
    );
    const { model, signal } = context;
    this.element.addEventListener("toggle", () => this.#open(), { signal });
    if (model.get("rolled")) this.element.open = true;
  }

  #open() {
    if (!this.element.open || this.graph) return;
    this.graph = new Graph(this.context);
    this.place.append(this.graph.element);
    this.graph.horizon(this.horizonSteps);
    this.graph.paint(...this.shown);
  }

  /**
   * @param {number} i
   * @param {boolean} covered
   */
  paint(i, covered) {
    this.shown = [i, covered];
    if (this.element.open) this.graph?.paint(i, covered);
  }

  /** @param {number} steps */
  horizon(steps) {
    this.horizonSteps = steps;
    this.graph?.horizon(steps);
  }

  // Roll it up, or unroll it; where it was closed, it is opened.
  toggle() {
    if (!this.element.open) {
      this.element.open = true;
      this.#open();
      this.graph?.paint(...this.shown);
      this.element.scrollIntoView({ block: "nearest" });
    }
    this.graph?.toggle();
  }

  stop() {
    this.graph?.stop();
  }
}
