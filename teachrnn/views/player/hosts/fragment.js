// What the host in someone else's page adds: it finds its place, and isolates the player from the page's
// style.

import { bytesOf, partOf, useFont } from "../dom.js";
import { mount } from "../player.js";
import { openBundle } from "../stories.js";

/** A hidden element, as in a folded answer or behind a live stepper, has no size: it waits.
 * @param {Element} place
 * @returns {Promise<void>}
 */
const inSight = (place) =>
  new Promise((resolve) => {
    const observer = new ResizeObserver(([{ contentRect }]) => {
      if (!contentRect.width) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(place);
  });

/**
 * @param {string} key
 * @param {number} step
 * @param {string} tour the one that is open
 * @param {string} compare the name of the story that stands beside it
 */
export async function start(key, step, tour, compare) {
  // The same story may be in a page twice: each script takes a place that is still free.
  const place = partOf(document, `[data-teachrnn="${key}"]:not([data-taken])`);
  place.dataset.taken = "true";
  await inSight(place);
  /** @param {string} part */
  const bytesIn = (part) => bytesOf(partOf(place, `[data-part=${part}]`).textContent ?? "");
  const unpacked = new Blob([bytesIn("story")]).stream().pipeThrough(new DecompressionStream("gzip"));
  const { stories, tours } = openBundle(await new Response(unpacked).arrayBuffer());
  useFont(bytesIn("font"));
  const root = place.attachShadow({ mode: "open" });
  const template = /** @type {HTMLTemplateElement} */ (partOf(place, "template"));
  root.append(template.content.cloneNode(true));
  const state = { story: stories[0].data, stories, tours, tour, step, compare };
  await mount(partOf(root, "div"), state).ready;
  place.dataset.ready = "true";
}
