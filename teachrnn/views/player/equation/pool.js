// What an equation is made of, kept for the next one: to fill a figure again takes a fraction of the time that
// it takes to make one.

/** @template T */
export class Pool {
  constructor() {
    /** @type {Map<string, T[]>} by form; what was used last comes first */
    this.free = new Map();
    /** @type {[form: string, thing: T][]} in order */
    this.taken = [];
  }

  /** All that was taken can be taken again. */
  begin() {
    for (const [form, thing] of this.taken.reverse()) this.free.get(form)?.unshift(thing);
    this.taken = [];
  }

  /**
   * One of a form.
   * @param {string} form
   * @param {() => T} make
   */
  take(form, make) {
    const free = this.free.get(form) ?? [];
    this.free.set(form, free);
    const thing = free.shift() ?? make();
    this.taken.push([form, thing]);
    return thing;
  }
}
