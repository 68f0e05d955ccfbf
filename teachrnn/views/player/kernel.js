// Questions to Python, where there is a kernel, each with its answer.

/** @import { Message, Model } from "./types.d.ts" */

/** @typedef {{ message: Message, buffers: DataView<ArrayBuffer>[] }} Answer */

let kernels = 0; // several players of one page hear each other's answers

export class Kernel {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    kernels += 1;
    this.own = kernels;
    this.asked = 0;
    /** @type {Map<string | undefined, (answer: Answer) => void>} by the id of what was asked */
    this.waiting = new Map();
    /**
     * @param {Message} message
     * @param {DataView<ArrayBuffer>[]} buffers
     */
    this.heard = (message, buffers) => {
      if (message.kind !== "answer") return;
      this.waiting.get(message.id)?.({ message, buffers });
      this.waiting.delete(message.id);
    };
    model.on("msg:custom", this.heard);
  }

  /** Whether there is one. */
  get live() {
    return this.model.get("live");
  }

  /** The promise resolves to the answer, also if that is an error.
   * @param {object} request
   * @returns {Promise<Answer>}
   */
  ask(request) {
    this.asked += 1;
    const id = `${this.own}-${this.asked}`;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.model.send({ ...request, id });
    });
  }

  stop() {
    this.model.off("msg:custom", this.heard);
  }
}
