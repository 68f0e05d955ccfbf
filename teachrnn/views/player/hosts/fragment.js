// What a part of someone else's page adds: it finds its place, and shuts the page's style out.

import { useFont } from "../dom.js";
import { mount } from "../player.js";

// What is not shown, as in a folded answer or where a live stepper stands instead, waits: it has no size.
const inSight = (place) =>
  new Promise((resolve) => {
    const observer = new ResizeObserver(([{ contentRect }]) => {
      if (!contentRect.width) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(place);
  });

export async function start(key, step) {
  // The same story may stand in a page twice: each script takes a place that no other has taken.
  const place = document.querySelector(`[data-teachrnn="${key}"]:not([data-taken])`);
  place.dataset.taken = "true";
  await inSight(place);
  const bytesOf = (part) =>
    Uint8Array.from(atob(place.querySelector(`[data-part=${part}]`).textContent), (c) =>
      c.charCodeAt(0),
    );
  const unpacked = new Blob([bytesOf("story")]).stream().pipeThrough(new DecompressionStream("gzip"));
  const story = await new Response(unpacked).arrayBuffer();
  useFont(bytesOf("font"));
  const root = place.attachShadow({ mode: "open" });
  root.append(place.querySelector("template").content.cloneNode(true));
  mount(root.lastElementChild, { story, step });
  place.dataset.ready = "true";
}
