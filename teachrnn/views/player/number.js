// How a number is written: the same rule as in teachrnn.views.number.

/**
 * @param {number} x
 * @param {number} [digits]
 */
export function formatNumber(x, digits = 3) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  if (x === 0) return "0";
  const [mantissa, power] = Math.abs(x)
    .toExponential(digits - 1)
    .split("e");
  const exponent = Number(power);
  const sign = x < 0 ? "−" : "";
  if (exponent >= -3 && exponent < 5) {
    // shift the decimal point by hand: toFixed would round a second time
    const all = mantissa.replace(".", "");
    const places = Math.max(digits - 1 - exponent, 0);
    if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${all}`;
    const whole = all.slice(0, exponent + 1).padEnd(exponent + 1, "0");
    return sign + (places ? `${whole}.${all.slice(exponent + 1)}` : whole);
  }
  return `${sign}${mantissa}e${exponent < 0 ? "−" : ""}${Math.abs(exponent)}`;
}

const MOST_DIGITS = 17; // with this many, no two numbers look the same

/** Two different numbers, in as many digits as it takes to tell them apart.
 * @param {number} a
 * @param {number} b
 * @returns {[string, string]}
 */
export function toldApart(a, b) {
  for (let digits = 3; digits < MOST_DIGITS; digits++) {
    const texts = [formatNumber(a, digits), formatNumber(b, digits)];
    if (texts[0] !== texts[1]) return [texts[0], texts[1]];
  }
  return [formatNumber(a, MOST_DIGITS), formatNumber(b, MOST_DIGITS)];
}
