// Slides: what is shown in large type, without controls, for a projector. The arrow keys step as ever, and so
// do the keys that a presenter's clicker sends.

/** @import { Act } from "../types.d.ts" */

export const SLIDE = { width: 1280, height: 720 }; // pixels for which the style of slides is made
const LEAST = 0.6; // scale

/** @type {Record<string, Act>} */
const ALWAYS = {
  PageDown: "onward",
  PageUp: "backward",
  ArrowRight: "next",
  ArrowLeft: "previous",
  f: "fullScreen",
  b: "blank",
  ".": "blank",
};
/** @type {Record<string, Act>} */
const UNLESS_OWNED = {
  ArrowDown: "next",
  ArrowUp: "previous",
  " ": "next",
  Home: "first",
  End: "last",
};
const OWNED = "button, [role=slider], [data-own-keys]"; // what has use for the latter

export class Slides {
  /**
   * @param {HTMLElement} el the player
   */
  constructor(el) {
    this.el = el;
    /** What the keys do: it changes with the story.
     * @type {Record<Act, () => void> | null} */
    this.acts = null;
    const control = new AbortController();
    const { signal } = control;
    this.stop = () => {
      this.leave();
      control.abort();
    };
    /** A page of its own fills its window; within another page, slides need the screen. */
    this.ownPage = el.closest(".trnn-page") !== null;
    this.fit = () => {
      const { clientWidth, clientHeight } = document.documentElement;
      const scale = Math.min(clientWidth / SLIDE.width, clientHeight / SLIDE.height);
      this.el.style.zoom = String(Math.max(LEAST, scale));
    };
    document.addEventListener("fullscreenchange", () => this.#screenChanged(), { signal });
    (this.ownPage ? document : el).addEventListener(
      "keydown",
      (event) => {
        if (event instanceof KeyboardEvent) this.#key(event);
      },
      { signal, capture: true }, // before what has the focus: a clicker cannot tell what that is
    );
  }

  get shown() {
    return this.el.classList.contains("slides");
  }

  enter() {
    if (this.shown) return;
    this.el.classList.add("slides");
    this.el.tabIndex = -1;
    this.el.focus({ preventScroll: true });
    addEventListener("resize", this.fit);
    this.fit();
    if (!this.ownPage) this.toggleFullScreen();
  }

  leave() {
    if (!this.shown) return;
    this.el.classList.remove("slides", "blank");
    this.el.removeAttribute("tabindex");
    this.el.style.zoom = "";
    removeEventListener("resize", this.fit);
    if (document.fullscreenElement) document.exitFullscreen();
  }

  /** Black, and back: while the audience should look at the speaker. */
  toggleBlank() {
    this.el.classList.toggle("blank");
  }

  toggleFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else {
      const screen = this.ownPage ? document.documentElement : this.el;
      screen.requestFullscreen?.().catch(() => {}); // where it is not allowed, the window has to do
    }
  }

  #screenChanged() {
    if (!document.fullscreenElement && !this.ownPage) this.leave();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.shown || event.altKey || event.ctrlKey || event.metaKey) return;
    const [target] = event.composedPath();
    if (!(target instanceof Element) || target.closest("input, select, textarea")) return;
    const act = ALWAYS[event.key] ?? (target.closest(OWNED) ? undefined : UNLESS_OWNED[event.key]);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    this.acts?.[act]();
  }
}
