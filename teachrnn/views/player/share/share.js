// What can be taken elsewhere: the link to what is shown, slides, and pictures of one stop or of several.

/** @import { Link } from "../link.js" */
/** @import { Act, Context } from "../types.d.ts" */
/** @import { Picture } from "./mark.d.ts" */

import { element, partOf } from "../dom.js";
import { copied } from "./clipboard.js";
import { dressed, pictureOf, settled } from "./picture.js";
import { pngOf } from "./png.js";
import { save } from "./save.js";
import { svgOf } from "./svg.js";
import { zipOf } from "./zip.js";

const SVG = "image/svg+xml";

/** @type {Record<string, (picture: Picture) => Promise<Blob>>} */
const FORMATS = {
  svg: async (picture) => new Blob([svgOf(picture)], { type: SVG }),
  png: pngOf,
};

export class Share {
  /**
   * @param {Context} context
   * @param {Record<Act, () => void>} acts
   * @param {Link} link
   */
  constructor(context, acts, link) {
    this.context = context;
    this.link = link;
    this.busy = false;
    this.said = element("span", { role: "status", class: "said" });
    this.field = element("input", {
      class: "link",
      readonly: "",
      hidden: "",
      "aria-label": "Link to what is shown",
    });
    const copy = word("Copy link", "Copy the address of what is shown", () => this.#copyLink());
    copy.hidden = !context.linkTo;
    const slides = word("Slides", "Large type for a projector, without controls (f)", acts.slides);
    this.light = element("input", { type: "checkbox", checked: "" });
    this.large = element("input", { type: "checkbox" });
    this.from = number("first step of the pictures");
    this.to = number("last step of the pictures");
    this.end = word("stop", "Save no pictures", () => {
      this.busy = false; // it ends after this picture
    });
    this.end.hidden = true;
    this.element = element(
      "div",
      { class: "sharing", role: "group", "aria-label": "Share", hidden: "" },
      element("p", {}, copy, slides),
      element(
        "p",
        {},
        "save what is shown as",
        ...Object.keys(FORMATS).map((format) =>
          word(format.toUpperCase(), "A picture without controls", () => this.#one(format)),
        ),
        element("span", { class: "several" }, "or steps ", this.from, " to ", this.to, " as"),
        ...Object.keys(FORMATS).map((format) =>
          word(`${format.toUpperCase()} files`, "Numbered pictures in a zip file, for slides", () =>
            this.#sequence(format),
          ),
        ),
        element("label", {}, this.light, " in light colours"),
        element("label", {}, this.large, " in large type, as slides"),
      ),
      element("p", {}, this.said, this.end),
      this.field,
    );
  }

  async #copyLink() {
    const address = this.context.linkTo?.(this.link.write()) ?? "";
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

  get #player() {
    return /** @type {HTMLElement} */ (this.element.closest(".trnn"));
  }

  #picture() {
    const { story } = this.context;
    /** @param {string} selector */
    const text = (selector) => partOf(this.#player, selector).textContent ?? "";
    const words = [...story.about, text(".sentence")].join(" ");
    return pictureOf(this.#player, { title: text(".now h2"), words });
  }

  /** What is shown is called in a file's name, as dh3.
   * @param {string} format
   */
  #name(format) {
    const [, step = ""] = this.link.write().match(/step=([^&]*)/) ?? [];
    return `${step.replace(/[^\p{L}\p{N}]/gu, "") || "step"}.${format}`;
  }

  /** @param {string} format */
  async #one(format) {
    await this.#draw(async () => {
      const name = this.#name(format);
      save(await FORMATS[format](this.#picture()), name);
      this.said.textContent = `Saved as ${name}.`;
    });
  }

  /** @param {string} format */
  async #sequence(format) {
    if (this.busy) return;
    const { context } = this;
    const level = context.model.get("level");
    const here = context.model.get("step");
    const [from, to] = [this.from, this.to].map(({ valueAsNumber, max }) =>
      Math.max(1, Math.min(Number(max), Math.round(valueAsNumber) || 1)),
    );
    this.end.hidden = false;
    await this.#draw(async () => {
      const files = [];
      for (let stop = from; stop <= to && this.busy; stop++) {
        this.said.textContent = `${stop - from + 1} of ${to - from + 1}`;
        context.go(context.stops.from(0, stop - 1, level));
        await settled(this.#player);
        const number = String(stop).padStart(String(to).length, "0");
        const blob = await FORMATS[format](this.#picture());
        const data = new Uint8Array(await blob.arrayBuffer());
        files.push({ name: `${number}-${this.#name(format)}`, data });
      }
      const complete = this.busy;
      context.go(here);
      if (complete) save(zipOf(files), "steps.zip");
      this.said.textContent = complete ? `Saved: ${files.length} pictures in steps.zip.` : "Stopped.";
    });
    this.end.hidden = true;
  }

  /** @param {() => Promise<void>} draw */
  async #draw(draw) {
    if (this.busy) return;
    this.busy = true;
    try {
      await dressed(this.#player, { light: this.light.checked, slide: this.large.checked }, draw);
    } catch (error) {
      this.said.textContent = `There is no picture. ${error}`;
    }
    this.busy = false;
  }

  /** What was said about the step before is not about this one; which stops there are depends on the level. */
  paint() {
    if (this.busy) return;
    const { stops, model } = this.context;
    const level = model.get("level");
    const i = model.get("step");
    const { of } = stops.count(i, level);
    const { first, last } = stops.at(i);
    const around = level === "time" ? [1, of] : [first + 1, last + 1];
    [this.from, this.to].forEach((box, n) => {
      box.max = String(of);
      box.value = String(around[n]);
    });
    this.said.textContent = "";
    this.field.hidden = true;
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

/** @param {string} name */
function number(name) {
  return element("input", { type: "number", min: 1, value: 1, "aria-label": name });
}
