// How far each loss reaches back, in both stories: their triangles in one scale.

/** @import { Triangle } from "../types.d.ts" */

import { element } from "../dom.js";
import { formatNumber } from "../number.js";
import { drawTriangle, inWords, sideOfSquare, triangleScale, triangleWords } from "../triangle.js";

export class Triangles {
  /**
   * @param {{ title: string, triangle: Triangle | null }[]} sides
   * @param {boolean} own whether the second are numbers of the reader's own
   */
  constructor(sides, own) {
    this.sides = sides;
    const [one, other] = sides.map(({ triangle }) => triangle?.reaches.map(({ name }) => name) ?? []);
    this.names = one.filter((name) => other.includes(name));
    this.choice = element(
      "select",
      { "aria-label": "Gradient of the triangles" },
      ...this.names.map((name) => element("option", { value: name }, `d${name}`)),
    );
    const states = sides[0].triangle?.reaches.filter(({ kind }) => kind === "state") ?? [];
    const state = states.map(({ name }) => name).filter((name) => this.names.includes(name));
    if (state.length) this.choice.value = state[state.length - 1];
    this.choice.addEventListener("change", () => this.draw());
    this.places = sides.map(({ title }) => {
      const place = element("div", {
        class: "scroll triangle",
        tabindex: "0",
        role: "region",
        "aria-label": `Triangle of gradients, ${title}`,
      });
      return { place, figure: element("figure", {}, element("figcaption", {}, title), place) };
    });
    this.said = element("p", { class: "kept" });
    this.element = element(
      "section",
      { class: "reaches", "aria-label": "How far back each loss reaches, in both" },
      element("h2", {}, "How far back does each loss reach?"),
      element("div", { class: "controls" }, element("label", {}, "gradient ", this.choice)),
      this.said,
      element("div", { class: "two" }, ...this.places.map(({ figure }) => figure)),
    );
    if (own && !sides[1].triangle) this.element.replaceChildren(element("p", { class: "note" }, SUMS));
    else this.element.hidden = this.names.length === 0;
  }

  draw() {
    if (!this.names.length) return;
    const name = this.choice.value;
    const found = this.sides.map(({ triangle }) => {
      const reach = triangle?.reaches.find((one) => one.name === name);
      return { norms: reach?.norms ?? [], losses: triangle?.losses ?? [] };
    });
    const scale = triangleScale(...found.map(({ norms }) => norms));
    const most = Math.max(...found.map(({ norms }) => norms.length));
    const side = sideOfSquare(most, this.places[0].place.clientWidth || 400);
    found.forEach(({ norms, losses }, at) => {
      const largest = Math.max(0, ...norms.flat().filter((x) => x !== null));
      const label = `${this.sides[at].title}: ${triangleWords(name, norms, largest)}`;
      const { picture, squares } = drawTriangle({ norms, losses, side, scale, label });
      this.places[at].place.replaceChildren(picture);
      squares.paint();
    });
    this.said.textContent = [...found.map(({ norms }, at) => this.#faded(at, norms)), SCALE].join(" ");
  }

  /** How much of the last loss is left at the first step.
   * @param {number} at
   * @param {(number | null)[][]} norms
   */
  #faded(at, norms) {
    const T = norms.length;
    const [far, near] = [norms[T - 1][0], norms[T - 1][T - 1]];
    const share = far !== null && near ? `, ${formatNumber((100 * far) / near)} %` : "";
    return `${this.sides[at].title}: of the last loss step ${T} receives ${inWords(near)} and step 1 ${inWords(far)}${share}.`;
  }
}

const SCALE = "Both triangles have one scale.";
const SUMS =
  "There is no triangle here: your gradients add up what all losses send, and from a sum it cannot be read how far each one reaches.";
