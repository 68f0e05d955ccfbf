// What people write for a quantity: dh3, dh_3, dL/dh[3], ∂L/∂h₃, \partial h_3, grad h t=3, layer 2 h, h^{(2)}_3,
// h_{t-1}. Names of other textbooks and programs are understood where they mean nothing here.

/** @import { Story } from "../story.js" */

/** @typedef {"value" | "gradient" | "part"} Kind a part of a gradient came through one use */
/** @typedef {{ name: string, kind: Kind, layer: number | null, letter: string, time: number | null,
 *    via: string }} Known a quantity of the story */
/** @typedef {{ t: number | null, layer: number | null }} Here what a name without a time or layer is about */
/** @typedef {{ kind: Kind, layer: number | null, letter: string, time: number | null, via: string }} Asked */

/** @type {Record<string, string[]>} by what others call it: the letters it may have here */
const ELSEWHERE = {
  hidden: ["h"],
  hiddenstate: ["h"],
  state: ["h"],
  c: ["s"],
  cell: ["s"],
  cellstate: ["s"],
  memory: ["s"],
  forget: ["f"],
  forgetgate: ["f"],
  inputgate: ["i"],
  outputgate: ["q"],
  candidate: ["g", "n"],
  "c~": ["g"],
  update: ["z"],
  updategate: ["z"],
  reset: ["rho"],
  resetgate: ["rho"],
  output: ["o"],
  outputs: ["o"],
  logits: ["o"],
  scores: ["o"],
  input: ["x"],
  inputs: ["x"],
  target: ["y"],
  targets: ["y"],
  p: ["L"],
  yhat: ["L"],
  softmax: ["L"],
  probabilities: ["L"],
  loss: ["L"],
  e: ["L"],
  whh: ["W"],
  wh: ["W"],
  wxh: ["U"],
  wx: ["U"],
  why: ["V"],
  wo: ["V"],
  bh: ["b"],
  by: ["c"],
  bo: ["c"],
  z: ["a"],
  s: ["h"],
  r: ["rho"],
  preactivation: ["a"],
};

/** @type {Record<string, string>} */
const GREEK = {
  α: "alpha",
  β: "beta",
  γ: "gamma",
  ρ: "rho",
  σ: "sigma",
  θ: "theta",
  λ: "lambda",
  μ: "mu",
};
const FILLERS = /\b(?:the|of|in|for|wrt|with respect to|value)\b/gi;
const OF_TIME = /\b(?:at|step|time)\b/gi;

/** A name without what people leave out: dh3, dh_3 and dh[3] are the same.
 * @param {string} name
 */
export const plainly = (name) => name.toLowerCase().replace(/[[\]_\s.(){}$,'^*\\-]/g, "");

export class Names {
  /** @param {Story} story */
  constructor(story) {
    /** @type {Known[]} */
    this.known = story.arrays
      .filter(({ name }) => !name.includes(","))
      .map(({ name, kind, of, via }) => {
        const [, layer, letter, time] = /^(?:layer(\d+)\.)?(.*?)(?:\[(\d+)\])?$/.exec(of ?? name) ?? [];
        return {
          name,
          kind: via ? "part" : kind,
          layer: layer ? Number(layer) : null,
          letter,
          time: time === undefined ? null : Number(time),
          via: via ?? "",
        };
      });
    this.layered = this.known.some(({ layer }) => layer !== null);
  }

  /** The name that is meant; null if there is none.
   * @param {string} text
   * @param {Here} here
   */
  find(text, here) {
    for (const asked of this.#readings(text, here)) {
      const named = this.#called(asked);
      const found = nearest(
        named.filter(({ time }) => asked.time === null || time === asked.time),
        here,
      );
      if (found) return found.name;
    }
    return null;
  }

  /** Why a name that is almost right is not found: the times that there are; null if it is not almost right.
   * @param {string} text
   * @param {Here} here
   */
  times(text, here) {
    for (const asked of this.#readings(text, here)) {
      const times = this.#called(asked).flatMap(({ time }) => (time === null ? [] : [time]));
      if (asked.time !== null && times.length) {
        const sign = asked.kind === "value" ? "" : "d";
        const letter = `${sign}${this.#called(asked)[0].letter}`;
        return `There is no ${letter}[${asked.time}]: ${letter} has the time steps ${Math.min(...times)} to ${Math.max(...times)}.`;
      }
    }
    return null;
  }

  /** Those of some names that look most like what was written.
   * @param {string} text
   * @param {string[]} names
   */
  near(text, names) {
    const wanted = plainly(text);
    return names
      .map((name) => ({ name, far: distance(wanted, plainly(name)) }))
      .filter(({ name, far }) => far <= Math.max(1, Math.floor(name.length / 2)))
      .sort((a, b) => a.far - b.far)
      .slice(0, 3)
      .map(({ name }) => name);
  }

  /** All of a letter, of the layer that is meant.
   * @param {Asked} asked
   */
  #called({ kind, layer, letter, via }) {
    const all = this.known.filter(
      (one) =>
        one.kind === kind &&
        (layer === null || one.layer === layer || (one.layer === null && !this.layered)) &&
        (!via || plainly(one.via) === plainly(via)),
    );
    const plain = letter.replace(/_/g, "");
    const exact = all.filter((one) => one.letter.replace(/_/g, "") === plain);
    return exact.length ? exact : all.filter((one) => plainly(one.letter) === plainly(letter));
  }

  /** What a text may mean, the likeliest first.
   * @param {string} text
   * @param {Here} here
   * @returns {Asked[]}
   */
  #readings(text, here) {
    const written = text
      .normalize("NFKC")
      .replace(/\\(?:partial|nabla)\s*/g, "∂")
      .replace(/\\(?:mathrm|mathbf|text|left|right)|[\\$]/g, "")
      .replace(/[α-ω]/g, (letter) => GREEK[letter] ?? letter)
      .trim();
    const [what, via = ""] = written.split(/\s*\b(?:via|through)\b\s*/);
    const { rest: unlayered, layer } = this.#layerOf(what);
    const { rest: timeless, time } = timeOf(unlayered.replace(FILLERS, " ").trim(), here.t);
    const { rest, kinds } = kindOf(timeless.replace(OF_TIME, " ").trim());
    const readings = kinds.map((kind, n) => ({ kind, layer, letter: rest[n], time, via }));
    const others = readings.flatMap((reading) =>
      (ELSEWHERE[plainly(reading.letter)] ?? []).map((letter) => ({
        ...reading,
        letter,
        time: reading.time ?? (letter === "L" ? here.t : null), // that of the time step, not the sum
      })),
    );
    return [...readings, ...others].filter(({ letter }) => letter);
  }

  /** @param {string} text */
  #layerOf(text) {
    const forms = [
      /\blayer\s*(\d+)\.?/i,
      /\bl(\d+)[\s.]+(?=\S)/i,
      /\s+l(\d+)$/i,
      /\^\s*\{?\s*\(?\s*(\d+)\s*\)?\s*\}?/,
      ...(this.layered ? [/(?<=[\d\]}])\s*\((\d+)\)/, /\((\d+)\)(?=\s*_?[[{]?\s*\d)/] : []),
    ];
    for (const form of forms) {
      const found = form.exec(text);
      if (found) return { rest: text.replace(found[0], " ").trim(), layer: Number(found[1]) };
    }
    return { rest: text, layer: null };
  }
}

