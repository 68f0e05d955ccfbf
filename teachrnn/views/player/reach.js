// How far back: the triangle of gradients itemised by (loss at t -> step k), and what truncation keeps.

/** @import { Context, Triangle } from "./types.d.ts" */

import { drawn, element } from "./dom.js";
import { WAYS } from "./graph/column.js";
import { formatNumber } from "./number.js";
import {
  drawTriangle,
  inWords,
  MARGIN,
  shareOf,
  sideOfSquare,
  triangleScale,
  triangleWords,
} from "./triangle.js";

export class Reach {
  /**
   * @param {Context} context
   * @param {Triangle} triangle with at least one gradient
   */
  constructor(context, triangle) {
    this.context = context;
    this.triangle = triangle;
    const { model, signal } = context;
    this.element = element("section", {
      class: "reach",
      "aria-label": "How far back each loss reaches",
    });
    this.T = triangle.T;
    this.choice = element(
      "select",
      { "aria-label": "Gradient" },
      ...triangle.reaches.map((r) => element("option", { value: r.name }, `d${r.name}`)),
    );
    this.choice.value = triangle.reaches.some((r) => r.name === "W") ? "W" : triangle.reaches[0].name;
    this.slider = element("input", {
      type: "range",
      min: "1",
      max: String(this.T),
      step: "1",
      "aria-label": "Truncation horizon in time steps",
    });
    this.said = element("p", { class: "kept", role: "status" });
    this.grid = element("div", {
      class: "scroll triangle",
      tabindex: "0",
      role: "application",
      "aria-label": "Triangle of gradients by loss and step: arrow keys move over the squares",
      "data-own-keys": "",
    });
    this.square = element("p", { class: "square", role: "status" });
    this.frame = drawn("rect", { class: "pointed", visibility: "hidden" });
    /** @type {[row: number, column: number] | null} the square that is pointed at */
    this.at = null;
    this.grid.addEventListener("pointermove", (event) => this.#under(event), { signal });
    this.grid.addEventListener("pointerleave", () => this.#point(null), { signal });
    this.grid.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.grid.addEventListener("focus", () => this.at ?? this.#point([this.T - 1, 0]), { signal });
    this.grid.addEventListener("blur", () => this.#point(null), { signal });
    this.summary = element("summary", {}, "the norms as a table");
    this.table = element("details", {}, this.summary);
    /** @type {import("./squares.js").Squares | null} */
    this.squares = null;
    this.near = false;
    this.cut = drawn("path", { class: "cut" });
    this.side = 0; // of a square, in pixels
    this.scale = { largest: 1, decades: 1 };
    this.table.addEventListener("toggle", () => this.#fillTable(), { signal });
    this.element.append(
      element("h2", {}, "How far back does each loss reach?"),
      element(
        "p",
        { class: "explained" },
        "The square in row t and column k shows the norm of what the loss at step t contributes through step k: larger and darker means more, on a logarithmic scale; an empty square is a contribution of 0. Truncated backpropagation drops the squares further left than its horizon.",
      ),
      element(
        "div",
        { class: "controls" },
        element("label", {}, "gradient ", this.choice),
        element("label", {}, "horizon ", this.slider),
      ),
      this.said,
      this.square,
      this.grid,
      this.table,
    );
    this.choice.addEventListener("change", () => this.#draw(), { signal });
    this.slider.addEventListener(
      "input",
      () => {
        const steps = Number(this.slider.value);
        model.set("horizon", steps === this.T ? 0 : steps);
        model.save_changes();
      },
      { signal },
    );
    this.onHorizon = () => this.#truncate();
    model.on("change:horizon", this.onHorizon);
    this.watch = new ResizeObserver(() => this.#draw());
    // the squares are drawn when they come into sight
    this.sight = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && this.#meet());
    this.sight.observe(this.grid);
    addEventListener("beforeprint", () => this.#meet(), { signal });
    this.#truncate();
  }

  #meet() {
    if (this.near) return;
    this.near = true;
    this.sight.disconnect();
    this.#draw();
    this.watch.observe(this.element);
  }

  get found() {
    return this.triangle.reaches[this.choice.selectedIndex];
  }

  // 0 stands for no truncation.
  get horizon() {
    return Math.min(this.context.model.get("horizon") || this.T, this.T);
  }

  #draw() {
    if (!this.near) return;
    const { T } = this;
    const { norms, name } = this.found;
    const side = sideOfSquare(T, this.element.clientWidth || 560);
    const scale = triangleScale(norms);
    const { svg, squares, picture } = drawTriangle({
      norms,
      dropped: (lag) => lag >= this.horizon,
      losses: this.triangle.losses,
      side,
      scale,
      label: triangleWords(name, norms, scale.largest),
    });
    this.squares = squares;
    svg.append(this.cut, this.frame);
    this.side = side;
    this.scale = scale;
    this.#point(this.at);
    this.grid.replaceChildren(picture);
    this.#fillTable();
    this.#truncate();
  }

  /** @param {PointerEvent} event */
  #under({ clientX, clientY }) {
    const svg = this.grid.querySelector("svg");
    if (!svg || !this.side) return;
    const { left, top } = svg.getBoundingClientRect();
    const column = Math.floor((clientX - left - MARGIN) / this.side);
    this.#point([Math.floor((clientY - top) / this.side), column]);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const way = WAYS.get(event.key);
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const [row, column] = this.at ?? [this.T - 1, 0];
    const down = Math.max(0, Math.min(this.T - 1, row - way.up));
    this.#point([down, Math.max(0, Math.min(down, column + way.right))]);
  }

  /** Say what a square stands for, and show in the graph which steps its loss reaches, and how much.
   * @param {[row: number, column: number] | null} at
   */
  #point(at) {
    const { losses } = this.triangle;
    const { norms, name } = this.found;
    const [row, column] = at ?? [-1, -1];
    const norm = losses.includes(row + 1) && column <= row ? norms[row][column] : undefined;
    this.at = norm === undefined ? null : at;
    this.frame.setAttribute("visibility", norm === undefined ? "hidden" : "inherit");
    if (norm === undefined) {
      this.square.textContent = "";
      this.context.reached(null);
      return;
    }
    const { side } = this;
    const place = { x: MARGIN + column * side, y: row * side, width: side, height: side };
    for (const [key, value] of Object.entries(place)) this.frame.setAttribute(key, String(value));
    const near = norms[row][row];
    const share =
      norm !== null && near ? `, ${formatNumber((100 * norm) / near, 2)} % of step ${row + 1}` : "";
    this.square.textContent = `Of the loss at step ${row + 1}, d${name} at step ${column + 1} receives norm ${inWords(norm)}${share}.`;
    this.context.reached(norms[row].map((one) => shareOf(one, this.scale) ?? 1));
  }

  #truncate() {
    const { T, horizon, side } = this;
    const { name, kept, cosine, distance } = this.found;
    this.slider.value = String(horizon);
    this.slider.setAttribute("aria-valuetext", horizon === T ? "no truncation" : `${horizon} steps`);
    this.squares?.paint();
    let d = "";
    for (let t = horizon + 1; t <= T; t += 1) {
      // a staircase between what is kept and what is dropped
      const x = MARGIN + (t - horizon) * side;
      d += `M${x} ${(t - 1) * side}V${t * side}` + (t < T ? `H${x + side}` : "");
    }
    this.cut.setAttribute("d", d);
    const [norm, angle, far] = [kept, cosine, distance].map((list) => list[horizon - 1]);
    const full = kept[T - 1];
    this.said.textContent =
      horizon === T
        ? `No truncation: the norm of d${name} is ${inWords(full)}.`
        : [
            `Truncated to ${horizon} ${horizon === 1 ? "step" : "steps"}, `,
            `the norm of d${name} is ${inWords(norm)} instead of `,
            full === null ? "one that is not finite" : formatNumber(full),
            angle === null ? "." : `; cosine of the angle to the full gradient ${formatNumber(angle)}, `,
            angle === null ? "" : `relative distance ${formatNumber(far ?? NaN)}.`,
          ].join("");
    this.context.horizon(horizon === T ? 0 : horizon);
  }

  #fillTable() {
    if (!this.table.open) return;
    const table = element(
      "table",
      {},
      element("caption", {}, `Norm of d${this.found.name}: row, the loss at t; column, the step k`),
    );
    const head = table.createTHead().insertRow();
    head.append(
      element("td"),
      ...this.found.norms.map((_, k) => element("th", { scope: "col" }, `k = ${k + 1}`)),
    );
    this.found.norms.forEach((row, t) => {
      const line = table.insertRow();
      line.append(element("th", { scope: "row" }, `t = ${t + 1}`));
      row.forEach((norm, k) => {
        line.insertCell().textContent = k > t ? "" : norm === null ? "–" : formatNumber(norm);
      });
    });
    this.table.replaceChildren(
      this.summary,
      element(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": "The norms as a table" },
        table,
      ),
    );
  }

  stop() {
    this.context.reached(null);
    this.watch.disconnect();
    this.sight.disconnect();
    this.context.model.off("change:horizon", this.onHorizon);
  }
}
