// What the standalone page adds: it unpacks the data and starts the player.

import { bytesOf, partOf, useFont } from "../dom.js";
import { mount } from "../player.js";
import { openBundle } from "../stories.js";

/** @param {string} id */
const bytesIn = (id) => bytesOf(partOf(document, `#${id}`).textContent ?? "");
const unpacked = new Blob([bytesIn("story")]).stream().pipeThrough(new DecompressionStream("gzip"));
useFont(bytesIn("font"));
const place = partOf(document, "#player");
const title = partOf(document, "h1");
const { stories, tours } = openBundle(await new Response(unpacked).arrayBuffer());
const asked = new URLSearchParams(location.search);
/** The link to what is shown; how it is shown here is not another reader's business.
 * @param {string} shown
 */
function linkTo(shown) {
  const url = new URL(location.href);
  for (const way of ["embed", "slides"]) url.searchParams.delete(way);
  url.hash = shown;
  return url.href.replaceAll("[", "%5B").replaceAll("]", "%5D"); // else a chat ends the link there
}
document.body.classList.toggle("embed", asked.has("embed"));
place.classList.toggle("compact", asked.has("embed"));
const state = {
  story: stories[0].data,
  stories,
  tours,
  tour: place.dataset.tour ?? "",
  step: Number(place.dataset.step ?? 0),
  compare: place.dataset.compare ?? "",
};
const { model, ready, address, open, slides } = mount(place, state, linkTo);
const head = () => partOf(place, ".about").prepend(title); // in one line with what the network is
head();
model.on("change:story", head);

let writing = 0; // the address is updated when the reader pauses: writing it is slow
const rests = () => {
  clearTimeout(writing);
  writing = setTimeout(() => {
    try {
      history.replaceState(null, "", `#${address()}`);
    } catch {
      // a frame without an address of its own
    }
  }, 200);
};
for (const key of /** @type {const} */ ([
  "step",
  "level",
  "entry",
  "shown",
  "compare",
  "tour",
  "phase",
])) {
  model.on(`change:${key}`, rests);
}
// The browser's way back leads out of a tour to the step at which it was opened.
model.on("change:tour", () => {
  if (!model.get("tour") || /[#&]tour=/.test(location.hash)) return;
  const here = `${location.hash || "#step=1"}&level=${model.get("level")}`;
  try {
    history.replaceState(null, "", here);
    history.pushState(null, "", here);
  } catch {
    // as above
  }
});
/** @param {string} hash */
async function openAddress(hash) {
  if (hash.length > 1) await open(hash.slice(1));
}
// The address that was asked for: until this is heard, another may have been written over it.
addEventListener("hashchange", (event) => openAddress(new URL(event.newURL).hash));
await ready;
await openAddress(location.hash);
if (asked.has("slides")) slides.enter();
document.body.dataset.ready = "true";
