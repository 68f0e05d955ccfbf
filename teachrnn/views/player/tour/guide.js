// The tours of a page, and how far the reader has come in one: the part of a tour that outlasts the story that is
// shown, as a phase may show another.

/** @import { Stories } from "../stories.js" */
/** @import { Model, Tour, TourPhase } from "../types.d.ts" */

export class Guide {
  /**
   * `arrive` brings the player, once it shows the story of the phase, to its step; `hold` returns what gives
   * the focus back to the tour, if it has it now; `open` shows what an address says.
   * @param {Model} model
   * @param {Stories} stories
   * @param {{ arrive: () => void, hold: () => () => void, open: (address: string) => Promise<void> }} player
   */
  constructor(model, stories, player) {
    this.model = model;
    this.stories = stories;
    this.player = player;
    this.origin = ""; // the address of the step from which a phase was opened, to return there
  }

  get tours() {
    return this.model.get("tours");
  }

  /** The one that is open.
   * @returns {Tour | undefined}
   */
  get tour() {
    return this.tours.find(({ id }) => id === this.model.get("tour"));
  }

  /** From 0. */
  get number() {
    return this.model.get("phase");
  }

  /** @returns {TourPhase | undefined} */
  get phase() {
    return this.tour?.phases[this.number];
  }

  /** The tour after the one that is open. */
  get following() {
    const at = this.tours.findIndex(({ id }) => id === this.model.get("tour"));
    return at < 0 ? undefined : this.tours[at + 1];
  }

  /** Open a tour, at a phase.
   * @param {string} id
   * @param {number} [number] from 0
   * @param {string} [origin]
   */
  async open(id, number = 0, origin = "") {
    this.origin = origin;
    this.model.set("tour", id);
    await this.go(number);
  }

  /** @param {number} number from 0 */
  async go(number) {
    const last = (this.tour?.phases.length ?? 1) - 1;
    this.model.set("phase", Math.max(0, Math.min(last, number)));
    this.model.save_changes();
    const { phase } = this;
    if (!phase) return;
    const giveBack = this.player.hold();
    await this.show(phase.story);
    this.player.arrive();
    giveBack();
  }

  /** @param {string} name */
  async show(name) {
    if (name === this.stories.shown) return;
    const giveBack = this.player.hold();
    await this.stories.show({ name });
    giveBack();
  }

  /** End the tour: where it was opened from a step, that step is shown again. */
  async leave() {
    const { origin } = this;
    if (origin) await this.player.open(origin);
    else this.close();
  }

  close() {
    if (!this.tour) return;
    this.origin = "";
    this.model.set("tour", "");
    this.model.set("horizon", 0);
    this.model.save_changes();
  }

  // Addresses ----------------------------------------------------------------------------------

  /** The phase as an address has it: 2, or lstm.2 if it is not in the first tour. */
  write() {
    const number = String(this.number + 1);
    const id = this.model.get("tour");
    return id === this.tours[0]?.id ? number : `${id}.${number}`;
  }

  /** Open what an address says.
   * @param {string} said
   */
  async read(said) {
    const [, id, number] = /^(?:([^.]+)\.)?(\d+)$/.exec(said) ?? ["", said, "1"];
    const wanted = id ?? this.tours[0]?.id ?? "";
    if (!this.tours.some((tour) => tour.id === wanted)) {
      const names = this.tours.map((tour) => tour.id).join(", ") || "none";
      throw new Error(`This page has no tour ${said}; it has: ${names}.`);
    }
    await this.open(wanted, Number(number) - 1);
  }
}
