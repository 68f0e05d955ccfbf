// What is shown as a picture: graph, rail, and the step in words and numbers; not the controls.

/** @import { Mark, Picture } from "./mark.d.ts" */

import { marksOf } from "./marks.js";
import { SLIDE } from "./slides.js";

const PARTS = [".scene", "section.now", ".compare:not([hidden])", ".why:not([hidden])"];
const LEFT =
  ".results, button.word:not(.terms button), .all-numbers, .library, .unseen-words, .why-bar button, .code-pane h3 button";
const MARGIN = 16;
const BETWEEN = 12;

/** Dresses the player for its picture while something is drawn: nothing in it fades; it may be a slide, and in
 * light colours whatever the page's are.
 * @param {HTMLElement} player
 * @param {{ light: boolean, slide: boolean }} how
 * @param {() => Promise<void>} draw
 */
export async function dressed(player, { light, slide }, draw) {
  const { style, className } = player;
  const before = style.cssText;
  if (slide) player.classList.add("slides", "saved");
  if (light) {
    style.colorScheme = "light";
    style.setProperty("--trnn-paper", "var(--trnn-sheet)"); // a notebook has its own
  }
  await settled(player);
  player.classList.add("pictured");
  try {
    await draw();
  } finally {
    player.className = className;
    style.cssText = before;
  }
}

/** Resolves when the player is laid out, and nothing in it moves or scrolls.
 * @param {HTMLElement} player
 */
export async function settled(player) {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const scrolled = () => player.querySelector(".outlined .window")?.scrollLeft;
  let before;
  do {
    before = scrolled();
    await frame();
    await frame();
    const moving = player
      .getAnimations({ subtree: true })
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(moving.map(({ finished }) => finished));
  } while (scrolled() !== before);
}

/**
 * @param {HTMLElement} player
 * @param {{ title: string, words: string }} told
 * @returns {Picture}
 */
export function pictureOf(player, told) {
  /** @type {Mark[]} */
  const marks = [];
  let bottom = MARGIN;
  let width = 0;
  for (const part of PARTS.flatMap((selector) => [...player.querySelectorAll(selector)])) {
    const box = part.getBoundingClientRect();
    if (!box.height) continue;
    marks.push(...marksOf(part, { x: box.x - MARGIN, y: box.y - bottom }, LEFT));
    bottom += box.height + BETWEEN;
    width = Math.max(width, box.width);
  }
  const paper = getComputedStyle(player).backgroundColor;
  const least = player.classList.contains("saved") ? SLIDE : { width: 0, height: 0 };
  return {
    width: Math.max(least.width, Math.ceil(width) + 2 * MARGIN),
    height: Math.max(least.height, Math.ceil(bottom - BETWEEN + MARGIN)),
    paper,
    marks,
    ...told,
  };
}
