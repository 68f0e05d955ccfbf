// Something to do once the page has been laid out, before it is painted. Sizes are known then; to ask for one
// while the page is being changed would lay it out once more.

export class AfterLayout {
  /** Also done when the size of the element changes.
   * @param {HTMLElement} element
   * @param {() => void} act
   */
  constructor(element, act) {
    this.element = element;
    this.watch = new ResizeObserver(act);
  }

  // An element that is observed anew is told its size, changed or not; Chromium overlooks one that it observes still.
  wait() {
    this.watch.unobserve(this.element);
    this.watch.observe(this.element);
  }
}
