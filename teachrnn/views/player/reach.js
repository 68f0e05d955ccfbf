// How far back: the triangle of gradients itemised by (loss at t -> step k), and what truncation keeps.

/** @import { Context, Triangle } from "./types.d.ts" */

import { drawn, element } from "./dom.js";
import { formatNumber } from "./number.js";

const MOST_DECADES = 8; // orders of magnitude from the largest square to the smallest, at most
const MARGIN = 34;

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
      class: "scroll",
      tabindex: "0",
      role: "region",
      "aria-label": "Triangle of gradients by loss and step",
    });
    this.summary = element("summary", {}, "the norms as a table");
    this.table = element("details", {}, this.summary);
    /** @type {{ square: SVGGElement, lag: number }[]} */
    this.squares = [];
    this.cut = drawn("path", { class: "cut" });
    this.side = 0; // of a square, in pixels
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
    this.watch.observe(this.element);
    this.#draw();
  }

  get found() {
    return this.triangle.reaches[this.choice.selectedIndex];
  }

  // 0 stands for no truncation.
  get horizon() {
    return Math.min(this.context.model.get("horizon") || this.T, this.T);
  }

  #draw() {
    const { T } = this;
    const { norms, name } = this.found;
    const room = Math.min(560, (this.element.clientWidth || 560) - MARGIN - 8);
    const side = Math.max(10, Math.min(34, Math.floor(room / T)));
    const size = MARGIN + T * side + 4;
    const finite = norms.flat().filter((x) => x !== null);
    const largest = Math.max(0, ...finite);
    const smallest = Math.min(...finite.filter((x) => x > 0));
    const decades = Math.min(MOST_DECADES, Math.max(1, Math.ceil(Math.log10(largest / smallest))));
    const svg = drawn("svg", {
      width: size,
      height: size,
      viewBox: `0 0 ${size} ${size}`,
      role: "img",
      "aria-label": this.#summary(name, norms, largest),
    });
    this.squares = [];
    norms.forEach((row, i) =>
      row.forEach((norm, j) => {
        if (j > i || !this.triangle.losses.includes(i + 1)) return;
        const share =
          norm !== null && norm > 0 ? Math.max(0, 1 + Math.log10(norm / largest) / decades) : 0;
        const half = (side - 2) / 2;
        const reach = norm === 0 ? 0 : Math.max(1, half * (0.25 + 0.75 * share));
        const x = MARGIN + j * side + side / 2;
        const y = i * side + side / 2;
        const square = drawn("g", { class: "square" });
        square.append(drawn("title", {}, `loss at ${i + 1} → step ${j + 1}: ${inWords(norm)}`));
        square.append(
          drawn("rect", { x: x - half, y: y - half, width: 2 * half, height: 2 * half, class: "cell" }),
        );
        if (norm === null) square.append(drawn("text", { x, y: y + 4 }, "∞"));
        else {
          square.append(
            drawn("rect", {
              x: x - reach,
              y: y - reach,
              width: 2 * reach,
              height: 2 * reach,
              class: "amount",
              "fill-opacity": (0.2 + 0.8 * share).toFixed(3),
            }),
          );
        }
        svg.append(square);
        this.squares.push({ square, lag: i - j });
      }),
    );
    const every = Math.max(1, Math.ceil(20 / side));
    for (let t = 1; t <= T; t += every) {
      svg.append(drawn("text", { x: MARGIN - 6, y: (t - 0.5) * side + 4, class: "row" }, `${t}`));
      svg.append(
        drawn("text", { x: MARGIN + (t - 0.5) * side, y: T * side + 15, class: "column" }, `${t}`),
      );
    }
    svg.append(
      drawn("text", { x: 0, y: 10, class: "axis" }, "t"),
      drawn("text", { x: size - 8, y: T * side + 30, class: "axis" }, "k"),
    );
    svg.append(this.cut);
    svg.setAttribute("height", String(T * side + 34));
    svg.setAttribute("viewBox", `0 0 ${size} ${T * side + 34}`);
    this.side = side;
    this.grid.replaceChildren(svg);
    this.#fillTable();
    this.#truncate();
  }

  /**
   * @param {string} name
   * @param {(number | null)[][]} norms
   * @param {number} largest
   */
  #summary(name, norms, largest) {
    const last = norms[this.T - 1];
    const near = last[this.T - 1];
    const far = last[0];
    return `Norms of d${name} by loss and step, largest ${formatNumber(largest)}. Of the last loss, step ${this.T} receives ${inWords(near)} and step 1 ${inWords(far)}.`;
  }

  #truncate() {
    const { T, horizon, side } = this;
    const { name, kept, cosine, distance } = this.found;
    this.slider.value = String(horizon);
    this.slider.setAttribute("aria-valuetext", horizon === T ? "no truncation" : `${horizon} steps`);
    for (const { square, lag } of this.squares) square.classList.toggle("dropped", lag >= horizon);
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
    this.watch.disconnect();
    this.context.model.off("change:horizon", this.onHorizon);
  }
}

/** @param {number | null} norm */
const inWords = (norm) => (norm === null ? "not finite" : formatNumber(norm));
