// What a page of its own adds: it unpacks the data and starts the player.

const bytesIn = (id) => Uint8Array.from(atob(document.getElementById(id).textContent.trim()), (c) => c.charCodeAt(0));
const unpacked = new Blob([bytesIn("story")]).stream().pipeThrough(new DecompressionStream("gzip"));
useFont(bytesIn("font"));
const stepInAddress = () => Math.max(0, parseInt(location.hash.slice(1), 10) - 1 || 0);
const { model } = mount(document.getElementById("player"), {
  story: await new Response(unpacked).arrayBuffer(),
  step: stepInAddress(),
});
let writing = 0; // the address follows when the reader comes to rest: writing it is slow
model.on("change:step", () => {
  clearTimeout(writing);
  writing = setTimeout(() => history.replaceState(null, "", `#${model.get("step") + 1}`), 200);
});
addEventListener("hashchange", () => model.set("step", stepInAddress()));
document.body.dataset.ready = "true";
