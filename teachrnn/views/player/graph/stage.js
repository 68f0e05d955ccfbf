// The window onto the unrolled graph: scrolls, zooms, can be dragged; reports which part is visible.

import { calm, element, within } from "../dom.js";

const ZOOM = {
  least: 0.1,
  most: 2.5,
  step: 1.25,
  legible: 0.62, // the smallest zoom that a graph opens with
  name: 46, // pixels that the name of a time step takes
  ahead: 0.6, // windows to the left and right that are drawn ahead of scrolling
};

export class Stage {
  /**
   * @param {SVGSVGElement} svg the drawing
   * @param {{ width: number, height: number, pitch: number }} sizes of the drawing, and of its columns
   * @param {{ changed: () => void, opened: () => void }} tell that other things are in sight, and that it
   *   has been laid out for the first time
   * @param {AbortSignal} signal
   */
  constructor(svg, { width, height, pitch }, tell, signal) {
    this.svg = svg;
    this.width = width;
    this.height = height;
    this.pitch = pitch;
    this.tell = tell;
    this.zoom = 1;
    this.sized = false;
    this.waiting = 0;
    this.times = element("div", { class: "times", "aria-hidden": "true" });
    this.element = element("div", { class: "stage" }, svg, this.times);
    this.element.addEventListener("scroll", () => this.#soon(), { signal, passive: true });
    this.element.addEventListener("wheel", (event) => this.#wheel(event), { signal, passive: false });
    this.#drag(signal);
    const watch = new ResizeObserver(() => this.#resized());
    watch.observe(this.element);
    signal.addEventListener("abort", () => watch.disconnect());
    this.#scale(1);
  }

  // Left and right end of what must be drawn, in units of the drawing.
  sight() {
    const wide = this.element.clientWidth || 1000; // before it is in a page
    const left = this.element.scrollLeft - ZOOM.ahead * wide;
    return [left / this.zoom, (left + (1 + 2 * ZOOM.ahead) * wide) / this.zoom];
  }

  /** @param {number} direction */
  closer(direction) {
    this.zoomTo(this.zoom * ZOOM.step ** direction);
  }

  fit() {
    const { clientWidth, clientHeight } = this.element;
    this.zoomTo(
      Math.min(
        (clientWidth - 16) / this.width,
        Math.max(clientHeight - this.times.offsetHeight, 120) / this.height,
        1,
      ),
    );
  }

  /**
   * Change the scale; the point (x, y) of the window stays where it is.
   * @param {number} zoom
   * @param {number} [x]
   * @param {number} [y]
   */
  zoomTo(zoom, x = this.element.clientWidth / 2, y = this.element.clientHeight / 2) {
    const { element: stage } = this;
    const before = this.zoom;
    const at = [(stage.scrollLeft + x) / before, (stage.scrollTop + y) / before];
    this.#scale(Math.min(ZOOM.most, Math.max(ZOOM.least, zoom)));
    stage.scrollTo({ left: at[0] * this.zoom - x, top: at[1] * this.zoom - y, behavior: "instant" });
    this.tell.changed();
  }

  /** Scroll only as far as needed to have the box (x, y) in the inner part of the window.
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   */
  follow(x, y, width, height) {
    const { element: stage, zoom } = this;
    const { clientWidth, clientHeight, scrollLeft, scrollTop } = stage;
    if (!clientWidth) return;
    const left = scrolledTo(scrollLeft, clientWidth, x * zoom, (x + width) * zoom);
    const top = scrolledTo(
      scrollTop,
      clientHeight - this.times.offsetHeight,
      y * zoom,
      (y + height) * zoom,
    );
    if (left === scrollLeft && top === scrollTop) return;
    const far = Math.abs(left - scrollLeft) > clientWidth; // a jump, or the page has just opened
    stage.scrollTo({ left, top, behavior: calm() || far ? "instant" : "smooth" });
  }

  /** @param {number} zoom */
  #scale(zoom) {
    this.zoom = zoom;
    this.svg.setAttribute("width", String(Math.ceil(this.width * zoom)));
    this.svg.setAttribute("height", String(Math.ceil(this.height * zoom)));
    this.svg.classList.toggle("small", zoom < 0.5);
    this.svg.classList.toggle("tiny", zoom < 0.28);
    this.times.style.setProperty("--zoom", String(zoom));
    this.times.style.width = `${Math.ceil(this.width * zoom)}px`;
    this.times.classList.toggle("sparse", zoom * this.pitch < ZOOM.name);
  }

  #resized() {
    if (!this.element.clientWidth) return;
    if (!this.sized) {
      // a deep network opens at a scale that shows its whole depth, if that is legible
      this.sized = true;
      const room = parseFloat(getComputedStyle(this.element).maxHeight) - 30;
      this.zoomTo(Math.max(ZOOM.legible, Math.min(1, room / this.height)), 0, 0);
      this.tell.opened();
    }
    this.tell.changed();
  }

  #soon() {
    this.waiting ||= requestAnimationFrame(() => {
      this.waiting = 0;
      this.tell.changed();
    });
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = this.element.getBoundingClientRect();
    this.zoomTo(
      this.zoom * Math.exp(-event.deltaY / 300),
      event.clientX - box.left,
      event.clientY - box.top,
    );
  }

  /** With a mouse; touch scrolls as usual.
   * @param {AbortSignal} signal
   */
  #drag(signal) {
    /** @type {{ x: number, y: number } | null} */
    let from = null;
    this.element.addEventListener(
      "pointerdown",
      (event) => {
        if (event.pointerType !== "mouse" || event.button !== 0 || within(event, ".node")) return;
        from = { x: event.clientX + this.element.scrollLeft, y: event.clientY + this.element.scrollTop };
        this.element.setPointerCapture(event.pointerId);
        this.element.classList.add("dragged");
      },
      { signal },
    );
    this.element.addEventListener(
      "pointermove",
      (event) => {
        if (from) {
          this.element.scrollTo({
            left: from.x - event.clientX,
            top: from.y - event.clientY,
            behavior: "instant",
          });
        }
      },
      { signal },
    );
    const end = () => {
      from = null;
      this.element.classList.remove("dragged");
    };
    for (const type of ["pointerup", "pointercancel"]) {
      this.element.addEventListener(type, end, { signal });
    }
  }
}

/** Where a window of `size` scrolls to, from `at`, so that [from, to] is in its inner part.
 * @param {number} at
 * @param {number} size
 * @param {number} from
 * @param {number} to
 */
function scrolledTo(at, size, from, to) {
  const edge = Math.min(size / 5, 90);
  if (from >= at + edge && to <= at + size - edge) return at;
  return Math.max(0, Math.round((from + to - size) / 2));
}
