// A picture as PNG, painted from the same marks as the SVG: no image has to be loaded, which a page may forbid.

/** @import { Mark, Picture, Stroke } from "./mark.d.ts" */

const SCALE = 2; // pixels of the file for each of the page

/**
 * @param {Picture} picture
 * @returns {Promise<Blob>}
 */
export async function pngOf({ width, height, paper, marks }) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: Math.round(SCALE * width), height: Math.round(SCALE * height) });
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("This browser gives no canvas to paint on.");
  pen.scale(SCALE, SCALE);
  pen.fillStyle = paper;
  pen.fillRect(0, 0, width, height);
  for (const mark of marks) paint(pen, mark);
  const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ done) =>
    canvas.toBlob(done),
  );
  if (!blob) throw new Error("The picture is too large for this browser: make the window smaller.");
  return blob;
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Mark} mark
 */
function paint(pen, mark) {
  pen.save();
  if (mark.kind === "path") {
    pen.transform(...mark.matrix);
    const path = new Path2D(mark.d);
    if (mark.fill) {
      pen.fillStyle = mark.fill;
      pen.fill(path);
    }
    if (mark.stroke) {
      take(pen, mark.stroke);
      pen.stroke(path);
    }
  } else if (mark.kind === "text") {
    const { text, x, y, width, font, fill, halo } = mark;
    pen.font = `${font.style} ${font.weight} ${font.size}px ${font.family}`;
    pen.translate(x, y);
    const natural = pen.measureText(text).width;
    if (natural) pen.scale(width / natural, 1);
    if (halo) {
      take(pen, halo);
      pen.strokeText(text, 0, 0);
    }
    pen.fillStyle = fill;
    pen.fillText(text, 0, 0);
  } else if (mark.kind === "image") {
    pen.imageSmoothingEnabled = false;
    pen.drawImage(mark.canvas, mark.x, mark.y, mark.width, mark.height);
  } else {
    pen.beginPath();
    pen.rect(mark.x, mark.y, mark.width, mark.height);
    pen.clip();
    for (const one of mark.marks) paint(pen, one);
  }
  pen.restore();
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Stroke} stroke
 */
function take(pen, { colour, width, dash }) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.setLineDash(dash);
  pen.lineJoin = "round";
}
