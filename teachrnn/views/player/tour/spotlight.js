// What a tour points at: names that light up wherever they stand, and time steps that stay while others go pale.

/** @import { Story } from "../story.js" */

export class Spotlight {
  /** @param {Story} story */
  constructor(story) {
    this.story = story;
    /** @type {string[]} */
    this.names = [];
    /** @type {number[] | null} */
    this.zoom = null;
  }

  /**
   * @param {string[]} names of values and gradients
   * @param {number[] | null} zoom the first and the last time step that stay
   */
  turn(names, zoom) {
    this.names = names;
    this.zoom = zoom;
  }

  /** Light up what stands in the player now: to be called when a part of it has been drawn again.
   * @param {ParentNode} player
   */
  shine(player) {
    for (const one of player.querySelectorAll(".led")) one.classList.remove("led");
    const numbers = this.names.flatMap((name) => this.story.named.get(name) ?? []);
    if (numbers.length) {
      const carries = numbers.map((k) => `[data-k~="${k}"]`).join();
      for (const one of player.querySelectorAll(carries)) one.classList.add("led");
    }
    for (const column of player.querySelectorAll(".outline .column")) {
      if (!(column instanceof SVGElement)) continue;
      const t = Number(column.dataset.t);
      column.classList.toggle("pale", this.zoom !== null && (t < this.zoom[0] || t > this.zoom[1]));
    }
  }
}
