// What the standalone page adds: it unpacks the data and starts the player.

import { partOf, useFont } from "../dom.js";
import { mount } from "../player.js";

/** @param {string} id */
const bytesIn = (id) =>
  Uint8Array.from(atob((partOf(document, `#${id}`).textContent ?? "").trim()), (c) => c.charCodeAt(0));
const unpacked = new Blob([bytesIn("story")]).stream().pipeThrough(new DecompressionStream("gzip"));
useFont(bytesIn("font"));
const place = partOf(document, "#player");
const title = partOf(document, "h1");
const { model, link } = mount(place, {
  story: await new Response(unpacked).arrayBuffer(),
  step: Number(place.dataset.step ?? 0),
});
partOf(place, ".about").prepend(title); // in one line with what the network is

let writing = 0; // the address is updated when the reader pauses: writing it is slow
const rests = () => {
  clearTimeout(writing);
  writing = setTimeout(() => history.replaceState(null, "", `#${link().write()}`), 200);
};
for (const event of /** @type {const} */ (["change:step", "change:level", "change:entry"])) {
  model.on(event, rests);
}
/** @param {string} hash */
function openAddress(hash) {
  if (hash.length > 1) link().read(hash.slice(1));
}
// The address that was asked for: until this is heard, another may have been written over it.
addEventListener("hashchange", (event) => openAddress(new URL(event.newURL).hash));
openAddress(location.hash);
document.body.dataset.ready = "true";
