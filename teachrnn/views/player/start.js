// What a page of its own adds: it unpacks the data and starts the player.

const bytesIn = (id) => Uint8Array.from(atob(document.getElementById(id).textContent.trim()), (c) => c.charCodeAt(0));
const unpacked = new Blob([bytesIn("story")]).stream().pipeThrough(new DecompressionStream("gzip"));
useFont(bytesIn("font"));
const stepInAddress = () => Math.max(0, parseInt(location.hash.slice(1), 10) - 1 || 0);
const { model } = mount(document.getElementById("player"), {
  story: await new Response(unpacked).arrayBuffer(),
  step: stepInAddress(),
});
model.on("change:step", () => history.replaceState(null, "", `#${model.get("step") + 1}`));
addEventListener("hashchange", () => model.set("step", stepInAddress()));
document.body.dataset.ready = "true";
