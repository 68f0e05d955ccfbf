// A colour of CSS as every program reads it: a page mixes colours in ways that few others know.

/** @type {Map<string, { hex: string, alpha: number }>} */
const known = new Map();
/** @type {CanvasRenderingContext2D | null} */
let pot = null;

/** @param {string} colour */
export function plainColour(colour) {
  let plain = known.get(colour);
  if (!plain) {
    plain = mixed(colour);
    known.set(colour, plain);
  }
  return plain;
}

/** @param {string} colour */
function mixed(colour) {
  pot ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!pot) return { hex: colour, alpha: 1 };
  pot.clearRect(0, 0, 1, 1);
  pot.fillStyle = colour;
  pot.fillRect(0, 0, 1, 1);
  const [r, g, b, alpha] = pot.getImageData(0, 0, 1, 1).data;
  const hex = [r, g, b].map((part) => part.toString(16).padStart(2, "0")).join("");
  return { hex: `#${hex}`, alpha: Math.round((100 * alpha) / 255) / 100 };
}
