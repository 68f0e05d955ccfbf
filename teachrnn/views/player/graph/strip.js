// An array as a strip of bars, up from a line for positive and down for negative numbers: one path
// for each sign. In long arrays neighbours share a bar, which shows the largest and the smallest of them.

const MOST_BARS = 19;
const LEAST_STEP = 2; // pixels from one bar to the next

/**
 * @param {Float64Array} numbers
 * @param {number} width
 * @param {number} height
 */
export function stripPaths(numbers, width, height) {
  const room = Math.max(1, Math.floor(width / LEAST_STEP));
  const count = Math.min(numbers.length, MOST_BARS, room);
  const step = Math.min(8, width / count);
  const left = (width - step * count) / 2;
  const wide = Math.max(step - 0.7, 0.8);
  let largest = 0;
  for (const x of numbers) if (Number.isFinite(x)) largest = Math.max(largest, Math.abs(x));
  const paths = { plus: "", minus: "", other: "" };
  for (let bar = 0; bar < count; bar++) {
    const from = Math.floor((bar * numbers.length) / count);
    const to = Math.floor(((bar + 1) * numbers.length) / count);
    const x = (left + bar * step).toFixed(2);
    let up = 0;
    let down = 0;
    for (let i = from; i < to; i++) {
      if (!Number.isFinite(numbers[i])) {
        paths.other += `M${x} ${-height}h${wide.toFixed(2)}v${2 * height}h${-wide.toFixed(2)}z`;
      } else [up, down] = [Math.max(up, numbers[i]), Math.min(down, numbers[i])];
    }
    if (up > 0) paths.plus += barPath(x, wide, -barHeight(up, largest, height));
    if (down < 0) paths.minus += barPath(x, wide, barHeight(-down, largest, height));
  }
  return paths;
}

/**
 * Square roots keep small numbers visible beside large ones.
 * @param {number} x
 * @param {number} largest
 * @param {number} height
 */
const barHeight = (x, largest, height) => Math.max(0.6, height * Math.sqrt(x / largest));

/**
 * @param {string} x
 * @param {number} wide
 * @param {number} high
 */
const barPath = (x, wide, high) =>
  `M${x} 0h${wide.toFixed(2)}v${high.toFixed(2)}h${(-wide).toFixed(2)}z`;
