// Lines of the program in NumPy: each piece an element of its own, so that a part of a line can be marked
// and a name can light up with the array that it stands for. A line leads to the step that does what it says.

/** @import { Story } from "../story.js" */
/** @import { Token } from "../types.d.ts" */

import { element, within } from "../dom.js";

const INDENT = "    ";

export class Listing {
  /**
   * Lines `around[0]` to before `around[1]`. Where all of them are indented, the indentation is left out.
   * @param {Story} story
   * @param {[from: number, to: number]} around
   * @param {(step: number) => void} go
   */
  constructor(story, [from, to], go) {
    this.story = story;
    this.from = from;
    this.go = go;
    this.step = 0;
    /** @type {[span: HTMLElement, letter: number][]} */
    this.names = [];
    /** @type {HTMLElement | null} */
    this.note = null;
    /** @type {HTMLElement[]} the marked lines */
    this.marked = [];
    /** @type {HTMLElement[]} the marked pieces of lines of which other pieces are not */
    this.parts = [];
    /** @type {HTMLElement[][]} the pieces of each line */
    this.spans = [];
    const lines = story.program?.lines.slice(from, to) ?? [];
    const inside = lines.every(([first]) => first === INDENT);
    this.lines = lines.map((pieces) => this.#line(pieces, inside));
    this.#together();
    this.element = element("pre", { class: "listing" }, ...this.lines);
    this.#lead();
    this.element.addEventListener("click", (event) => {
      const chosen = this.element.ownerDocument.getSelection()?.isCollapsed === false;
      if (!chosen) this.#follow(within(event, "[role=button]")); // else text is being selected
    });
    this.element.addEventListener("keydown", (event) => this.#key(event));
  }

  // Lines that a step does are buttons, of which the Tab key reaches one.
  #lead() {
    const marked = (this.story.program?.steps ?? []).flatMap(({ marks }) => marks.map(([at]) => at));
    for (const at of new Set(marked)) {
      const line = this.lines[at - this.from];
      line?.setAttribute("role", "button");
      line?.setAttribute("tabindex", "-1");
      if (line) line.title = "Go to the step that does this";
    }
    /** @type {HTMLElement[]} */
    this.buttons = this.lines.filter((line) => line.hasAttribute("role"));
  }

  /** @param {Element | null} line */
  #follow(line) {
    const at = this.lines.findIndex((one) => one === line);
    if (at < 0) return;
    const found = this.story.stepOfLine(this.from + at, this.step);
    if (found !== undefined) this.go(found);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const here = this.buttons.findIndex((line) => line === event.target);
    const by = { ArrowUp: -1, ArrowDown: 1, Enter: 0 }[event.key];
    if (here < 0 || by === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation(); // a notebook's cell has a use for Enter
    if (by === 0) this.#follow(this.buttons[here]);
    else this.#makeTabStop(this.buttons[here + by])?.focus();
  }

  /** @param {HTMLElement | undefined} line */
  #makeTabStop(line) {
    if (!line) return undefined;
    for (const one of this.buttons) one.tabIndex = one === line ? 0 : -1;
    return line;
  }

  /**
   * @param {Token[]} pieces
   * @param {boolean} inside
   */
  #line(pieces, inside) {
    const spans = pieces.map((piece, place) => {
      if (typeof piece !== "string") {
        const span = element("span", { class: "id" }, piece[0]);
        this.names.push([span, piece[1]]);
        return span;
      }
      const text = inside && place === 0 ? "" : piece;
      return element("span", text.trimStart().startsWith("#") ? { class: "comment" } : {}, text);
    });
    this.spans.push(spans);
    return element("code", { class: "line" }, ...spans, "\n");
  }

  // What is an array of its own is an element of its own, so that it can light up.
  #together() {
    for (const [at, first, last, letter] of this.story.program?.pieces ?? []) {
      const spans = this.spans[at - this.from]?.slice(first, last + 1);
      if (!spans) continue;
      const piece = element("span", { class: "piece" });
      spans[0].before(piece);
      piece.append(...spans);
      this.names.push([piece, letter]);
    }
  }

  /** Mark what step i does.
   * @param {number} i
   */
  paint(i) {
    this.step = i;
    const told = this.story.linesAt(i);
    for (const line of this.marked) line.classList.remove("on", "partly");
    for (const part of this.parts) part.classList.remove("part");
    this.parts = [];
    this.note?.remove();
    for (const [at, first, last] of told?.marks ?? []) {
      const line = this.lines[at - this.from];
      if (!line) continue;
      line.classList.add(first === undefined ? "on" : "partly");
      if (first === undefined) continue;
      const part = this.spans[at - this.from].slice(first, (last ?? first) + 1);
      for (const span of part) span.classList.add("part");
      this.parts.push(...part);
    }
    this.marked = this.lines.filter((line) => line.matches(".on, .partly"));
    if (told?.note) this.#say(told.note, told.noted ?? null);
    if (!this.buttons.some((line) => line.matches(":focus"))) {
      this.#makeTabStop(this.marked[0] ?? this.buttons[0]);
    }
    for (const [span, letter] of this.names) {
      const k = this.story.arrayOf(letter, i)?.toString();
      if (k === span.dataset.k) continue; // where nothing is written nothing is styled again
      if (k === undefined) delete span.dataset.k;
      else span.dataset.k = k;
    }
  }

  /**
   * A comment behind the line that it belongs to; where it belongs to none, below all.
   * @param {string} note
   * @param {number | null} at
   */
  #say(note, at) {
    this.note = element("span", { class: "comment note" }, `# ${note}`);
    const line = at === null ? undefined : this.lines[at - this.from];
    if (line) line.insertBefore(this.note, line.lastChild);
    else this.element.append(this.note);
  }
}
