
// What a page of its own adds: it finds the data and starts the player.
const font = document.getElementById("font").textContent.trim();
useFont(font ? Uint8Array.from(atob(font), (c) => c.charCodeAt(0)) : null);
mount(document.getElementById("player"), {
  story: JSON.parse(document.getElementById("story").textContent),
  step: Math.max(0, parseInt(location.hash.slice(1), 10) - 1 || 0),
});
