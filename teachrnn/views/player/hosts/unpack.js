// The player is in a page as packed text, a third of its size. Unpacked it becomes a script of the page, which
// a policy that names scripts by their hash allows like one that was there from the beginning.

/**
 * @param {string} place selects the element with the text
 * @param {string} [then] what the script does once the player is defined
 */
export async function unpack(place, then = "") {
  const text = document.querySelector(place)?.textContent ?? "";
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at); // many times as fast as from()
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.type = "module";
  script.textContent = (await new Response(unpacked).text()) + then;
  document.body.append(script);
  script.remove(); // it runs all the same
}
