// What belongs together lights up together: whatever in the player carries the number of the same array, when one
// of them is pointed at or has the focus.

import { within } from "./dom.js";

export class Links {
  /** @param {HTMLElement} part of the player in which pointing and focus are heard */
  constructor(part) {
    this.part = part;
    /** @type {string | null} */
    this.lit = null;
    for (const event of ["pointerover", "focusin"]) part.addEventListener(event, (e) => this.#on(e));
    for (const event of ["pointerleave", "focusout"]) {
      part.addEventListener(event, () => this.light(null));
    }
  }

  /** @param {Event} event */
  #on(event) {
    this.light(within(event, "[data-k]")?.dataset.k ?? null);
  }

  // Which story the part is about: where two are compared, the arrays of each have numbers of their own.
  get whose() {
    return whoseIs(this.part);
  }

  /**
   * Lights all that carry an array's number; null puts the light out.
   * @param {string | null} k a number, or several with a space between: a node has a value and a gradient
   */
  light(k) {
    if (k === this.lit) return;
    this.lit = k;
    const player = this.part.closest(".trnn") ?? this.part;
    for (const one of player.querySelectorAll(".lit")) one.classList.remove("lit");
    if (!k) return;
    const carries = k.split(" ").map((number) => `[data-k~="${number}"]`);
    const { whose } = this;
    for (const one of player.querySelectorAll(carries.join())) {
      if (whoseIs(one) === whose) one.classList.add("lit");
    }
  }
}

/** @param {Element} part */
const whoseIs = (part) => part.closest("[data-story]")?.getAttribute("data-story") ?? "";
