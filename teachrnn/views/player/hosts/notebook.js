// What a notebook adds to the player: the font, which is sent once per page and not with every widget,
// keys that stay within the player, and hiding the static copy that is shown without a kernel.

/** @import { Message, Model } from "../types.d.ts" */

import { useFont } from "../dom.js";
import { render as renderPlayer } from "../player.js";

const LOW = 860; // pixels of a window whose output area has no room for the page as it is

/** @param {Model} model */
function askForFont(model) {
  if ([...document.fonts].some((face) => face.family === "TeachrnnMath")) return;
  /**
   * @param {Message} message
   * @param {DataView<ArrayBuffer>[]} buffers
   */
  const arrived = (message, buffers) => {
    if (message.kind !== "font") return;
    model.off("msg:custom", arrived);
    useFont(buffers[0]);
  };
  model.on("msg:custom", arrived);
  model.send({ kind: "font" });
}

/** JupyterLab handles x or d d wherever the focus is, unless the focused element itself opts out.
 * @param {FocusEvent} event
 */
function keepKeys(event) {
  const { target } = event;
  if (target instanceof HTMLElement || target instanceof SVGElement) {
    target.dataset.lmSuppressShortcuts = "true";
  }
}

/** @param {Model} model */
function hideStaticForm(model) {
  const style = document.createElement("style");
  style.textContent = model.get("hiding") ?? "";
  document.head.append(style);
}

/** @param {{ model: Model, el: HTMLElement }} host */
function render({ model, el }) {
  askForFont(model);
  hideStaticForm(model);
  el.classList.toggle("compact", innerHeight < LOW);
  el.addEventListener("focusin", keepKeys);
  const close = renderPlayer({ model, el });
  return () => {
    el.removeEventListener("focusin", keepKeys);
    close();
  };
}

export default { render };
