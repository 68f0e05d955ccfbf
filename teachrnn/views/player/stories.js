// Where stories come from. The player asks this one object, whoever answers: the page, which may hold several
// stories by name, or Python in a kernel, which can record any network. What asks need not know which.
//
//     const bytes = await stories.ask({ name: "untrained" });       // for a view of one's own: new Story(bytes)
//     await stories.show({ name: "untrained" });                    // in place of the one that is shown
//     await stories.show({ settings: { text: "hello", cell: "lstm", hidden: 4 } });
//
// Both reject with an Error whose message is for the reader.

/** @import { Kernel } from "./kernel.js" */
/** @import { Bundled, Model, StoryBytes, StoryRequest, Tour } from "./types.d.ts" */

export class Stories {
  /**
   * `stay` keeps the player at the step of the same name while another story takes the place of the one that
   * is shown.
   * @param {Model} model
   * @param {Kernel} kernel
   * @param {(change: () => Promise<void>) => Promise<void>} stay
   */
  constructor(model, kernel, stay) {
    this.model = model;
    this.kernel = kernel;
    this.stay = stay;
  }

  /** Those that can be had by name, in order. */
  get all() {
    return this.model.get("stories");
  }

  /** The name of the one that is shown; "" if it has none. */
  get shown() {
    return this.model.get("shown");
  }

  /** @param {string} name */
  titleOf(name) {
    return this.all.find((one) => one.name === name)?.title || name;
  }

  /** Whether a request can be answered here.
   * @param {StoryRequest} request
   */
  has(request) {
    if (!("name" in request)) return this.kernel.live;
    return this.all.some(({ name }) => name === request.name);
  }

  /** A story, for whoever wants to read it; what is shown stays.
   * @param {StoryRequest} request
   * @returns {Promise<StoryBytes>}
   */
  async ask(request) {
    const bundled = this.#bundled(request);
    if (bundled?.data) return bundled.data;
    const { buffers } = await this.#asked(request, false);
    return buffers[0];
  }

  /** A story in place of the one that is shown. Resolves when it is there.
   * @param {StoryRequest} request
   * @returns {Promise<void>}
   */
  async show(request) {
    const bundled = this.#bundled(request);
    if (!bundled) await this.#shown(request);
    else await this.stay(() => this.#change(bundled, request));
  }

  /**
   * @param {Bundled} bundled
   * @param {StoryRequest} request
   */
  async #change({ name, data }, request) {
    if (!data) return this.#shown(request);
    this.model.set("shown", name);
    this.model.set("story", data);
    return undefined;
  }

  /** Python keeps to what is shown, too: it sends the story by itself, perhaps after its answer.
   * @param {StoryRequest} request
   */
  async #shown(request) {
    const { model } = this;
    /** @type {(value: void) => void} */
    let arrived = () => {};
    const there = new Promise((resolve) => (arrived = resolve));
    const changed = () => arrived();
    model.on("change:story", changed);
    try {
      await this.#asked(request, true);
      await there;
    } finally {
      model.off("change:story", changed);
    }
  }

  /**
   * @param {StoryRequest} request
   * @returns {Bundled | undefined}
   */
  #bundled(request) {
    if (!("name" in request)) return undefined;
    const found = this.all.find(({ name }) => name === request.name);
    if (found) return found;
    const names = this.all.map(({ name }) => name).filter(Boolean);
    const known = names.length ? `it has ${names.join(", ")}` : "it has only this one";
    throw new Error(`This page has no story named ${request.name}: ${known}.`);
  }

  /**
   * @param {StoryRequest} request
   * @param {boolean} show
   */
  async #asked(request, show) {
    if (!this.kernel.live) {
      throw new Error("Another network is recorded by Python, in a notebook with a running kernel.");
    }
    const answer = await this.kernel.ask({ kind: "story", show, ...request });
    if (answer.message.error) throw new Error(answer.message.error);
    return answer;
  }
}

/** The stories of a page, from one container: teachrnn/views/player/bundle.py.
 * @param {ArrayBuffer} data
 * @returns {{ stories: (Bundled & { data: StoryBytes })[], tours: Tour[] }}
 */
export function openBundle(data) {
  const length = new DataView(data).getUint32(0, true);
  const told = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
  let at = 4 + length;
  /** @type {(Bundled & { size: number })[]} */
  const listed = told.stories;
  return {
    tours: told.tours,
    stories: listed.map(({ size, ...one }) => {
      at += size;
      return { ...one, data: data.slice(at - size, at) };
    }),
  };
}
