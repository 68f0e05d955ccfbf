// The lines of NumPy that a student would write for the time step, with those of this step marked.

/** @import { Context } from "../types.d.ts" */

import { AfterLayout } from "../after_layout.js";
import { element } from "../dom.js";
import { Links } from "../links.js";
import { Listing } from "./listing.js";

const HEADINGS = {
  forward: "this step in NumPy, forward",
  turn: "in NumPy, before the way back",
  backward: "this step in NumPy, back",
};

export class CodePane {
  /**
   * @param {Context} context
   * @param {() => void} copy
   */
  constructor(context, copy) {
    this.context = context;
    /** @type {Map<string, Listing>} by the lines that they show */
    this.listings = new Map();
    /** @type {Listing | null} */
    this.listing = null;
    this.words = element("span");
    this.copy = element(
      "button",
      { type: "button", class: "word", title: "Copy forward and back as one script" },
      "copy all",
    );
    this.copy.addEventListener("click", copy, { signal: context.signal });
    this.written = element("div", { class: "written", role: "group", "aria-label": "the lines" });
    this.own = element("code", { class: "code" });
    this.laidOut = new AfterLayout(this.written, () => this.#reveal());
    const summary = element("summary", {}, "the library's own line");
    this.library = element("details", { class: "library" }, summary, this.own);
    this.element = element(
      "div",
      { class: "code-pane" },
      element("h3", {}, this.words, this.copy),
      this.written,
      this.library,
    );
    new Links(this.written); // a name in the code lights up its array, and its letter in the formula
    this.library.open = !context.story.program; // then it is all that there is
  }

  /** @param {number} i */
  paint(i) {
    const { story } = this.context;
    const step = story.steps[i];
    const code = story.codes[step.code];
    this.own.textContent = code;
    this.library.hidden = !code;
    const told = story.linesAt(i);
    this.copy.hidden = !story.program;
    this.words.textContent = told ? HEADINGS[step.phase] : "";
    this.written.hidden = !told;
    this.element.hidden = !told && !code;
    if (!told) return;
    const key = told.around.join(":");
    const listing = this.listings.get(key) ?? new Listing(story, told.around, this.context.go);
    this.listings.set(key, listing);
    listing.paint(i);
    if (this.written.firstChild !== listing.element) this.written.replaceChildren(listing.element);
    this.listing = listing;
    this.laidOut.wait();
  }

  // The marked line is brought into the pane, which is not the page that scrolls.
  #reveal() {
    const { listing, written: pane } = this;
    if (!listing || pane.scrollHeight <= pane.clientHeight + 1) return;
    const [first, ...others] = listing.marked;
    if (!first) return;
    const last = others.pop() ?? first;
    const top = first.offsetTop - listing.element.offsetTop;
    const bottom = last.offsetTop + last.offsetHeight - listing.element.offsetTop;
    const seen = top >= pane.scrollTop && bottom <= pane.scrollTop + pane.clientHeight;
    if (seen) return;
    const middle = (pane.clientHeight - Math.min(bottom - top, pane.clientHeight)) / 2;
    pane.scrollTop = Math.max(0, top - middle);
  }
}