/** The time in a name: [3], _3, t=3, or t-1, counted from where one is.
 * @param {string} text
 * @param {number | null} now
 * @returns {{ rest: string, time: number | null }}
 */
function timeOf(text, now) {
  const set = /[,\s]*\b(?:t|time|step)\s*=?\s*(\d+)/i.exec(text);
  if (set) return { rest: text.replace(set[0], " ").trim(), time: Number(set[1]) };
  const moved = /[_\s[({]*\bt\s*([+-])\s*(\d+)[\s\])}]*$|_[({]?t\s*([+-])\s*(\d+)[)}]?$/.exec(text);
  if (moved && now !== null) {
    const by = Number(moved[2] ?? moved[4]) * ((moved[1] ?? moved[3]) === "-" ? -1 : 1);
    return { rest: text.slice(0, moved.index), time: now + by };
  }
  const here = /[_\s[({]+t[\])}]*$/.exec(text);
  if (here) return { rest: text.slice(0, here.index), time: now };
  const last = /[_\s[({]*(\d+)[\s\])}]*$/.exec(text);
  return last ? { rest: text.slice(0, last.index), time: Number(last[1]) } : { rest: text, time: null };
}

/** Whether a value is meant, or a gradient, or what came through one use.
 * @param {string} text
 * @returns {{ rest: string[], kinds: Kind[] }} for each kind, what is left of the text
 */
function kindOf(text) {
  const part = /^∂\s*\+\s*/.exec(text);
  if (part) return { rest: [text.slice(part[0].length)], kinds: ["part"] };
  const gradient =
    /^(?:[∂d]\s*l(?:oss)?\s*\/\s*[∂d]\s*|grad(?:ient)?s?\b\s*|∇\s*|delta[\s_]*|δ[\s_]*|d\/d\s*)/i.exec(
      text,
    );
  if (gradient) return { rest: [text.slice(gradient[0].length)], kinds: ["gradient"] };
  const after = /\s+grad(?:ient)?$/i.exec(text);
  if (after) return kindOf(`d${text.slice(0, after.index).replace(/^d(?=\S)/i, "")}`);
  if (text.startsWith("∂")) return { rest: [text.slice(1), text.slice(1)], kinds: ["gradient", "part"] };
  if (/^d\s*\S/i.test(text)) {
    return { rest: [text.slice(1).trim(), text], kinds: ["gradient", "value"] };
  }
  return { rest: [text], kinds: ["value"] };
}

/** Of several, one without a time, or the one of this time step; of this layer, or the highest.
 * @param {Known[]} all
 * @param {Here} here
 */
function nearest(all, { t, layer }) {
  const timeless = all.filter(({ time }) => time === null);
  const some = timeless.length ? timeless : all;
  /** @param {Known} one */
  const far = ({ time, layer: own }) => [
    time === null || t === null ? 0 : Math.abs(time - t),
    own === null || own === layer ? -Infinity : -own,
  ];
  return some
    .map((one) => ({ one, far: far(one) }))
    .sort((a, b) => a.far[0] - b.far[0] || (a.far[1] < b.far[1] ? -1 : Number(a.far[1] > b.far[1])))
    .at(0)?.one;
}

/** How many letters have to be changed, left out or put in (Levenshtein 1966).
 * @param {string} a
 * @param {string} b
 */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min(row[j + 1] + 1, next[j] + 1, row[j] + Number(a[i] !== b[j])));
    }
    row = next;
  }
  return row[b.length];
}
