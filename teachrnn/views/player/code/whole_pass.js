// The whole pass in NumPy: to read, and to copy as one script.

/** @import { Context } from "../types.d.ts" */

import { element } from "../dom.js";
import { copied } from "../share/clipboard.js";
import { givenText } from "./given.js";
import { Listing } from "./listing.js";

export class WholePass {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
    const { program } = context.story;
    /** @type {Listing | null} made when it is first looked at */
    this.listing = null;
    this.step = 0;
    this.place = element("div", {
      class: "written",
      role: "group",
      "aria-label": "the whole pass in NumPy",
    });
    this.element = element(
      "details",
      { class: "whole-pass" },
      element("summary", {}, "the whole pass in NumPy"),
      this.place,
    );
    this.element.hidden = !program;
    this.element.addEventListener("toggle", () => this.paint(this.step), { signal: context.signal });
  }

  /** @param {number} i */
  paint(i) {
    this.step = i;
    const { story } = this.context;
    if (!this.element.open || !story.program) return;
    if (!this.listing) {
      this.listing = new Listing(story, [0, story.program.lines.length], this.context.go);
      this.place.append(this.listing.element);
    }
    this.listing.paint(i);
  }

  /** The program with what the trace was given. */
  get script() {
    const { story } = this.context;
    const { given = [], lines = [], shown = 0 } = story.program ?? {};
    const first = given.map((one) => (typeof one === "string" ? one : givenText(story, one)));
    return [...first, ...lines.slice(shown).map(textOf), ""].join("\n");
  }

  /** Put the script on the clipboard; where that is not allowed, show it, selected. */
  async copy() {
    if (await copied(this.script)) {
      this.context.tell("The whole pass is copied: forward and back, as one script.");
    } else {
      this.#select();
      this.context.tell("Copying is not allowed here: the script is selected below.");
    }
  }

  #select() {
    const text = element("textarea", { class: "script", readonly: "", "aria-label": "The script" });
    text.value = this.script;
    this.element.open = true;
    this.place.replaceChildren(text);
    this.listing = null;
    text.focus();
    text.select();
  }
}

/** @param {import("../types.d.ts").Token[]} line */
const textOf = (line) => line.map((piece) => (typeof piece === "string" ? piece : piece[0])).join("");
