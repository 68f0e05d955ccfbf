// What can be taken elsewhere: the link to what is shown, and slides.

/** @import { Link } from "../link.js" */
/** @import { Act, Context } from "../types.d.ts" */

import { element, partOf } from "../dom.js";
import { copied } from "./clipboard.js";

export class Share {
  /**
   * @param {Context} context
   * @param {Record<Act, () => void>} acts
   * @param {Link} link
   */
  constructor(context, acts, link) {
    this.link = () => context.linkTo?.(link.write()) ?? "";
    this.said = element("span", { role: "status", class: "said" });
    this.field = element("input", {
      class: "link",
      readonly: "",
      hidden: "",
      "aria-label": "Link to what is shown",
    });
    this.copy = word("Copy link", "Copy the address of what is shown", () => this.#copyLink());
    this.copy.hidden = !context.linkTo;
    this.element = element(
      "div",
      { class: "share", role: "group", "aria-label": "Share", hidden: "" },
      element(
        "p",
        {},
        this.copy,
        word("Slides", "Large type for a projector, without controls (f)", () => acts.slides()),
        this.said,
      ),
      this.field,
    );
  }

  async #copyLink() {
    const address = this.link();
    const done = await copied(address);
    this.field.hidden = done;
    this.field.value = address;
    this.said.textContent = done
      ? "The link is copied: it opens what is shown here."
      : "Copying is not allowed here: the link is selected below.";
    if (done) return;
    this.field.focus();
    this.field.select();
  }

  /** What was said about the step before is not about this one. */
  paint() {
    this.said.textContent = "";
    this.field.hidden = true;
  }

  focus() {
    partOf(this.element, "button:not([hidden])").focus();
  }
}

/**
 * @param {string} text
 * @param {string} title
 * @param {() => void} does
 */
function word(text, title, does) {
  const button = element("button", { type: "button", class: "word", title }, text);
  button.addEventListener("click", does);
  return button;
}
