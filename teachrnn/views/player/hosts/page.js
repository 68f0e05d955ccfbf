// What the standalone page adds: it unpacks the data and starts the player.

import { partOf, useFont } from "../dom.js";
import { mount } from "../player.js";

/** @param {string} id */
const bytesIn = (id) =>
  Uint8Array.from(atob((partOf(document, `#${id}`).textContent ?? "").trim()), (c) => c.charCodeAt(0));
const unpacked = new Blob([bytesIn("story")]).stream().pipeThrough(new DecompressionStream("gzip"));
useFont(bytesIn("font"));
const place = partOf(document, "#player");
const { model, open } = mount(place, {
  story: await new Response(unpacked).arrayBuffer(),
  step: Number(place.dataset.step ?? 0),
});
let writing = 0; // the address is updated when the reader pauses: writing it is slow
model.on("change:step", () => {
  clearTimeout(writing);
  writing = setTimeout(() => history.replaceState(null, "", `#${model.get("step") + 1}`), 200);
});
function openAddress() {
  let address = location.hash.slice(1);
  try {
    address = decodeURIComponent(address);
  } catch {
    // not encoded, so taken literally
  }
  if (address) open(address);
}
addEventListener("hashchange", openAddress);
openAddress();
document.body.dataset.ready = "true";
